// What a config says that belongs into a record of consent, and nothing that it does not say.

import type { Config, Properties } from "../core/types.ts";
import type { Entry } from "./entry.ts";

export interface Controller {
  name?: string;
  address?: string;
  contact?: string;
  policy_url?: string;
}

/** The config that was in force at an entry, or undefined when it is another one's. */
export function policyAt(entry: Entry, configs: readonly Config[]): Config | undefined {
  return configs.find(({ consent }) => consent.revision === entry.revision);
}

export const controllerIn = (config?: Config): Controller =>
  (config?.consent.controller as Controller | undefined) ?? {};

export function purposeIn(config: Config | undefined, id: string): Properties | undefined {
  return config?.consent.purposes.find((purpose) => purpose.id === id);
}

export const listIn = (value: unknown): Properties[] => (Array.isArray(value) ? value : []);

/** Who gets events for a purpose: collectors by their host, and the vendors that are named. */
export function recipientsIn(config: Config | undefined, purpose: string): string[] | null {
  if (!config) return null;
  const vendors = listIn(config.consent.vendors);
  const nameOf = (id: unknown) => {
    return (vendors.find((vendor) => vendor.id === id)?.name ?? id) as string;
  };
  const collectors = config.collectors.filter(({ id, needs }) => {
    return needs.includes(purpose) && id !== config.consent.records;
  });
  const named = vendors.filter(({ purposes }) => (purposes as string[]).includes(purpose));
  return [
    ...new Set([
      ...collectors.map(({ url, vendor }) => (vendor ? nameOf(vendor) : new URL(url).hostname)),
      ...named.map(({ id }) => nameOf(id)),
    ]),
  ];
}

/** How long an answer holds, as an ISO 8601 duration; null when the config does not say. */
export function validityIn(
  config: Config | undefined,
  region: string | undefined,
  state: string,
): string | null {
  const rules = listIn(config?.consent.regions);
  const ruleFor = (name?: string) => rules.find(({ match }) => (match as string[]).includes(name!));
  const groups = ["EU", "EEA"].map(ruleFor).filter((rule) => rule?.valid_days);
  const exact = ruleFor(region) ?? ruleFor(region?.split("-")[0]);
  // Which countries are of a group only the engine knows.
  if (!exact && groups.length) return null;
  const of = (days: unknown) => (days as Record<string, number> | undefined)?.[state];
  const rule = exact ?? (region === undefined ? undefined : ruleFor("*"));
  return duration(of(rule?.valid_days) ?? of(config?.consent.valid_days));
}

export const duration = (days: number | undefined): string | null =>
  days === undefined ? null : `P${days}D`;

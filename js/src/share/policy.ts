// What the config says about sharing.

import type { Rules } from "./decision.ts";

interface Days {
  granted?: number;
  denied?: number;
}

export interface Policy {
  consent: {
    revision: string;
    purposes: { id: string; basis: string }[];
    regions?: { valid_days?: Days }[];
    valid_days?: Days;
    share?: { cookie?: string; cookie_domain?: string; domains?: string[]; app?: boolean };
  };
  collectors?: { vendor?: string }[];
  identity?: { cookie_domain?: string };
}

/** What may be taken over, wherever the person is: the shortest of the times that answers hold. */
export function rulesOf({ consent, collectors = [] }: Policy): Rules {
  const { revision, purposes, regions = [], valid_days } = consent;
  const shortest = (answer: keyof Days) =>
    Math.min(
      valid_days?.[answer] ?? 180,
      ...regions.flatMap((rule) => rule.valid_days?.[answer] ?? []),
    );
  const choosable = new Set([
    ...purposes.filter(({ basis }) => /^(consent|legit)/.test(basis)).map(({ id }) => id),
    ...collectors.flatMap(({ vendor }) => (vendor ? [`vendor:${vendor}`] : [])),
  ]);
  return {
    revision,
    choosable: (id) => choosable.has(id),
    granted_days: shortest("granted"),
    denied_days: shortest("denied"),
  };
}

// What a privacy notice has to say about a config: what is stored on the device and for how long,
// for what, on which ground, and who gets data. What Waymark keeps itself is asked of the engine.

import type { Config, Properties } from "../core/types.ts";
import { listIn, controllerIn, type Controller } from "../records/policy.ts";
import { choosable, type PolicyDocument } from "./questions.ts";
import { Visit } from "./visit.ts";

export const storage_kinds = [
  "cookie",
  "local_storage",
  "session_storage",
  "indexed_db",
  "cache",
] as const;
export type StorageKind = (typeof storage_kinds)[number];

export interface StoredItem {
  /** As a browser shows it; a final * stands for any ending. */
  name: string;
  kind: StorageKind;
  /** The id of a service, or absent: this site itself. */
  service?: string;
  /** What it is, of what Waymark keeps: the name of a text (`own.record`). */
  what?: string;
  /** Empty: strictly necessary, the proof of decisions. */
  purposes: string[];
  /** Seconds at most; null: no period is declared. */
  max_age_s: number | null;
}

export interface Recipient {
  /** Of a collector, a vendor or a service. */
  id: string;
  kind: "collector" | "vendor" | "service";
  name: string;
  host?: string;
  privacy_url?: string;
  tcf_id?: number;
  purposes: string[];
  /** It gets nothing that tells people apart. */
  deidentified?: boolean;
}

export interface DisclosedPurpose {
  id: string;
  basis: string;
  exemption?: string;
  exempt_in?: string[];
  storage: boolean;
  requires: string[];
  tcf: number[];
}

export interface Periods {
  /** Region, as rules name it; absent: wherever none says otherwise. */
  region?: string[];
  granted_days: number;
  denied_days: number;
}

export interface Disclosure {
  revision: string;
  controller: Controller;
  purposes: DisclosedPurpose[];
  storage: StoredItem[];
  recipients: Recipient[];
  periods: { answers: Periods[]; storage_days: number; events_days?: number };
}

// What the engine goes by where the config says nothing: sdk/consent/policy.h.
const default_days = { granted: 180, denied: 180, storage: 390 };

/** The config is one that the engine takes. */
export async function disclose(
  module: WebAssembly.Module,
  document: PolicyDocument,
): Promise<Disclosure> {
  const config = document.value as Config;
  const { revision, purposes } = config.consent;
  return {
    revision,
    controller: controllerIn(config),
    purposes: purposes.map(disclosedPurpose),
    storage: [...(await ownStorage(module, document)), ...serviceStorage(config)],
    recipients: recipientsOf(config),
    periods: periodsOf(config),
  };
}

function disclosedPurpose(purpose: Config["consent"]["purposes"][number]): DisclosedPurpose {
  const { id, basis, storage = false, requires = [], exemption, exempt_in, tcf } = purpose;
  return {
    ...{ id, basis, storage, requires, tcf: listIn(tcf) as unknown as number[] },
    ...(exemption !== undefined && { exemption: exemption as string }),
    ...(exempt_in !== undefined && { exempt_in: exempt_in as string[] }),
  };
}

// Where pages keep what stands under a key of the engine (sdk/docs/effect.md).
const database = "waymark";
const names: [key: string, name: string, kind: StorageKind, what: string][] = [
  ["consent/record", "waymark.consent/record", "local_storage", "own.record"],
  ["consent/log/", "waymark.consent/log/*", "local_storage", "own.log"],
  ["state/cookie", "waymark_id", "cookie", "own.id_cookie"],
  ["state/identity", `${database}: state/identity`, "indexed_db", "own.identity"],
  ["state/session", `${database}: state/session`, "indexed_db", "own.session"],
  ["outbox/", `${database}: outbox/*`, "indexed_db", "own.outbox"],
];

// All is granted, and something has happened: then everything lies there that ever may.
async function ownStorage(
  module: WebAssembly.Module,
  document: PolicyDocument,
): Promise<StoredItem[]> {
  const config = document.value as Config;
  const visit = await Visit.open(module, document);
  const { minimum } = (config.consent.age ?? {}) as { minimum?: number };
  visit.tell({ att: "authorized", ...(minimum && { age: minimum }) });
  const { purposes } = visit.client.consent.get()!;
  const open = choosable(config).filter((id) => purposes[id]!.state !== "exempt");
  visit.answer(Object.fromEntries(open.map((id) => [id, "granted"])));
  for (const type of ["page", "track"] as const) visit.touch({ type, name: "visit" });
  const { now_ms } = visit;
  const { entries } = visit.client.consent.inventory()!;
  visit.leave();
  const items = names.flatMap(([key, name, kind, what]): StoredItem[] => {
    const entry = entries.find((one) => one.key === key);
    if (!entry) return [];
    const { purposes = [], expires_ms } = entry;
    const max_age_s = expires_ms ? Math.round((expires_ms - now_ms) / 1000) : null;
    return [{ name, kind, what, purposes, max_age_s }];
  });
  const kept = items.find(({ what }) => what === "own.identity");
  return [...items, ...besides(config, kept?.purposes)];
}

// What a page may keep besides.
function besides({ consent }: Config, purposes: string[] | undefined): StoredItem[] {
  const items: StoredItem[] = [];
  if (consent.share) {
    const { cookie = "waymark_consent" } = consent.share as { cookie?: string };
    const days = shortest(consent);
    const max_age_s = Math.max(days.granted, days.denied) * 86_400;
    items.push({ name: cookie, kind: "cookie", what: "own.share", purposes: [], max_age_s });
  }
  if (purposes) {
    const max_age_s = null;
    const [delivery, spill] = [`${database}: state/delivery/*`, "waymark.spill*"];
    // There as long as some collectors have what others wait for.
    items.push({ name: delivery, kind: "indexed_db", what: "own.delivery", purposes, max_age_s });
    items.push({ name: spill, kind: "local_storage", what: "own.spill", purposes, max_age_s });
  }
  return items;
}

function shortest(consent: Config["consent"]): { granted: number; denied: number } {
  const days = { ...default_days, ...(consent.valid_days as object) };
  for (const { valid_days } of listIn(consent.regions)) {
    const { granted, denied } = { ...days, ...(valid_days as object) };
    days.granted = Math.min(days.granted, granted);
    days.denied = Math.min(days.denied, denied);
  }
  return days;
}

const lists: [member: string, kind: StorageKind][] = [
  ["cookies", "cookie"],
  ["local_storage", "local_storage"],
  ["session_storage", "session_storage"],
  ["indexed_db", "indexed_db"],
  ["caches", "cache"],
];

function serviceStorage({ consent }: Config): StoredItem[] {
  return listIn(consent.services).flatMap((service) =>
    lists.flatMap(([member, kind]) =>
      ((service[member] as string[] | undefined) ?? []).map((name) => ({
        ...{ name, kind, service: service.id as string },
        ...{ purposes: service.purposes as string[], max_age_s: null },
      })),
    ),
  );
}

function recipientsOf({ consent, collectors }: Config): Recipient[] {
  const purposes = new Map(consent.purposes.map((purpose) => [purpose.id, purpose]));
  const vendors = listIn(consent.vendors);
  const named = (id: unknown) => vendors.find((vendor) => vendor.id === id);
  const own = collectors.map(({ id, url, needs, vendor }): Recipient => {
    const host = new URL(url).hostname;
    const name = (named(vendor)?.name ?? host) as string;
    const privacy_url = named(vendor)?.privacy_url as string | undefined;
    const deidentified = needs.some((need) => purposes.get(need)?.mode === "deidentify");
    return {
      ...{ id, kind: "collector", name, host, purposes: needs },
      ...(deidentified && { deidentified }),
      ...(privacy_url && { privacy_url }),
    };
  });
  const services = listIn(consent.services).map(serviceRecipient);
  return [...own, ...vendors.map(vendorRecipient), ...services];
}

function vendorRecipient({ id, name, privacy_url, tcf_id, purposes }: Properties): Recipient {
  return {
    ...{ id: id as string, kind: "vendor", name: (name ?? id) as string },
    ...(privacy_url !== undefined && { privacy_url: privacy_url as string }),
    ...(tcf_id !== undefined && { tcf_id: tcf_id as number }),
    purposes: purposes as string[],
  };
}

const serviceRecipient = ({ id, name, purposes }: Properties): Recipient => ({
  ...{ id: id as string, kind: "service", name: (name ?? id) as string },
  purposes: purposes as string[],
});

function periodsOf({ consent }: Config): Disclosure["periods"] {
  const days: Record<string, number> = { ...default_days, ...(consent.valid_days as object) };
  const answers: Periods[] = [{ granted_days: days.granted!, denied_days: days.denied! }];
  for (const { match, valid_days } of listIn(consent.regions)) {
    if (!valid_days) continue;
    const { granted, denied } = { ...days, ...(valid_days as object) } as Record<string, number>;
    answers.push({ region: match as string[], granted_days: granted!, denied_days: denied! });
  }
  const { storage: storage_days, events: events_days } = days;
  return { answers, storage_days: storage_days!, ...(events_days && { events_days }) };
}

/** Device storage as the IAB's vendors declare it (device storage and operational disclosures). */
export function iabDisclosure({ storage, purposes, recipients }: Disclosure): object {
  const tcfOf = (ids: string[]) => {
    const declared = purposes.filter(({ id }) => ids.includes(id));
    const numbers = new Set(declared.flatMap(({ tcf }) => tcf));
    // Purpose 1 says that the storage itself needs consent.
    if (declared.some(({ basis }) => basis === "consent")) numbers.add(1);
    return [...numbers].sort((a, b) => a - b);
  };
  const disclosures = storage.map(({ name, kind, purposes: ids, max_age_s }) => ({
    identifier: name,
    type: kind === "cookie" ? "cookie" : "web",
    maxAgeSeconds: kind === "cookie" ? max_age_s : null,
    cookieRefresh: false,
    domain: "*",
    purposes: tcfOf(ids),
  }));
  const hosts = new Map<string, string[]>();
  for (const { host, purposes: ids } of recipients) {
    if (host) hosts.set(host, [...new Set([...(hosts.get(host) ?? []), ...ids])]);
  }
  const domains = [...hosts].map(([domain, ids]) => ({ domain, use: ids.join(", ") }));
  return { disclosures, domains };
}

// Records of consent with the fields of ISO/IEC TS 27560:2023 and those that the GDPR asks for:
// sdk/docs/consent_record.schema.json.
//
// Promise: what neither the entry nor the config says is null and named in `missing`; nothing is
// guessed. Of the person there is nothing but the subject of the log.

import type { Config } from "../core/types.ts";
import { decisionBefore, type Entry, type EventState, eventStateOf, standingsOf } from "./entry.ts";
import {
  controllerIn,
  duration,
  listIn,
  policyAt,
  purposeIn,
  recipientsIn,
  validityIn,
} from "./policy.ts";

/** A text, or several; null: not said. */
export type Said = string | string[] | null;

/** What the owner says about one purpose or about all, because no config has a place for it. */
export interface About {
  pii_information?: Said;
  special_categories?: Said;
  storage_locations?: Said;
  retention_period?: Said;
  processing_method?: Said;
  processing_locations?: Said;
  collection_method?: Said;
}

export interface Supplement extends About {
  language?: Said;
  withdrawal_method?: Said;
  privacy_rights?: Said;
  authority?: Said;
  /** By id. */
  purposes?: Record<string, About>;
}

export interface ConsentRecord {
  schema_version: "waymark-consent-record-1";
  record_id: string;
  /** null: a refusal makes no id. */
  pii_principal_id: string | null;
  policy_revision: string;
  pii_processing: {
    privacy_notice: string | null;
    /** What the person saw. */
    shown: Record<string, string | number> | null;
    language: Said;
    jurisdiction: string | null;
    pii_controllers: string[];
    withdrawal_method: Said;
    privacy_rights: Said;
    authority: Said;
    purposes: PurposeRecord[];
  };
  party_identification: Party[];
  consent_events: ConsentEvent[];
  /** JSON pointers to what is null. */
  missing: string[];
}

export interface PurposeRecord extends Required<About> {
  purpose: string;
  state: string;
  why: string;
  lawful_basis: string | null;
  recipients: string[] | null;
}

export interface Party {
  party_id: string;
  party_type: "controller" | "third_party";
  party_name: string | null;
  party_address: string | null;
  party_contact: string | null;
}

export interface ConsentEvent {
  purpose: string;
  event_time: string;
  /** ISO 8601; only what was given or refused holds for a time. */
  validity_duration?: string | null;
  entity_id: "pii_principal" | "controller";
  /** `expressed` by the person, by a `signal` of the system, or `automatic`. */
  event_type: "expressed" | "signal" | "automatic";
  event_state: EventState;
}

export interface RecordOptions {
  /** The decision before, which tells a withdrawal from a refusal. */
  before?: Entry;
  supplement?: Supplement;
}

/** The record of one decision; `config` must be the one of its revision, else it says nothing. */
export function consentRecord(
  entry: Entry,
  config?: Config,
  { before, supplement = {} }: RecordOptions = {},
): ConsentRecord {
  const policy = policyAt(entry, config ? [config] : []);
  const shown = shownIn(entry);
  const record: ConsentRecord = {
    schema_version: "waymark-consent-record-1",
    record_id: entry.hash,
    pii_principal_id: entry.subject ?? null,
    policy_revision: entry.revision,
    pii_processing: {
      privacy_notice: controllerIn(policy).policy_url ?? null,
      shown,
      language: (shown?.language as string | undefined) ?? supplement.language ?? null,
      jurisdiction: entry.region ?? null,
      pii_controllers: ["controller"],
      withdrawal_method: supplement.withdrawal_method ?? null,
      privacy_rights: supplement.privacy_rights ?? null,
      authority: supplement.authority ?? null,
      purposes: purposeRecords(entry, policy, supplement),
    },
    party_identification: partiesIn(policy),
    consent_events: eventsOf(entry, before, policy),
    missing: [],
  };
  record.missing = missingIn(record);
  return record;
}

/** The records of all decisions of a log, each by the config of its revision. */
export function consentRecords(
  entries: readonly Entry[],
  configs: readonly Config[],
  supplement?: Supplement,
): ConsentRecord[] {
  return entries.flatMap((entry, at) => {
    if (entry.type !== "decision") return [];
    const before = decisionBefore(entries, at);
    return consentRecord(entry, policyAt(entry, configs), { before, supplement });
  });
}

// A page tells what it likes: only what is asked of it goes further, and no long text.
const shown_members = ["text", "hash", "version", "language", "layer", "control"];

function shownIn({ shown }: Entry): Record<string, string | number> | null {
  const fits = (value: unknown) => typeof value === "number" || isShort(value);
  const known = shown_members.filter((member) => fits(shown?.[member]));
  const members = known.map((member) => [member, shown![member] as string | number]);
  return members.length ? Object.fromEntries(members) : null;
}

const isShort = (value: unknown) => typeof value === "string" && value.length <= 200;

const articles: Record<string, string> = {
  consent: "consent (GDPR article 6(1)(a))",
  contract: "contract (GDPR article 6(1)(b))",
  legal_obligation: "legal obligation (GDPR article 6(1)(c))",
  legitimate_interest: "legitimate interest (GDPR article 6(1)(f))",
};

function basisOf(purpose: Record<string, unknown> | undefined): string | null {
  const { basis, exemption } = purpose ?? {};
  if (basis === "exempt") return exemption ? `exempt: ${exemption}` : "exempt";
  return articles[basis as string] ?? null;
}

function purposeRecords(
  entry: Entry,
  policy: Config | undefined,
  supplement: Supplement,
): PurposeRecord[] {
  const days = (policy?.consent.valid_days as { events?: number } | undefined)?.events;
  // A vendor is a choice, too, but no purpose.
  const purposes = Object.entries(standingsOf(entry)).filter(([id]) => !id.startsWith("vendor:"));
  return purposes.map(([id, { state, why }]) => {
    const own = supplement.purposes?.[id] ?? {};
    const about = (member: keyof About): Said => own[member] ?? supplement[member] ?? null;
    return {
      purpose: id,
      state,
      why,
      lawful_basis: basisOf(purposeIn(policy, id)),
      pii_information: about("pii_information"),
      special_categories: about("special_categories"),
      collection_method: about("collection_method"),
      processing_method: about("processing_method"),
      processing_locations: about("processing_locations"),
      storage_locations: about("storage_locations"),
      retention_period: about("retention_period") ?? duration(days),
      recipients: recipientsIn(policy, id),
    };
  });
}

function partiesIn(policy: Config | undefined): Party[] {
  const { name, address, contact } = controllerIn(policy);
  const controller: Party = {
    party_id: "controller",
    party_type: "controller",
    party_name: name ?? null,
    party_address: address ?? null,
    party_contact: contact ?? null,
  };
  const vendors = listIn(policy?.consent.vendors).map((vendor): Party => ({
    party_id: `vendor:${vendor.id}`,
    party_type: "third_party",
    party_name: (vendor.name as string | undefined) ?? null,
    party_address: null,
    party_contact: (vendor.privacy_url as string | undefined) ?? null,
  }));
  return [controller, ...vendors];
}

const signals = ["gpc", "dnt", "att"];

function eventsOf(entry: Entry, before: Entry | undefined, policy?: Config): ConsentEvent[] {
  const by = entry.by ?? "";
  const spoke = by === "person" || by === "account";
  const signal = signals.includes(by);
  const earlier = standingsOf(before);
  const now = standingsOf(entry);
  const repeated = spoke && JSON.stringify(now) === JSON.stringify(earlier);
  return Object.entries(now).flatMap(([purpose, standing]): ConsentEvent[] => {
    const event_state = eventStateOf(standing, earlier[purpose], repeated);
    if (!event_state) return [];
    const event: ConsentEvent = {
      purpose,
      event_time: new Date(entry.time_ms).toISOString(),
      entity_id: spoke || signal ? "pii_principal" : "controller",
      event_type: spoke ? "expressed" : signal ? "signal" : "automatic",
      event_state,
    };
    if (spoke || signal) {
      event.validity_duration = validityIn(policy, entry.region, standing.state);
    }
    return [event];
  });
}

/** JSON pointers to all that is null. */
export function missingIn(value: unknown, pointer = ""): string[] {
  if (value === null) return [pointer];
  if (typeof value !== "object") return [];
  return Object.entries(value!).flatMap(([key, member]) => {
    const step = key.replace(/~/g, "~0").replace(/\//g, "~1");
    return missingIn(member, `${pointer}/${step}`);
  });
}

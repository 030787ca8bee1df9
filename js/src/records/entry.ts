// Entries of the decision log (sdk/docs/decision_log.md), and what each changed for a purpose.

export interface Standing {
  state: "granted" | "denied" | "unknown" | "exempt";
  why: string;
}

export interface Entry {
  number: number;
  previous?: string;
  type: "decision" | "deletion";
  time_ms: number;
  generation: number;
  revision: string;
  subject?: string;
  hash: string;
  // Of a decision.
  by?: string;
  region?: string;
  model?: string;
  signals?: string[];
  shown?: Record<string, unknown>;
  /** As they stand after a decision; of a deletion, the ids alone. */
  purposes: Record<string, Standing> | string[];
  // Of a deletion.
  events?: number;
  may_have_left?: number;
  ids?: number;
  store_cleared?: boolean;
}

/** States of ISO/IEC TS 27560 and of the Data Privacy Vocabulary. */
export type EventState =
  | "given"
  | "refused"
  | "withdrawn"
  | "expired"
  | "invalidated"
  | "renewed";

export function standingsOf(entry?: Entry): Record<string, Standing> {
  const purposes = entry?.purposes;
  return !purposes || Array.isArray(purposes) ? {} : purposes;
}

/** The last decision before `entries[at]`. */
export function decisionBefore(entries: readonly Entry[], at: number): Entry | undefined {
  return entries.slice(0, at).reverse().find(({ type }) => type === "decision");
}

const said = ["person", "account", "gpc", "dnt"];
const imposed = ["region", "age", "att"];

/**
 * What a decision means for a purpose of which `before` was true, or undefined when it means
 * nothing: what holds because nobody has said anything was neither given nor refused.
 */
export function eventStateOf(
  now: Standing,
  before: Standing | undefined,
  repeated: boolean,
): EventState | undefined {
  const { state, why } = now;
  const same = before?.state === state && before.why === why;
  const granted = before?.state === "granted";
  if (state === "exempt") return undefined;
  if (same) return repeated && state === "granted" && said.includes(why) ? "renewed" : undefined;
  if (why === "expired") return "expired";
  if (why === "changed") return "invalidated";
  if (state === "granted" && said.includes(why)) {
    const again = before?.why === "expired" || before?.why === "changed";
    return again ? "renewed" : granted && said.includes(before.why) ? undefined : "given";
  }
  if (state === "denied" && said.includes(why)) return granted ? "withdrawn" : "refused";
  return granted && imposed.includes(why) ? "invalidated" : undefined;
}

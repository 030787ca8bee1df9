// What is asked, and of what: worked out from the engine's view, or from the config as long as
// there is no engine. Pure.
//
// The engine decides whether a question is due. Before it is there the question is shown only where
// it cannot be otherwise: nobody has ever answered here, and every rule that may hold asks before
// anything is on. In every doubt it waits for the engine.

import type { Choices, ConsentView, PurposeView } from "../core/types.ts";

export interface Purpose {
  id: string;
  basis: string;
  requires?: string[];
  exempt_in?: string[];
  signals?: string[];
  tcf?: number[];
}

export interface Policy {
  revision: string;
  purposes: Purpose[];
  regions?: { match: string[]; model: string }[];
  signals?: { gpc?: string; dnt?: string };
  age?: { minimum?: number; unknown?: string };
}

export interface Facts {
  region?: string;
  age?: number;
  gpc?: boolean;
  dnt?: boolean;
  /** Something of an earlier decision lies on the device. */
  known: boolean;
}

const asks = ({ basis }: Purpose) => basis === "consent";

/** The purposes to ask about before the engine is there; none where only it can tell. */
export function askEarly(policy: Policy, facts: Facts): string[] {
  const { purposes, regions = [], signals = {}, age } = policy;
  const { region, known, gpc, dnt } = facts;
  const signalled = (gpc && signals.gpc !== "ignore") || (dnt && signals.dnt === "honour");
  if (known || signalled || purposes.some(({ exempt_in }) => exempt_in)) return [];
  if (age && !(facts.age! >= (age.minimum ?? 13)) && age.unknown !== "allow") return [];
  if (age && facts.age! < (age.minimum ?? 13)) return [];
  const mayHold = ({ match }: { match: string[] }) =>
    match.some((name) => region!.startsWith(name) || /^(\*|EU|EEA)$/.test(name));
  // Where the region is not known the strictest rule holds: that is to ask.
  if (region && !regions.filter(mayHold).every(({ model }) => model === "opt_in")) return [];
  return purposes.filter(asks).map(({ id }) => id);
}

export interface Question {
  purposes: string[];
  /** Names of texts that say why it is asked again. */
  reasons: string[];
}

const due_for: Partial<Record<PurposeView["why"], string>> = {
  expired: "expired",
  changed: "changed",
};

/** What the engine wants to know, and why it asks. */
export function askNow({ due = [], conflicts = [], purposes }: ConsentView): Question {
  const reasons = due.map((id) => due_for[purposes[id]!.why]);
  if (conflicts.length) reasons.push("conflict");
  return {
    purposes: [...new Set([...due, ...conflicts])],
    reasons: [...new Set(reasons)].filter((reason): reason is string => !!reason),
  };
}

/** Whether a purpose is the person's to decide. */
export const isOpen = (purpose: Purpose, view?: ConsentView) =>
  view
    ? view.purposes[purpose.id]?.state !== "exempt"
    : asks(purpose) || purpose.basis === "legitimate_interest";

/** Denied whatever is answered, as long as this holds. */
export const isImposed = (standing?: PurposeView) => /^(age|att|region)$/.test(standing?.why ?? "");

/** Whether a browser's signal is why something is off. */
export const isSignalHonoured = (view?: ConsentView) =>
  Object.values(view?.purposes ?? {}).some(({ why }) => why === "gpc");

/** The same answer to all. */
export function answerAll(purposes: readonly string[], granted: boolean): Choices {
  const choices: Choices = {};
  for (const id of purposes) choices[id] = granted ? "granted" : "denied";
  return choices;
}

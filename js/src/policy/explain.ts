// What becomes of one event for a person of whom these facts and answers are known: who gets it,
// with which fields, what is stored, and why.

import type { Choices, Config, ConsentView, Explanation, Problem } from "../core/types.ts";
import { documentOf, fatesOf, type FieldFate } from "./fields.ts";
import type { PolicyDocument } from "./questions.ts";
import { type Facts, type SentEvent, type Touchpoint, Visit } from "./visit.ts";

export interface Person {
  facts: Facts;
  choices: Choices;
}

export interface ExplainedCollector {
  wanted: boolean;
  verdict: Explanation["collectors"][string]["verdict"];
  because: Explanation["collectors"][string]["because"];
  /** What it gets; absent: nothing. */
  event?: SentEvent["event"];
  /** What became of each field. */
  fields?: FieldFate[];
}

export interface EventExplanation {
  consent: ConsentView;
  off: boolean;
  collectors: Record<string, ExplainedCollector>;
  /** What lies on the device afterwards, and for which purposes; none: proof of decisions. */
  stored: { key: string; purposes?: string[] }[];
  problems: Problem[];
}

// Longer than any queue waits for company.
const patience_ms = 3_600_000;

/** The config is one that the engine takes. */
export async function explainEvent(
  module: WebAssembly.Module,
  config: PolicyDocument,
  touchpoint: Touchpoint,
  { facts, choices }: Person,
): Promise<EventExplanation> {
  const visit = await Visit.open(module, config);
  visit.tell(facts, "command line");
  if (Object.keys(choices).length) visit.answer(choices);
  const consent = visit.client.consent.get()!;
  const { off, collectors } = visit.client.consent.explain(touchpoint)!;
  visit.sent();
  visit.touch(touchpoint);
  // Events are still in the store: nobody has acknowledged them yet.
  const stored = keptOf(visit);
  visit.client.flush();
  visit.wait(patience_ms);
  const sent = new Map(visit.sent().map(({ collector, event }) => [collector, event]));
  const explained = Object.entries(collectors).map(([id, said]) => {
    const event = sent.get(id);
    const called = documentOf(touchpoint);
    const fields = event && fatesOf(config.value as Config, id, called, event);
    return [id, { ...said, ...(event && { event, fields }) }];
  });
  const problems = visit.problems();
  visit.leave();
  return { consent, off, collectors: Object.fromEntries(explained), stored, problems };
}

const keptOf = ({ client }: Visit) =>
  client.consent.inventory()!.entries.map(({ key, purposes }) => ({
    key,
    ...(purposes && { purposes }),
  }));

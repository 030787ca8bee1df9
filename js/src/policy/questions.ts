// What is asked about a policy, wherever that is: on the command line, or in a page. No file, no
// terminal: a config comes as its text and value, the engine as a compiled module.

import { encode, type Engine, openEngine } from "../core/bridge.ts";
import type { Config, Problem, PurposeView } from "../core/types.ts";

/** A config: its text, so that the engine sees what stands there, and what the text says. */
export interface PolicyDocument {
  text: string;
  value: any;
}

export type Reason = { purpose: string } & PurposeView;

/** One case of a policy, as the questions `table` and `prove` answer it. */
export interface PolicyCase {
  region: string;
  /** Those that are on. */
  signals?: string[];
  age: string;
  collector: string;
  choices: Record<string, string>;
  verdict: string;
  because: Reason[];
}

/** Opens an engine without a config: refused its start, it still answers questions. */
export async function askingEngine(module: WebAssembly.Module): Promise<Engine> {
  const now = { wall_ms: 0, mono_ms: 0 };
  return openEngine(module, encode({ now, entropy: new Uint8Array(32), config: {} }));
}

/** What is wrong with a config, as the engine says it. */
export function problemsOf(engine: Engine, text: string): Problem[] {
  return (engine.query(`{"query":"lint","config":${text}}`) as { problems: Problem[] }).problems;
}

/** Asks about a config; `members` of the question besides. */
export function ask<Answer>(
  engine: Engine,
  query: string,
  { text }: PolicyDocument,
  members: Record<string, unknown> = {},
): Answer {
  return engine.query(
    `{"config":${text},${JSON.stringify({ query, ...members }).slice(1)}`,
  ) as Answer;
}

const ids = (list: unknown): string[] =>
  (Array.isArray(list) ? list : []).map((item) => item?.id).filter((id) => typeof id === "string");

export const collectorsIn = ({ value }: PolicyDocument): string[] => ids(value.collectors);

/** The purposes, and the vendors of collectors, each a purpose of its own. */
export function purposesIn({ value }: PolicyDocument): string[] {
  const vendors = (value.collectors ?? []).flatMap(({ vendor }: any) => vendor ?? []);
  const named = new Set<string>(vendors.map((id: string) => `vendor:${id}`));
  return [...ids(value.consent?.purposes), ...named];
}

/** Those about which a person can say something somewhere. */
export function choosable({ consent }: Config): string[] {
  const fixed = ["contract", "legal_obligation"];
  return consent.purposes
    .filter(({ basis, exempt_in }) => !fixed.includes(basis) && (basis !== "exempt" || exempt_in))
    .map(({ id }) => id);
}

// Countries that stand for a group: those that policies name least on their own.
const members: Record<string, string> = { EU: "MT", EEA: "LI", "*": "AQ" };

/** A place for each region that a rule of these policies names, and not to know it. */
export function placesIn(...configs: Config[]): { region: string; place?: string }[] {
  const named = new Set<string>();
  for (const { consent } of configs) {
    const lists = [consent.regions, consent.purposes] as any[][];
    for (const rule of lists.flatMap((list) => list ?? [])) {
      for (const region of rule.match ?? rule.exempt_in ?? []) named.add(region);
    }
  }
  const places = [...named].map((region) => ({ region, place: members[region] ?? region }));
  return named.size ? [...places, { region: "unknown" }] : [{ region: "unknown" }];
}

/** `analytics granted (person)` */
export function reasonText({ purpose, state, why }: Reason): string {
  return `${purpose} ${state} (${why})`;
}

/** Where, who and what was answered, for a sentence. */
export function circumstances({ region, signals = [], age, choices }: PolicyCase): string {
  const parts = [region === "unknown" ? "an unknown region" : `region ${region}`];
  parts.push(signals.length ? `signals ${signals.join(", ")}` : "no signal");
  parts.push({ unknown: "age unknown", below: "too young", reached: "old enough" }[age] ?? age);
  const answers = Object.entries(choices).map(([purpose, choice]) => `${purpose} ${choice}`);
  return [...parts, ...(answers.length ? answers : ["no answer"])].join(", ");
}

// What the questions about a policy share: the config with its names, and cases in words.

import type { Engine } from "../core/bridge.ts";
import type { Problem, PurposeView } from "../core/types.ts";
import { type Document, expectNone } from "./document.ts";

export type Reason = { purpose: string } & PurposeView;

/** One case of a policy, as `table` and `prove` answer it. */
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

const ids = (list: unknown): string[] =>
  (Array.isArray(list) ? list : []).map((item) => item?.id).filter((id) => typeof id === "string");

export const collectorsIn = ({ value }: Document): string[] => ids(value.collectors);

/** The purposes, and the vendors of collectors, each a purpose of its own. */
export function purposesIn({ value }: Document): string[] {
  const vendors = (value.collectors ?? []).flatMap(({ vendor }: any) => vendor ?? []);
  const named = new Set<string>(vendors.map((id: string) => `vendor:${id}`));
  return [...ids(value.consent?.purposes), ...named];
}

/** Throws `Unusable` with what is wrong with a config. */
export function expectTaken(engine: Engine, { file, text }: Document): void {
  const lint = engine.query(`{"query":"lint","config":${text}}`) as { problems: Problem[] };
  expectNone(file, lint.problems);
}

/** Asks about a config that the engine takes: a problem is then one of the question. */
export function askAbout<Answer>(
  engine: Engine,
  query: string,
  config: Document,
  members: Record<string, string | undefined> = {},
): Answer {
  expectTaken(engine, config);
  const rest = JSON.stringify({ query, ...members }).slice(1);
  return engine.query(`{"config":${config.text},${rest}`) as Answer;
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

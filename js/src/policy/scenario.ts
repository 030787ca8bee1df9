// Scenarios for `simulate`: what a step may say, and what is wrong with one that says something
// else.

import type { Choices, Problem, Properties } from "../core/types.ts";
import { nearest } from "./did_you_mean.ts";
import type { Facts, Touchpoint } from "./visit.ts";
import { touchpoint_types } from "./visit.ts";

export interface Expectation {
  /** By collector: the names of the events since the last step of this kind, in their order. */
  sent?: Record<string, string[]>;
  /** Purposes about which a question is due. */
  due?: string[];
}

export interface Step {
  facts?: Facts;
  answer?: Choices | "accept" | "refuse";
  by?: "person" | "account";
  track?: string;
  page?: string;
  screen?: string;
  identify?: string;
  alias?: string;
  group?: string;
  properties?: Properties;
  traits?: Properties;
  context?: Properties;
  needs?: string[];
  wait?: string;
  return?: string;
  reset?: true;
  forget?: true;
  expect?: Expectation;
}

export interface Scenario {
  title?: string;
  /** When the visit begins: ISO 8601. */
  start?: string;
  steps: Step[];
}

const touches = [...touchpoint_types] as string[];
const verbs = ["facts", "answer", ...touches, "wait", "return", "reset", "forget", "expect"];
const of_touches = ["properties", "traits", "context", "needs"];
const units: Record<string, number> = { s: 1e3, m: 6e4, h: 36e5, d: 864e5 };

/** `30s`, `15m`, `2h`, `200d` in milliseconds; undefined for anything else. */
export function durationMs(text: string): number | undefined {
  const [, count, unit] = /^(\d{1,4})([smhd])$/.exec(text) ?? [];
  return count === undefined ? undefined : +count * units[unit!]!;
}

/** The call that a step makes, if it makes one. */
export function touchpointIn(step: Step): Touchpoint | undefined {
  const type = touchpoint_types.find((type) => step[type] !== undefined);
  if (!type) return undefined;
  const { properties, traits, context, needs } = step;
  const said = step[type] || undefined;
  const member = { identify: "user_id", alias: "user_id", group: "group_id" }[type as string];
  const rest = { properties, traits, context, needs };
  const given = Object.entries({ [member ?? "name"]: said, ...rest });
  return { type, ...Object.fromEntries(given.filter(([, value]) => value !== undefined)) };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

class Check {
  readonly problems: Problem[] = [];

  scenario(value: unknown): void {
    if (!isObject(value) || !Array.isArray(value.steps)) {
      return this._add("/steps", isObject(value) ? value.steps : value, "a list of steps");
    }
    this._names(value, "", ["$schema", "title", "start", "steps"]);
    const { start } = value;
    const dated = typeof start === "string" && !Number.isNaN(Date.parse(start));
    if (start !== undefined && !dated) this._add("/start", start, "a time: 2026-11-22T09:00:00Z");
    value.steps.forEach((step, index) => this._step(step, `/steps/${index}`));
  }

  private _step(step: unknown, at: string): void {
    if (!isObject(step)) return this._add(at, step, "an object");
    const named = Object.keys(step).filter((name) => verbs.includes(name));
    if (named.length !== 1) {
      const found = named.join(" and ") || Object.keys(step).join(", ") || undefined;
      return this._add(at, found, `one of ${verbs.join(", ")}`);
    }
    const verb = named[0]!;
    const more = touches.includes(verb) ? of_touches : verb === "answer" ? ["by"] : [];
    this._names(step, at, [verb, ...more]);
    this._value(verb, step[verb], `${at}/${verb}`);
    if (step.by !== undefined && !["person", "account"].includes(step.by as string)) {
      this._add(`${at}/by`, step.by, "person, account");
    }
    for (const name of of_touches.slice(0, 3)) {
      if (step[name] !== undefined && !isObject(step[name])) {
        this._add(`${at}/${name}`, step[name], "an object");
      }
    }
  }

  private _value(verb: string, value: unknown, at: string): void {
    if (touches.includes(verb)) {
      if (typeof value !== "string") this._add(at, value, "a text: the name, or the id");
    } else if (verb === "wait" || verb === "return") {
      const duration = typeof value === "string" ? durationMs(value) : undefined;
      if (duration === undefined) this._add(at, value, "a time such as 30s, 15m, 2h or 200d");
    } else if (verb === "facts") {
      this._facts(value, at);
    } else if (verb === "answer") {
      this._answer(value, at);
    } else if (verb === "expect") {
      if (!isObject(value)) this._add(at, value, "an object with sent or due");
      else this._names(value, at, ["sent", "due"]);
    } else if (value !== true) {
      this._add(at, value, "true");
    }
  }

  private _facts(value: unknown, at: string): void {
    if (!isObject(value)) return this._add(at, value, "an object of facts");
    this._names(value, at, ["region", "age", "gpc", "dnt", "att"]);
  }

  private _answer(value: unknown, at: string): void {
    if (value === "accept" || value === "refuse") return;
    if (!isObject(value)) {
      return this._add(at, value, '"accept", "refuse", or {purpose: "granted" or "denied"}');
    }
    for (const [purpose, choice] of Object.entries(value)) {
      if (choice !== "granted" && choice !== "denied") {
        this._add(`${at}/${purpose}`, choice, '"granted" or "denied"');
      }
    }
  }

  private _names(value: Record<string, unknown>, at: string, known: string[]): void {
    for (const name of Object.keys(value)) {
      if (known.includes(name)) continue;
      const near = nearest(name, known);
      const hint = near ? `; did you mean ${near}?` : "";
      this._add(`${at}/${name}`, "an unknown name", known.join(", ") + hint);
    }
  }

  private _add(pointer: string, found: unknown, allowed: string): void {
    const text = typeof found === "string" ? found : JSON.stringify(found);
    this.problems.push({ code: "not_allowed", pointer, found: text ?? "nothing", allowed });
  }
}

/** What is wrong with a document that should be a scenario. */
export function scenarioProblems(value: unknown): Problem[] {
  const check = new Check();
  check.scenario(value);
  return check.problems;
}

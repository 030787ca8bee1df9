// What became of each field of an event on its way to one collector, and by which rule.

import type { Config, Properties } from "../core/types.ts";
import type { Touchpoint } from "./visit.ts";

export type Fate = "kept" | "dropped" | "coarsened" | "hashed" | "changed" | "added";

export interface FieldFate {
  /** JSON pointer into the event document. */
  path: string;
  fate: Fate;
  /** JSON pointer to the rule of the config that did it. */
  rule?: string;
  /** The purposes of which the rule makes it depend. */
  needs?: string[];
  /** Why, where no rule of the config says so. */
  note?: string;
}

interface FieldRule {
  path: string;
  needs?: string[];
  as?: string;
  otherwise: string;
}

/** The event document that a call would be without any rule. */
export function documentOf({ type, name, user_id, group_id, ...rest }: Touchpoint): Properties {
  const { properties = group_id && { group_id }, traits, context } = rest;
  return { type, name, user_id, properties, traits, context };
}

/** Every place of a value where something stands, by JSON pointer. */
export function leavesOf(value: unknown, path = ""): Map<string, unknown> {
  const leaves = new Map<string, unknown>();
  if (typeof value !== "object" || value === null) {
    if (value !== undefined) leaves.set(path, value);
    return leaves;
  }
  for (const [key, member] of Object.entries(value)) {
    const step = key.replace(/~/g, "~0").replace(/\//g, "~1");
    for (const [at, leaf] of leavesOf(member, `${path}/${step}`)) leaves.set(at, leaf);
  }
  return leaves;
}

/** The rules that may have touched a place: of all collectors, then of this one. */
function rulesFor(config: Config, collector: string): [pointer: string, rule: FieldRule][] {
  const index = config.collectors.findIndex(({ id }) => id === collector);
  const own = config.collectors[index]?.fields as FieldRule[] | undefined;
  const shared = config.fields as FieldRule[] | undefined;
  return [
    ...(shared ?? []).map((rule, at): [string, FieldRule] => [`/fields/${at}`, rule]),
    ...(own ?? []).map((rule, at): [string, FieldRule] => [
      `/collectors/${index}/fields/${at}`,
      rule,
    ]),
  ];
}

// `/user/id` and `/user/<trait>` are the policy's names for places of the document.
function recordPath(path: string): string {
  if (path === "/user/id") return "/user_id";
  return path.replace(/^\/user\//, "/traits/");
}

const is_hash = /^[0-9a-f]{64}$/;

function fateOf(before: unknown, after: unknown, coarse: boolean): Fate {
  if (after === undefined) return "dropped";
  if (JSON.stringify(after) === JSON.stringify(before)) return "kept";
  if (typeof after === "string" && is_hash.test(after)) return "hashed";
  return coarse ? "coarsened" : "changed";
}

/** Compares what was called with what a collector got. */
export function fatesOf(
  config: Config,
  collector: string,
  called: Properties,
  got: Properties,
): FieldFate[] {
  const rules = rulesFor(config, collector);
  const before = leavesOf(called);
  const after = leavesOf(got);
  const fates = [...before].map(([path, value]): FieldFate => {
    const covers = ([, rule]: [string, FieldRule]) =>
      `${path}/`.startsWith(`${recordPath(rule.path)}/`);
    const rule = [...rules].reverse().find(covers);
    const fate = fateOf(value, after.get(path), rule?.[1].otherwise === "coarsen");
    if (fate === "kept") return { path, fate };
    const because = got.deidentified ? undefined : rule;
    if (because) return { path, fate, rule: because[0], needs: because[1].needs ?? [] };
    return { path, fate, ...reasonOf(path, fate, !!got.deidentified) };
  });
  for (const path of after.keys()) {
    const marks = path === "/deidentified" || path.startsWith("/delivery/");
    if (!before.has(path) && !marks) fates.push({ path, fate: "added" });
  }
  return fates;
}

function reasonOf(path: string, fate: Fate, deidentified: boolean): Partial<FieldFate> {
  if (deidentified) return { note: "de-identified events have no ids, no fine time, no free text" };
  const page = path.startsWith("/context/page/");
  if (page && fate === "changed") return { rule: "/privacy/url_parameters" };
  if (fate === "hashed") return { note: "contact data that no rule names" };
  return { rule: "/privacy" };
}

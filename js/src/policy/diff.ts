// What another policy changes for visitors: which settings differ, who gets what that did not, and
// whether, where and about what people are asked anew. Nothing is guessed from the settings: the
// engine of the old policy takes each answer, and that of the new one says what it makes of it.

import type { Choices, Config, ConsentView, Explanation } from "../core/types.ts";
import { leavesOf } from "./fields.ts";
import { choosable, placesIn, type PolicyDocument } from "./questions.ts";
import { type Facts, Visit } from "./visit.ts";

/** A setting that is not what it was. Lists are compared by the ids of their elements. */
export interface SettingChange {
  /** JSON pointer, with ids in place of numbers: `/consent/purposes/analytics/storage`. */
  pointer: string;
  before?: unknown;
  after?: unknown;
}

/** Visitors of whom one thing is known: what they have answered under the old policy. */
export const visitors = ["new", "accepted", "refused", "gpc"] as const;
export type Visitor = (typeof visitors)[number];

export interface Question {
  visitor: Visitor;
  /** As rules name them; `unknown`: it is not known where the visitor is. */
  regions: string[];
  /** By purpose: why it is asked. */
  purposes: Record<string, "new" | "changed" | "expired">;
}

/** Something that was allowed and is not any more: what is kept for it is deleted. */
export interface Withdrawal {
  visitor: Visitor;
  regions: string[];
  purposes: string[];
}

export interface VerdictChange {
  collector: string;
  visitor: Visitor;
  regions: string[];
  /** Absent: there was no such collector. */
  before?: string;
  after?: string;
}

export interface PolicyDiff {
  revisions: [before: string, after: string];
  settings: SettingChange[];
  /** Asked anew, beyond what the old policy would ask the same visitor. */
  questions: Question[];
  withdrawals: Withdrawal[];
  verdicts: VerdictChange[];
  /** Regions whose people are told, and not asked, and see the notice again. */
  notices: string[];
}

const day_ms = 86_400_000;

/** Both are configs that the engine takes. */
export async function diffPolicies(
  module: WebAssembly.Module,
  before: PolicyDocument,
  after: PolicyDocument,
): Promise<PolicyDiff> {
  const [old_config, new_config] = [before.value as Config, after.value as Config];
  const questions = new Grouped<Question>();
  const withdrawals = new Grouped<Withdrawal>();
  const verdicts = new Grouped<VerdictChange>();
  const notices: string[] = [];
  const revised = old_config.consent.revision !== new_config.consent.revision;
  for (const { region, place } of placesIn(old_config, new_config)) {
    for (const visitor of visitors) {
      const { then, now } = await returning(module, before, after, visitor, place);
      const asked = newlyAsked(then.consent, now.consent);
      if (Object.keys(asked).length)
        questions.add({ visitor, regions: [], purposes: asked }, region);
      const gone = lost(then.consent, now.consent);
      if (gone.length) withdrawals.add({ visitor, regions: [], purposes: gone }, region);
      for (const change of verdictChanges(then, now)) {
        verdicts.add({ ...change, visitor, regions: [] }, region);
      }
      const noticed = visitor === "new" && now.consent.model !== "opt_in" && revised;
      if (noticed) notices.push(region);
    }
  }
  return {
    revisions: [old_config.consent.revision, new_config.consent.revision],
    settings: settingChanges(old_config, new_config),
    questions: questions.list,
    withdrawals: withdrawals.list,
    verdicts: verdicts.list,
    notices,
  };
}

/** Findings that are alike but for their region stand together. */
class Grouped<Item extends { regions: string[] }> {
  readonly list: Item[] = [];
  private readonly _by_text = new Map<string, Item>();

  add(item: Item, region: string): void {
    const text = JSON.stringify(item);
    const known = this._by_text.get(text) ?? item;
    if (known === item) {
      this._by_text.set(text, item);
      this.list.push(item);
    }
    known.regions.push(region);
  }
}

interface Standing {
  consent: ConsentView;
  collectors: Record<string, string>;
}

// Somebody who answered under one policy, and comes back a day later under another.
async function returning(
  module: WebAssembly.Module,
  before: PolicyDocument,
  after: PolicyDocument,
  visitor: Visitor,
  place: string | undefined,
): Promise<{ then: Standing; now: Standing }> {
  const visit = await Visit.open(module, before);
  const facts: Facts = { ...(visitor === "gpc" && { gpc: true }), ...(place && { region: place }) };
  visit.tell(facts);
  const choices = choicesOf(visitor, before.value as Config, visit.client.consent.get()!);
  if (choices) visit.answer(choices);
  const then = standingOf(visit);
  await visit.comeBack(day_ms, after);
  visit.tell(facts);
  const now = standingOf(visit);
  visit.leave();
  return { then, now };
}

function standingOf({ client }: Visit): Standing {
  // An event of no name of its own: what each collector would get of any that it wants.
  const { collectors } = client.consent.explain({ type: "page" })!;
  return { consent: client.consent.get()!, collectors: verdictsIn(collectors) };
}

const verdictsIn = (collectors: Explanation["collectors"]) =>
  Object.fromEntries(Object.entries(collectors).map(([id, { verdict }]) => [id, verdict]));

function choicesOf(
  visitor: Visitor,
  config: Config,
  { purposes }: ConsentView,
): Choices | undefined {
  if (visitor === "new" || visitor === "gpc") return undefined;
  const choice = visitor === "accepted" ? "granted" : "denied";
  const open = choosable(config).filter((id) => purposes[id]?.state !== "exempt");
  return Object.fromEntries(open.map((id) => [id, choice]));
}

function newlyAsked(then: ConsentView, now: ConsentView): Question["purposes"] {
  const asked = (now.due ?? []).filter((id) => !then.due?.includes(id));
  return Object.fromEntries(
    asked.map((id) => {
      const { why } = now.purposes[id]!;
      return [id, why === "changed" || why === "expired" ? why : "new"] as const;
    }),
  );
}

const isOn = (state: string | undefined) => state === "granted" || state === "exempt";

const lost = (then: ConsentView, now: ConsentView): string[] =>
  Object.keys(then.purposes).filter(
    (id) => isOn(then.purposes[id]!.state) && !isOn(now.purposes[id]?.state),
  );

function verdictChanges(
  then: Standing,
  now: Standing,
): Omit<VerdictChange, "visitor" | "regions">[] {
  const ids = new Set([...Object.keys(then.collectors), ...Object.keys(now.collectors)]);
  return [...ids].flatMap((collector) => {
    const [before, after] = [then.collectors[collector], now.collectors[collector]];
    // Nothing is what a collector gets that is not there, too.
    if ((before ?? "drop") === (after ?? "drop")) return [];
    return [{ collector, ...(before && { before }), ...(after && { after }) }];
  });
}

// Elements of lists go by their ids, so that one more at the front changes nothing else.
function byIds(value: unknown): unknown {
  if (Array.isArray(value)) {
    const named = value.length > 0 && value.every((one) => typeof one?.id === "string");
    if (named)
      return Object.fromEntries(value.map((one) => [one.id, byIds({ ...one, id: undefined })]));
    return value.every((one) => typeof one !== "object") ? JSON.stringify(value) : value.map(byIds);
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, byIds(one)]));
}

function settingChanges(before: Config, after: Config): SettingChange[] {
  const [old_values, new_values] = [leavesOf(byIds(before)), leavesOf(byIds(after))];
  const pointers = new Set([...old_values.keys(), ...new_values.keys()]);
  const changed = [...pointers].filter((at) => old_values.get(at) !== new_values.get(at));
  return changed.map((pointer) => ({
    pointer,
    ...(old_values.has(pointer) && { before: plain(old_values.get(pointer)) }),
    ...(new_values.has(pointer) && { after: plain(new_values.get(pointer)) }),
  }));
}

// Short lists were compared as text.
const plain = (value: unknown) =>
  typeof value === "string" && value.startsWith("[") ? JSON.parse(value) : value;

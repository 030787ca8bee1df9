// Rules of segments hold where json-logic-js, the published implementation, says that they hold: on
// thousands of rules and customers drawn at random, each judged by the engine itself.

import { expect, test } from "@jest/globals";
import jsonLogic from "json-logic-js";
import { all_file, RawEngine } from "./raw_engine.ts";

const rules_per_config = 50;
const configs = 40;

/** The same numbers for the same seed (mulberry32). */
function randomOf(seed: number) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  return <T>(of: readonly T[]): T => of[Math.floor(next() * of.length)]!;
}

type Pick = ReturnType<typeof randomOf>;
type Rule = any;

const scalars = [
  "traits.text", "traits.number", "traits.digits", "traits.yes", "traits.no", "traits.nothing",
  "traits.empty", "traits.deep.a", "traits.list.1", "context.locale",
  "context.page.path", "journey.stage", "journey.orders", "journey.touches.0.channel",
];
const paths = [...scalars, "traits.list", "traits.none", "traits.deep"];
const literals = [0, 1, 2, -1, 2.5, "", "2", " 2 ", "de", "gold", "x", true, false, null];

function leaf(pick: Pick, of = paths): Rule {
  const kind = pick(["var", "var", "default", "literal"]);
  if (kind === "literal") return pick(literals);
  return { var: kind === "var" ? pick(of) : [pick(of), pick([0, "x", 7])] };
}

// Lists and objects equal nothing here; in JavaScript they equal their text.
const scalar = (pick: Pick) => leaf(pick, scalars);

function draw(pick: Pick, depth: number): Rule {
  if (depth === 0) return leaf(pick);
  const below = () => draw(pick, pick([0, depth - 1]));
  const operation = pick(["==", "===", "!=", "!==", "<", "<=", ">", ">=", "!", "!!", "and", "or", "if", "in", "some", "all", "none"]);
  if (operation === "!" || operation === "!!") return { [operation]: [below()] };
  if (operation === "and" || operation === "or") return { [operation]: [below(), below(), below()] };
  if (operation === "if") return { if: [below(), below(), below(), below()].slice(0, pick([3, 4])) };
  if (operation === "<" || operation === "<=") return { [operation]: [scalar(pick), scalar(pick), scalar(pick)].slice(0, pick([2, 3])) };
  if (operation === "in") return { in: [pick(["de", "gold", 2, "2", ""]), pick([{ var: "traits.text" }, { var: "traits.list" }, ["de", 2, "x"]])] };
  if (/some|all|none/.test(operation)) {
    return { [operation]: [{ var: pick(["traits.list", "traits.none", "traits.text", "journey.touches"]) }, pick([{ "==": [{ var: "" }, 2] }, { "!!": [{ var: "channel" }] }, true])] };
  }
  return { [operation]: [scalar(pick), scalar(pick)] };
}

const traits = { text: "gold", number: 2.5, digits: "2", yes: true, no: false, nothing: null, empty: "", list: [2, "x", 0], none: [], deep: { a: 7 } };
const context = { locale: "de-DE", page: { path: "/sale" } };

// Who says that a trait is null takes it away.
const { nothing: _, ...kept } = traits;

function viewOf(rules: Rule[]): any {
  const start = {
    now: { wall_ms: 1_793_817_970_000, mono_ms: 1000 },
    entropy: { offset: 0, size: 32 },
    sdk: { name: "test", version: "1" },
    config: {
      waymark: 1,
      app: { id: "shop", version: "1", channel: "web" },
      consent: { revision: "1", purposes: [{ id: "analytics", basis: "exempt", storage: true }] },
      collectors: [{ id: "c", protocol: "segment", url: "https://c.example", needs: ["analytics"], options: { write_key: "K" } }],
      journey: { segments: rules.map((when, i) => ({ id: `s${i}`, when })) },
    },
  };
  const engine = new RawEngine(all_file, JSON.stringify(start), Buffer.alloc(32, 7));
  const hand = (input: object) => {
    const answer = engine.handle(JSON.stringify({ ...input, now: start.now }), Buffer.alloc(0));
    const output = answer && JSON.parse(answer.text);
    expect(output?.problems ?? []).toEqual([]);
    for (const effect of output?.effects ?? []) {
      const { type, effect_id } = effect;
      if (type === "store_get") hand({ type: "store_read", effect_id, entries: [], more: false });
      else if (type.startsWith("store_")) hand({ type: "store_done", effect_id });
    }
  };
  hand({ type: "wake" });
  hand({ type: "set_context", context });
  hand({ type: "identify", user_id: "u1", traits });
  hand({ type: "wake" });
  const view = JSON.parse(engine.view()!.text);
  engine.close();
  return view;
}

test("rules hold where json-logic-js says that they do", () => {
  const pick = randomOf(8);
  let held = 0;
  for (let round = 0; round < configs; ++round) {
    const rules: Rule[] = [];
    while (rules.length < rules_per_config) {
      rules.push({ and: [true, draw(pick, 3)] });
    }
    const view = viewOf(rules);
    const data = { journey: view.journey, context, traits: kept };
    const wanted = rules.map((rule, i) => [i, Boolean(jsonLogic.truthy(jsonLogic.apply(rule, data)))]);
    const found = rules.map((_, i) => [i, view.segments.includes(`s${i}`)]);
    const wrong = rules.filter((_, i) => wanted[i]![1] !== found[i]![1]).map((rule) => JSON.stringify(rule));
    expect(wrong).toEqual([]);
    held += view.segments.length;
  }
  // Neither all nor none of them.
  expect(held).toBeGreaterThan((configs * rules_per_config) / 10);
  expect(held).toBeLessThan((configs * rules_per_config * 9) / 10);
});

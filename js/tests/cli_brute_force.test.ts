// `waymark table` and `prove` against the engine itself: each case is lived through by a visitor,
// and what a collector then gets is what the table says, and what was proven.

import { beforeAll, expect, test } from "@jest/globals";
import { placesIn, type PolicyCase } from "../src/policy/questions.ts";
import { Visit } from "../src/policy/visit.ts";
import { file, waymark } from "./cli_terminal.ts";
import { RawEngine, tools_file, wasmModule } from "./raw_engine.ts";

const collector = (id: string, needs: string[], more = {}) => ({
  ...{ id, protocol: "segment", url: `https://${id}.example`, needs },
  ...{ options: { write_key: "k" }, ...more },
});
const config = {
  waymark: 1 as const,
  app: { id: "shop" },
  consent: {
    revision: "1",
    purposes: [
      { id: "audience", basis: "exempt", mode: "deidentify", exempt_in: ["FR"], exemption: "CNIL" },
      { id: "analytics", basis: "consent", before_answer: "hold" },
      { id: "marketing", basis: "consent", before_answer: "drop", requires: ["analytics"] },
      { id: "security", basis: "legitimate_interest", signals: ["dnt"] },
    ],
    vendors: [{ id: "acme", purposes: ["marketing"] }],
    regions: [
      { match: ["EEA", "FR"], model: "opt_in" },
      { match: ["US-CA"], model: "opt_out", gpc: "opt_out" },
      { match: ["*"], model: "notice", gpc: "ignore" },
    ],
    signals: { dnt: "honour" },
    age: { minimum: 16, unknown: "allow" },
  },
  fields: [
    { path: "/user/id", needs: ["marketing"], otherwise: "drop" },
    { path: "/properties/note", needs: ["analytics"], otherwise: "coarsen" },
  ],
  collectors: [
    collector("counter", ["audience"]),
    collector("stats", ["analytics"]),
    collector("ads", ["marketing"], { vendor: "acme" }),
    collector("guard", ["security"], { fields: [{ path: "/properties/note", otherwise: "drop" }] }),
  ],
};
const document = { text: JSON.stringify(config), value: config };
const ages: Record<string, number | undefined> = { unknown: undefined, below: 12, reached: 20 };
const note = "ring twice";

interface Lived {
  one: PolicyCase;
  verdict: string;
  allowed: Set<string>;
  /** What the collector got, of an event with a note by somebody known. */
  event: any;
}
let lived: Lived[] = [];

async function live(one: PolicyCase): Promise<Lived> {
  const { place } = placesIn(config as any).find(({ region }) => region === one.region)!;
  const visit = await Visit.open(wasmModule(tools_file), document);
  const on = (signal: string) => one.signals?.includes(signal) && { [signal]: true };
  const signals = { ...on("gpc"), ...on("dnt"), ...on("att") };
  const age = ages[one.age];
  visit.tell({ ...signals, ...(age && { age }), ...(place && { region: place }) });
  if (Object.keys(one.choices).length) visit.answer(one.choices as any);
  const { verdict } = visit.client.consent.explain({ type: "track", name: "x" })!.collectors[
    one.collector
  ]!;
  visit.touch({ type: "identify", user_id: "u-1" });
  visit.touch({ type: "track", name: "x", properties: { note } });
  visit.client.flush();
  visit.wait(1000);
  const got = visit.sent().filter(({ collector }) => collector === one.collector);
  const { purposes } = visit.client.consent.get()!;
  const states = Object.entries(purposes);
  const allowed = states.filter(([, { state }]) => state === "granted" || state === "exempt");
  const event = got.find(({ event }) => event.name === "x")?.event;
  visit.leave();
  return { one, verdict, allowed: new Set(allowed.map(([id]) => id)), event };
}

beforeAll(async () => {
  const engine = new RawEngine(tools_file, "{}", Buffer.alloc(0));
  const { cases } = JSON.parse(engine.query(`{"query":"table","config":${document.text}}`)!.text);
  for (const one of cases) lived.push(await live(one));
}, 300_000);

test("the table says what becomes of each event", () => {
  expect(lived.length).toBeGreaterThan(1000);
  const wrong = lived.filter(({ one, verdict }) => one.verdict !== verdict);
  expect(wrong.map(({ one }) => one)).toEqual([]);
  const got = { admit: "with ids", deidentify: "without ids", hold: "nothing", drop: "nothing" };
  for (const { one, event } of lived) {
    const found = event ? (event.anonymous_id ? "with ids" : "without ids") : "nothing";
    expect([one, found]).toEqual([one, got[one.verdict as keyof typeof got]]);
  }
});

const claims = config.collectors.flatMap(({ id }) =>
  ["audience", "analytics", "marketing", "security"].flatMap((purpose) =>
    ["", "/user/id", "/properties/note"].map((field) => [id, purpose, field] as const),
  ),
);

test.each(claims)("prove: %s without %s %s", async (id, purpose, field) => {
  const counterexamples = lived.filter(({ one, event, allowed }) => {
    if (one.collector !== id || !event?.anonymous_id || allowed.has(purpose)) return false;
    const kept = { "": true, "/user/id": !!event.user_id, "/properties/note": false };
    kept["/properties/note"] = event.properties?.note === note;
    return kept[field as keyof typeof kept];
  });
  const words = ["--collector", id, "--without", purpose, ...(field ? ["--field", field] : [])];
  const { code, out } = await waymark("prove", "--json", file("w.json", config), ...words);
  expect(JSON.parse(out).holds).toBe(!counterexamples.length);
  expect(code).toBe(counterexamples.length ? 1 : 0);
  const sentence = field ? `field ${field} reaches ${id}` : `an event reaches ${id}`;
  const said = await waymark(
    "prove",
    "--json",
    file("w.json", config),
    `${sentence} only with ${purpose}`,
  );
  expect(said).toEqual({ code, out, err: "" });
});

// `waymark table`, `prove` and `explain`: what a policy does, as people and programs read it.

import { describe, expect, test } from "@jest/globals";
import { rowsOf } from "../src/policy/table.ts";
import { expectGolden, file, waymark } from "./cli_terminal.ts";
import { RawEngine, tools_file } from "./raw_engine.ts";

const collector = (id: string, needs: string[], more = {}) => ({
  ...{ id, protocol: "segment", url: `https://${id}.example`, needs },
  ...{ options: { write_key: "k" }, ...more },
});

const config = {
  waymark: 1,
  app: { id: "shop" },
  consent: {
    revision: "2026-11-01",
    purposes: [
      { id: "necessary", basis: "exempt", storage: true },
      { id: "analytics", basis: "consent", storage: true, before_answer: "hold" },
      { id: "marketing", basis: "consent", before_answer: "drop", requires: ["analytics"] },
    ],
    regions: [
      { match: ["EEA"], model: "opt_in" },
      { match: ["US-CA"], model: "opt_out", gpc: "opt_out" },
      { match: ["*"], model: "notice" },
    ],
    age: { minimum: 16, unknown: "allow" },
  },
  fields: [{ path: "/user/id", needs: ["marketing"], otherwise: "drop" }],
  collectors: [
    collector("stats", ["analytics"]),
    collector("ads", ["marketing"], { only: ["order_completed"] }),
  ],
};
const names = ["necessary", "analytics", "marketing"];
const policy = () => file("waymark.json", config);
const event = () => file("event.json", { type: "track", name: "product_viewed" });

function casesOf(id: string): any[] {
  const engine = new RawEngine(tools_file, "{}", Buffer.alloc(0));
  const { cases } = JSON.parse(engine.query(JSON.stringify({ query: "table", config }))!.text);
  return cases.filter((one: any) => one.collector === id);
}

describe("table", () => {
  test("can be read", async () => {
    const { code, out, err } = await waymark("table", policy());
    expect([code, err]).toEqual([0, ""]);
    expectGolden("table.md", out);
  });

  test.each(["stats", "ads"])("of %s has each case in one row, with its verdict", (id) => {
    const cases = casesOf(id);
    const rows = rowsOf(id, cases, names);
    expect(rows.reduce((sum, row) => sum + row.cases, 0)).toBe(cases.length);
    expect(rows.length).toBeLessThan(cases.length / 8);
    for (const { region, age, signals = [], choices, verdict } of cases) {
      const holding = rows.filter(
        (row) =>
          row.regions.includes(region) &&
          row.ages.includes(age) &&
          Object.entries(row.signals).every(([signal, states]) =>
            states.includes(signals.includes(signal) ? "on" : "off"),
          ) &&
          Object.entries(row.answers).every(([purpose, answers]) =>
            answers.includes(choices[purpose] ?? "unanswered"),
          ),
      );
      expect(holding.map((row) => row.verdict)).toEqual([verdict]);
    }
  });

  test("is made of one collector, and as JSON", async () => {
    const { code, out } = await waymark("table", "--json", "--collector", "ads", policy());
    const { cases, whole, rows } = JSON.parse(out);
    expect([code, whole, cases]).toEqual([0, true, casesOf("ads").length]);
    expect(rows).toEqual(rowsOf("ads", casesOf("ads"), names));
  });
});

describe("prove", () => {
  test("says in how many cases it holds", async () => {
    const answer = await waymark("prove", policy(), "--collector", "ads", "--without=marketing");
    expect(answer).toEqual({
      code: 0,
      out: "No event reaches ads without marketing: holds in 576 cases.\n",
      err: "",
    });
  });

  test("gives the counterexample in a sentence and as JSON", async () => {
    const words = [policy(), "--collector=stats", "--without=marketing"];
    const { code, out } = await waymark("prove", ...words);
    expect(code).toBe(1);
    const [sentence, json] = out.split("\n");
    expect(sentence).toBe(
      "An event reaches stats without marketing: an unknown region, no signal, age unknown, " +
        "analytics granted; because analytics granted (person).",
    );
    const as_json = await waymark("prove", "--json", ...words);
    expect(as_json.code).toBe(1);
    const { holds, cases, counterexample } = JSON.parse(as_json.out);
    expect([holds, cases]).toEqual([false, 2]);
    expect(JSON.parse(json!)).toEqual(counterexample);
    expect(counterexample).toMatchObject({ collector: "stats", verdict: "admit" });
  });

  test("of one field", async () => {
    const words = [policy(), "--collector=stats", "--without=marketing", "--field", "/user/id"];
    const { code, out } = await waymark("prove", ...words);
    expect(code).toBe(0);
    expect(out).toContain("No event with /user/id as it is reaches stats");
  });
});

describe("explain", () => {
  test("tells facts, answers and the verdict of each collector", async () => {
    const facts = ["--region", "US-CA", "--signal", "gpc", "--age", "20"];
    const words = ["explain", policy(), "--event", event(), ...facts];
    const { code, out, err } = await waymark(...words, "--choice", "analytics=granted");
    expect([code, err]).toEqual([0, ""]);
    expectGolden("explain.txt", out);
  });

  test("as JSON", async () => {
    const words = ["explain", policy(), "--event", event(), "--json", "--region=DE", "--age=15"];
    const { code, out } = await waymark(...words);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      event: { type: "track", name: "product_viewed" },
      region: "DE",
      consent: { region: "DE", model: "opt_in" },
      collectors: {
        stats: {
          wanted: true,
          verdict: "drop",
          because: [{ purpose: "analytics", state: "denied", why: "age" }],
        },
        ads: { wanted: false },
      },
    });
  });

  test("knows nothing of a person of whom nothing is said", async () => {
    const { out } = await waymark("explain", policy(), "--event", event());
    expect(out).toContain("region:  unknown (opt_in)");
    expect(out).toMatch(/stats +hold +analytics unknown \(default\)/);
  });
});

describe("wrong use", () => {
  const given = ["prove", "CONFIG", "--collector", "ads", "--without", "marketing"];
  test.each([
    [["table"], "table needs one file, a config document, or - for standard input."],
    [["table", "a", "b"], "table needs one file, a config document, not 2: a, b."],
    [
      ["table", "CONFIG", "--fix"],
      "There is no option --fix. table takes --collector, --form, --json.",
    ],
    [["table", "CONFIG", "--json=1"], "--json takes no value."],
    [["table", "CONFIG", "--collector"], "--collector needs a value."],
    [["table", "CONFIG", "--collector", "x"], "There is no collector x; there is stats, ads."],
    [["prove", "CONFIG", "--without", "marketing"], "prove needs --collector"],
    [["prove", "CONFIG", "--collector", "ads"], "prove needs --without"],
    [[...given, "--collector", "stats"], "--collector stands there twice."],
    [["prove", "CONFIG", "--collector", "x", "--without", "y"], "There is no collector x"],
    [
      ["prove", "CONFIG", "--collector", "ads", "--without", "y"],
      "There is no purpose y; there is necessary, analytics, marketing.",
    ],
    [[...given, "--field", "/nowhere"], "--field /nowhere: found a path that leads nowhere"],
    [["explain", "CONFIG"], "explain needs --event"],
    [
      ["explain", "CONFIG", "--event", "EVENT", "--age", "old"],
      "--age takes whole years, not old.",
    ],
    [["explain", "CONFIG", "--event", "EVENT", "--region", "France"], "--region takes a country"],
    [
      ["explain", "CONFIG", "--event", "EVENT", "--signal", "x"],
      "There is no signal x; there is gpc, dnt, att.",
    ],
    [
      ["explain", "CONFIG", "--event", "EVENT", "--choice", "x"],
      "--choice takes purpose=yes or purpose=no",
    ],
    [
      ["explain", "CONFIG", "--event", "EVENT", "--choice", "x=denied"],
      "There is no purpose x; there is necessary, analytics, marketing.",
    ],
  ])("%j", async (words, said) => {
    const paths: Record<string, string> = { CONFIG: policy(), EVENT: event() };
    const { code, out, err } = await waymark(...words.map((word) => paths[word] ?? word));
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain(said);
    expect(err).toContain("Usage");
  });

  test.each([
    ["{\n  1", 'bad.json: line 2, column 3: found 1; allowed: a name in double quotes or }\n'],
    ["[]", "bad.json: the document: found an array; allowed: an object\n"],
    [{ ...config, app: 1 }, "bad.json: /app: found "],
  ])("a document that cannot be used: %j", async (content, said) => {
    for (const words of [
      ["table"],
      ["prove", "--collector=ads", "--without=marketing"],
      ["explain", "--event", event()],
    ]) {
      const { code, out, err } = await waymark(...words, file("bad.json", content));
      expect([code, out]).toEqual([2, ""]);
      expect(err).toContain(said);
      expect(err).not.toContain("Usage");
    }
  });

  test("an event that is none", async () => {
    const wrong = file("wrong.json", { type: "click" });
    const { code, err } = await waymark("explain", policy(), "--event", wrong);
    expect(code).toBe(2);
    expect(err).toBe(
      'wrong.json: /type: found "click"; allowed: ' +
        '"track", "page", "screen", "identify", "alias", "group"\n',
    );
  });
});

describe("table in other forms", () => {
  test("as CSV, a row for each row", async () => {
    const { out } = await waymark("table", policy(), "--form", "csv");
    const { rows } = JSON.parse((await waymark("table", policy(), "--json")).out);
    const lines = out.trimEnd().split("\r\n");
    expect(lines[0]).toBe("Collector,Region,Age,Signals,Answer,Events,Because,Cases");
    expect(lines.length).toBe(1 + rows.length);
    expect(lines.some((line) => line.startsWith("stats,"))).toBe(true);
    expect(out).toMatch(/,"[^"]+, [^"]+",/);
  });

  test("as HTML", async () => {
    const { out } = await waymark("table", policy(), "--form=html", "--collector", "ads");
    expect(out).toContain("<h2>ads</h2>\n<table>\n<thead>\n<tr><th>Region</th>");
  });
});

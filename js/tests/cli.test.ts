// `waymark lint`: the engine's own judgement, readable, with exit codes for a pipeline.

import { describe, expect, test } from "@jest/globals";
import { readFileSync } from "node:fs";
import { file, waymark } from "./cli_terminal.ts";

const good = {
  waymark: 1,
  app: { id: "shop" },
  consent: {
    revision: "1",
    purposes: [{ id: "analytics", basis: "consent" }],
    controller: { name: "Shop", contact: "privacy@shop.example", policy_url: "/privacy" },
  },
  collectors: [
    {
      id: "w",
      protocol: "segment",
      url: "https://c.example",
      needs: ["analytics"],
      options: { write_key: "k" },
    },
  ],
};

describe("lint", () => {
  test("says nothing about a good config", async () => {
    expect(await waymark("lint", file("good.json", good))).toEqual({ code: 0, out: "", err: "" });
  });

  test("takes the config of the sample shop", async () => {
    const shop = new URL("../../samples/web-shop/waymark.json", import.meta.url).pathname;
    // It asks about marketing, which no collector of it needs, and which Google's tags are told of.
    expect(await waymark("lint", shop)).toEqual({ code: 0, out: "", err: "" });
  });

  test("knows what services are for, and what nothing needs", async () => {
    const purposes = [
      ...good.consent.purposes,
      { id: "film", basis: "consent" },
      { id: "nothing", basis: "consent" },
    ];
    const services = [
      { id: "player", purposes: ["film"] },
      { id: "typo", purposes: ["film", "flim"] },
    ];
    const odd = { ...good, consent: { ...good.consent, purposes, services } };
    const { code, out } = await waymark("lint", "--json", file("services.json", odd));
    const [{ problems, findings }] = JSON.parse(out);
    expect([code, problems]).toEqual([1, []]);
    expect(findings.map(({ code, pointer }: any) => [code, pointer])).toEqual([
      ["unused", `/consent/purposes/${purposes.length - 1}/id`],
      ["not_allowed", "/consent/services/1/purposes/1"],
    ]);
  });

  test("says what the engine takes and what contradicts itself all the same", async () => {
    const consent = { ...good.consent, valid_days: { granted: 180, denied: 30 } };
    const { code, out } = await waymark("lint", file("odd.json", { ...good, consent }));
    expect(code).toBe(1);
    expect(out).toBe(
      "odd.json: line 1: warning: /consent/valid_days/denied: found 30 days; " +
        "allowed: at least as long as an acceptance holds: 180 days\n" +
        "    rule: EDPB cookie banner taskforce, 2023; GDPR article 7(3)\n" +
        '    do:   Make "denied" at least as long as "granted": ' +
        "whoever refuses is not asked more often.\n",
    );
  });

  test("names file, place, what was found and what is allowed, a line each", async () => {
    const bad = file("bad.json", { ...good, wayward: 1, collectors: [{ id: "w", needs: [] }] });
    const { code, out } = await waymark("lint", bad);
    expect(code).toBe(1);
    const lines = out.trimEnd().split("\n").filter((line) => !line.startsWith("    "));
    expect(lines.length).toBeGreaterThan(2);
    for (const line of lines) {
      expect(line).toMatch(/bad\.json: line 1: error: .+: found .+; allowed: .+/);
    }
    expect(out).toContain("error: /wayward: found ");
    expect(out).toContain("error: /collectors/0/needs: found ");
  });

  test("gives line and column of what is not JSON", async () => {
    const { code, out } = await waymark("lint", file("comma.json", '{\n  "waymark": 1,\n}\n'));
    expect(code).toBe(1);
    expect(out).toMatch(/comma\.json: line 3, column 1: error: found }; allowed: a name in double quotes/);
  });

  test("passes over a byte order mark", async () => {
    const marked = file("mark.json", "\ufeff" + JSON.stringify(good));
    expect((await waymark("lint", marked)).code).toBe(0);
  });

  test("judges several files, and one bad one is enough", async () => {
    const one = file("one.json", good);
    const two = file("two.json", {});
    const { code, out } = await waymark("lint", one, two);
    expect(code).toBe(1);
    expect(out).not.toContain("one.json");
  });

  test("gives one JSON document with --json", async () => {
    const good_file = file("json_good.json", good);
    const bad_file = file("json_bad.json", "[");
    const { code, out } = await waymark("lint", "--json", good_file, bad_file);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toEqual([
      { file: "json_good.json", problems: [], findings: [] },
      {
        file: "json_bad.json",
        problems: [
          {
            code: "invalid_json",
            severity: "error",
            fix: expect.stringContaining("The file is not whole"),
            pointer: "",
            found: "the end of the text",
            allowed: "a value",
            line: 1,
            column: 2,
          },
        ],
        findings: [],
      },
    ]);
  });
});

describe("wrong use ends with 2 and the help", () => {
  test.each([
    [[], "A command is missing."],
    [["mend"], "There is no command mend."],
    [["iab"], "iab needs one of decode, encode, validate, keys."],
    [["iab", "mend"], "There is no iab mend"],
    [["iab", "decode"], "iab decode needs an argument"],
    [["iab", "decode", "--kind=x", "1YNN"], "There is no kind x; there is tc, gpp, usp, ac."],
    [["iab", "decode", "--fix", "1YNN"], "There is no option --fix."],
    [["lint"], "lint needs at least one file"],
    [["lint", "--fix", "a.json"], "There is no option --fix."],
  ])("%j", async (words, said) => {
    const { code, out, err } = await waymark(...words);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain(said);
    expect(err).toContain("Usage");
  });

  test("a file that cannot be read", async () => {
    const { code, err } = await waymark("lint", "/nowhere/absent.json");
    expect(code).toBe(2);
    expect(err).toMatch(/absent\.json/);
  });
});

test("--help and --version say what they are asked for", async () => {
  const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  expect(await waymark("--version")).toEqual({ code: 0, out: `${version}\n`, err: "" });
  const { code, out } = await waymark("lint", "--help");
  expect(code).toBe(0);
  expect(out).toContain("waymark lint");
});

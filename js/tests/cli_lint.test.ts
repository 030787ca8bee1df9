// `waymark lint`: each deeper finding with its place, how bad it is, who says so and what to do;
// and files that are no config at all.

import { describe, expect, test } from "@jest/globals";
import { truncateSync } from "node:fs";
import { expectGolden, file, waymark } from "./cli_terminal.ts";

const collector = {
  ...{ id: "w", protocol: "segment", url: "https://c.example", needs: ["analytics"] },
  options: { write_key: "k" },
};
const consent = {
  revision: "1",
  controller: { name: "Shop", contact: "privacy@shop.example", policy_url: "/privacy" },
  purposes: [{ id: "analytics", basis: "consent", storage: true }],
  regions: [{ match: ["*"], model: "opt_in" }],
};
const good = { waymark: 1, app: { id: "shop" }, consent, collectors: [collector] };
const asking = (more: object) => ({ ...good, consent: { ...consent, ...more } });
const sending = (more: object) => ({ ...good, collectors: [{ ...collector, ...more }] });
const generic = (options: object) => sending({ protocol: "generic", options });

async function findingsOf(config: object): Promise<any[]> {
  const { out } = await waymark("lint", "--json", file("waymark.json", config));
  const [{ problems, findings }] = JSON.parse(out);
  expect(problems).toEqual([]);
  return findings;
}

test("a good policy has nothing", async () => {
  expect(await findingsOf(good)).toEqual([]);
});

const cases: [what: string, config: object, code: string, pointer: string, severity: string][] = [
  [
    "a purpose that is never asked about",
    asking({ regions: [{ match: ["*"], model: "notice" }] }),
    ...(["never_asked", "/consent/purposes/0/basis", "warning"] as const),
  ],
  [
    "a collector without a purpose that anybody could refuse",
    {
      ...asking({
        purposes: [...consent.purposes, { id: "needed", basis: "exempt", exemption: "none" }],
      }),
      collectors: [collector, { ...collector, id: "x", needs: ["needed"] }],
    },
    ...(["without_purpose", "/collectors/1/needs", "warning"] as const),
  ],
  [
    "an answer that holds for too long",
    asking({ valid_days: { granted: 395, denied: 395 } }),
    ...(["too_long", "/consent/valid_days/granted", "warning"] as const),
  ],
  [
    "a refusal that is asked about sooner",
    asking({ valid_days: { granted: 180, denied: 30 } }),
    ...(["conflict", "/consent/valid_days/denied", "warning"] as const),
  ],
  [
    "no button to refuse",
    asking({ ui: { languages: ["en"], texts: { en: { reject: "" } } } }),
    ...(["harder", "/consent/ui/texts/en/reject", "error"] as const),
  ],
  [
    "contact data as an id",
    generic({ event: { user_id: { $: "/traits/email" } } }),
    ...(["personal_data", "/collectors/0/options/event/user_id", "error"] as const),
  ],
  [
    "contact data in addresses",
    { ...good, privacy: { url_parameters: ["utm_*", "email"] } },
    ...(["personal_data", "/privacy/url_parameters/1", "warning"] as const),
  ],
  [
    "a region that another rule has",
    asking({
      regions: [
        { match: ["FR"], model: "opt_in" },
        { match: ["FR"], model: "opt_in" },
      ],
    }),
    ...(["unreachable", "/consent/regions/1/match/0", "warning"] as const),
  ],
  [
    "a secret in a header",
    generic({ event: { a: 1 }, headers: { Authorization: "Bearer x" } }),
    ...(["secret", "/collectors/0/options/headers/Authorization", "error"] as const),
  ],
  [
    "a secret in an address",
    sending({ url: "https://c.example/?token=x" }),
    ...(["secret", "/collectors/0/url", "error"] as const),
  ],
  [
    "a language without words",
    asking({ ui: { languages: ["en", "eo"] } }),
    ...(["missing_text", "/consent/ui/languages/1", "error"] as const),
  ],
  [
    "a purpose without words",
    {
      ...asking({
        purposes: [{ id: "cookies7", basis: "consent" }],
        ui: { languages: ["fr"] },
      }),
      collectors: [{ ...collector, needs: ["cookies7"] }],
    },
    ...(["missing_text", "/consent/ui", "warning"] as const),
  ],
  [
    "Europe without a question",
    asking({
      regions: [
        { match: ["US-CA"], model: "opt_in" },
        { match: ["FR", "*"], model: "opt_out" },
      ],
    }),
    ...(["unlawful", "/consent/regions/1/model", "error"] as const),
  ],
  [
    "Quebec without a question",
    asking({ regions: [{ match: ["CA-QC"], model: "notice" }, ...consent.regions] }),
    ...(["unlawful", "/consent/regions/0/model", "error"] as const),
  ],
  [
    "California that cannot say no",
    asking({ regions: [{ match: ["US-CA"], model: "notice" }, ...consent.regions] }),
    ...(["unlawful", "/consent/regions/0/model", "warning"] as const),
  ],
  [
    "a signal that the law does not let a page ignore",
    asking({
      regions: [{ match: ["US-CA"], model: "opt_out", gpc: "ignore" }, ...consent.regions],
    }),
    ...(["unlawful", "/consent/regions/0/gpc", "error"] as const),
  ],
  [
    "nobody who answers for the data",
    asking({ controller: undefined }),
    ...(["required", "/consent/controller", "note"] as const),
  ],
];

test.each(cases)("%s", async (_what, config, code, pointer, severity) => {
  const findings = await findingsOf(config);
  expect(findings.map(({ code, pointer, severity }) => [code, pointer, severity])).toEqual([
    [code, pointer, severity],
  ]);
  const [{ found, allowed, fix, source, line }] = findings;
  expect([found, allowed, fix].every((text) => text?.length > 3)).toBe(true);
  expect(line).toBe(1);
  if (code !== "unreachable") expect(source).toMatch(/\w/);
});

test("can be read by people, with the line of each finding", async () => {
  const config = {
    ...asking({
      regions: [{ match: ["FR"], model: "notice" }],
      valid_days: { granted: 300, denied: 100 },
      ui: { languages: ["en", "eo"] },
    }),
    ...{ privacy: { url_parameters: ["mail"] } },
  };
  const { code, out } = await waymark(
    "lint",
    file("waymark.json", JSON.stringify(config, null, 2)),
  );
  expect(code).toBe(1);
  expectGolden("lint.txt", out);
});

test("a note is nothing that has to be mended", async () => {
  const { code, out } = await waymark("lint", file("w.json", asking({ controller: undefined })));
  expect(code).toBe(0);
  expect(out).toContain("w.json: line 1: note: /consent/controller: found no name");
});

describe("did you mean", () => {
  test.each([
    [{ ...good, consnt: {} }, "Did you mean consent?"],
    [asking({ purposes: [{ id: "analytics", bassis: "consent" }] }), "Did you mean basis?"],
    [sending({ protocol: "segmnet" }), "Did you mean segment?"],
    [{ ...good, whatever: 1 }, "Take it out: nothing reads it."],
  ])("%j", async (config, said) => {
    const { code, out } = await waymark("lint", file("waymark.json", config));
    expect(code).toBe(1);
    expect(out).toContain(`    do:   ${said}\n`);
  });

  test("of commands and what they are given", async () => {
    expect((await waymark("lnit")).err).toContain("Did you mean lint?");
    const words = ["prove", file("w.json", good), "--collector", "w", "--without", "analitycs"];
    expect((await waymark(...words)).err).toContain("Did you mean analytics?");
  });
});

describe("what is no config", () => {
  test.each([
    ["// my policy\n{}", "line 1, column 1", "a comment", "JSON has no comments"],
    ['{\n  "a": 1, // why\n  "b": 2\n}', "line 2, column 11", "a comment", "browsers refuse"],
    ['{ "a": \u201cx\u201d }', "line 1, column 8", "a typographic quotation mark", "straight one"],
    ["{ 'a': 1 }", "line 1, column 3", "a single quotation mark", "double one"],
    ['{ "a": 1, }', "line 1, column 11", "}", "comma before it"],
    ['{\n "a": 1\n "b": 2\n}', "line 3, column 2", '"', "there is a comma"],
    ['{ "a": [1, 2', "line 1, column 13", "the end of the text", "not whole"],
    ["", "line 1, column 1", "the end of the text", "not whole"],
    ["%PDF-1.7", "line 1, column 1", "a PDF", "plain text"],
    ["PK\u0003\u0004docx", "line 1, column 1", "a Word or ZIP file", "plain text"],
    ["{\\rtf1\\ansi {}}", "line 1, column 2", "a text with formatting (RTF)", "plain text"],
    ["<!doctype html><p>", "line 1, column 1", "a web page", "the config itself"],
  ])("%j", async (text, place, found, fix) => {
    for (const verb of [["lint"], ["table"], ["disclose"], ["records", "verify"]]) {
      const { code, out, err } = await waymark(...verb, file("bad.json", text));
      expect(code).toBe(verb[0] === "lint" ? 1 : 2);
      expect(out + err).toContain(`bad.json: ${place}`);
      expect(out + err).toContain(`found ${found}; allowed: `);
      expect(out + err).toContain(fix);
      expect(out + err).not.toMatch(/Error|at .*\.ts/);
    }
  });

  test("a file of 100 MB is not read", async () => {
    const path = file("big.json", "");
    truncateSync(path, 100 * 1024 * 1024);
    for (const verb of ["lint", "table", "diff"]) {
      const { code, err } = await waymark(verb, path, ...(verb === "diff" ? [path] : []));
      expect(code).toBe(2);
      expect(err).toContain("found a file of 100 MB; allowed: a document of at most 8 MB");
      expect(err).toContain("waymark audit");
    }
  });

  test("no file, a folder", async () => {
    expect((await waymark("lint", "/nowhere/x.json")).err).toContain("There is no such file");
    expect((await waymark("lint", "/")).err).toContain("It is a folder");
  });
});

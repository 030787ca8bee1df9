// What people who write no code give to each verb by mistake: a message that they can act on, the
// exit code for it, and never a stack trace.

import { describe, expect, test } from "@jest/globals";
import { mkdirSync, truncateSync } from "node:fs";
import { file, waymark } from "./cli_terminal.ts";

const consent = {
  revision: "1",
  controller: { name: "Shop", contact: "privacy@shop.example", policy_url: "/privacy" },
  purposes: [{ id: "analytics", basis: "consent", storage: true }],
  regions: [{ match: ["*"], model: "opt_in" }],
  ui: { languages: ["en"] },
};
const collectors = [
  {
    ...{ id: "w", protocol: "segment", url: "https://c.example", needs: ["analytics"] },
    options: { write_key: "k" },
  },
];
const policy = () => file("good.json", { waymark: 1, app: { id: "shop" }, consent, collectors });
const event = () => file("event.json", { type: "track", name: "order_completed" });
const scenario = () => file("visit.json", { steps: [{ page: "Home" }] });
const lines = (name: string, text = "") => file(name, text);

/** Each verb with a file of the wrong kind where it reads a document. */
const verbs: [what: string, line: (bad: string) => string[]][] = [
  ["lint", (bad) => ["lint", bad]],
  ["explain, the config", (bad) => ["explain", bad, "--event", event()]],
  ["explain, the event", (bad) => ["explain", policy(), "--event", bad]],
  ["table", (bad) => ["table", bad]],
  ["prove", (bad) => ["prove", bad, "--collector", "w", "--without", "analytics"]],
  ["diff, the old one", (bad) => ["diff", bad, policy()]],
  ["diff, the new one", (bad) => ["diff", policy(), bad]],
  ["disclose", (bad) => ["disclose", bad]],
  ["simulate, the config", (bad) => ["simulate", bad, scenario()]],
  ["simulate, the scenario", (bad) => ["simulate", policy(), bad]],
  ["records verify", (bad) => ["records", "verify", bad]],
  ["records show", (bad) => ["records", "show", bad]],
  ["records export", (bad) => ["records", "export", bad]],
  ["audit, the policy", (bad) => ["audit", lines("e"), lines("r"), "--policy", bad]],
  ["stub", (bad) => ["stub", bad]],
  ["codegen", (bad) => ["codegen", "--language", "ts", bad]],
];
/** Those that are read line by line, of any size. */
const streams: typeof verbs = [
  ["audit, the events", (bad) => ["audit", bad, lines("r"), "--policy", policy()]],
  ["audit, the records", (bad) => ["audit", lines("e"), bad, "--policy", policy()]],
];

async function said(line: string[], code: number, words: RegExp): Promise<void> {
  const told = await waymark(...line);
  const all = told.out + told.err;
  expect([line.slice(0, 2), told.code, all]).toEqual([line.slice(0, 2), code, all]);
  expect(all).toMatch(words);
  // No stack trace, no name of an error, no code of the system.
  expect(all).not.toMatch(/\bat .*[\\/(].*:\d+:\d+|Error\b|undefined|ENOENT|EISDIR|\[object/);
}

describe.each([...verbs, ...streams])("%s", (what, line) => {
  test("no such file", () => said(line("/nowhere/x.json"), 2, /x\.json: There is no such file/));

  test("a folder", () => {
    const folder = `${policy()}.folder`;
    mkdirSync(folder, { recursive: true });
    return said(line(folder), 2, /It is a folder; name a file in it/);
  });

  test("what Windows calls Unicode", async () => {
    const path = file("utf16.json", "");
    const { writeFileSync } = await import("node:fs");
    writeFileSync(path, Buffer.from("\ufeff{}", "utf16le"));
    if (/events|records of|the records/.test(what)) return;
    await said(line(path), 2, /found a text in UTF-16; allowed: UTF-8\n {4}do: Save it as UTF-8/);
  });
});

describe.each(verbs)("%s", (what, line) => {
  // Lint's findings are its answer; to the others the file is none that they can use.
  const code = what === "lint" ? 1 : 2;

  test.each<[string, string, RegExp]>([
    ["an empty file", "", /line 1, column 1.*found the end of the text.*\n.*not whole/],
    ["a text", "Our policy: we ask first.", /line 1, column 1.*found O; allowed: a value/],
    ["comments", '{\n  // the shop\n  "a": 1\n}', /line 2, column 3.*found a comment/],
    ["half a file", '{ "entries": [{ "type": "deci', /found the end of the text/],
    ["a Word document", "PK\u0003\u0004\u0000", /found a Word or ZIP file/],
  ])("%s", (_, text, words) => said(line(file("bad.json", text)), code, words));

  test.each([["[1]"], ["null"], ["7"], ['"text"']])("%s, which is no document", async (text) => {
    await said(line(file("bad.json", text)), code, /found|Found/);
  });

  test("100 MB", () => {
    const path = file("big.json", "");
    truncateSync(path, 100 * 1024 * 1024);
    return said(line(path), 2, /found a file of 100 MB; allowed: a document of at most 8 MB/);
  });
});

describe("facts and answers that are none", () => {
  const explain = (...more: string[]) => ["explain", policy(), "--event", event(), ...more];

  test.each<[string[], RegExp]>([
    [["--region", "Germany"], /not Germany\. Did you mean DE\?/],
    [["--region", "united kingdom"], /Did you mean GB\?/],
    [["--region", "UK"], /UK is no code of a country; the United Kingdom is GB/],
    [["--region", "eu"], /eu is a group of countries; name one of them/],
    [["--region", "Atlantis"], /takes a country \(DE\) or a subdivision \(US-CA\), not Atlantis/],
    [["--age", "old"], /--age takes whole years, not old/],
    [["--signal", "gcp"], /There is no signal gcp; there is gpc, dnt, att\. Did you mean gpc\?/],
    [["--choice", "analytics"], /--choice takes purpose=yes or purpose=no, not analytics/],
    [["--choice", "analytics=maybe"], /not analytics=maybe/],
    [["--choice", "analitycs=yes"], /There is no purpose analitycs.*Did you mean analytics\?/],
    [["--regoin", "FR"], /There is no option --regoin.*Did you mean --region\?/],
  ])("%j", (more, words) => said(explain(...more), 2, words));

  test("a country in small letters is one", async () => {
    const { code, out } = await waymark(...explain("--region", "fr", "--json"));
    expect([code, JSON.parse(out).region]).toEqual([0, "FR"]);
  });
});

describe("other words that are none", () => {
  test.each<[() => string[], RegExp]>([
    [() => ["disclose", policy(), "--language", "klingon"], /There is no language klingon; there is/],
    [() => ["disclose", policy(), "--form", "word"], /There is no form word; there is markdown/],
    [() => ["table", policy(), "--collector", "warehose"], /There is no collector warehose/],
    [() => ["prove", policy()], /prove needs --collector/],
    [() => ["prove", policy(), "nothing reaches ads ever"], /prove needs one file/],
    [() => ["records", "prove", policy()], /There is no records prove; there is verify, show, export/],
    [() => ["records", "verify", policy(), "--anchor", "abc"], /--anchor takes a hash/],
    [() => ["codegen", "--language", "cobol", policy()], /There is no language cobol/],
    [() => ["audit", lines("e"), lines("r")], /audit needs --policy/],
    [() => ["audit", lines("e"), lines("r"), "--policy", policy(), "--now", "soon"], /--now takes/],
    [() => ["iab", "decode"], /iab decode needs an argument, or a line of standard input/],
    [() => ["serve", "/nowhere"], /No such folder/],
    [() => ["serve", "--port", "http"], /--port takes a number, not http/],
    [() => ["init", "policy.docx"], /init takes one name, of a \.json file/],
    [() => ["explain", policy()], /explain needs --event/],
    [() => [], /A command is missing/],
  ])("%#", (line, words) => said(line(), 2, words));

  test("what is no string of the IAB is a finding", () =>
    said(["iab", "decode", "hello world"], 1, /"error":\{"code"/));
});

describe("a log that was cut off", () => {
  const log = { entries: [{ type: "decision", number: 1, time_ms: 1, purposes: {} }] };

  test("in the middle of an entry", () => {
    const text = JSON.stringify(log);
    const path = file("log.json", text.slice(0, text.length - 20));
    return said(["records", "verify", path], 2, /not whole: it was cut off/);
  });

  test("as lines: the one that is not whole is named", async () => {
    const path = file("events.ndjson", '{"type":"track","messageId":"a"}\n{"type":"tra');
    await said(["audit", path, lines("r"), "--policy", policy()], 1, /events\.ndjson:2: /);
  });
});

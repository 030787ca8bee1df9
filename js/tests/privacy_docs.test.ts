// The guides for privacy teams (sdk/docs/privacy-teams): every command in them is run in a folder
// with their examples, and prints what stands there; what they say of six places is what the engine
// does there.

import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../src/cli/run.ts";
import { type SentEvent, Visit } from "../src/policy/visit.ts";
import { terminalWords } from "./cli_terminal.ts";
import { tools_file, wasmModule } from "./raw_engine.ts";

const docs = new URL("../../sdk/docs/privacy-teams/", import.meta.url);
const example = new URL("example/", docs);
const read = (file: string) => readFileSync(new URL(file, example), "utf8");
const text = read("waymark.json");
const document = { text, value: JSON.parse(text) };
const start_ms = Date.UTC(2026, 10, 22, 9);
const day_ms = 86_400_000;

const visitOf = (visitor: number) =>
  Visit.open(wasmModule(tools_file), document, { start_ms: start_ms + visitor * 60_000, visitor });

/** Three visitors from France: who withdraws, who refuses, who agrees to all. */
async function visitors(): Promise<{ log: object; sent: SentEvent[] }> {
  const sent: SentEvent[] = [];
  let log: object = {};
  const answers = [
    { analytics: "granted", marketing: "denied" },
    { analytics: "denied", marketing: "denied" },
    { analytics: "granted", marketing: "granted" },
  ] as const;
  for (const [visitor, answer] of answers.entries()) {
    const visit = await visitOf(visitor);
    visit.tell({ region: "FR" });
    visit.touch({ type: "page", name: "Compass", context: { page: { path: "/c/compass" } } });
    visit.wait(20_000);
    visit.answer(answer);
    visit.wait(30_000);
    visit.touch({ type: "track", name: "order_completed", properties: { total: 49 } });
    visit.wait(600_000);
    if (visitor === 0) {
      visit.answer({ analytics: "denied" });
      visit.wait(10_000);
      const records = visit.client.consent.records();
      visit.wait(1000);
      log = (await records)!;
    }
    visit.leave();
    sent.push(...visit.sent());
  }
  return { log, sent };
}

/** What collectors and the owner have, a line each. */
function files(sent: SentEvent[]): { events: string; records: string } {
  const line = (one: object) => `${JSON.stringify(one)}\n`;
  const events = sent.filter(({ collector }) => collector !== "proofs");
  const stored: Record<string, unknown>[] = events.map(({ collector, event }) => {
    return { collector, ...event };
  });
  // One that should not be there: made after the withdrawal, in the name of the first visitor.
  const first = stored.find(({ collector }) => collector === "stats")!;
  const planted = { message_id: "put-here-by-hand", time_ms: start_ms + day_ms };
  const { delivery: _anchor, ...rest } = first;
  stored.push({ ...rest, ...planted });
  const records = sent.filter(({ collector }) => collector === "proofs");
  return {
    events: stored.map(line).join(""),
    records: records.map(({ event }) => line(event)).join(""),
  };
}

test("the examples are what the engine made", async () => {
  const { log, sent } = await visitors();
  const { events, records } = files(sent);
  const made = { "log.json": JSON.stringify(log, null, 2) + "\n" };
  const all = { ...made, "events.ndjson": events, "records.ndjson": records };
  for (const [name, content] of Object.entries(all)) {
    if (process.env.WAYMARK_RECORD) writeFileSync(new URL(name, example), content);
    expect(read(name)).toBe(content);
  }
});

interface Command {
  guide: string;
  words: string[];
  /** What the guide says that it prints, if it says it. */
  prints?: string;
}

/** A command line of the guides: words, and one redirection. */
function wordsIn(line: string): string[] {
  const words = [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)];
  return words.map(([, double, single, bare]) => double ?? single ?? bare!).slice(2);
}

function commandsIn(guide: string): Command[] {
  const blocks = [...readFileSync(new URL(guide, docs), "utf8").matchAll(/```(\w+)\n([^]*?)```/g)];
  return blocks.flatMap(([, kind, body], at) => {
    if (kind !== "sh") return [];
    const lines = body!.split("\n").filter((line) => line.startsWith("npx waymark "));
    const next = blocks[at + 1];
    const prints = next?.[1] === "text" ? next[2]! : undefined;
    return lines.map((line, index) => {
      const last = index === lines.length - 1;
      return { guide, words: wordsIn(line), ...(last && prints !== undefined && { prints }) };
    });
  });
}

const guides = readdirSync(docs).filter((name) => name.endsWith(".md"));
const folder = mkdtempSync(join(tmpdir(), "waymark-docs-"));
const before = process.cwd();
beforeAll(() => {
  cpSync(example, folder, { recursive: true });
  process.chdir(folder);
});
afterAll(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true });
});

describe("commands", () => {
  const all = guides.flatMap(commandsIn);

  test("are in every guide", () => {
    expect(new Set(all.map(({ guide }) => guide)).size).toBeGreaterThanOrEqual(4);
    expect(all.length).toBeGreaterThan(20);
  });

  test.each(all.map((one) => [one.guide, one.words.join(" "), one] as const))(
    "%s: %s",
    async (_guide, _line, { words, prints }) => {
      const to = words.indexOf(">");
      const target = to < 0 ? undefined : words[to + 1];
      let [out, err] = ["", ""];
      const code = await run(to < 0 ? words : words.slice(0, to), tools_file, {
        in: () => "",
        words: terminalWords,
        out: (piece) => void (out += piece),
        err: (piece) => void (err += piece),
      });
      expect([err, code]).toEqual(["", expect.any(Number)]);
      expect(code).toBeLessThan(2);
      if (target) writeFileSync(target, out);
      if (prints !== undefined) {
        for (const part of prints.split(/^…\n/m)) expect(out).toContain(part.trimEnd());
      }
    },
    60_000,
  );
});

describe("six places", () => {
  const places = ["FR", "DE", "GB", "US-CA", "CA-QC", "BR"];
  const guide = readFileSync(new URL("settings-by-place.md", docs), "utf8");
  const rows = guide.split("\n").filter((line) => /^\| (counter|stats|ads) \|/.test(line));
  const cells = rows.map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()));
  const doing: Record<string, string> = {
    ...{ admit: "events", deidentify: "counts", hold: "waits", drop: "nothing" },
  };
  const told = {
    "nobody has answered": {},
    "yes to all": { analytics: "granted", marketing: "granted" },
    "no to all": { analytics: "denied", marketing: "denied" },
  } as const;

  test("the table has a row for each collector and answer", () => {
    const answers = [...Object.keys(told), "GPC is on"];
    expect(cells.map(([collector, answer]) => [collector, answer])).toEqual(
      ["counter", "stats", "ads"].flatMap((id) => answers.map((answer) => [id, answer])),
    );
  });

  test.each(places.map((place, at) => [place, at + 2] as const))("%s", async (region, column) => {
    for (const [collector, answer, ...rest] of cells) {
      const visit = await visitOf(0);
      visit.tell({ region, ...(answer === "GPC is on" && { gpc: true }) });
      const choices = told[answer as keyof typeof told] ?? {};
      if (Object.keys(choices).length) visit.answer(choices);
      const event = { type: "track", name: "order_completed" } as const;
      const { verdict } = visit.client.consent.explain(event)!.collectors[collector!]!;
      visit.leave();
      expect([collector, answer, rest[column - 2]]).toEqual([collector, answer, doing[verdict]]);
    }
  });
});

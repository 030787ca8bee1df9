// `waymark audit`: holds stored events against records of consent, and reports every violation.

import { Audit, type Violation } from "../policy/audit.ts";
import { readDocument } from "./document.ts";
import { openQuestions, toolsModule } from "./engine.ts";
import { linesOf } from "./lines.ts";
import { expectTaken } from "./policy.ts";
import type { ExitCode, Terminal } from "./terminal.ts";
import { type Kinds, Misuse, readWords, type Words } from "./words.ts";

const kinds: Kinds = {
  policy: "value",
  collector: "value",
  now: "value",
  max: "value",
  json: "switch",
};

// More than anybody reads; all are counted.
const shown_max = 100;

interface Report {
  records: number;
  events: number;
  /** By code. */
  counts: Record<string, number>;
  violations: Violation[];
}

export async function runAudit(words: string[], wasm: URL, terminal: Terminal): Promise<ExitCode> {
  const given = readWords("audit", words, kinds);
  const [events, records, ...rest] = given.files;
  if (events === undefined || records === undefined || rest.length) {
    throw new Misuse("audit needs two files, the stored events and the records of consent.");
  }
  const policy = given.one("policy");
  if (policy === undefined) throw new Misuse("audit needs --policy, the config document.");
  const shown = whole(given, "max") ?? shown_max;
  const config = readDocument(policy);
  expectTaken(await openQuestions(wasm), config);
  const options = { now_ms: nowOf(given), collector: given.one("collector") };
  const audit = await Audit.open(await toolsModule(wasm), config, options);
  const report = run(audit, events, records, shown, terminal);
  audit.close();
  if (given.has("json")) terminal.out(JSON.stringify(report, null, 2) + "\n");
  else written(report, { events, records }, terminal.out);
  return Object.keys(report.counts).length ? 1 : 0;
}

function nowOf(given: Words): number {
  const now = given.one("now");
  const time = now === undefined ? Date.now() : Date.parse(now);
  if (Number.isNaN(time)) throw new Misuse(`--now takes a time, 2026-11-22T09:00:00Z, not ${now}.`);
  return time;
}

function whole(given: Words, option: string): number | undefined {
  const text = given.one(option);
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw new Misuse(`--${option} takes a whole number, not ${text}.`);
  return +text;
}

// Events are read twice: only the first of a batch says whose its id is.
function run(
  audit: Audit,
  events: string,
  records: string,
  shown: number,
  { err, progress }: Terminal,
): Report {
  const report: Report = { records: 0, events: 0, counts: {}, violations: [] };
  const parts = [
    ["records", records],
    ["links", events],
    ["events", events],
  ] as const;
  for (const [part, file] of parts) {
    for (const { bytes, share } of linesOf(file)) {
      const { violations, lines } = audit.take(part, bytes);
      if (part !== "links") report[part] += lines;
      for (const violation of violations) {
        report.counts[violation.code] = (report.counts[violation.code] ?? 0) + 1;
        if (report.violations.length < shown) report.violations.push(violation);
      }
      if (progress) err(`\r${bar(part, share)}`);
    }
    if (progress) err("\r\u001b[K");
  }
  return report;
}

const width = 30;
const doing = { records: "reading records", links: "whose ids", events: "judging events" };

function bar(part: keyof typeof doing, share: number): string {
  const full = Math.round(share * width);
  const percent = `${Math.floor(share * 100)}`.padStart(3);
  return `${doing[part].padEnd(16)} [${"#".repeat(full)}${" ".repeat(width - full)}] ${percent} %`;
}

function written(
  { records, events, counts, violations }: Report,
  files: Record<"events" | "records", string>,
  out: (text: string) => void,
): void {
  for (const violation of violations) out(lineOf(violation, files[violation.file]) + "\n");
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  if (total > violations.length) out(`… and ${total - violations.length} more (--max)\n`);
  const by_code = Object.entries(counts).map(([code, count]) => `${code} ${count}`);
  const found = total ? `${total} violations: ${by_code.join(", ")}` : "no violation";
  out(`${total ? "\n" : ""}${events} events, ${records} records: ${found}\n`);
}

function lineOf(violation: Violation, file: string): string {
  const { line, code, collector, purpose, pointer, time_ms, found, allowed } = violation;
  const about = [collector, purpose, pointer].filter(Boolean).join(", ");
  const when = time_ms ? ` at ${new Date(time_ms).toISOString()}` : "";
  const what = about ? ` (${about}${when})` : when;
  return `${file}:${line}: ${code}${what}: found ${found}; allowed: ${allowed}`;
}

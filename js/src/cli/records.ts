// `waymark records`: whether a decision log is whole, what happened in it, and what it is worth to
// others: records of consent and receipts.

import type { Config, Problem } from "../core/types.ts";
import { consentRecords, type Supplement } from "../records/consent_record.ts";
import { type Entry, standingsOf } from "../records/entry.ts";
import { policyAt } from "../records/policy.ts";
import { receipt, receipt_languages } from "../records/receipt.ts";
import { line, notJson, readDocument, readText, Unusable } from "./document.ts";
import { openQuestions } from "./engine.ts";
import { expectTaken } from "./policy.ts";
import type { ExitCode, Terminal } from "./terminal.ts";
import { expectKnown, type Kinds, Misuse, onlyFile, readWords, type Words } from "./words.ts";

interface Verdict {
  entries: number;
  first: number;
  forks: number;
  anchored: number;
  problems: Problem[];
}

interface Log {
  file: string;
  entries: Entry[];
  verdict: Verdict;
}

type Verb = (log: Log, given: Words, terminal: Terminal) => ExitCode | Promise<ExitCode>;

const log_kinds: Kinds = { anchor: "value", json: "switch" };
const export_kinds: Kinds = {
  ...log_kinds,
  config: "list",
  form: "value",
  language: "value",
  supplement: "value",
};
const forms = ["iso27560", "receipt"];

export async function runRecords(
  words: string[],
  wasm: URL,
  terminal: Terminal,
): Promise<ExitCode> {
  const verbs: Record<string, Verb> = {
    verify,
    show,
    export: (log, given) => exported(log, given, wasm, terminal),
  };
  const [verb, ...rest] = words;
  const known = Object.keys(verbs);
  if (verb === undefined) throw new Misuse(`records needs one of ${known.join(", ")}.`);
  expectKnown("records", verb, known);
  const command = `records ${verb}`;
  const given = readWords(command, rest, verb === "export" ? export_kinds : log_kinds);
  const file = onlyFile(command, "a decision log", given);
  expectOptions(given);
  const log = await readLog(file, given.one("anchor"), wasm);
  return verbs[verb]!(log, given, terminal);
}

function expectOptions(given: Words): void {
  const anchor = given.one("anchor");
  if (anchor !== undefined && !/^[0-9a-f]{64}$/.test(anchor)) {
    throw new Misuse(`--anchor takes a hash, 64 hexadecimal digits, not ${anchor}.`);
  }
  expectKnown("form", given.one("form") ?? "iso27560", forms);
  expectKnown("language", given.one("language") ?? "en", receipt_languages);
}

// The text itself goes to the engine: of a re-written copy the hashes might not fit.
async function readLog(file: string, anchor: string | undefined, wasm: URL): Promise<Log> {
  const text = readText(file).trim();
  const error = notJson(text);
  if (error) throw new Unusable(line(file, error));
  const value = JSON.parse(text);
  const entries = Array.isArray(value) ? value : value?.entries;
  expectEntries(file, entries, Array.isArray(value) ? "" : "/entries");
  // Of two members of one name the engine takes the first.
  const noted = anchor === undefined ? "" : `"anchor":${JSON.stringify(anchor)},`;
  const members = Array.isArray(value) ? `"entries":${text}}` : text.slice(1);
  const engine = await openQuestions(wasm);
  const question = `{"query":"verify_records","records":{${noted}${members}}`;
  return { file, entries, verdict: engine.query(question) as Verdict };
}

function expectEntries(file: string, entries: unknown, pointer: string): void {
  const wrong = (pointer: string, found: string, allowed: string) =>
    new Unusable(line(file, { code: "wrong_type", pointer, found, allowed }));
  if (!Array.isArray(entries)) {
    const whole = "an array of entries, or {entries, anchor} as consent.records() gives it";
    throw wrong(pointer, entries === undefined ? "nothing" : `a ${typeof entries}`, whole);
  }
  entries.forEach((entry, at) => {
    const kinds = ["decision", "deletion"];
    const fits = kinds.includes(entry?.type) && Number.isFinite(entry.time_ms) && entry.purposes;
    if (!fits) {
      throw wrong(`${pointer}/${at}`, "no entry", "a decision or a deletion with its time_ms");
    }
  });
}

function tell({ file, verdict }: Log, out: (text: string) => void): ExitCode {
  for (const problem of verdict.problems) {
    const { pointer, ...rest } = problem;
    const place = pointer.replace("/records/entries", "/entries");
    out(line(file, { ...rest, pointer: place }) + "\n");
  }
  return verdict.problems.length ? 1 : 0;
}

function verify(log: Log, given: Words, { out }: Terminal): ExitCode {
  const { entries, first, forks, anchored, problems } = log.verdict;
  if (given.has("json")) {
    out(JSON.stringify(log.verdict) + "\n");
    return problems.length ? 1 : 0;
  }
  const code = tell(log, out);
  if (code) return code;
  const count = `${entries} ${entries === 1 ? "entry" : "entries"}`;
  const from = first > 1 ? `, the first is number ${first}` : "";
  const sides = forks ? `, ${forks} beside others (tabs that decided at once)` : "";
  const anchor = anchored
    ? `the anchor names number ${anchored}`
    : "no anchor: a cut tail would go unseen";
  out(`whole: ${count}${from}${sides}; ${anchor}\n`);
  return 0;
}

function show(log: Log, given: Words, { out, err }: Terminal): ExitCode {
  if (given.has("json")) out(JSON.stringify(log.entries, null, 2) + "\n");
  else for (const entry of log.entries) out(history(entry));
  return tell(log, err);
}

function history(entry: Entry): string {
  const { number, time_ms, by, region, model, signals = [], revision, shown } = entry;
  const when = new Date(time_ms).toISOString().slice(0, 19).replace("T", " ");
  if (entry.type === "deletion") {
    const { purposes, events, may_have_left, ids, store_cleared } = entry;
    const store = store_cleared ? ", store cleared" : "";
    return (
      `${number}  ${when}Z  deleted for ${(purposes as string[]).join(", ")}\n` +
      `     ${events} events, ${may_have_left} may have left, ${ids} ids retired${store}\n`
    );
  }
  const where = `${region ?? "region unknown"}, ${model}`;
  const on = signals.length ? `, ${signals.join(" and ")} on` : "";
  const states = Object.entries(standingsOf(entry)).map(([purpose, { state, why }]) => {
    return `     ${purpose} ${state} (${why})\n`;
  });
  const saw = shown ? `     shown: ${JSON.stringify(shown)}\n` : "";
  const head = `${number}  ${when}Z  decided by ${by} (${where}${on}; revision ${revision})\n`;
  return head + states.join("") + saw;
}

async function exported(
  log: Log,
  given: Words,
  wasm: URL,
  terminal: Terminal,
): Promise<ExitCode> {
  // What was tampered with is no proof.
  if (tell(log, terminal.err)) return 1;
  const configs = await readConfigs(given.all("config"), wasm);
  const supplement_file = given.one("supplement");
  const more = supplement_file === undefined ? {} : readDocument(supplement_file).value;
  if ((given.one("form") ?? "iso27560") === "receipt") {
    const language = given.one("language") ?? "en";
    const { withdrawal_method } = more;
    const options = { language, words: terminal.words("receipts", language), withdrawal_method };
    const receipts = log.entries.map((entry) => receipt(entry, policyAt(entry, configs), options));
    const texts = receipts.map(({ text }) => text).join("\n");
    terminal.out(given.has("json") ? JSON.stringify(receipts, null, 2) + "\n" : texts);
    return 0;
  }
  const records = consentRecords(log.entries, configs, more as Supplement);
  const deletions = log.entries.filter(({ type }) => type === "deletion");
  terminal.out(JSON.stringify({ records, deletions }, null, 2) + "\n");
  return 0;
}

async function readConfigs(files: string[], wasm: URL): Promise<Config[]> {
  const engine = await openQuestions(wasm);
  return files.map((file) => {
    const config = readDocument(file);
    expectTaken(engine, config);
    return config.value as Config;
  });
}

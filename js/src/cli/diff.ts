// `waymark diff`: what another policy changes for visitors, and who is to be asked anew.

import { diffPolicies, type PolicyDiff, type SettingChange, type Visitor } from "../policy/diff.ts";
import { readDocument } from "./document.ts";
import { openQuestions, toolsModule } from "./engine.ts";
import { aligned } from "./explain.ts";
import { expectTaken } from "./policy.ts";
import type { ExitCode, Terminal } from "./terminal.ts";
import { Misuse, readWords } from "./words.ts";

export async function runDiff(words: string[], wasm: URL, terminal: Terminal): Promise<ExitCode> {
  const given = readWords("diff", words, { json: "switch" });
  const [old_file, new_file, ...rest] = given.files;
  if (old_file === undefined || new_file === undefined || rest.length) {
    throw new Misuse("diff needs two files: the policy as it is, and as it shall be.");
  }
  const engine = await openQuestions(wasm);
  const [before, after] = [readDocument(old_file), readDocument(new_file)];
  for (const config of [before, after]) expectTaken(engine, config);
  const diff = await diffPolicies(await toolsModule(wasm), before, after);
  terminal.out(given.has("json") ? JSON.stringify(diff, null, 2) + "\n" : written(diff));
  return diff.questions.length || diff.withdrawals.length || diff.verdicts.length ? 1 : 0;
}

const people: Record<Visitor, string> = {
  new: "who has not answered yet",
  accepted: "who accepted everything",
  refused: "who refused everything",
  gpc: "whose browser sends Global Privacy Control",
};
const reasons = {
  new: "never asked before",
  changed: "the question has changed",
  expired: "the answer has run out",
};
const outcomes: Record<string, string> = {
  admit: "gets events",
  deidentify: "gets de-identified events",
  hold: "waits for the answer",
  drop: "gets nothing",
};

function written({
  revisions,
  settings,
  questions,
  withdrawals,
  verdicts,
  notices,
}: PolicyDiff): string {
  const [before, after] = revisions;
  const head = before === after ? `revision ${before}, both` : `revision ${before} -> ${after}`;
  const asked = questions.map(({ visitor, regions, purposes }) => [
    `  ${places(regions)}:`,
    people[visitor],
    Object.entries(purposes)
      .map(([id, why]) => `${id} (${reasons[why]})`)
      .join(", "),
  ]);
  const gone = withdrawals.map(({ visitor, regions, purposes }) => [
    `  ${places(regions)}:`,
    people[visitor],
    purposes.join(", "),
  ]);
  const got = verdicts.map(({ collector, visitor, regions, before, after }) => [
    `  ${collector}:`,
    places(regions),
    people[visitor],
    `${before ? outcomes[before] : "not there"} -> ${after ? outcomes[after] : "not there"}`,
  ]);
  const told = notices.length ? `The notice is shown again: ${places(notices)}.\n` : "";
  return [
    head + "\n",
    section("Settings", settings.map(settingRow), "None differs.\n"),
    section("Asked anew", asked, "Nobody is asked anew.\n"),
    section("Not allowed any more; what is kept for it is deleted", gone, "Nothing.\n"),
    section("What collectors get", got, "As before.\n"),
    told,
  ]
    .filter(Boolean)
    .join("\n");
}

const section = (title: string, rows: string[][], none: string) =>
  `${title}\n${rows.length ? aligned(rows) : `  ${none}`}`;

const places = (regions: string[]) =>
  regions
    .map((region) => ({ "*": "elsewhere", unknown: "place unknown" })[region] ?? region)
    .join(", ");

const width_max = 60;

function settingRow({ pointer, before, after }: SettingChange): string[] {
  const text = (value: unknown) => {
    const json = JSON.stringify(value);
    if (json === undefined) return "nothing";
    return json.length > width_max ? `${json.slice(0, width_max - 1)}…` : json;
  };
  return [`  ${pointer}`, `${text(before)} -> ${text(after)}`];
}

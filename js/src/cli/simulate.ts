// `waymark simulate`: plays a scripted visit through the engine, and prints what was held, dropped,
// de-identified and sent, to whom, with which fields, and why.

import type { PurposeView } from "../core/types.ts";
import { reasonText } from "../policy/questions.ts";
import { type Scenario, scenarioProblems } from "../policy/scenario.ts";
import { type Delivery, simulate, type Simulation, type StepReport } from "../policy/simulate.ts";
import type { StoreChange } from "../policy/visit.ts";
import { expectNone, readDocument } from "./document.ts";
import { openQuestions, toolsModule } from "./engine.ts";
import { aligned, whyOf } from "./explain.ts";
import { expectTaken } from "./policy.ts";
import type { ExitCode, Terminal } from "./terminal.ts";
import { Misuse, readWords } from "./words.ts";

export async function runSimulate(
  words: string[],
  wasm: URL,
  terminal: Terminal,
): Promise<ExitCode> {
  const given = readWords("simulate", words, { json: "switch" });
  const [config_file, scenario_file, ...rest] = given.files;
  if (config_file === undefined || scenario_file === undefined || rest.length) {
    throw new Misuse("simulate needs two files, a config document and a scenario.");
  }
  const config = readDocument(config_file);
  expectTaken(await openQuestions(wasm), config);
  const { file, value } = readDocument(scenario_file);
  expectNone(file, scenarioProblems(value));
  const played = await simulate(await toolsModule(wasm), config, value as Scenario);
  terminal.out(given.has("json") ? JSON.stringify(played, null, 2) + "\n" : written(played));
  return played.unmet ? 1 : 0;
}

function written({ title, steps, device, unmet }: Simulation): string {
  const purposes: Record<string, PurposeView> = {};
  let asked = "";
  const parts = steps.map((step) => {
    for (const [id, { now }] of Object.entries(step.consent)) purposes[id] = now;
    const due = step.due.join(", ");
    const question = due && due !== asked ? `   a question is due: ${due}` : "";
    asked = due;
    return stepText(step, purposes, question);
  });
  const kept = device.length ? device.map((key) => `  ${key}\n`).join("") : "  nothing\n";
  const end = unmet ? `\n${unmet} ${unmet === 1 ? "expectation" : "expectations"} not met.\n` : "";
  const head = title ? `${title}\n\n` : "";
  return `${head}${parts.join("\n")}\nOn the device at the end\n${kept}${end}`;
}

function stepText(
  step: StepReport,
  purposes: Record<string, PurposeView>,
  question: string,
): string {
  const lines = [`${step.step}. ${elapsed(step.at_ms)}  ${step.does}`];
  const rows = Object.entries(step.verdicts ?? {}).map(([id, { wanted, verdict, because }]) => [
    `   ${id}`,
    wanted ? outcomes[verdict] : "not wanted",
    wanted ? because.map(reasonText).join(", ") : "its config does not name this event",
  ]);
  if (rows.length) lines.push(aligned(rows).trimEnd());
  for (const [id, { before, now }] of Object.entries(step.consent)) {
    if (before) lines.push(`   ${id}: ${before.state} -> ${now.state} (${now.why})`);
  }
  if (question) lines.push(question);
  for (const one of step.sent) lines.push(deliveryText(one, purposes));
  const stored = storedText(step.stored);
  if (stored) lines.push(stored);
  for (const { pointer, found, allowed } of step.problems) {
    lines.push(`   problem: ${pointer}: found ${found}; allowed: ${allowed}`);
  }
  for (const text of step.unmet) lines.push(`   NOT AS EXPECTED: ${text}`);
  return lines.join("\n") + "\n";
}

const outcomes = {
  admit: "taken",
  deidentify: "taken, de-identified",
  hold: "held in memory until the answer",
  drop: "dropped",
};

function deliveryText(one: Delivery, purposes: Record<string, PurposeView>): string {
  const { collector, name, step, deidentified, fields } = one;
  const of = step === undefined ? "by the engine" : `of step ${step}`;
  const head = `   sent to ${collector}: ${name} (${of}${deidentified ? ", de-identified" : ""})`;
  const kept = fields.filter(({ fate }) => fate === "kept").map(({ path }) => path);
  const added = fields.filter(({ fate }) => fate === "added").map(({ path }) => path);
  const lines = [head];
  if (kept.length) lines.push(`      as called: ${kept.join(", ")}`);
  if (added.length) lines.push(`      added by the engine: ${added.join(", ")}`);
  for (const field of fields) {
    if (field.fate === "kept" || field.fate === "added") continue;
    lines.push(`      ${field.fate}: ${field.path} (${whyOf(field, purposes)})`);
  }
  return lines.join("\n");
}

// Keys of events and of the log are of interest only as what they begin with.
function storedText(changes: StoreChange[]): string {
  const plain = (key: string) => key.replace(/^(outbox|consent\/log|state\/delivery)\/.*/, "$1/…");
  const names = (list: StoreChange[]) => [...new Set(list.map(({ key }) => plain(key)))].join(", ");
  const put = changes.filter(({ bytes }) => bytes !== undefined);
  const gone = changes.filter(({ bytes }) => bytes === undefined);
  const lines = [];
  if (put.length) lines.push(`   stored on the device: ${names(put)}`);
  if (gone.length) lines.push(`   deleted on the device: ${names(gone)}`);
  return lines.join("\n");
}

function elapsed(ms: number): string {
  const units: [number, string][] = [
    [864e5, "d"],
    [36e5, "h"],
    [6e4, "min"],
    [1e3, "s"],
  ];
  const parts = units.map(([size, unit], at) => {
    const count = Math.floor((at ? ms % units[at - 1]![0] : ms) / size);
    return count ? `${count} ${unit}` : "";
  });
  return parts.filter(Boolean).join(" ") || "0 s";
}

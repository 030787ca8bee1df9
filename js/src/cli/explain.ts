// `waymark explain`: what would become of an event, for a person of whom these facts and answers
// are known. An engine is opened on a platform in memory: nothing is stored or sent.

import { readFileSync } from "node:fs";
import { Client } from "../core/client.ts";
import type { Choices, ConsentView, Explanation, Problem } from "../core/types.ts";
import { MemoryPlatform } from "../platform/memory/index.ts";
import { type Document, line, readDocument, Unusable } from "./document.ts";
import { openQuestions } from "./engine.ts";
import { expectTaken, purposesIn, reasonText } from "./policy.ts";
import type { ExitCode, Terminal } from "./terminal.ts";
import { expectKnown, type Kinds, Misuse, onlyFile, readWords, type Words } from "./words.ts";

const kinds: Kinds = {
  event: "value",
  region: "value",
  age: "value",
  signal: "list",
  choice: "list",
  json: "switch",
};
const types = ["track", "page", "screen", "identify"];
const signals = ["gpc", "dnt", "att"];

interface Person {
  region: string | undefined;
  age: number | undefined;
  signals: string[];
  choices: Choices;
}

export async function runExplain(
  words: string[],
  wasm: URL,
  terminal: Terminal,
): Promise<ExitCode> {
  const given = readWords("explain", words, kinds);
  const file = onlyFile("explain", "a config document", given);
  const event_file = given.one("event");
  if (event_file === undefined) throw new Misuse("explain needs --event, a file with an event.");
  const person = personOf(given);
  const config = readDocument(file);
  const { type = "track", name } = eventIn(readDocument(event_file));
  const client = await opened(config, wasm);
  for (const purpose of Object.keys(person.choices)) {
    expectKnown("purpose", purpose, purposesIn(config));
  }
  tell(client, person);
  const consent = client.consent.get()!;
  const explanation = client.consent.explain({ type, name })!;
  client.close();
  const answer = { event: { type, name }, ...person, consent, ...explanation };
  terminal.out(given.has("json") ? JSON.stringify(answer) + "\n" : written(answer));
  return 0;
}

function personOf(given: Words): Person {
  const age = given.one("age");
  if (age !== undefined && !/^\d{1,3}$/.test(age)) {
    throw new Misuse(`--age takes whole years, not ${age}.`);
  }
  const region = given.one("region");
  if (region !== undefined && !/^[A-Z]{2}(-[A-Z0-9]{1,3})?$/.test(region)) {
    throw new Misuse(`--region takes a country (DE) or a subdivision (US-CA), not ${region}.`);
  }
  for (const signal of given.all("signal")) expectKnown("signal", signal, signals);
  const choices = Object.fromEntries(given.all("choice").map(choiceOf));
  return { region, age: age === undefined ? age : +age, signals: given.all("signal"), choices };
}

function choiceOf(text: string): [string, "granted" | "denied"] {
  const [, purpose, choice] = /^(.+)=(granted|denied)$/.exec(text) ?? [];
  if (!purpose) throw new Misuse(`--choice takes purpose=granted or purpose=denied, not ${text}.`);
  return [purpose, choice as "granted" | "denied"];
}

function eventIn({ file, value }: Document): { type?: any; name?: string } {
  const problem = (pointer: string, found: unknown, allowed: string) => {
    const finding = { code: "not_allowed", pointer, found: JSON.stringify(found), allowed };
    return new Unusable(line(file, finding));
  };
  const { type, name } = value;
  if (type !== undefined && !types.includes(type)) {
    throw problem("/type", type, types.map((type) => `"${type}"`).join(", "));
  }
  if (name !== undefined && typeof name !== "string") throw problem("/name", name, "a text");
  return { type, name };
}

async function opened(config: Document, wasm: URL): Promise<Client> {
  expectTaken(await openQuestions(wasm), config);
  const platform = new MemoryPlatform();
  platform.compiled = await WebAssembly.compile(readFileSync(wasm));
  platform.texts[config.file] = config.text;
  const client = new Client(platform, config.file);
  await client.ready;
  return client;
}

// Signals before the region: what is known first never has to be taken back.
function tell(client: Client, { region, age, signals, choices }: Person): void {
  const problems: Problem[] = [];
  client.on("problem", (problem) => problems.push(problem));
  for (const signal of signals) client.signal(signal, true, "command line");
  if (age !== undefined) client.signal("age", age, "command line");
  if (region !== undefined) client.signal("region", region, "command line");
  if (Object.keys(choices).length) client.consent.set(choices);
  client.view();
  const [problem] = problems;
  if (problem) throw new Misuse(`found ${problem.found}; allowed: ${problem.allowed}.`);
}

type Answer = { event: object; consent: ConsentView } & Person & Explanation;

function written(answer: Answer): string {
  const { event, region, age, signals, choices, consent, off, collectors } = answer;
  const answers = Object.entries(choices).map((choice) => choice.join(" "));
  const facts = [
    `event:   ${Object.values(event).filter(Boolean).join(" ")}`,
    `region:  ${region ?? "unknown"} (${consent.model})`,
    `age:     ${age ?? "unknown"}`,
    `signals: ${signals.join(", ") || "none"}`,
    `answers: ${answers.join(", ") || "none"}`,
  ];
  if (off) facts.push("Nothing is captured.");
  const rows = Object.entries(collectors).map(([id, { wanted, verdict, because }]) => {
    const result = wanted ? verdict : "not wanted: its config does not name this event";
    return [id, result, because.map(reasonText).join(", ") || "needs nothing that is asked"];
  });
  return facts.join("\n") + "\n\n" + aligned([["collector", "events", "because"], ...rows]);
}

/** Columns as wide as their widest cell. */
export function aligned(rows: string[][]): string {
  const widths = rows[0]!.map((_, at) => Math.max(...rows.map((row) => row[at]!.length)));
  const padded = rows.map((row) => row.map((cell, at) => cell.padEnd(widths[at]!)).join("  "));
  return padded.map((line) => line.trimEnd() + "\n").join("");
}

// `waymark explain`: what would become of an event, for a person of whom these facts and answers
// are known: who gets it, with which fields, what is stored, and why. Nothing is stored or sent.

import { explainEvent, type EventExplanation, type ExplainedCollector } from "../policy/explain.ts";
import type { FieldFate } from "../policy/fields.ts";
import { purposesIn, reasonText } from "../policy/questions.ts";
import { type Facts, type Touchpoint, touchpoint_types } from "../policy/visit.ts";
import type { Choices } from "../core/types.ts";
import { type Document, line, readDocument, Unusable } from "./document.ts";
import { openQuestions, toolsModule } from "./engine.ts";
import { expectTaken } from "./policy.ts";
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
const signals = ["gpc", "dnt", "att"] as const;

interface Asked {
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
  const asked = askedIn(given);
  const config = readDocument(file);
  const event = eventIn(readDocument(event_file));
  expectTaken(await openQuestions(wasm), config);
  for (const purpose of Object.keys(asked.choices)) {
    expectKnown("purpose", purpose, purposesIn(config));
  }
  const { problems, ...explained } = await explainEvent(await toolsModule(wasm), config, event, {
    facts: factsOf(asked),
    choices: asked.choices,
  });
  const [problem] = problems;
  if (problem) throw new Misuse(`found ${problem.found}; allowed: ${problem.allowed}.`);
  const answer = { event, ...asked, ...explained };
  terminal.out(given.has("json") ? JSON.stringify(answer) + "\n" : written(answer));
  return 0;
}

function askedIn(given: Words): Asked {
  const age = given.one("age");
  if (age !== undefined && !/^\d{1,3}$/.test(age)) {
    throw new Misuse(`--age takes whole years, not ${age}.`);
  }
  const region = given.one("region")?.toUpperCase();
  if (region !== undefined) expectPlace(region, given.one("region")!);
  for (const signal of given.all("signal")) expectKnown("signal", signal, signals);
  const choices = Object.fromEntries(given.all("choice").map(choiceOf));
  return { region, age: age === undefined ? age : +age, signals: given.all("signal"), choices };
}

const place = /^[A-Z]{2}(-[A-Z0-9]{1,3})?$/;
// Groups that a rule may name, and the code that people write who mean Great Britain.
const nowhere: Record<string, string> = {
  EU: "a group of countries; name one of them, as FR",
  EEA: "a group of countries; name one of them, as NO",
  UK: "no code of a country; the United Kingdom is GB",
};

/** Throws `Misuse` for what is no place where somebody can be. */
function expectPlace(region: string, written: string): void {
  const wrong = nowhere[region];
  if (wrong) throw new Misuse(`--region ${written} is ${wrong}.`);
  if (place.test(region)) return;
  const code = codeOf(written);
  const meant = code ? ` Did you mean ${code}?` : "";
  throw new Misuse(
    `--region takes a country (DE) or a subdivision (US-CA), not ${written}.${meant}`,
  );
}

/** The code of a country that is called so in English. */
function codeOf(name: string): string | undefined {
  const names = new Intl.DisplayNames(["en"], { type: "region", fallback: "none" });
  const letters = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
  const codes = letters.flatMap((first) => letters.map((second) => first + second));
  // Not one that stands for another, as DD for DE.
  const own = (code: string) => Intl.getCanonicalLocales(`und-${code}`)[0] === `und-${code}`;
  const called = (code: string) => names.of(code)?.toLowerCase() === name.toLowerCase();
  return codes.find((code) => called(code) && own(code));
}

const choice_words: Record<string, "granted" | "denied"> = {
  ...{ granted: "granted", yes: "granted", denied: "denied", no: "denied" },
};

function choiceOf(text: string): [string, "granted" | "denied"] {
  const [, purpose, word] = /^(.+)=(granted|denied|yes|no)$/.exec(text) ?? [];
  if (!purpose) throw new Misuse(`--choice takes purpose=yes or purpose=no, not ${text}.`);
  return [purpose, choice_words[word!]!];
}

function factsOf({ region, age, signals: on }: Asked): Facts {
  const heard = Object.fromEntries(on.map((name) => [name, true]));
  return { ...heard, ...(age !== undefined && { age }), ...(region && { region }) };
}

const texts = ["name", "user_id", "previous_id", "group_id"] as const;
const objects = ["properties", "traits", "context"] as const;

/** A call as it stands in a file: `{"type": "track", "name": …, "properties": { … }}`. */
export function eventIn({ file, value }: Document): Touchpoint {
  const wrong = (pointer: string, found: unknown, allowed: string) => {
    const finding = { code: "not_allowed", pointer, found: JSON.stringify(found), allowed };
    return new Unusable(line(file, finding));
  };
  const { type = "track", needs } = value;
  if (!touchpoint_types.includes(type)) {
    throw wrong("/type", type, touchpoint_types.map((type) => `"${type}"`).join(", "));
  }
  for (const name of texts) {
    if (value[name] !== undefined && typeof value[name] !== "string") {
      throw wrong(`/${name}`, value[name], "a text");
    }
  }
  for (const name of objects) {
    const member = value[name];
    const fits = member === undefined || (typeof member === "object" && member !== null);
    if (!fits) throw wrong(`/${name}`, member, "an object");
  }
  const given = [...texts, ...objects].filter((name) => value[name] !== undefined);
  const members = Object.fromEntries(given.map((name) => [name, value[name]]));
  return { type, ...members, ...(needs && { needs }) };
}

type Answer = { event: Touchpoint } & Asked & Omit<EventExplanation, "problems">;

function written(answer: Answer): string {
  const { event, region, age, signals, choices, consent, off, collectors, stored } = answer;
  const answers = Object.entries(choices).map((choice) => choice.join(" "));
  const name = event.name ?? event.user_id ?? event.group_id;
  const facts = [
    `event:   ${[event.type, name].filter(Boolean).join(" ")}`,
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
  const table = aligned([["collector", "events", "because"], ...rows]);
  const fields = Object.entries(collectors).map(([id, one]) => fieldsOf(id, one, answer));
  return `${facts.join("\n")}\n\n${table}${fields.join("")}${storedText(stored)}`;
}

function fieldsOf(id: string, { event, fields }: ExplainedCollector, { consent }: Answer): string {
  if (!event || !fields) return "";
  const rows = fields.map((field) => [field.path, field.fate, whyOf(field, consent.purposes)]);
  return `\nFields that ${id} gets\n` + indented(aligned(rows));
}

/** Which rule it was, and what stands in its way. */
export function whyOf(
  { fate, rule, needs, note }: FieldFate,
  purposes: Answer["consent"]["purposes"],
): string {
  if (note) return note;
  if (!rule) return fate === "added" ? "by the engine" : "";
  if (!needs) return rule;
  const open = needs.filter((id) => !["granted", "exempt"].includes(purposes[id]?.state ?? ""));
  if (!needs.length) return `${rule}: nothing allows it`;
  if (!open.length) return `${rule}: also with ${needs.join(", ")}`;
  const reasons = open.map((id) => reasonText({ purpose: id, ...purposes[id]! }));
  return `${rule} needs ${needs.join(", ")}: ${reasons.join(", ")}`;
}

function storedText(stored: EventExplanation["stored"]): string {
  if (!stored.length) return "\nOn the device: nothing.\n";
  const rows = stored.map(({ key, purposes }) => [
    key,
    purposes?.join(", ") ?? "proof of the decision",
  ]);
  return "\nOn the device\n" + indented(aligned(rows));
}

const indented = (text: string) => text.replace(/^(?=.)/gm, "  ");

/** Columns as wide as their widest cell. */
export function aligned(rows: string[][]): string {
  if (!rows.length) return "";
  const widths = rows[0]!.map((_, at) => Math.max(...rows.map((row) => row[at]!.length)));
  const padded = rows.map((row) => row.map((cell, at) => cell.padEnd(widths[at]!)).join("  "));
  return padded.map((line) => line.trimEnd() + "\n").join("");
}

// The contract of all faces: tests/contract/*.jsonl of the top folder, run against the module with
// all protocols, and what the page module speaks against that, too.
//
// A line is one of
//     {"case": "name", "start": {…}, "bodies"?: "<base64>"}      a fresh engine
//     {"input": {…} or "input_text": "…", "bodies"?, "output": {…} or null, "output_bodies"?}
//     {"view": {…}}
//     {"query": {…}, "answer": {…}}
// The answer's text must be that of the line to the byte, and so must its bodies.

import { expect, test } from "@jest/globals";
import { readdirSync, readFileSync } from "node:fs";
import { all_file, page_file, RawEngine, type RawAnswer } from "./raw_engine.ts";

interface Line {
  at: string;
  case?: string;
  start?: object;
  bodies?: string;
  input?: object;
  input_text?: string;
  output?: object | null;
  output_bodies?: string;
  view?: object;
  query?: object;
  answer?: object;
}

const folder = new URL("../../tests/contract/", import.meta.url);

function readLines(file: string): Line[] {
  return readFileSync(new URL(file, folder), "utf8")
    .split("\n")
    .map((text, i) => ({ text, at: `${file}:${i + 1}` }))
    .filter(({ text }) => text.trim())
    .map(({ text, at }) => ({ ...JSON.parse(text), at }));
}

/** The lines of each case, the opening one first. */
function readCases(): [name: string, lines: Line[]][] {
  const cases: [string, Line[]][] = [];
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".jsonl")).sort()) {
    for (const line of readLines(file)) {
      if (line.case !== undefined) cases.push([`${file}: ${line.case}`, []]);
      if (!cases.length) throw new Error(`${line.at}: a line before the first case`);
      cases[cases.length - 1]![1].push(line);
    }
  }
  return cases;
}

const base64 = (text = "") => Buffer.from(text, "base64");

function ask(engine: RawEngine, line: Line): [RawAnswer | null, object | null | undefined] {
  if (line.view) return [engine.view(), line.view];
  if (line.query) return [engine.query(JSON.stringify(line.query)), line.answer];
  const text = line.input_text ?? JSON.stringify(line.input);
  if (text === undefined) throw new Error(`${line.at}: neither input, view nor query`);
  return [engine.handle(text, base64(line.bodies)), line.output];
}

function check(engine: RawEngine, line: Line): void {
  const [answer, wanted] = ask(engine, line);
  if (wanted === undefined) throw new Error(`${line.at}: no answer is written down`);
  expect({
    at: line.at,
    text: answer && answer.text,
    bodies: answer?.bodies.toString("base64"),
  }).toEqual({
    at: line.at,
    text: wanted && JSON.stringify(wanted),
    bodies: answer ? base64(line.output_bodies).toString("base64") : undefined,
  });
}

const cases = readCases();

test("there are cases", () => {
  expect(cases.length).toBeGreaterThan(0);
});

const of_pages = ["segment", "snowplow"];

function modulesFor(start: any): [string, URL][] {
  const { collectors, journey, privacy } = start.config ?? {};
  const parts = journey || Object.keys(privacy ?? {}).some((key) => key !== "url_parameters");
  const speaks =
    !parts &&
    Array.isArray(collectors) &&
    collectors.every(({ protocol }) => of_pages.includes(protocol));
  return speaks ? [["page", page_file], ["all", all_file]] : [["all", all_file]];
}

for (const [name, [opening, ...lines]] of cases) {
  test.each(modulesFor(opening!.start))(`${name} (%s)`, (_name, file) => {
    const engine = new RawEngine(file, JSON.stringify(opening!.start), base64(opening!.bodies));
    for (const line of lines) check(engine, line);
    engine.close();
    expect(lines.length).toBeGreaterThan(0);
  });
}

// `waymark iab`: TC, GPP, US Privacy and Additional Consent strings as JSON, and back. One string
// or document a line in, one JSON document a line out.

import type { Engine } from "../core/bridge.ts";
import type { Problem } from "../core/types.ts";
import { openQuestions } from "./engine.ts";
import { jsonError } from "./json_error.ts";
import type { ExitCode, Terminal } from "./terminal.ts";
import { expectKnown, Misuse, readWords } from "./words.ts";

const iab_verbs = ["decode", "encode", "validate", "keys"] as const;
const kinds = ["tc", "gpp", "usp", "ac"];
type IabVerb = (typeof iab_verbs)[number];

interface Answer {
  result?: object;
  problems: Problem[];
}

/** One line of the output, and whether it tells of an error or a violation. */
interface IabLine {
  text: string;
  finding: boolean;
}

export async function runIab(words: string[], wasm: URL, terminal: Terminal): Promise<ExitCode> {
  const [verb, ...rest] = words;
  if (verb === undefined) throw new Misuse(`iab needs one of ${iab_verbs.join(", ")}.`);
  expectKnown("iab", verb, iab_verbs);
  const given = readWords(`iab ${verb}`, rest, { kind: "value" });
  const kind = given.one("kind");
  if (kind !== undefined) expectKnown("kind", kind, kinds);
  const lines = given.files.length ? given.files : linesOf(terminal.in());
  if (!lines.length) {
    throw new Misuse(`iab ${verb} needs an argument, or a line of standard input.`);
  }
  const answers = await iab(verb as IabVerb, lines, kind, wasm);
  for (const { text } of answers) terminal.out(text + "\n");
  return answers.some(({ finding }) => finding) ? 1 : 0;
}

/** Lines of a text: the end of the last one begins none, empty ones count. */
function linesOf(text: string): string[] {
  const lines = text.replace(/^\ufeff/, "").split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/** Gives what to write for each line; `kind` overrules what a string looks like. */
async function iab(
  verb: IabVerb,
  lines: string[],
  kind: string | undefined,
  wasm: URL,
): Promise<IabLine[]> {
  const engine = await openQuestions(wasm);
  const answer = verb === "encode" ? encodeLine : (engine: Engine, text: string) =>
    ask(engine, JSON.stringify({ query: `iab_${verb}`, text, kind }));
  return lines.map((line) => written(answer(engine, line)));
}

function encodeLine(engine: Engine, text: string): object {
  const error = jsonError(text);
  if (error) {
    const { column, found, expected: allowed } = error;
    return { error: { code: "invalid_json", pointer: "", found, allowed, column } };
  }
  return ask(engine, `{"query":"iab_encode","document":${text}}`);
}

// A problem of the question is an error of its line.
function ask(engine: Engine, question: string): object {
  const { result, problems } = engine.query(question) as Answer;
  return result ?? { error: problems[0] };
}

function written(document: object): IabLine {
  const { violations, error } = document as { violations?: unknown[]; error?: object };
  return { text: JSON.stringify(document), finding: !!error || !!violations?.length };
}

// `waymark lint`: says what is wrong with config documents, as the engine itself will judge them.

import { readFileSync } from "node:fs";
import type { Engine } from "../core/bridge.ts";
import type { Problem } from "../core/types.ts";
import { openQuestions } from "./engine.ts";
import { jsonError } from "./json_error.ts";

export interface Finding extends Problem {
  line?: number;
  column?: number;
}

export interface Report {
  file: string;
  problems: Finding[];
}

/** Gives the report on each file; throws with a readable message when one cannot be read. */
export async function lint(files: string[], wasm: URL): Promise<Report[]> {
  const engine = await openQuestions(wasm);
  return files.map((file) => ({ file, problems: judge(engine, read(file)) }));
}

function read(file: string): string {
  const text = readFileSync(file === "-" ? 0 : file, "utf8");
  return text.startsWith("\ufeff") ? text.slice(1) : text;
}

function judge(engine: Engine, text: string): Finding[] {
  const error = jsonError(text);
  if (error) {
    const { line, column, found, expected: allowed } = error;
    return [{ code: "invalid_json", pointer: "", found, allowed, line, column }];
  }
  // The text itself goes in, so that the engine sees what stands there and no re-written copy.
  const answer = engine.query(`{"query":"lint","config":${text}}`);
  return (answer as { problems: Problem[] }).problems;
}

/** `waymark.json: /collectors/0/needs: found nothing; allowed: at least one purpose` */
export function line(file: string, { pointer, found, allowed, line, column }: Finding): string {
  const place = line === undefined ? pointer || "the document" : `line ${line}, column ${column}`;
  return `${file === "-" ? "(input)" : file}: ${place}: found ${found}; allowed: ${allowed}`;
}

// JSON documents in files, read for the engine: as text, so that it sees what stands there and no
// re-written copy.

import { readFileSync } from "node:fs";
import type { Problem } from "../core/types.ts";
import { jsonError } from "./json_error.ts";

/** What is wrong with a document; with its place in the text where that is not JSON. */
export interface Finding extends Problem {
  line?: number;
  column?: number;
}

/** A document cannot be used, and each line of the message says why. */
export class Unusable extends Error {}

export interface Document {
  file: string;
  text: string;
  value: any;
}

/** The text of a file, or of standard input, without a byte order mark. */
export function readText(file: string): string {
  const text = readFileSync(file === "-" ? 0 : file, "utf8");
  return text.startsWith("\ufeff") ? text.slice(1) : text;
}

/** Where a text stops being JSON, or undefined. */
export function notJson(text: string): Finding | undefined {
  const error = jsonError(text);
  if (!error) return undefined;
  const { line, column, found, expected: allowed } = error;
  return { code: "invalid_json", pointer: "", found, allowed, line, column };
}

/** Throws `Unusable` when the file holds no JSON object. */
export function readDocument(file: string): Document {
  const text = readText(file);
  const error = notJson(text);
  if (error) throw new Unusable(line(file, error));
  const value = JSON.parse(text);
  if (typeof value === "object" && value && !Array.isArray(value)) return { file, text, value };
  const found = Array.isArray(value) ? "an array" : value === null ? "null" : `a ${typeof value}`;
  throw new Unusable(line(file, { code: "wrong_type", pointer: "", found, allowed: "an object" }));
}

/** Throws `Unusable` when there are problems with a document. */
export function expectNone(file: string, problems: Problem[] | undefined): void {
  if (!problems?.length) return;
  throw new Unusable(problems.map((problem) => line(file, problem)).join("\n"));
}

/** `waymark.json: /collectors/0/needs: found nothing; allowed: at least one purpose` */
export function line(file: string, { pointer, found, allowed, line, column }: Finding): string {
  const place = line === undefined ? pointer || "the document" : `line ${line}, column ${column}`;
  return `${file === "-" ? "(input)" : file}: ${place}: found ${found}; allowed: ${allowed}`;
}

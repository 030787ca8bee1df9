// JSON documents in files, read for the engine: as text, so that it sees what stands there and no
// re-written copy.

import { readFileSync, statSync } from "node:fs";
import type { Problem } from "../core/types.ts";
import { jsonError } from "./json_error.ts";

/** What is wrong with a document; with its place in the text where that is not JSON. */
export interface Finding extends Problem {
  line?: number;
  column?: number;
  /** What to do. */
  fix?: string;
}

/** A document cannot be used, and each line of the message says why. */
export class Unusable extends Error {}

export interface Document {
  file: string;
  text: string;
  value: any;
}

// What the engine takes in one piece.
const document_bytes_max = 8 * 1024 * 1024;
const megabyte = 1024 * 1024;

const failures: Record<string, string> = {
  ENOENT: "There is no such file; is the name right, and the folder?",
  ENOTDIR: "There is no such file; is the name right, and the folder?",
  EISDIR: "It is a folder; name a file in it.",
  EACCES: "You may not read it.",
  EPERM: "You may not read it.",
};

/** What `read` gives; throws `Unusable`, in plain words, when the file cannot be read. */
export function reading<Value>(file: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    const failure = failures[(error as { code?: string }).code ?? ""];
    throw failure ? new Unusable(`${file}: ${failure}`) : error;
  }
}

/** The text of a file, or of standard input, without a byte order mark. */
export function readText(file: string): string {
  const bytes = file === "-" ? readFileSync(0) : reading(file, () => contentOf(file));
  // What Windows calls "Unicode": browsers refuse a config that is written so.
  if (/^(fffe|feff)/.test(bytes.subarray(0, 2).toString("hex"))) {
    const found = "a text in UTF-16";
    const fix = "Save it as UTF-8: in the editor's Save as, under Encoding.";
    throw new Unusable(line(file, { ...in_whole, found, allowed: "UTF-8", fix }));
  }
  const text = bytes.toString("utf8");
  return text.startsWith("\ufeff") ? text.slice(1) : text;
}

const in_whole = { code: "wrong_type", pointer: "" };

function contentOf(file: string): Buffer {
  const { size } = statSync(file);
  if (size <= document_bytes_max) return readFileSync(file);
  const found = `a file of ${Math.ceil(size / megabyte)} MB`;
  const allowed = `a document of at most ${document_bytes_max / megabyte} MB`;
  const fix = "Is it another file? Stored events are read by `waymark audit`, of any size.";
  throw new Unusable(line(file, { code: "too_big", pointer: "", found, allowed, fix }));
}

/** Where a text stops being JSON, or undefined. */
export function notJson(text: string): Finding | undefined {
  const error = jsonError(text);
  if (!error) return undefined;
  const { line, column, found, expected: allowed } = error;
  const slip = slips.find(({ at }) => at.test(` ${text}`.slice(error.at, error.at + 9)));
  const more = { line, column, ...(slip && { fix: slip.fix }) };
  return { code: "invalid_json", pointer: "", found: slip?.found ?? found, allowed, ...more };
}

// What people write who know JSON from editors that forgive; from the sign before the error on.
const plain_text = "Save what is in it as plain text, with a name that ends in .json.";
const slips: { at: RegExp; found?: string; fix: string }[] = [
  { ...{ at: /^ PK\u0003/, found: "a Word or ZIP file" }, fix: plain_text },
  { ...{ at: /^ %PDF/, found: "a PDF" }, fix: plain_text },
  { ...{ at: /^\{\\rtf/, found: "a text with formatting (RTF)" }, fix: plain_text },
  {
    ...{ at: /^ <[!a-z?]/i, found: "a web page" },
    fix: "Open the address of the config itself, and save that.",
  },
  {
    ...{ at: /^[^]\/[/*]|^[^]#/, found: "a comment" },
    fix:
      "Take it out: JSON has no comments, and browsers refuse a config that has one. " +
      "Keep notes in a file beside it.",
  },
  {
    ...{ at: /^[^][\u201c\u201d\u201e\u00ab\u00bb]/, found: "a typographic quotation mark" },
    fix: 'Use the straight one: ". Word processors change it; a plain text editor does not.',
  },
  { ...{ at: /^[^]'/, found: "a single quotation mark" }, fix: 'Use the double one: ".' },
  {
    ...{ at: /^[^][}\]]/ },
    fix: "Look at the comma before it: after the last entry of a list there is none.",
  },
  { ...{ at: /^[^]"/ }, fix: "Look at the line before: between two entries there is a comma." },
  {
    ...{ at: /^[^]$/, found: "the end of the text" },
    fix:
      "The file is not whole: it was cut off, or a closing bracket is missing. " +
      "Get it again from where it came.",
  },
];

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
export function line(file: string, finding: Finding): string {
  const { pointer, found, allowed, line, column, fix } = finding;
  const place = line === undefined ? pointer || "the document" : `line ${line}, column ${column}`;
  const text = `${file === "-" ? "(input)" : file}: ${place}: found ${found}; allowed: ${allowed}`;
  return fix ? `${text}\n    do: ${fix}` : text;
}

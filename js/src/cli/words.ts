// The words behind a command: options by name, and the rest.

import { nearest } from "../policy/did_you_mean.ts";

/** The command cannot be run as it was written: the help follows. */
export class Misuse extends Error {}

/** How often an option may stand: without a value, with one, or any number of times with one. */
export type Kinds = Record<string, "switch" | "value" | "list">;

export interface Words {
  /** What is no option, in its order. `-` is standard input. */
  files: string[];
  has(option: string): boolean;
  /** The value of an option, or undefined. */
  one(option: string): string | undefined;
  all(option: string): string[];
}

/** Reads `--name value` and `--name=value`; throws `Misuse` for what `command` does not take. */
export function readWords(command: string, words: string[], kinds: Kinds): Words {
  const given: Record<string, string[]> = {};
  const files: string[] = [];
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const [, name, , value] = /^--([^=]*)(=([^]*))?$/.exec(word) ?? [];
    if (name === undefined && !/^-./.test(word)) files.push(word);
    else take(command, name ?? word, word, value, rest, kinds, given);
  }
  return {
    files,
    has: (option) => !!given[option],
    one: (option) => given[option]?.[0],
    all: (option) => given[option] ?? [],
  };
}

function take(
  command: string,
  name: string,
  word: string,
  value: string | undefined,
  rest: string[],
  kinds: Kinds,
  given: Record<string, string[]>,
): void {
  const kind = Object.keys(kinds).includes(name) ? kinds[name] : undefined;
  if (!kind) {
    const known = Object.keys(kinds).map((option) => `--${option}`);
    const there = `There is no option ${word.split("=")[0]}. ${command} takes ${known.join(", ")}.`;
    throw new Misuse(there + meant(word.split("=")[0]!, known));
  }
  if (kind === "switch" && value !== undefined) throw new Misuse(`--${name} takes no value.`);
  if (kind === "value" && given[name]) throw new Misuse(`--${name} stands there twice.`);
  const worth = kind === "switch" ? "" : (value ?? rest.shift());
  if (worth === undefined) throw new Misuse(`--${name} needs a value.`);
  (given[name] ??= []).push(worth);
}

/** The only file of a command; throws `Misuse` for none and for several. */
export function onlyFile(command: string, what: string, { files }: Words): string {
  if (files.length === 1) return files[0]!;
  const several = `not ${files.length}: ${files.join(", ")}`;
  const found = files.length ? several : "or - for standard input";
  throw new Misuse(`${command} needs one file, ${what}, ${found}.`);
}

/** Throws `Misuse` when `value` is none of `known`. */
export function expectKnown(what: string, value: string, known: readonly string[]): void {
  if (known.includes(value)) return;
  const there = `There is no ${what} ${value}; there is ${known.join(", ") || "none"}.`;
  throw new Misuse(there + meant(value, known));
}

/** ` Did you mean lint?`, or nothing. */
export function meant(word: string, known: readonly string[]): string {
  const near = nearest(word, known);
  return near ? ` Did you mean ${near}?` : "";
}

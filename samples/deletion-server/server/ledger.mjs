// The ledger: one line of JSON for each thing that happened, only ever appended to.
//
// Each line holds the SHA-256 of the line before it, so what was changed or taken out later shows.
// A line is on the disk before anybody is told that it was taken.

import { createHash } from "node:crypto";
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, truncateSync, writeSync } from "node:fs";

const hashOf = (line) => createHash("sha256").update(line).digest("hex");

/** The lines of a ledger, and the number of the first one that does not follow its predecessor. */
export function readLedger(file) {
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  const lines = text.split("\n");
  // What has no end was being written when the machine stopped; nobody was told that it is there.
  const torn = lines.pop();
  let broken;
  const records = lines.map((line, at) => {
    const record = parse(line);
    const previous = at === 0 ? undefined : hashOf(lines[at - 1]);
    if (record === undefined || record.previous_line !== previous) broken ??= at + 1;
    return record ?? {};
  });
  return { records, broken, last: lines.length ? hashOf(lines.at(-1)) : undefined, torn_bytes: Buffer.byteLength(torn) };
}

function parse(line) {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

export class Ledger {
  #file;
  #last;
  records;

  /** Throws when the ledger was tampered with: nothing is appended to what proves nothing. */
  constructor(path) {
    const { records, broken, last, torn_bytes } = readLedger(path);
    if (broken !== undefined) throw new Error(`${path}: line ${broken} does not follow the one before it`);
    if (torn_bytes) truncateSync(path, readFileSync(path).length - torn_bytes);
    this.#file = openSync(path, "a", 0o600);
    this.#last = last;
    this.records = records;
  }

  /** Returns when all is on the disk. */
  append(...records) {
    let text = "";
    for (const record of records) {
      const line = JSON.stringify({ at: new Date().toISOString(), previous_line: this.#last, ...record });
      this.#last = hashOf(line);
      this.records.push(JSON.parse(line));
      text += line + "\n";
    }
    writeSync(this.#file, text);
    fsyncSync(this.#file);
  }

  close() {
    closeSync(this.#file);
  }
}

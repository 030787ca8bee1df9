// The keys: {"seal_with": 2, "keys": {"1": "<32 bytes, base64>", "2": "…"}}. Tokens are sealed with
// one and opened with all, so that a rotation leaves none behind that is still on its way. The file
// is read again when it has changed.

import { randomBytes } from "node:crypto";
import { readFileSync, renameSync, statSync, writeFileSync } from "node:fs";

// The one before still opens what it has sealed.
const keys_kept = 2;

export class Keys {
  #file;
  #read_at;
  #keys;
  #seal_with;

  constructor(file) {
    this.#file = file;
    this.#refresh();
  }

  /** [its id, the key]. */
  get sealing() {
    this.#refresh();
    return [this.#seal_with, this.#keys.get(this.#seal_with)];
  }

  /** The key of an id, or undefined. */
  of(id) {
    this.#refresh();
    return this.#keys.get(id);
  }

  // A file that is being written, or that somebody has broken, leaves the keys as they were.
  #refresh() {
    const { mtimeMs } = statSync(this.#file, { throwIfNoEntry: !this.#keys }) ?? {};
    if (mtimeMs === undefined || mtimeMs === this.#read_at) return;
    try {
      const { seal_with, keys } = parseKeys(this.#file, readFileSync(this.#file, "utf8"));
      [this.#seal_with, this.#keys] = [seal_with, keys];
    } catch (error) {
      if (!this.#keys) throw error;
      process.stderr.write(`${error.message} The keys stay as they were.\n`);
    }
    this.#read_at = mtimeMs;
  }
}

function parseKeys(file, text) {
  let document;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw new Error(`${file}: ${error.message}`);
  }
  const keys = new Map();
  for (const [id, key] of Object.entries(document?.keys ?? {})) {
    const bytes = Buffer.from(String(key), "base64");
    const number = /^\d{1,3}$/.test(id) ? Number(id) : NaN;
    if (!(number <= 255) || bytes.length !== 32) throw new Error(`${file}: /keys/${id}: allowed: 0 to 255, and 32 bytes in base64.`);
    keys.set(number, bytes);
  }
  if (!keys.has(document?.seal_with)) throw new Error(`${file}: /seal_with: allowed: the id of one of the keys.`);
  return { seal_with: document.seal_with, keys };
}

/** Puts a new key into the file, which need not be there, and seals with it; the oldest goes. */
export function rotate(file) {
  const known = statSync(file, { throwIfNoEntry: false }) ? parseKeys(file, readFileSync(file, "utf8")) : undefined;
  const before = known ? [[known.seal_with, known.keys.get(known.seal_with)]] : [];
  const seal_with = known ? (known.seal_with + 1) % 256 : 1;
  const keys = [...before, [seal_with, randomBytes(32)]].slice(-keys_kept);
  const texts = Object.fromEntries(keys.map(([id, key]) => [id, key.toString("base64")]));
  writeFileSync(`${file}.new`, `${JSON.stringify({ seal_with, keys: texts }, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return seal_with;
}

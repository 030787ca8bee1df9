// What a page that goes away leaves in localStorage, because what it is meant for is not there yet:
// puts that wait for the database (`<prefix>spill.<key>`), and calls that wait for the engine
// (`<prefix>spill/<when>`).
//
// Promise: written only when the page may be gone soon, at most 1 MiB in all; a device that refuses
// is survived, and what is not named as we name it is left alone. Nothing here throws.

import type { StorePut } from "../platform.ts";

const chars_max = 2 ** 20;

// Longer than other processes take to hear that a key is gone.
const taken_ms = 1000;

/** What stands in localStorage under names that begin so, without that begin. */
export function endsOf(begin: string): string[] {
  const names = Object.keys(localStorage).filter((name) => name.startsWith(begin));
  return names.map((name) => name.slice(begin.length));
}

/** What `run` gives, or `otherwise` where the device refuses. */
export function attempt<T>(run: () => T, otherwise: T): T;
export function attempt<T>(run: () => T): T | undefined;
export function attempt<T>(run: () => T, otherwise?: T): T | undefined {
  try {
    return run();
  } catch {
    return otherwise;
  }
}

export class Spill {
  private readonly _puts: string;
  private readonly _calls: string;
  private readonly _prefix: string;

  constructor(prefix: string) {
    this._prefix = prefix + "spill";
    this._puts = this._prefix + ".";
    this._calls = this._prefix + "/";
  }

  /** The puts that pages have left here. `effect_id` is the place in the list. */
  puts(): StorePut[] {
    return this._below(this._puts)
      .filter((key) => /^(outbox|state|intake)\//.test(key))
      .map((key, effect_id) => {
        // What is no such text was not left by us; the records' checksums say so.
        const text: string = localStorage[this._puts + key];
        const value = Uint8Array.from(text, (character) => character.charCodeAt(0));
        return { type: "store_put", effect_id, key, value };
      });
  }

  /** Leaves the bytes under these keys, as many as there is room for. */
  leave(values: Map<string, Uint8Array>): void {
    this._write(Array.from(values, ([key, value]) => [this._puts + key, asText(value)]));
  }

  /** What is deleted from the store must not come back from here. */
  delete({ key, prefix }: { key?: string; prefix?: string }): void {
    const keys = key === undefined ? this._below(this._puts + prefix) : [key];
    this._remove(keys.map((end) => this._puts + (prefix ?? "") + end));
  }

  /** Leaves calls for the next start. False when there is no room. */
  leaveCalls(text: string): boolean {
    return this._write([[this._calls + (Date.now() + Math.random()), text]]);
  }

  /** Takes the calls, oldest first: one page at a time, so that none is taken twice. */
  async takeCalls(): Promise<string[]> {
    if (!this._below(this._calls).length) return [];
    const { locks } = navigator;
    if (!locks) return this._take();
    return new Promise((give) => {
      const take = (lock: Lock | null) => {
        give(lock ? this._take() : []);
        return lock && new Promise((end) => setTimeout(end, taken_ms));
      };
      locks.request(this._prefix, { ifAvailable: true }, take).catch(() => give([]));
    });
  }

  private _take(): string[] {
    const names = this._below(this._calls).sort().map((end) => this._calls + end);
    const texts = names.map((name) => localStorage[name]);
    this._remove(names);
    return texts;
  }

  private _below(begin: string): string[] {
    return attempt(() => endsOf(begin), []);
  }

  private _remove(names: string[]): void {
    attempt(() => names.forEach((name) => localStorage.removeItem(name)));
  }

  private _write(entries: [name: string, text: string][]): boolean {
    const size = (name: string) => localStorage[name]?.length ?? 0;
    return attempt(() => {
      let room = chars_max;
      for (const end of endsOf(this._prefix)) room -= size(this._prefix + end);
      for (const [name, text] of entries) {
        room += size(name) - text.length;
        if (room < 0) return false;
        localStorage[name] = text;
      }
      return true;
    }, false);
  }
}

// One character a byte: the shortest text that localStorage keeps as it is.
function asText(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

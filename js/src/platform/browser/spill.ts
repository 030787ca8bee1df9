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

export class Spill {
  private readonly _prefix: string;

  constructor(prefix: string) {
    this._prefix = prefix + "spill";
  }

  /** The puts that pages have left here. `effect_id` is the place in the list. */
  puts(): StorePut[] {
    const keys = this._names(".").map((name) => name.slice(this._prefix.length + 1));
    return keys
      .filter((key) => /^(outbox|state)\//.test(key))
      .map((key, effect_id) => ({ type: "store_put", effect_id, key, value: this._bytes(key) }));
  }

  /** Leaves the bytes under these keys, as many as there is room for. */
  leave(values: Map<string, Uint8Array>): void {
    this._write(Array.from(values, ([key, value]) => ["." + key, asText(value)]));
  }

  /** What is deleted from the store must not come back from here. */
  delete({ key, prefix }: { key?: string; prefix?: string }): void {
    try {
      const names = key === undefined ? this._names("." + prefix) : [this._prefix + "." + key];
      for (const name of names) localStorage.removeItem(name);
    } catch {}
  }

  /** Leaves calls for the next start. False when there is no room. */
  leaveCalls(text: string): boolean {
    return this._write([["/" + (Date.now() + Math.random()), text]]);
  }

  /** Takes the calls, oldest first: one page at a time, so that none is taken twice. */
  async takeCalls(): Promise<string[]> {
    if (!this._names("/").length) return [];
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
    const names = this._names("/").sort();
    const texts = names.map((name) => localStorage[name]);
    for (const name of names) localStorage.removeItem(name);
    return texts;
  }

  private _names(begin: string): string[] {
    try {
      return Object.keys(localStorage).filter((name) => name.startsWith(this._prefix + begin));
    } catch {
      return [];
    }
  }

  // What is no such text was not left by us; the records' checksums say so.
  private _bytes(key: string): Uint8Array {
    const text: string = localStorage[this._prefix + "." + key];
    return Uint8Array.from(text, (character) => character.charCodeAt(0));
  }

  private _write(entries: [name: string, text: string][]): boolean {
    const size = (name: string) => localStorage[name]?.length ?? 0;
    try {
      let room = chars_max;
      for (const name of this._names("")) room -= size(name);
      for (const [end, text] of entries) {
        const name = this._prefix + end;
        room += size(name) - text.length;
        if (room < 0) return false;
        localStorage[name] = text;
      }
      return true;
    } catch {
      return false;
    }
  }
}

// One character a byte: the shortest text that localStorage keeps as it is.
function asText(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

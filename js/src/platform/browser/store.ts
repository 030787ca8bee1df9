// The browser's store: keys below `consent/` and `spill/` in localStorage, where they can be read
// at once at start and written by a page that goes; all others in IndexedDB.

import { done, readPage } from "../answers.ts";
import type { Beside, Reply, Store, StoreEffect } from "../platform.ts";
import { Database, fail } from "./database.ts";
import { attempt, endsOf, Spill } from "./spill.ts";

const consent = "consent/";

export class BrowserStore implements Store {
  readonly spill: Spill;
  beside?: Beside;
  private readonly _prefix: string;
  private readonly _database: Database;

  constructor(prefix = "waymark.", database = "waymark") {
    this._prefix = prefix;
    this.spill = new Spill(prefix);
    this._database = new Database(database, this.spill);
  }

  run(effects: StoreEffect[], reply: Reply): void {
    let others: StoreEffect[] = [];
    for (const effect of effects) {
      const { key, prefix = key } = effect as { key?: string; prefix?: string };
      if (/^(consent|spill)\//.test(prefix!)) this._local(effect, reply);
      else others.push(effect);
    }
    if (this.beside) [others, reply] = this.beside(others, reply);
    if (others.length) this._database.run(others, reply);
  }

  close(): void {
    this._database.close();
  }

  /** Saves what is not stored yet: the page may be gone soon. */
  leave(): void {
    this._database.leave();
  }

  /** The text of a key below `consent/`, or undefined. */
  text(key: string): string | undefined {
    return attempt(() => localStorage.getItem(this._prefix + key) ?? undefined);
  }

  /** The key that a change in localStorage is about, when it is one of ours. */
  key(name: string | null): string | undefined {
    if (name === null) return consent + "record";
    return name === this._prefix + consent + "record" ? consent + "record" : undefined;
  }

  private _local(effect: StoreEffect, reply: Reply): void {
    const prefix = this._prefix;
    try {
      const keys = () => endsOf(prefix);
      if (effect.type === "store_get") {
        const bytes = (key: string) => new TextEncoder().encode(this.text(key));
        return reply(readPage(keys(), bytes, effect));
      }
      if (effect.type === "store_put") {
        if (effect.replace && this.text(effect.key) === undefined) return reply(done(effect));
        localStorage.setItem(prefix + effect.key, new TextDecoder().decode(effect.value));
      } else {
        const below = (key: string) => key.startsWith(effect.prefix!);
        const gone = effect.key ? [effect.key] : keys().filter(below);
        for (const key of gone) localStorage.removeItem(prefix + key);
      }
      reply(done(effect));
    } catch (error) {
      fail([effect], reply, error);
    }
  }
}

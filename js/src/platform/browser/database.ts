// The IndexedDB part of the browser's store: keys and bytes in one object store.
//
// Promise: nothing exists on the device before the first put. Reading or deleting where there is
// no database answers as an empty one would, and leaves none behind. Writes are committed
// explicitly, in the call that asks for them: at `pagehide` that is what saves them. What is still
// waiting for the database then is left in localStorage, and moved in when it is next opened.

import { done, readPage } from "../answers.ts";
import { MemoryStore } from "../memory/store.ts";
import type { Fact, Reply, StoreDelete, StoreEffect, StoreGet, StorePut } from "../platform.ts";
import type { Spill } from "./spill.ts";

type Job = [effects: StoreEffect[], reply: Reply];

const object_store = "kv";

// Of one page at most so many entries are looked at; the engine asks on.
const entries_max = 64;

const open_ms_max = 5000;

// ReferenceError and TypeError: the browser has no such store at all.
const reasons: Record<string, string> = {
  QuotaExceededError: "quota",
  SecurityError: "blocked",
  InvalidStateError: "blocked",
  ReferenceError: "unavailable",
  TypeError: "unavailable",
};

export class Database {
  private readonly _name: string;
  private readonly _spill: Spill;
  private _database?: IDBDatabase;
  private _jobs?: Job[];
  private _opened?: Promise<void>;
  private _end?: () => void;

  constructor(name: string, spill: Spill) {
    this._name = name;
    this._spill = spill;
  }

  run(effects: StoreEffect[], reply: Reply): void {
    for (const effect of effects) if (effect.type === "store_delete") this._spill.delete(effect);
    if (this._database) this._transact(effects, reply);
    else if (this._jobs) this._jobs.push([effects, reply]);
    else this._open([[effects, reply]]);
  }

  /** Saves what waits for the database: the page may be gone before it is open. */
  leave(): void {
    if (!this._jobs) return;
    const store = new MemoryStore();
    for (const [effects] of this._jobs) store.run(effects, () => {});
    this._spill.leave(store.values);
    // A page that sleeps in the back/forward cache while it makes its database keeps that from all
    // others, for minutes, as Chromium waits for its callback: 7 of 400 pages that were left right
    // after the first grant, 0 of 200 with this. A page that holds a lock for which another request
    // waits is not cached.
    for (let i = 0; i < 2; i++) {
      navigator.locks?.request(this._name, () => this._opened).catch(() => {});
    }
  }

  close(): void {
    this._database?.close();
    this._database = undefined;
  }

  private _open(jobs: Job[]): void {
    this._jobs = jobs;
    this._opened = new Promise((end) => (this._end = end));
    // Browsers have had faults by which they never answer; no event may wait for that.
    const timer = setTimeout(() => this._refuse(null), open_ms_max);
    this._opened.then(() => clearTimeout(timer));
    try {
      const request = indexedDB.open(this._name, 1);
      let absent = false;
      request.onupgradeneeded = () => {
        absent = !this._spill.puts().length && !jobs.some(([effects]) => effects.some(isPut));
        if (absent) request.transaction!.abort();
        else request.result.createObjectStore(object_store);
      };
      request.onsuccess = () => {
        const database = (this._database = request.result);
        database.onversionchange = database.onclose = () => this.close();
        this._move(this._spill.puts());
        this._resume((job) => this._transact(...job));
      };
      request.onerror = (event) => {
        event.preventDefault();
        if (absent) this._resume((job) => this._without(...job));
        else this._refuse(request.error);
      };
    } catch (error) {
      this._refuse(error);
    }
  }

  // In a transaction before all others, so that they find it moved.
  private _move(puts: StorePut[]): void {
    if (!puts.length) return;
    this._transact(puts, ({ type, effect_id }) => {
      if (type === "store_done") this._spill.delete(puts[effect_id as number]!);
    });
  }

  private _refuse(error: unknown): void {
    this._resume(([effects, reply]) => fail(effects, reply, error));
  }

  private _resume(each: (job: Job) => void): void {
    const jobs = this._jobs;
    this._jobs = undefined;
    this._end!();
    // None when it opens after all.
    jobs?.forEach(each);
  }

  // There is no database. A put may have come while that was found out.
  private _without(effects: StoreEffect[], reply: Reply): void {
    if (effects.some(isPut)) this.run(effects, reply);
    else new MemoryStore().run(effects, reply);
  }

  // One transaction for all: their order holds, and the explicit commit cuts nothing short.
  private _transact(effects: StoreEffect[], reply: Reply): void {
    let transaction: IDBTransaction | undefined;
    try {
      const mode = effects.every(isGet) ? "readonly" : "readwrite";
      transaction = this._database!.transaction(object_store, mode);
      const answers = start(transaction, effects);
      transaction.oncomplete = () => answers.forEach((answer) => reply(answer()));
      transaction.onabort = () => fail(effects, reply, transaction!.error);
    } catch (error) {
      // The browser has closed the connection behind our back: the next effect opens it again.
      transaction?.abort();
      this.close();
      fail(effects, reply, error);
    }
  }
}

// Starts the effects in their order and commits behind the last. Whether a key is there to be
// replaced has to be seen first: what follows it waits for that.
function start(transaction: IDBTransaction, effects: StoreEffect[]): (() => Fact)[] {
  const store = transaction.objectStore(object_store);
  const answers: (() => Fact)[] = [];
  const go = (): void => {
    while (answers.length < effects.length) {
      const effect = effects[answers.length]!;
      if (effect.type === "store_put" && effect.replace) {
        const found = store.count(effect.key);
        found.onsuccess = () => {
          if (found.result) store.put(effect.value, effect.key);
          go();
        };
        answers.push(() => done(effect));
        return;
      }
      answers.push(request(store, effect));
    }
    transaction.commit?.();
  };
  go();
  return answers;
}

// Starts one effect, and gives what tells its outcome once the transaction is complete.
function request(store: IDBObjectStore, effect: StoreEffect): () => Fact {
  if (effect.type === "store_get") {
    const keys = store.getAllKeys(below(effect, effect.after), entries_max);
    const values = store.getAll(below(effect, effect.after), entries_max);
    return () => {
      const found = keys.result as string[];
      const fact = readPage(found, (key) => values.result[found.indexOf(key)], effect);
      return found.length < entries_max ? fact : { ...fact, more: true };
    };
  }
  if (effect.type === "store_put") store.put(effect.value, effect.key);
  else store.delete(effect.key ?? below(effect));
  return () => done(effect);
}

/** Answers every effect with `store_failed` and the reason in the engine's words. */
export function fail(effects: StoreEffect[], reply: Reply, error: unknown): void {
  const reason = reasons[(error as Error | null)?.name ?? ""] ?? "unknown";
  for (const { effect_id } of effects) reply({ type: "store_failed", effect_id, reason });
}

function isGet(effect: StoreEffect): boolean {
  return effect.type === "store_get";
}

function isPut(effect: StoreEffect): boolean {
  return effect.type === "store_put";
}

function below({ prefix = "" }: StoreDelete | StoreGet, after = prefix): IDBKeyRange {
  return IDBKeyRange.bound(after, prefix + "\uffff", after > prefix);
}

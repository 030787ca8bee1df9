// The IndexedDB part of the browser's store: keys and bytes in one object store.
//
// Promise: nothing exists on the device before the first put. Reading or deleting where there is
// no database answers as an empty one would, and leaves none behind. Writes are committed
// explicitly, in the call that asks for them: at `pagehide` that is what saves them.

import type { Entry, Fact, Reply, StoreDelete, StoreEffect, StoreGet } from "../platform.ts";

type Job = [effects: StoreEffect[], reply: Reply];

const object_store = "kv";

export class Database {
  private readonly _name: string;
  private _database?: IDBDatabase;
  private _jobs?: Job[];

  constructor(name: string) {
    this._name = name;
  }

  run(effects: StoreEffect[], reply: Reply): void {
    if (this._database) this._transact(effects, reply);
    else if (this._jobs) this._jobs.push([effects, reply]);
    else this._open([[effects, reply]]);
  }

  close(): void {
    this._database?.close();
    this._database = undefined;
  }

  private _open(jobs: Job[]): void {
    this._jobs = jobs;
    try {
      const request = indexedDB.open(this._name, 1);
      let absent = false;
      request.onupgradeneeded = () => {
        absent = !jobs.some(([effects]) => effects.some(isPut));
        if (absent) request.transaction!.abort();
        else request.result.createObjectStore(object_store);
      };
      request.onsuccess = () => {
        const database = (this._database = request.result);
        database.onversionchange = database.onclose = () => this.close();
        this._resume((job) => this.run(...job));
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

  private _refuse(error: unknown): void {
    this._resume(([effects, reply]) => fail(effects, reply, error));
  }

  private _resume(each: (job: Job) => void): void {
    const jobs = this._jobs!;
    this._jobs = undefined;
    jobs.forEach(each);
  }

  // There is no database. A put may have come while that was found out.
  private _without(effects: StoreEffect[], reply: Reply): void {
    if (effects.some(isPut)) return this.run(effects, reply);
    for (const effect of effects) {
      reply(effect.type === "store_get" ? read(effect, [], false) : done(effect));
    }
  }

  // Reads and writes in turn: an explicit commit would cut a cursor short.
  private _transact(effects: StoreEffect[], reply: Reply): void {
    let from = 0;
    for (let to = 1; to <= effects.length; to++) {
      if (to < effects.length && isGet(effects[to]!) === isGet(effects[from]!)) continue;
      this._group(effects.slice(from, to), reply);
      from = to;
    }
  }

  private _group(effects: StoreEffect[], reply: Reply): void {
    const reading = isGet(effects[0]!);
    const facts: Fact[] = [];
    try {
      const transaction = this._database!.transaction(
        object_store,
        reading ? "readonly" : "readwrite",
      );
      const store = transaction.objectStore(object_store);
      for (const effect of effects) {
        if (effect.type === "store_get") walk(store, effect, facts);
        else if (effect.type === "store_put") store.put(effect.value, effect.key);
        else store.delete(effect.key ?? below(effect));
      }
      transaction.oncomplete = () => (reading ? facts : effects.map(done)).forEach(reply);
      transaction.onabort = () => fail(effects, reply, transaction.error);
      if (!reading) transaction.commit?.();
    } catch (error) {
      // The browser has closed the connection behind our back: the next effect opens it again.
      this.close();
      fail(effects, reply, error);
    }
  }
}

/** Answers every effect with `store_failed` and the reason in the engine's words. */
export function fail(effects: StoreEffect[], reply: Reply, error: unknown): void {
  const name = (error as Error | null)?.name;
  const reason =
    name === "QuotaExceededError"
      ? "quota"
      : name === "SecurityError" || name === "InvalidStateError"
        ? "blocked"
        : name === "ReferenceError" || name === "TypeError"
          ? "unavailable"
          : "unknown";
  for (const { effect_id } of effects) reply({ type: "store_failed", effect_id, reason });
}

export function done({ effect_id }: StoreEffect): Fact {
  return { type: "store_done", effect_id };
}

export function read({ effect_id }: StoreGet, entries: Entry[], more: boolean): Fact {
  return { type: "store_read", effect_id, entries, more };
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

function walk(store: IDBObjectStore, effect: StoreGet, facts: Fact[]): void {
  const entries: Entry[] = [];
  let bytes = 0;
  const request = store.openCursor(below(effect, effect.after));
  request.onsuccess = () => {
    const cursor = request.result;
    if (cursor) bytes += cursor.value.length;
    const more = !!cursor && !!entries.length && bytes > effect.bytes_max;
    if (cursor && !more) {
      entries.push({ key: cursor.key as string, value: cursor.value });
      cursor.continue();
    } else facts.push(read(effect, entries, more));
  };
}

// The one suite for the stores of all platforms: what `store_get`, `store_put` and `store_delete`
// mean, and what a store owes its caller.

import { beforeEach, describe, expect, jest, test } from "@jest/globals";
import { BrowserStore } from "../src/platform/browser/store.ts";
import { MemoryStore } from "../src/platform/memory/store.ts";
import type { Fact, Store, StoreEffect } from "../src/platform/platform.ts";
import { freshDevice } from "./browser_fakes.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (value: Uint8Array) => new TextDecoder().decode(value);

let next_id = 1;
type Body = StoreEffect extends infer E ? (E extends E ? Omit<E, "effect_id"> : never) : never;

/** Runs effects as one output and gives the answers, in the order of the effects. */
async function run(store: Store, ...bodies: Body[]): Promise<Fact[]> {
  const effects = bodies.map((body) => ({ ...body, effect_id: next_id++ })) as StoreEffect[];
  const facts: Fact[] = [];
  await new Promise<void>((resolve) => {
    store.run(effects, (fact) => facts.push(fact) === effects.length && resolve());
  });
  return effects.map(({ effect_id }) => facts.find((fact) => fact.effect_id === effect_id)!);
}

const put = (key: string, value = key): Body => ({ type: "store_put", key, value: bytes(value) });
const replace = (key: string, value: string): Body => ({
  type: "store_put",
  key,
  value: bytes(value),
  replace: true,
});
const remove = (key: string): Body => ({ type: "store_delete", key });
const removeBelow = (prefix: string): Body => ({ type: "store_delete", prefix });
const get = (prefix: string, more: { after?: string; bytes_max?: number } = {}): Body => ({
  type: "store_get",
  prefix,
  bytes_max: 1000,
  ...more,
});

function keys(fact: Fact | undefined): unknown {
  expect(fact?.type).toBe("store_read");
  return (fact!.entries as { key: string }[]).map(({ key }) => key);
}

describe.each<[string, () => Store, string]>([
  ["memory", () => new MemoryStore(), "outbox/"],
  ["IndexedDB", () => new BrowserStore(), "outbox/"],
  ["localStorage", () => new BrowserStore(), "consent/"],
])("store: %s", (_name, open, at) => {
  let store: Store;
  beforeEach(() => {
    freshDevice();
    store = open();
  });

  test("gives back the bytes that were put", async () => {
    const [stored] = await run(store, put(at + "a", '{"x":"é"}'));
    expect(stored!.type).toBe("store_done");
    const [read] = await run(store, get(at));
    const [entry] = read!.entries as { key: string; value: Uint8Array }[];
    expect(entry!.key).toBe(at + "a");
    expect(text(entry!.value)).toBe('{"x":"é"}');
    expect(read!.more).toBe(false);
  });

  test("puts over what was there", async () => {
    await run(store, put(at + "a", "1"), put(at + "a", "2"));
    const [read] = await run(store, get(at + "a"));
    expect(text((read!.entries as { value: Uint8Array }[])[0]!.value)).toBe("2");
  });

  test("replaces what is there, and makes nothing where nothing is", async () => {
    await run(store, put(at + "a", "1"));
    const facts = await run(store, replace(at + "a", "2"), replace(at + "b", "2"));
    expect(facts.map(({ type }) => type)).toEqual(["store_done", "store_done"]);
    const [read] = await run(store, get(at));
    const entries = read!.entries as { key: string; value: Uint8Array }[];
    expect(entries.map(({ key, value }) => [key, text(value)])).toEqual([[at + "a", "2"]]);
  });

  test("replaces in the order of its output", async () => {
    const [, , , first, , , second] = await run(
      store,
      ...[replace(at + "a", "0"), put(at + "a", "1"), replace(at + "a", "2"), get(at)],
      ...[remove(at + "a"), replace(at + "a", "3"), get(at)],
    );
    expect((first!.entries as { value: Uint8Array }[]).map(({ value }) => text(value))).toEqual([
      "2",
    ]);
    expect(keys(second)).toEqual([]);
  });

  test("reads in key order, below the prefix only", async () => {
    await run(store, put(at + "b"), put(at + "a"), put(at + "c/1"), put(at.slice(0, -1) + "0"));
    const [read] = await run(store, get(at));
    expect(keys(read)).toEqual([at + "a", at + "b", at + "c/1"]);
  });

  test("reads on after a key, without that key", async () => {
    await run(store, put(at + "a"), put(at + "b"), put(at + "c"));
    const [read] = await run(store, get(at, { after: at + "a" }));
    expect(keys(read)).toEqual([at + "b", at + "c"]);
  });

  test("cuts at bytes_max and says so", async () => {
    await run(store, put(at + "a", "12345"), put(at + "b", "12345"), put(at + "c", "12345"));
    const [read] = await run(store, get(at, { bytes_max: 10 }));
    expect(keys(read)).toEqual([at + "a", at + "b"]);
    expect(read!.more).toBe(true);
    const [all] = await run(store, get(at, { bytes_max: 15 }));
    expect(all!.more).toBe(false);
  });

  test("gives at least one entry, however large", async () => {
    await run(store, put(at + "a", "12345"), put(at + "b", "1"));
    const [read] = await run(store, get(at, { bytes_max: 1 }));
    expect(keys(read)).toEqual([at + "a"]);
    expect(read!.more).toBe(true);
  });

  test("deletes one key, or all below a prefix", async () => {
    await run(store, put(at + "a"), put(at + "b/1"), put(at + "b/2"), put(at + "c"));
    await run(store, remove(at + "a"), removeBelow(at + "b/"));
    const [read] = await run(store, get(at));
    expect(keys(read)).toEqual([at + "c"]);
  });

  test("deletes what is not there", async () => {
    const [one, many] = await run(store, remove(at + "a"), removeBelow(at));
    expect([one!.type, many!.type]).toEqual(["store_done", "store_done"]);
  });

  test("gives a long range in pages that miss nothing", async () => {
    const all = Array.from({ length: 150 }, (_, i) => at + String(i).padStart(3, "0"));
    await run(store, ...all.map((key) => put(key)));
    const seen: unknown[] = [];
    for (let more = true; more; ) {
      const after = seen[seen.length - 1] as string | undefined;
      const [read] = await run(store, get(at, { bytes_max: 1e6, ...(after && { after }) }));
      seen.push(...(keys(read) as string[]));
      more = read!.more as boolean;
    }
    expect(seen).toEqual(all);
  });

  test("keeps the order of reads and writes within one output", async () => {
    const [, before, , after] = await run(store, put(at + "a"), get(at), put(at + "b"), get(at));
    expect(keys(before)).toEqual([at + "a"]);
    expect(keys(after)).toEqual([at + "a", at + "b"]);
  });

  test("answers every effect exactly once", async () => {
    const effects = [put(at + "a"), get(at), removeBelow(at), get(at)].map((body, i) => ({
      ...body,
      effect_id: i,
    })) as StoreEffect[];
    const answered: unknown[] = [];
    await new Promise<void>((resolve) => {
      store.run(effects, ({ effect_id }) => {
        answered.push(effect_id);
        if (answered.length === effects.length) resolve();
      });
    });
    await run(store, get(at));
    expect(answered.sort()).toEqual([0, 1, 2, 3]);
  });
});

describe("nothing on the device before the first put", () => {
  beforeEach(freshDevice);

  test("opening a store makes no database", async () => {
    new BrowserStore();
    expect(await indexedDB.databases()).toEqual([]);
  });

  test("reading and deleting where there is none leaves none behind", async () => {
    const store = new BrowserStore();
    const [read, deleted] = await run(store, get("outbox/"), removeBelow("outbox/"));
    expect(keys(read)).toEqual([]);
    expect(deleted!.type).toBe("store_done");
    expect(await indexedDB.databases()).toEqual([]);
  });

  test("a put that comes while that is found out is stored", async () => {
    const store = new BrowserStore();
    const reading = run(store, get("outbox/"));
    const writing = run(store, put("outbox/a"));
    await reading;
    expect((await writing)[0]!.type).toBe("store_done");
    expect(keys((await run(store, get("outbox/")))[0])).toEqual(["outbox/a"]);
  });
});

describe("a device that refuses", () => {
  const refusing = (name: string) => () => {
    throw new DOMException("no", name);
  };
  beforeEach(freshDevice);

  test.each([
    ["QuotaExceededError", "quota"],
    ["SecurityError", "blocked"],
    ["SomethingElse", "unknown"],
  ])("localStorage: %s is %s", async (name, reason) => {
    Object.defineProperty(globalThis, "localStorage", { get: refusing(name), configurable: true });
    const [fact] = await run(new BrowserStore(), put("consent/record"));
    expect(fact).toMatchObject({ type: "store_failed", reason });
    Object.defineProperty(globalThis, "localStorage", { value: {}, writable: true });
  });

  test.each([
    ["SecurityError", "blocked"],
    ["QuotaExceededError", "quota"],
  ])("IndexedDB: %s is %s, for every effect", async (name, reason) => {
    indexedDB.open = refusing(name);
    const facts = await run(new BrowserStore(), put("outbox/a"), get("outbox/"));
    expect(facts).toMatchObject([
      { type: "store_failed", reason },
      { type: "store_failed", reason },
    ]);
  });

  test("no IndexedDB at all is unavailable", async () => {
    Object.assign(globalThis, { indexedDB: undefined });
    const [fact] = await run(new BrowserStore(), put("outbox/a"));
    expect(fact).toMatchObject({ type: "store_failed", reason: "unavailable" });
  });

  test("a value that cannot be stored fails its output and leaves the store usable", async () => {
    const store = new BrowserStore();
    await run(store, put("outbox/a"));
    const bad = { type: "store_put", key: "outbox/b", value: (() => {}) as any } as Body;
    expect((await run(store, bad))[0]).toMatchObject({ type: "store_failed" });
    expect((await run(store, put("outbox/c")))[0]!.type).toBe("store_done");
  });
});

describe("the database of the browser", () => {
  beforeEach(freshDevice);

  test("that never opens fails what waits, and is used once it does", async () => {
    jest.useFakeTimers({ doNotFake: ["setImmediate", "queueMicrotask", "nextTick"] });
    const { open } = indexedDB;
    let request: IDBOpenDBRequest;
    indexedDB.open = (...parameters) => {
      request = open.apply(indexedDB, parameters);
      return new Proxy(request, {
        set: (_target, name, value) => Reflect.set(late, name, value),
        get: (_target, name) => (request as any)[name],
      });
    };
    const late: Record<string, (event: Event) => void> = {};
    const store = new BrowserStore();
    const failing = run(store, put("outbox/a"));
    jest.advanceTimersByTime(4999);
    jest.advanceTimersByTime(1);
    expect((await failing)[0]).toMatchObject({ type: "store_failed", reason: "unknown" });
    Object.assign(request!, late);
    indexedDB.open = open;
    jest.useRealTimers();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect((await run(store, put("outbox/b")))[0]!.type).toBe("store_done");
    expect(keys((await run(store, get("outbox/")))[0])).toEqual(["outbox/b"]);
  });

  test("lets another tab delete it, and is opened again when needed", async () => {
    const store = new BrowserStore();
    await run(store, put("outbox/a"));
    await new Promise((resolve, reject) => {
      const request = indexedDB.deleteDatabase("waymark");
      request.onsuccess = resolve;
      request.onblocked = reject;
    });
    expect((await run(store, put("outbox/b")))[0]!.type).toBe("store_done");
    expect(keys((await run(store, get("outbox/")))[0])).toEqual(["outbox/b"]);
  });

  test("commits in the call that asks for a write", async () => {
    const store = new BrowserStore();
    await run(store, put("outbox/a"));
    const { transaction } = IDBDatabase.prototype;
    const begun: IDBTransaction[] = [];
    let committed = 0;
    IDBDatabase.prototype.transaction = function (...parameters) {
      const each = transaction.apply(this, parameters);
      const { commit } = each;
      each.commit = () => void (committed++, commit.call(each));
      begun.push(each);
      return each;
    };
    const writing = run(store, put("outbox/b"), put("outbox/c"), removeBelow("state/"));
    IDBDatabase.prototype.transaction = transaction;
    expect([begun.length, committed]).toEqual([1, 1]);
    await writing;
  });

  test("commits behind the last effect when one replaces", async () => {
    const store = new BrowserStore();
    await run(store, put("outbox/a"));
    const { commit } = IDBTransaction.prototype;
    const committed: number[] = [];
    let asked = 0;
    IDBTransaction.prototype.commit = function () {
      committed.push(asked);
      commit.call(this);
    };
    const { delete: deletion } = IDBObjectStore.prototype;
    IDBObjectStore.prototype.delete = function (...parameters) {
      asked++;
      return deletion.apply(this, parameters);
    };
    await run(store, replace("outbox/a", "2"), remove("outbox/b"));
    IDBTransaction.prototype.commit = commit;
    IDBObjectStore.prototype.delete = deletion;
    expect(committed).toEqual([1]);
  });

  test("has the name and the keys the prefix that the page chose", async () => {
    const store = new BrowserStore("shop-", "shop");
    await run(store, put("outbox/a"), put("consent/record", "{}"));
    expect((await indexedDB.databases()).map(({ name }) => name)).toEqual(["shop"]);
    expect(Object.keys(localStorage)).toEqual(["shop-consent/record"]);
  });
});

// What a page leaves in localStorage when it goes before its database or its engine is there, and
// how the next page finds it.

import { beforeEach, describe, expect, test } from "@jest/globals";
import { BrowserStore } from "../src/platform/browser/store.ts";
import type { Fact, Store, StoreEffect } from "../src/platform/platform.ts";
import { FakeLocks, fakeNavigator, freshDevice } from "./browser_fakes.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const names = () => Object.keys(localStorage).sort();
const refusing = () => {
  throw new DOMException("no", "QuotaExceededError");
};

let next_id = 1;
type Body = StoreEffect extends infer E ? (E extends E ? Omit<E, "effect_id"> : never) : never;
const put = (key: string, value: string | Uint8Array = key): Body => ({
  type: "store_put",
  key,
  value: typeof value === "string" ? bytes(value) : value,
});
const remove = (key: string): Body => ({ type: "store_delete", key });
const removeBelow = (prefix: string): Body => ({ type: "store_delete", prefix });

function run(store: Store, ...bodies: Body[]): Promise<Fact[]> {
  const effects = bodies.map((body) => ({ ...body, effect_id: next_id++ })) as StoreEffect[];
  const facts: Fact[] = [];
  return new Promise((resolve) => {
    store.run(effects, (fact) => facts.push(fact) === effects.length && resolve(facts));
  });
}

async function stored(store: Store, prefix = "outbox/"): Promise<[string, Uint8Array][]> {
  const [fact] = await run(store, { type: "store_get", prefix, bytes_max: 1e9 });
  const entries = fact!.entries as { key: string; value: Uint8Array }[];
  return entries.map(({ key, value }) => [key, value]);
}

const keys = async (store: Store) => (await stored(store)).map(([key]) => key);

/** A page that goes away before its database is open: that never is. */
function dyingPage(...bodies: Body[]): void {
  const { indexedDB, setTimeout } = globalThis;
  Object.assign(globalThis, { indexedDB: { open: () => ({}) }, setTimeout: () => 0 });
  const store = new BrowserStore();
  run(store, ...bodies);
  store.leave();
  Object.assign(globalThis, { indexedDB, setTimeout });
}

const noLocalStorage = () =>
  Object.defineProperty(globalThis, "localStorage", { get: refusing, configurable: true });

beforeEach(() => {
  delete (globalThis as any).localStorage;
  freshDevice();
});

describe("puts that wait for the database", () => {
  test("are found by the next page, which moves them", async () => {
    dyingPage(put("outbox/a"), put("state/session"));
    expect(names()).toEqual(["waymark.spill.outbox/a", "waymark.spill.state/session"]);
    const store = new BrowserStore();
    expect(await stored(store)).toEqual([["outbox/a", bytes("outbox/a")]]);
    expect(names()).toEqual([]);
    expect(await keys(new BrowserStore())).toEqual(["outbox/a"]);
  });

  test("keep every byte", async () => {
    const all = Uint8Array.from({ length: 512 }, (_, i) => i);
    dyingPage(put("outbox/a", all));
    expect(await stored(new BrowserStore())).toEqual([["outbox/a", all]]);
  });

  test("are moved before what the next page asks for", async () => {
    dyingPage(put("outbox/a", "old"), put("outbox/b", "old"));
    const store = new BrowserStore();
    await run(store, put("outbox/a", "new"), remove("outbox/b"));
    expect(await stored(store)).toEqual([["outbox/a", bytes("new")]]);
  });

  test("are stored once when the page lives on", async () => {
    const store = new BrowserStore();
    const done = run(store, put("outbox/a"));
    store.leave();
    store.leave();
    expect(names()).toEqual(["waymark.spill.outbox/a"]);
    await done;
    expect(await keys(store)).toEqual(["outbox/a"]);
    expect(names()).toEqual([]);
  });

  test("are left only while they wait, and never by the call itself", async () => {
    const store = new BrowserStore();
    const done = run(store, put("outbox/a"));
    expect(names()).toEqual([]);
    await done;
    run(store, put("outbox/b"));
    store.leave();
    expect(names()).toEqual([]);
  });

  test("are left as the effects after them have made them", () => {
    const replaced = { ...put("outbox/c", "2"), replace: true } as Body;
    const never = { ...put("outbox/d"), replace: true } as Body;
    dyingPage(put("outbox/a"), put("outbox/b"), put("outbox/c"), remove("outbox/a"), replaced, never);
    expect({ ...localStorage }).toEqual({
      "waymark.spill.outbox/b": "outbox/b",
      "waymark.spill.outbox/c": "2",
    });
  });

  test("are gone when they are deleted, by any page", async () => {
    const open = new BrowserStore();
    await run(open, put("outbox/x"));
    dyingPage(put("outbox/a"), put("outbox/b/1"), put("outbox/b/2"), put("state/session"));
    await run(open, remove("outbox/a"));
    expect(names()).not.toContain("waymark.spill.outbox/a");
    await run(open, removeBelow("outbox/b/"));
    expect(names()).toEqual(["waymark.spill.state/session"]);
  });

  test("stay when they could not be moved", async () => {
    dyingPage(put("outbox/a"));
    const { put: before } = IDBObjectStore.prototype;
    IDBObjectStore.prototype.put = refusing;
    const [fact] = await run(new BrowserStore(), put("outbox/b"));
    IDBObjectStore.prototype.put = before;
    expect(fact!.type).toBe("store_failed");
    expect(names()).toEqual(["waymark.spill.outbox/a"]);
    expect(await keys(new BrowserStore())).toEqual(["outbox/a"]);
  });

  test("are at most 1 MiB on the device, the first before the others", () => {
    const value = new Uint8Array(600 * 1024);
    dyingPage(put("outbox/a", value), put("outbox/b", value));
    dyingPage(put("outbox/c", value), put("outbox/d"));
    expect(names()).toEqual(["waymark.spill.outbox/a"]);
    // What is there already takes no room again.
    dyingPage(put("outbox/a", value), put("outbox/d"));
    expect(names()).toEqual(["waymark.spill.outbox/a", "waymark.spill.outbox/d"]);
  });

  test("keep a page out of the back/forward cache until they are stored", async () => {
    const locks = new FakeLocks();
    fakeNavigator({ locks });
    const store = new BrowserStore();
    const done = run(store, put("outbox/a"));
    store.leave();
    expect(locks.names).toEqual({ held: ["waymark"], waiting: ["waymark"] });
    await done;
    await new Promise(setImmediate);
    expect(locks.names).toEqual({ held: [], waiting: [] });
    store.leave();
    expect(locks.names.held).toEqual([]);
  });

  test("that the device does not take are let go", async () => {
    noLocalStorage();
    const store = new BrowserStore();
    const done = run(store, put("outbox/a"), remove("outbox/b"));
    expect(() => store.leave()).not.toThrow();
    expect((await done).map(({ type }) => type)).toEqual(["store_done", "store_done"]);
  });
});

describe("what others have written", () => {
  const foreign = ["waymark.spill.", "waymark.spill.cart", "waymark.spillage", "x.spill.outbox/a"];

  test("under other names is neither read nor removed", async () => {
    for (const name of foreign) localStorage.setItem(name, "theirs");
    const store = new BrowserStore();
    expect(await stored(store, "")).toEqual([]);
    await run(store, removeBelow("outbox/"));
    expect(names()).toEqual([...foreign].sort());
    expect(await store.spill.takeCalls()).toEqual([]);
    expect(await indexedDB.databases()).toEqual([]);
  });

  test("under our names is bytes like any other, for the engine to judge", async () => {
    localStorage.setItem("waymark.spill.outbox/a", "{\ud800€");
    expect(await stored(new BrowserStore())).toEqual([["outbox/a", Uint8Array.of(0x7b, 0, 0xac)]]);
  });
});

describe("calls that wait for the engine", () => {
  test.each([
    ["with locks", () => ({ locks: new FakeLocks() })],
    ["without locks", () => ({})],
  ])("are taken once, oldest first, %s", async (_name, navigator) => {
    fakeNavigator(navigator());
    const { spill } = new BrowserStore();
    const { now } = Date;
    for (const time of [1e12 + 2, 1e12 + 1, 1e12 + 3]) {
      Date.now = () => time;
      expect(spill.leaveCalls(`${time}`)).toBe(true);
    }
    Date.now = now;
    const texts = ["1000000000001", "1000000000002", "1000000000003"];
    expect(await spill.takeCalls()).toEqual(texts);
    expect(await spill.takeCalls()).toEqual([]);
    expect(names()).toEqual([]);
  });

  test("are taken by one of two pages that start at the same moment", async () => {
    fakeNavigator({ locks: new FakeLocks() });
    const [a, b] = [new BrowserStore().spill, new BrowserStore().spill];
    a.leaveCalls("[]");
    // The second has not yet heard that the first has removed them.
    const before = { ...localStorage };
    const taking = a.takeCalls();
    Object.assign(localStorage, before);
    expect([await taking, await b.takeCalls()]).toEqual([["[]"], []]);
  });

  test("are given up where the device takes none", async () => {
    noLocalStorage();
    const { spill } = new BrowserStore();
    expect([spill.leaveCalls("[]"), await spill.takeCalls()]).toEqual([false, []]);
  });

  test("share the room with the puts", () => {
    const { spill } = new BrowserStore();
    expect(spill.leaveCalls("x".repeat(600 * 1024))).toBe(true);
    expect(spill.leaveCalls("x".repeat(600 * 1024))).toBe(false);
    dyingPage(put("outbox/a", new Uint8Array(600 * 1024)));
    expect(names()).toHaveLength(1);
  });

  test("go when the engine says so, as it does with a withdrawal and when all is forgotten", async () => {
    const store = new BrowserStore();
    store.spill.leaveCalls("[]");
    await run(store, put("consent/record", "{}"), removeBelow("spill/"));
    expect(names()).toEqual(["waymark.consent/record"]);
  });
});

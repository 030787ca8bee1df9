// Who leads: with several pages on one device, as they come, go, sleep and crash.

import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { leadership } from "../src/platform/browser/locks.ts";
import type { Fact } from "../src/platform/platform.ts";
import { FakeLocks } from "./browser_fakes.ts";

let locks: FakeLocks | undefined;
let channels: BroadcastChannel[];

const set = (name: string, value: unknown) =>
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });

class CountedChannel extends BroadcastChannel {
  constructor(name: string) {
    super(name);
    channels.push(this);
  }
}

/** One page: it goes to sleep or ends its client, and may claim again. */
class FakePage {
  private readonly _leadership = leadership("db");
  private _facts: Fact[] = [];
  readonly sleep = this._leadership.release;
  release = (): void => {};

  claim(writer: string): this {
    this.release = this._leadership.claim(writer, (fact) => this._facts.push(fact));
    return this;
  }

  /** The live writers of each `lead` since the last look. */
  async told(): Promise<unknown[]> {
    await new Promise((resolve) => setTimeout(resolve, 20));
    return this._facts.splice(0).map(({ type, live }) => {
      expect(type).toBe("lead");
      return (live as string[]).sort().join(" ");
    });
  }
}

const globals = ["navigator", "BroadcastChannel"];
let saved: [string, PropertyDescriptor | undefined][];

beforeEach(() => {
  saved = globals.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)]);
  locks = new FakeLocks();
  channels = [];
  set("navigator", { locks });
  set("BroadcastChannel", CountedChannel);
});

afterEach(() => {
  for (const channel of channels) channel.close();
  for (const [name, descriptor] of saved) {
    if (descriptor) Object.defineProperty(globalThis, name, descriptor);
    else delete (globalThis as any)[name];
  }
});

test("the first page leads, and hears once of itself", async () => {
  const a = new FakePage().claim("a");
  expect(await a.told()).toEqual(["a"]);
});

test("the leader hears of each page that comes and goes; the others hear nothing", async () => {
  const a = new FakePage().claim("a");
  await a.told();
  const b = new FakePage().claim("b");
  expect(await a.told()).toEqual(["a b"]);
  const c = new FakePage().claim("c");
  expect(await a.told()).toEqual(["a b c"]);
  b.release();
  expect(await a.told()).toEqual(["a c"]);
  expect([await b.told(), await c.told()]).toEqual([[], []]);
});

test.each([
  ["its sleep", (page: FakePage) => page.sleep()],
  ["the end of its client", (page: FakePage) => page.release()],
])("with %s the lead goes on, and nothing is held any more", async (_name, leave) => {
  const a = new FakePage().claim("a");
  const b = new FakePage().claim("b");
  await a.told();
  leave(a);
  expect(await b.told()).toEqual(["b"]);
  expect(locks!.names).toEqual({ held: ["db/b", "db/"], waiting: [] });
  expect(await a.told()).toEqual([]);
});

test("a page that does not lead leaves no wait behind", async () => {
  const a = new FakePage().claim("a");
  const b = new FakePage().claim("b");
  await a.told();
  b.sleep();
  await a.told();
  expect(locks!.names).toEqual({ held: ["db/a", "db/"], waiting: [] });
});

test("an awakened page claims anew, behind those that were awake", async () => {
  const a = new FakePage().claim("a");
  const b = new FakePage().claim("b");
  await a.told();
  a.sleep();
  await b.told();
  a.claim("a2");
  expect(await b.told()).toEqual(["a2 b"]);
  expect(await a.told()).toEqual([]);
  b.release();
  expect(await a.told()).toEqual(["a2"]);
});

test("a further name is held beside the first, and the leader looks again", async () => {
  const a = new FakePage().claim("a");
  await a.told();
  a.claim("a2");
  expect(await a.told()).toEqual(["a a2"]);
  a.release();
  await a.told();
  expect(locks!.names).toEqual({ held: [], waiting: [] });
});

test("many that go at once leave one wait for each that stays", async () => {
  const a = new FakePage().claim("a");
  const others = [..."bcdefgh"].map((name) => new FakePage().claim(name));
  await a.told();
  for (const page of others.slice(0, 5)) page.release();
  expect((await a.told()).pop()).toBe("a g h");
  expect(locks!.names.waiting.sort()).toEqual(["db/", "db/", "db/g", "db/h"]);
});

test("another database has its own lead", async () => {
  const a = new FakePage().claim("a");
  const other = leadership("other");
  const facts: Fact[] = [];
  other.claim("x", (fact) => facts.push(fact));
  await a.told();
  expect(facts).toEqual([{ type: "lead", live: ["x"] }]);
});

test("where there are no locks, each page leads at once", () => {
  set("navigator", {});
  const facts: Fact[] = [];
  leadership("db").claim("a", (fact) => facts.push(fact))();
  expect(facts).toEqual([{ type: "lead", live: [] }]);
});

test("where they are refused, nobody leads and nothing is thrown", async () => {
  const refused = () => {
    throw new DOMException("no", "SecurityError");
  };
  set("navigator", { locks: { request: async () => refused(), query: async () => refused() } });
  const a = new FakePage().claim("a");
  expect(await a.told()).toEqual([]);
  set("BroadcastChannel", function () {
    refused();
  });
  new FakePage().claim("b").release();
});

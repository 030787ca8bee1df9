// The client's API of consent on the real engine, over the fake platform: decisions and what the
// person saw, withdrawal, explanations, the decision log, and facts.

import { beforeEach, describe, expect, jest, test } from "@jest/globals";
import { Client } from "../src/core/client.ts";
import type { Config, DecisionLog, OpenOptions, Problem } from "../src/core/types.ts";
import { MemoryPlatform } from "../src/platform/memory/index.ts";
import { page_file, wasmModule } from "./raw_engine.ts";

const collector = (id: string, needs: string[]) => ({
  ...{ id, protocol: "segment", url: `https://${id}.example`, needs },
  options: { write_key: "k" },
});

const config: Config = {
  waymark: 1,
  app: { id: "shop" },
  consent: {
    revision: "2026-11-01",
    purposes: [
      { id: "analytics", basis: "consent", storage: true, before_answer: "hold" },
      { id: "marketing", basis: "consent", before_answer: "drop" },
    ],
    regions: [
      { match: ["US"], model: "opt_out", gpc: "opt_out" },
      { match: ["*"], model: "opt_in" },
    ],
    age: { minimum: 16, unknown: "allow" },
  },
  collectors: [collector("stats", ["analytics"]), collector("ads", ["marketing"])],
};

let platform: MemoryPlatform;
let problems: Problem[];
let logged: jest.Mock;

beforeEach(() => {
  platform = new MemoryPlatform();
  platform.compiled = wasmModule(page_file);
  problems = [];
  console.error = logged = jest.fn();
});

function opening(options?: OpenOptions): Client {
  const client = new Client(platform, config, options);
  client.on("problem", (problem) => problems.push(problem));
  return client;
}

async function open(options?: OpenOptions): Promise<Client> {
  const client = opening(options);
  await client.ready;
  return client;
}

async function recordsOf(client: Client): Promise<any[]> {
  const log = client.consent.records();
  platform.settle();
  return (await log)!.entries;
}

const stateOf = (client: Client, purpose: string) => {
  const { state, why } = client.consent.get()!.purposes[purpose]!;
  return `${state} ${why}`;
};

describe("set", () => {
  test("puts down what the person saw", async () => {
    const client = await open();
    const shown = { text: "sha256:0f", version: "7", language: "de", layer: 1, control: "save" };
    client.consent.set({ analytics: "granted" }, { shown });
    client.consent.set({ marketing: "denied" });
    const [first, second] = await recordsOf(client);
    expect(first).toMatchObject({ by: "person", shown, purposes: { analytics: { state: "granted" } } });
    expect(second).not.toHaveProperty("shown");
  });

  test("refuses a view of the page that is too big, and takes the decision", async () => {
    const client = await open();
    client.consent.set({ analytics: "granted" }, { shown: { text: "x".repeat(2000) } });
    expect(problems).toMatchObject([{ code: "too_big", pointer: "/shown" }]);
    expect(stateOf(client, "analytics")).toBe("granted person");
  });

  test("takes an account's answer where the device has none, and shows where they differ", async () => {
    const client = await open();
    client.consent.set({ analytics: "denied" });
    client.consent.set({ analytics: "granted", marketing: "granted" }, { source: "account" });
    expect(stateOf(client, "marketing")).toBe("granted account");
    expect(client.consent.get()).toMatchObject({
      conflicts: ["analytics"],
      purposes: { analytics: { state: "denied" } },
    });
    const entries = await recordsOf(client);
    expect(entries.map(({ by }) => by)).toEqual(["person", "account"]);
    client.consent.set({ analytics: "granted" });
    expect(client.consent.get()).not.toHaveProperty("conflicts");
    expect(stateOf(client, "analytics")).toBe("granted person");
  });
});

describe("withdraw", () => {
  test.each([
    ["analytics", ["analytics"]],
    [["analytics", "marketing"], ["analytics", "marketing"]],
  ])("%j denies, deletes, and puts both down", async (purposes, denied) => {
    const client = await open();
    client.consent.set(Object.fromEntries(denied.map((purpose) => [purpose, "granted" as const])));
    client.track("viewed");
    platform.settle();
    const before = client.view()!.anonymous_id;
    expect(before).toBeDefined();
    client.consent.withdraw(purposes, { shown: { control: "withdraw" } });
    platform.settle();
    for (const purpose of denied) expect(stateOf(client, purpose)).toBe("denied person");
    expect(client.view()!.anonymous_id).toBeUndefined();
    expect([...platform.store.values.keys()].filter((key) => !key.startsWith("consent/"))).toEqual([]);
    const [, decision, deletion] = await recordsOf(client);
    expect(decision).toMatchObject({ type: "decision", shown: { control: "withdraw" } });
    expect(deletion).toMatchObject({ type: "deletion", purposes: denied, store_cleared: true, ids: 1 });
    client.consent.set({ analytics: "granted" });
    client.track("viewed");
    platform.settle();
    expect(client.view()!.anonymous_id).not.toBe(before);
  });

  test("keeps the other purposes as they are; who grants again gets a new id", async () => {
    const client = await open();
    client.consent.set({ analytics: "granted", marketing: "granted" });
    client.track("viewed");
    platform.settle();
    const before = client.view()!.anonymous_id;
    client.consent.withdraw("analytics");
    platform.settle();
    expect(stateOf(client, "marketing")).toBe("granted person");
    client.consent.set({ analytics: "granted" });
    client.track("viewed");
    platform.settle();
    expect(client.view()!.anonymous_id).not.toBe(before);
  });

  test("of what there is not is a problem and no decision", async () => {
    const client = await open();
    client.consent.withdraw("nothing");
    expect(problems).toHaveLength(1);
    expect(problems[0]!.pointer).toContain("nothing");
    expect(await recordsOf(client)).toEqual([]);
  });
});

describe("explain", () => {
  test("tells of each collector what becomes of an event now, and changes nothing", async () => {
    const client = await open();
    client.consent.set({ marketing: "denied" });
    const before = client.view();
    expect(client.consent.explain({ type: "track", name: "viewed" })).toMatchObject({
      off: false,
      collectors: {
        stats: {
          wanted: true,
          verdict: "hold",
          because: [{ purpose: "analytics", state: "unknown", why: "default" }],
        },
        ads: { verdict: "drop", because: [{ purpose: "marketing", state: "denied", why: "person" }] },
      },
    });
    expect(client.view()).toEqual(before);
    client.narrow({ off: true });
    expect(client.consent.explain({ type: "page" })).toMatchObject({ off: true });
  });

  test("is undefined before the engine is there, and after the end", async () => {
    const client = opening();
    expect(client.consent.explain({ name: "viewed" })).toBeUndefined();
    await client.ready;
    client.close();
    expect(client.consent.explain({ name: "viewed" })).toBeUndefined();
  });

  test("of what cannot be written lets no error out, and the client goes on", async () => {
    const client = await open();
    const cycle: any = {};
    cycle.name = cycle;
    expect(client.consent.explain(cycle)).toBeUndefined();
    expect(logged).toHaveBeenCalledTimes(1);
    client.consent.set({ analytics: "granted" });
    expect(stateOf(client, "analytics")).toBe("granted person");
  });
});

describe("records", () => {
  test("answers each request with the log as it stood, in their order", async () => {
    const client = await open();
    const order: string[] = [];
    const ask = (name: string) =>
      client.consent.records().then((log) => {
        order.push(name);
        return log!.entries.length;
      });
    client.consent.set({ analytics: "granted" });
    const first = ask("first");
    client.consent.set({ marketing: "granted" });
    const second = ask("second");
    const third = ask("third");
    platform.settle();
    expect(await Promise.all([first, second, third])).toEqual([1, 2, 2]);
    expect(order).toEqual(["first", "second", "third"]);
  });

  test("ends with its anchor, and is chained", async () => {
    const client = await open();
    client.consent.set({ analytics: "granted" });
    client.consent.withdraw("analytics");
    const log = client.consent.records();
    platform.settle();
    const { entries, anchor } = (await log) as DecisionLog;
    expect(anchor).toBe(entries.at(-1)!.hash);
    expect(entries.map(({ previous }) => previous)).toEqual([
      undefined,
      ...entries.slice(0, -1).map(({ hash }) => hash),
    ]);
  });

  test("asked for before the engine is there comes after what was decided before", async () => {
    const client = opening();
    client.consent.set({ analytics: "denied" });
    const log = client.consent.records();
    await client.ready;
    platform.settle();
    expect((await log)!.entries).toHaveLength(1);
  });

  test("holds nobody up who asks a client that is closed, or closes it meanwhile", async () => {
    const before = opening();
    const never_opened = before.consent.records();
    before.close();
    expect(await never_opened).toBeUndefined();
    const client = await open();
    client.consent.set({ analytics: "granted" });
    const answered = recordsOf(client);
    // A database that takes its time.
    platform.store.run = () => {};
    const meanwhile = client.consent.records();
    client.close();
    expect(await meanwhile).toBeUndefined();
    expect(await client.consent.records()).toBeUndefined();
    expect(await answered).toHaveLength(1);
  });

  test("of a config that is refused is undefined", async () => {
    const client = new Client(platform, { ...config, app: 7 } as any);
    const log = client.consent.records();
    await expect(client.ready).rejects.toThrow("/app");
    expect(await log).toBeUndefined();
  });
});

describe("facts", () => {
  test("the options come before every call, in whatever order those were made", async () => {
    const client = opening({ region: "US-CA", age: 15 });
    client.consent.set({ analytics: "granted" });
    await client.ready;
    platform.settle();
    expect(client.consent.get()).toMatchObject({ region: "US-CA", model: "opt_out" });
    expect(stateOf(client, "analytics")).toBe("denied age");
    for (const entry of await recordsOf(client)) expect(entry.region).toBe("US-CA");
  });

  test.each([
    [{ age: 0 }, "denied age"],
    [{ age: 15 }, "denied age"],
    [{ age: 16 }, "unknown default"],
    [{ age: NaN }, "unknown default"],
    [{ age: undefined }, "unknown default"],
    [{ region: "" }, "unknown default"],
    [{ region: "US" }, "granted default"],
  ])("the options %j", async (options, state) => {
    const client = await open(options);
    expect(stateOf(client, "analytics")).toBe(state);
    expect(problems).toEqual([]);
  });

  test("signal tells one at any time", async () => {
    const client = await open();
    expect(client.consent.get()!.model).toBe("opt_in");
    client.signal("gpc", true);
    client.signal("region", "US-CA", "server");
    expect(client.consent.get()).toMatchObject({ region: "US-CA", model: "opt_out" });
    expect(stateOf(client, "marketing")).toBe("denied gpc");
    client.consent.set({ marketing: "granted" });
    expect(client.consent.get()!.contradictions).toEqual(["marketing"]);
    const entries = await recordsOf(client);
    expect(entries[0]).toMatchObject({ by: "gpc", region: "US-CA", signals: ["gpc"] });
  });

  test("a fact that there is not, or of a wrong kind, allows nothing", async () => {
    const client = await open({ region: "DE", age: 15 });
    const before = client.consent.get();
    expect(stateOf(client, "analytics")).toBe("denied age");
    client.signal("moon", true);
    client.signal("age", "old");
    client.signal("age", BigInt(20));
    client.signal("region", 7);
    expect(client.consent.get()).toEqual(before);
  });
});

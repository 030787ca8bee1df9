// The client on the real engine, over the fake platform: from a call to the request, and the
// promises of the package that only the two together can keep.

import { beforeAll, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { gunzipSync } from "node:zlib";
import { Client } from "../src/core/client.ts";
import type { Config, Problem } from "../src/core/types.ts";
import { MemoryPlatform } from "../src/platform/memory/index.ts";
import { page_file, wasmModule } from "./raw_engine.ts";

const config: Config = {
  waymark: 1,
  app: { id: "shop" },
  consent: {
    revision: "1",
    purposes: [{ id: "analytics", basis: "consent", storage: true, before_answer: "hold" }],
    regions: [{ match: ["*"], model: "opt_in" }],
  },
  collectors: [
    {
      id: "segment",
      protocol: "segment",
      url: "https://c.example",
      needs: ["analytics"],
      options: { write_key: "k" },
    },
  ],
};

let module: WebAssembly.Module;
let platform: MemoryPlatform;
let problems: Problem[];

beforeAll(() => {
  module = wasmModule(page_file);
});

beforeEach(() => {
  platform = freshPlatform();
  problems = [];
  console.error = jest.fn();
});

function freshPlatform(): MemoryPlatform {
  const platform = new MemoryPlatform();
  platform.compiled = module;
  return platform;
}

async function open(on = platform): Promise<Client> {
  const client = new Client(on, config);
  client.on("problem", (problem) => problems.push(problem));
  await client.ready;
  return client;
}

/** The events of all requests so far, answered with success. */
function delivered(on = platform): any[] {
  return on.exchanges.splice(0).flatMap(({ request, answer }) => {
    const packed = request.headers["Content-Encoding"] === "gzip";
    const text = packed ? gunzipSync(request.body!) : Buffer.from(request.body!);
    answer({ status: 200 });
    return JSON.parse(text.toString()).batch;
  });
}

/** What the store holds, without the names of single things. */
function kinds(): string[] {
  const kind = (key: string) => key.split("/").slice(0, 2).join("/");
  return [...new Set([...platform.store.values.keys()].map(kind))].sort();
}

describe("consent", () => {
  test("before an answer nothing is stored and nothing is sent", async () => {
    const client = await open();
    client.track("viewed");
    client.identify("u1");
    client.flush();
    platform.advance(60_000);
    platform.tell({ type: "lifecycle", state: "closing" });
    expect(platform.exchanges).toEqual([]);
    expect(platform.store.values.size).toBe(0);
    expect(client.consent.get()!.purposes.analytics!.state).toBe("unknown");
  });

  test("once granted, what was held is sent with the time at which it happened", async () => {
    const client = await open();
    client.track("viewed", { price: 49 });
    platform.advance(2000);
    client.consent.set({ analytics: "granted" });
    client.flush();
    platform.advance(10_000);
    const [event] = delivered();
    expect(event).toMatchObject({ type: "track", event: "viewed", properties: { price: 49 } });
    expect(Date.parse(event.timestamp)).toBe(1793817970000);
  });

  test("once denied, what was held is gone", async () => {
    const client = await open();
    client.track("viewed");
    client.consent.set({ analytics: "denied" });
    client.flush();
    platform.advance(60_000);
    expect(delivered()).toEqual([]);
    expect(kinds()).toEqual(["consent/log", "consent/record"]);
  });

  test("withdrawn, the stored queue is gone before it was sent", async () => {
    const client = await open();
    client.consent.set({ analytics: "granted" });
    client.track("viewed");
    platform.settle();
    expect([...platform.store.values.keys()].some((key) => key.startsWith("outbox/"))).toBe(true);
    client.consent.set({ analytics: "denied" });
    platform.advance(60_000);
    expect(delivered()).toEqual([]);
    expect(kinds()).toEqual(["consent/log", "consent/record"]);
  });

  test("the decision holds for the next page", async () => {
    const first = await open();
    first.consent.set({ analytics: "granted" });
    platform.settle();
    const next = freshPlatform();
    for (const [key, value] of platform.store.values) next.store.values.set(key, value);
    const client = await open(next);
    expect(client.consent.get()!.purposes.analytics!.state).toBe("granted");
  });

  test("listeners of the view hear of a decision", async () => {
    const client = await open();
    const states: unknown[] = [];
    client.on("view", (view) => states.push(view.consent.purposes.analytics!.state));
    client.consent.set({ analytics: "granted" });
    expect(states).toContain("granted");
  });
});

describe("delivery", () => {
  test("calls of one task are one record, and one request", async () => {
    const client = await open();
    client.consent.set({ analytics: "granted" });
    platform.advance(100);
    for (let i = 0; i < 20; i++) client.track("viewed", { i });
    platform.settle();
    const records = [...platform.store.values.keys()].filter((key) => key.startsWith("outbox/"));
    expect(records).toHaveLength(1);
    client.flush();
    platform.advance(10_000);
    expect(platform.exchanges).toHaveLength(1);
    expect(delivered().map(({ properties }) => properties.i)).toEqual([...Array(20).keys()]);
  });

  test("a page that closes hands over its events in the same call", async () => {
    const client = await open();
    client.consent.set({ analytics: "granted" });
    platform.advance(10_000);
    client.track("last");
    platform.tell({ type: "lifecycle", state: "closing" });
    expect(platform.exchanges[0]!.request.transport).toBe("beacon");
    expect(delivered().map(({ event }) => event)).toEqual(["last"]);
  });

  test("what a refused request held is sent again with the same ids", async () => {
    const client = await open();
    client.consent.set({ analytics: "granted" });
    client.track("viewed");
    client.flush();
    platform.advance(10_000);
    const { request, answer } = platform.exchanges.shift()!;
    answer({ status: 503 });
    platform.advance(60_000);
    const [event] = delivered();
    const packed = request.headers["Content-Encoding"] === "gzip";
    const text = packed ? gunzipSync(request.body!) : Buffer.from(request.body!);
    expect(JSON.parse(text.toString()).batch[0].messageId).toBe(event.messageId);
  });

  test("an event above the standing buffer arrives whole", async () => {
    const client = await open();
    client.consent.set({ analytics: "granted" });
    const text = "é€😀".repeat(3000);
    client.track("large", { text });
    client.track("small", { text: "😀" });
    client.flush();
    platform.advance(10_000);
    expect(delivered().map(({ properties }) => properties.text)).toEqual([text, "😀"]);
  });

  test("memory that grows under way harms nothing", async () => {
    const client = await open();
    client.consent.set({ analytics: "granted" });
    const text = "x".repeat(30_000);
    for (let i = 0; i < 300; i++) client.track("large", { i, text });
    for (let i = 0; i < 200; i++) {
      client.flush();
      platform.advance(5000);
      delivered();
    }
    client.track("after");
    client.flush();
    platform.advance(10_000);
    expect(delivered().map(({ event }) => event)).toContain("after");
  });
});

describe("wrong input", () => {
  test("is a problem, and the next event is taken", async () => {
    const client = await open();
    client.consent.set({ analytics: "granted" });
    client.track(undefined as any);
    client.track("x".repeat(300));
    client.track("n", { big: 10n });
    client.consent.set({ unheard: "granted" });
    client.track("good");
    client.flush();
    platform.advance(10_000);
    expect(delivered().map(({ event }) => event)).toEqual(["good"]);
    expect(problems.map(({ pointer }) => pointer)).toEqual(
      expect.arrayContaining(["/name", "/properties/big"]),
    );
  });

  test("in the config rejects ready with the place and what is allowed", async () => {
    const client = new Client(platform, { ...config, collectors: [{}] } as any);
    const error: any = await client.ready.catch((error) => error);
    expect(error.code).toBe("config_refused");
    expect(error.problems.map(({ pointer }: Problem) => pointer)).toContain("/collectors/0/needs");
    expect(error.message).toMatch(/\/collectors\/0\/needs: found .*; allowed: /);
  });
});

test("two clients live side by side", async () => {
  const other = freshPlatform();
  const [a, b] = [await open(), await open(other)];
  a.consent.set({ analytics: "granted" });
  b.consent.set({ analytics: "denied" });
  for (const client of [a, b]) client.track("viewed");
  for (const client of [a, b]) client.flush();
  platform.advance(10_000);
  other.advance(10_000);
  expect([delivered().length, delivered(other).length]).toEqual([1, 0]);
});

test("nothing is left to do after close", async () => {
  const client = await open();
  client.consent.set({ analytics: "granted" });
  client.track("viewed");
  client.close();
  expect(delivered()).toHaveLength(1);
  expect(platform.timers_ms).toEqual([]);
  expect(client.view()).toBeUndefined();
});

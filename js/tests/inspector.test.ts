// What the inspector sees of the real engine, and that it changes nothing.

import { readFileSync } from "node:fs";
import { beforeAll, beforeEach, expect, test } from "@jest/globals";
import { Client } from "../src/core/client.ts";
import { collectorsAt } from "../src/inspector/collectors.ts";
import { gapOf, stopsOf } from "../src/inspector/journey.ts";
import { Log, type SeenEvent } from "../src/inspector/log.ts";
import { graphOf } from "../src/inspector/people.ts";
import { watch } from "../src/inspector/watch.ts";
import { MemoryPlatform } from "../src/platform/memory/index.ts";

const config: any = {
  waymark: 1,
  app: { id: "t" },
  consent: {
    revision: "1",
    purposes: [
      { id: "analytics", basis: "consent", storage: true, before_answer: "hold" },
      { id: "ads", basis: "consent", before_answer: "drop" },
    ],
  },
  collectors: [
    ...[
      ["cdp", "analytics"],
      ["ads", "ads"],
    ].map(([id, purpose]) => ({
      ...{ id, protocol: "segment", url: `https://${id}.example`, needs: [purpose] },
      options: { write_key: "k", gzip: false },
    })),
  ],
  delivery: { flush_ms: 0 },
};

let module: WebAssembly.Module;
let platform: MemoryPlatform;
let log: Log;

beforeAll(async () => {
  const bytes = readFileSync(new URL("../dist/waymark.wasm", import.meta.url));
  module = await WebAssembly.compile(bytes);
});

beforeEach(() => {
  platform = new MemoryPlatform();
  platform.compiled = module;
  log = new Log(config, () => {});
});

const watched = (client: Client) => watch(client, (...heard) => log.hear(...heard));
const events = () => log.seen.filter((one): one is SeenEvent => one.kind === "event");

/** Lets all happen that will, and the bodies be read. */
async function settled() {
  for (let round = 0; round < 5; round++) {
    platform.advance(1000);
    for (const { answer } of platform.exchanges) answer({ status: 200 });
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

test("sees every event from the beginning, with verdicts, reasons and answers", async () => {
  const client = new Client(platform, config);
  watched(client);
  client.track("early", { a: 1 });
  await client.ready;
  client.consent.set({ analytics: "granted" });
  platform.advance(10);
  client.track("late");
  await settled();
  const [early, late] = events();
  expect(early).toMatchObject({ name: "early", off: false, call: { properties: { a: 1 } } });
  expect(early!.verdicts.cdp).toMatchObject({ wanted: true, verdict: "hold" });
  expect(early!.verdicts.ads!.because).toEqual([
    { purpose: "ads", state: "unknown", why: "default" },
  ]);
  expect(late!.verdicts.cdp!.verdict).toBe("admit");
  for (const event of [early, late]) {
    expect(event!.requests).toMatchObject({ cdp: { status: 200, collectors: ["cdp"] } });
  }
  expect(log.seen.map(({ kind }) => kind)).toEqual(["event", "decision", "event"]);
  expect(log.writes.map(({ key }) => key)).toContain("consent/record");
});

test("comes late, and leaves nothing behind", async () => {
  const client = new Client(platform, config);
  await client.ready;
  client.track("before");
  platform.settle();
  const end = watched(client);
  client.track("meanwhile");
  platform.settle();
  end();
  client.track("afterwards");
  platform.settle();
  expect(events().map(({ name }) => name)).toEqual(["meanwhile"]);
  expect(Object.keys(client._engine!)).not.toContain("handle");
  expect(client.view()!.queue.held).toBe(3);
});

test("a fault of the inspector is not one of the page", async () => {
  const logged: unknown[] = [];
  console.error = (...words) => void logged.push(words);
  const client = new Client(platform, config);
  await client.ready;
  watch(client, () => {
    throw new Error("of the inspector");
  });
  client.track("one");
  platform.settle();
  expect(client.view()!.queue.held).toBe(1);
  expect(logged).toHaveLength(1);
});

test("what it changes is nothing: the same requests with it and without", async () => {
  const bodies = async (inspected: boolean) => {
    platform = new MemoryPlatform();
    platform.compiled = module;
    const client = new Client(platform, config);
    if (inspected) watched(client);
    await client.ready;
    client.consent.set({ analytics: "granted", ads: "granted" });
    client.identify("u", { plan: "free" });
    client.track("bought", { total: 3 });
    await settled();
    return platform.exchanges.map(({ request }) => new TextDecoder().decode(request.body));
  };
  const without = await bodies(false);
  expect(without.length).toBeGreaterThan(1);
  expect(await bodies(true)).toEqual(without);
});

test("holds a bounded number of everything", () => {
  const now = { wall_ms: 1, mono_ms: 1 };
  for (let at = 0; at < 2000; at++) {
    const effect = { type: "store_put", effect_id: at, key: `k${at}`, value: new Uint8Array(1) };
    const output: any = { effects: [effect], problems: [], wake_at_ms: null };
    log.hear({ type: "track", name: `n${at}`, now }, undefined, output);
  }
  expect(log.seen.length).toBe(500);
  expect(events().at(-1)!.name).toBe("n1999");
  expect(log.writes.length).toBe(100);
});

test("whose a request is", () => {
  const both = {
    collectors: [
      { id: "s", protocol: "segment", url: "http://127.0.0.1:8802" },
      { id: "p", protocol: "snowplow", url: "http://127.0.0.1:8802/" },
      { id: "own", protocol: "generic", url: "https://c.example/in" },
      { id: "other", protocol: "generic", url: "https://c.example/inner" },
    ],
  };
  expect(collectorsAt("http://127.0.0.1:8802/v1/batch", both)).toEqual(["s"]);
  expect(collectorsAt("http://127.0.0.1:8802/com.snowplowanalytics.snowplow/tp2", both)).toEqual([
    "p",
  ]);
  expect(collectorsAt("https://c.example/in?x=1", both)).toEqual(["own"]);
  expect(collectorsAt("https://c.example/inner", both)).toEqual(["other"]);
  expect(collectorsAt("https://d.example/", both)).toEqual([]);
  expect(collectorsAt("https://d.example/", undefined)).toEqual([]);
});

test("ids and what joined them, each once", () => {
  const view = (ids: object) => ({ ...ids }) as any;
  const session = { id: "s1" };
  log.look(view({}), 0);
  log.look(view({ anonymous_id: "a1", session }), 1);
  log.hear({ type: "identify", now: { wall_ms: 2 } }, undefined, undefined);
  log.look(view({ anonymous_id: "a1", user_id: "u", session }), 2);
  log.look(view({ anonymous_id: "a1", user_id: "u", session }), 3);
  log.hear({ type: "reset", now: { wall_ms: 4 } }, undefined, undefined);
  log.look(view({ anonymous_id: "a2", session: { id: "s2" } }), 4);
  const { nodes, edges } = graphOf(log.persons);
  expect(nodes.map(({ key, current }) => [key, current])).toEqual([
    ...[
      ["session s1", false],
      ["anonymous a1", false],
      ["user u", false],
    ],
    ...[
      ["session s2", true],
      ["anonymous a2", true],
    ],
  ]);
  expect(edges.map(({ from, to, how }) => `${from} - ${to}: ${how}`)).toEqual([
    "session s1 - anonymous a1: visits",
    "anonymous a1 - user u: identify",
    "session s2 - anonymous a2: visits",
  ]);
});

test("the journey begins with what the engine remembers, and goes on with what is seen", () => {
  const verdict = (verdict: string, wanted = true) => ({ wanted, verdict, because: [] }) as any;
  const event = (at_ms: number, verdicts: object, call: object = {}) =>
    ({
      kind: "event",
      number: 1,
      at_ms,
      type: "track",
      name: `n${at_ms}`,
      call,
      verdicts,
      requests: {},
    }) as any;
  const seen = [
    event(1000, { a: verdict("hold"), b: verdict("drop") }),
    { kind: "decision", number: 2, at_ms: 1500, text: "analytics granted" } as const,
    { kind: "fact", number: 3, at_ms: 1600, text: "the page is hidden" } as const,
    event(
      2000,
      { a: verdict("admit", false), b: verdict("drop") },
      { properties: { channel: "store" } },
    ),
    event(3000, { a: verdict("deidentify"), b: verdict("admit") }),
  ];
  const touches = [{ channel: "paid", source: "ads", campaign: "autumn", time_ms: 10 }];
  const stops = stopsOf(seen, "web", { touches });
  expect(stops.map(({ channel, kind, label }) => [channel, kind, label])).toEqual([
    ["paid", "before", "ads, autumn"],
    ["web", "held", "n1000"],
    ["consent", "decision", "analytics granted"],
    ["store", "dropped", "n2000"],
    ["web", "sent", "n3000"],
  ]);
  expect([gapOf(59_000), gapOf(90_000), gapOf(3 * 36e5), gapOf(2 * 864e5)]).toEqual([
    ...["", "2 min", "3 h", "2 d"],
  ]);
});

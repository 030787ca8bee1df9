// The simulator of the studio: what it shows is what the engine did.

import { readFileSync } from "node:fs";
import { beforeAll, expect, test } from "@jest/globals";
import type { Step } from "../src/policy/scenario.ts";
import { type Lane, play, type Visitor } from "../../samples/consent-studio/src/simulator.ts";

const read = (path: string) => readFileSync(new URL(path, import.meta.url));
const config = JSON.parse(read("../../samples/consent-studio/policies/shop.json").toString());
const german: Visitor = { region: "DE", gpc: false, dnt: false };

let module: WebAssembly.Module;

beforeAll(async () => {
  module = await WebAssembly.compile(read("../dist/waymark-tools.wasm"));
});

const order: Step = {
  track: "order_completed",
  properties: { order_id: "1017", total: 49, currency: "EUR", coupon: "AUTUMN" },
};

const outcomesOf = (lanes: Record<string, Lane>) =>
  Object.fromEntries(Object.entries(lanes).map(([id, { outcome }]) => [id, outcome]));

const got = (lane: Lane | undefined, path: string) =>
  lane?.delivery?.fields.find(([at]) => at === path)?.[1];

test("before an answer one waits, one is gone, and one names nobody", async () => {
  const { steps, refused, consent } = await play(module, config, german, [order]);
  expect(refused).toEqual([]);
  expect(consent!.due).toEqual(["analytics", "marketing"]);
  const [first] = steps;
  expect(outcomesOf(first!.lanes)).toEqual({
    warehouse: "held",
    ads: "dropped",
    counts: "deidentified",
  });
  expect(first!.held).toBe(1);
  expect(first!.lanes.warehouse!.delivery).toBeUndefined();
  expect(first!.lanes.counts!.delivery!.url).toBe("https://otel.fingerpost.example/v1/logs");
});

test("what waited goes to whom it was for, as it was, once somebody says yes", async () => {
  const steps = [{ page: "Home" }, order, { answer: { analytics: "granted" } }] as Step[];
  const visit = await play(module, config, german, steps);
  const [page, bought, answer] = visit.steps;
  for (const { lanes } of [page!, bought!]) {
    expect(lanes.warehouse).toMatchObject({ outcome: "sent", waited: true, delivery: { at: 2 } });
    expect(lanes.warehouse!.because).toEqual([
      { purpose: "analytics", state: "granted", why: "person" },
    ]);
  }
  expect(got(page!.lanes.warehouse, "/type")).toBe("page");
  expect(got(bought!.lanes.warehouse, "/properties/order_id")).toBe("1017");
  expect(answer!.held).toBe(0);
});

test("what waited is dropped when somebody says no", async () => {
  const visit = await play(module, config, german, [order, { answer: { analytics: "denied" } }]);
  expect(visit.steps[0]!.lanes.warehouse).toMatchObject({ outcome: "dropped", waited: true });
});

test("fields that rules take away are named, with the rule", async () => {
  const visit = await play(module, config, german, [
    { answer: { analytics: "granted", marketing: "granted" } },
    order,
    { identify: "kim", traits: { email: "kim@example.com" } },
  ]);
  const { ads, warehouse } = visit.steps[1]!.lanes;
  expect(got(ads, "/properties/coupon")).toBeUndefined();
  expect(got(warehouse, "/properties/coupon")).toBe("AUTUMN");
  expect(ads!.fates).toContainEqual({
    path: "/properties/coupon",
    fate: "dropped",
    rule: "/collectors/1/fields/0",
    needs: [],
  });
  const named = visit.steps[2]!.lanes;
  expect(named.ads!.outcome).toBe("unwanted");
  expect(got(named.warehouse, "/traits/email")).toMatch(/^[0-9a-f]{64}$/);
});

test("a signal of the browser counts where the policy says so", async () => {
  const there = { region: "US-CA", dnt: false };
  const quiet = await play(module, config, { ...there, gpc: false }, [order]);
  const loud = await play(module, config, { ...there, gpc: true }, [order]);
  expect(quiet.steps[0]!.lanes.ads!.outcome).toBe("sent");
  expect(loud.steps[0]!.lanes.ads!.outcome).toBe("dropped");
  expect(loud.steps[0]!.lanes.ads!.because).toContainEqual({
    ...{ purpose: "marketing", state: "denied", why: "gpc" },
  });
});

test("the same visit ends the same way", async () => {
  const steps = [order, { answer: { analytics: "granted" } }, { page: "Home" }] as Step[];
  const [once, twice] = [0, 1].map(() => play(module, config, german, steps));
  expect(await once).toEqual(await twice);
});

test("a policy that the engine refuses says why", async () => {
  const broken = { ...config, waymark: 2 };
  const { refused, steps } = await play(module, broken, german, [order]);
  expect(refused[0]).toMatchObject({ pointer: "/waymark" });
  expect(steps).toEqual([]);
});

const protocols = [
  ...[
    ["segment", { write_key: "k" }],
    ["rudderstack", { write_key: "k" }],
  ],
  ...[
    ["posthog", { api_key: "k" }],
    ["posthog", { api_key: "k", version: "v1" }],
  ],
  ...[
    ["amplitude", { api_key: "k" }],
    ["mixpanel", { token: "k" }],
    ["matomo", { site_id: 1 }],
  ],
  ...[
    ["ga4", { measurement_id: "G-1" }],
    ["snowplow", {}],
    ["snowplow", { method: "get" }],
  ],
  ...[
    ["cloudevents", {}],
    ["otlp", {}],
    ["otlp", { encoding: "protobuf" }],
  ],
  ...[
    ["plausible", { domain: "s.example" }],
    ["umami", { website_id: "u" }],
  ],
  ...[["jitsu", { write_key: "k" }]],
  ["generic", { event: { n: { $: "/name" }, total: { $: "/properties/total" } }, batch: "lines" }],
] as [string, object][];

test.each(protocols)("what goes out can be read: %s %j", async (protocol, options) => {
  const collector = {
    id: "one",
    protocol,
    url: "https://c.example",
    needs: ["analytics"],
    options,
  };
  const one = { ...config, consent: { ...config.consent, vendors: [] }, collectors: [collector] };
  const steps: Step[] = [order, order, { answer: { analytics: "granted" } }, order];
  const visit = await play(module, one, german, steps);
  expect(visit.refused).toEqual([]);
  for (const at of [0, 1, 3]) {
    const { outcome, delivery } = visit.steps[at]!.lanes.one!;
    expect(outcome).toBe("sent");
    expect(delivery!.opaque).toBe(false);
    const values = delivery!.fields.map(([, value]) => value);
    expect(values.join(" ")).toMatch(/\b49\b/);
    // One event, and not the request with all of them.
    expect(values.filter((value) => /^49(\.0+)?$/.test(value)).length).toBeLessThan(4);
  }
});

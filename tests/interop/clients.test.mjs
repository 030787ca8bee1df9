// Published clients send to the sample collector: they judge its decoders, which have to read without a problem
// what the vendors' own code writes, and to answer so that this code is content.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";

import { startCollector } from "../../scripts/lib/servers.mjs";
import { arrivals } from "./arrivals.mjs";

let server;
const to = (protocol) => `${server.url}/${protocol}`;

before(async () => { server = await startCollector(0); });
after(() => server?.stop());
beforeEach(() => fetch(`${server.url}/reset`, { method: "POST" }));

const ORDER = { order_id: "order-1", total: 14.7, currency: "EUR" };
const arrived = (count, protocol) => arrivals(server.url, count, protocol);

/** What every client's event has to be: read as a track call of the order, and without a problem. */
function assertOrder(event, name = "Order Completed") {
  assert.equal(event.kind, "track");
  assert.equal(event.name, name);
  assert.equal(event.order_id, "order-1");
  assert.deepEqual(event.problems, []);
}

test("@segment/analytics-node", async () => {
  const { Analytics } = await import("@segment/analytics-node");
  const client = new Analytics({ writeKey: "key", host: to("segment"), maxEventsInBatch: 5 });
  client.track({ userId: "user-1", event: "Order Completed", properties: ORDER });
  client.identify({ userId: "user-1", traits: { plan: "gold" } });
  client.page({ anonymousId: "device-1", name: "Home" });
  client.group({ userId: "user-1", groupId: "group-1" });
  client.alias({ userId: "user-1", previousId: "device-1" });
  await client.closeAndFlush();
  const events = await arrived(5, "segment");
  assertOrder(events[0]);
  assert.ok(events[0].message_id);
  assert.deepEqual(events.map(({ kind }) => kind), ["track", "identify", "page", "group", "alias"]);
  assert.deepEqual(events.flatMap(({ problems }) => problems), []);
});

test("@rudderstack/rudder-sdk-node", async () => {
  const { default: Rudder } = await import("@rudderstack/rudder-sdk-node");
  for (const gzip of [true, false]) {
    await fetch(`${server.url}/reset`, { method: "POST" });
    const client = new Rudder("key", { dataPlaneUrl: to("rudderstack"), gzip });
    client.track({ userId: "user-1", event: "Order Completed", properties: ORDER });
    client.page({ userId: "user-1", name: "Home" });
    await client.flush();
    const events = await arrived(2, "rudderstack");
    assertOrder(events[0]);
    assert.equal(events[0].encoding, gzip ? "gzip" : "identity");
    assert.deepEqual(events[1].problems, []);
  }
});

test("@snowplow/node-tracker, POST and GET, base64 and not", async () => {
  const { buildSelfDescribingEvent, buildPageView, newTracker } = await import("@snowplow/node-tracker");
  const event = { schema: "iglu:com.snowplowanalytics.snowplow.ecommerce/snowplow_ecommerce_action/jsonschema/1-0-2", data: { type: "transaction" } };
  const transaction = { schema: "iglu:com.snowplowanalytics.snowplow.ecommerce/transaction/jsonschema/1-0-0", data: { transaction_id: "order-1", revenue: 14.7, currency: "EUR" } };
  for (const [eventMethod, encodeBase64] of [["post", true], ["post", false], ["get", true]]) {
    await fetch(`${server.url}/reset`, { method: "POST" });
    const tracker = newTracker({ namespace: "t", appId: "shop", encodeBase64 }, { endpoint: server.url, eventMethod, bufferSize: 1 });
    tracker.setUserId("user-1");
    tracker.track(buildSelfDescribingEvent({ event }), [transaction]);
    tracker.track(buildPageView({ pageUrl: "https://shop.example/", pageTitle: "Home" }));
    await tracker.flush();
    const [order, page] = (await arrived(2, "snowplow")).sort((a, b) => b.kind.localeCompare(a.kind));
    assertOrder(order, "transaction");
    assert.equal(order.user_id, "user-1");
    assert.equal(order.variant, eventMethod === "get" ? "GET" : null);
    assert.equal(page.name, "Home");
    assert.deepEqual(page.problems, []);
  }
});

for (const version of ["v0", "v1"]) {
  test(`posthog-node, capture ${version}`, async () => {
    process.env.POSTHOG_CAPTURE_MODE = version;
    const { PostHog } = await import("posthog-node");
    const client = new PostHog("phc_test", { host: to("posthog"), flushAt: 2, disableGeoip: true });
    client.capture({ distinctId: "person-1", event: "Order Completed", properties: ORDER });
    client.identify({ distinctId: "person-1", properties: { plan: "gold" } });
    await client.shutdown();
    delete process.env.POSTHOG_CAPTURE_MODE;
    const [order, identify] = await arrived(2, "posthog");
    assertOrder(order);
    assert.equal(order.variant, version === "v1" ? "v1" : null);
    assert.equal(identify.kind, "identify");
    assert.deepEqual(identify.problems, []);
  });
}

test("posthog-node sends again what it was told to, and only that", async () => {
  process.env.POSTHOG_CAPTURE_MODE = "v1";
  const { PostHog } = await import("posthog-node");
  await fetch(`${server.url}/faults`, { method: "POST", body: JSON.stringify({ mode: "partial", every: 2, verdict: "retry" }) });
  const client = new PostHog("phc_test", { host: to("posthog"), flushAt: 4, disableGeoip: true });
  for (const name of ["a", "b", "c", "d"]) client.capture({ distinctId: "person-1", event: name });
  await client.shutdown();
  delete process.env.POSTHOG_CAPTURE_MODE;
  const events = await arrived(4, "posthog");
  await fetch(`${server.url}/faults`, { method: "POST", body: JSON.stringify({ mode: "none" }) });
  assert.deepEqual(events.map(({ name }) => name).sort(), ["a", "b", "c", "d"]);
  assert.deepEqual(events.map(({ duplicates }) => duplicates), [0, 0, 0, 0]);
  const requests = await (await fetch(`${server.url}/requests.json`)).json();
  assert.deepEqual(requests.map(({ events: taken, retry }) => [taken, retry]), [[2, 2], [1, 1], [1, 0]]);
});

test("@amplitude/analytics-node sends again what stood beside a wrong event", async () => {
  const { createInstance } = await import("@amplitude/analytics-node");
  const client = createInstance();
  await client.init("key", { serverUrl: `${to("amplitude")}/2/httpapi`, flushQueueSize: 10, flushIntervalMillis: 50 }).promise;
  const sent = ["user-1", "u", "user-2"].map((user_id) => client.track("Order Completed", ORDER, { user_id, device_id: "device-1" }).promise);
  const codes = (await Promise.all(sent)).map(({ code }) => code);
  assert.deepEqual(codes, [200, 400, 200]);
  assert.deepEqual((await arrived(2, "amplitude")).map(({ user_id }) => user_id), ["user-1", "user-2"]);
});

test("@amplitude/analytics-node", async () => {
  const { createInstance } = await import("@amplitude/analytics-node");
  for (const [serverUrl, variant] of [[`${to("amplitude")}/2/httpapi`, null], [`${to("amplitude")}/batch`, "batch"]]) {
    await fetch(`${server.url}/reset`, { method: "POST" });
    const client = createInstance();
    await client.init("key", { serverUrl, flushQueueSize: 10, flushIntervalMillis: 50 }).promise;
    client.track("Order Completed", ORDER, { user_id: "user-1", device_id: "device-1", time: Date.now() });
    const result = await client.flush().promise;
    assert.ok(result === undefined || Array.isArray(result) || result);
    const [order] = await arrived(1, "amplitude");
    assertOrder(order);
    assert.equal(order.variant, variant);
    assert.equal(order.user_id, "user-1");
  }
});

test("mixpanel", async () => {
  const { default: Mixpanel } = await import("mixpanel");
  const { hostname, port } = new URL(server.url);
  const client = Mixpanel.init("token", { host: hostname, port: Number(port), protocol: "http", path: "/mixpanel", verbose: true });
  const call = (name, ...args) => new Promise((resolve, reject) => client[name](...args, (error) => (error ? reject(error) : resolve())));
  await call("track", "Order Completed", { distinct_id: "user-1", $insert_id: "m-1", ...ORDER });
  await call("track_batch", [{ event: "Order Completed", properties: { distinct_id: "user-1", $insert_id: "m-2", ...ORDER } }]);
  await new Promise((resolve, reject) => client.people.set("user-1", { plan: "gold" }, (error) => (error ? reject(error) : resolve())));
  const events = await arrived(3, "mixpanel");
  assertOrder(events[0]);
  assertOrder(events[1]);
  assert.equal(events[2].kind, "identify");
  assert.deepEqual(events[2].problems, []);
});

test("matomo-tracker, single and bulk", async () => {
  const { default: MatomoTracker } = await import("matomo-tracker");
  const tracker = new MatomoTracker(1, `${to("matomo")}/matomo.php`);
  const failed = new Promise((resolve, reject) => tracker.on("error", reject));
  tracker.track({ url: "https://shop.example/", action_name: "Home", _id: "0123456789abcdef" });
  const order = { url: "https://shop.example/thanks", idgoal: 0, ec_id: "order-1", revenue: 14.7, ec_items: JSON.stringify([["tea-07", "Tea", "", 4.9, 2]]) };
  const answer = await Promise.race([failed, new Promise((resolve) => tracker.trackBulk([order], resolve))]);
  assert.deepEqual(JSON.parse(answer), { status: "success", tracked: 1, invalid: 0 });
  const events = await arrived(2, "matomo");
  assert.equal(events.find(({ kind }) => kind === "page").name, "Home");
  assertOrder(events.find(({ kind }) => kind === "track"), "ecommerce order");
  assert.deepEqual(events.flatMap(({ problems }) => problems), []);
});

test("cloudevents, structured and binary", async () => {
  const { CloudEvent, HTTP } = await import("cloudevents");
  const event = (id) => new CloudEvent({ id, source: "/shop", type: "com.example.order.completed", time: new Date().toISOString(), datacontenttype: "application/json", sessionid: "s-1", data: ORDER });
  for (const message of [HTTP.structured(event("m-1")), HTTP.binary(event("m-2"))]) {
    const answer = await fetch(to("cloudevents"), { method: "POST", headers: message.headers, body: message.body });
    assert.equal(answer.status, 204, await answer.text());
  }
  const batch = JSON.stringify([event("m-3"), event("m-4")]);
  const answer = await fetch(to("cloudevents"), { method: "POST", headers: { "content-type": "application/cloudevents-batch+json" }, body: batch });
  assert.equal(answer.status, 204, await answer.text());
  const events = await arrived(4, "cloudevents");
  for (const one of events) assertOrder(one, "com.example.order.completed");
  assert.deepEqual(events.map(({ session_id }) => session_id), Array(4).fill("s-1"));
});

test("@jitsu/js", async () => {
  const { jitsuAnalytics } = await import("@jitsu/js");
  const client = jitsuAnalytics({ host: to("jitsu"), writeKey: "key:secret" });
  await client.track("Order Completed", ORDER);
  await client.page({ name: "Home" });
  const events = await arrived(2, "jitsu");
  assertOrder(events[0]);
  assert.deepEqual(events[1].problems, []);
});

test("@umami/node", async () => {
  const { Umami } = await import("@umami/node");
  const client = new Umami({ websiteId: "5b1f0d3c-6f0e-4d8c-9b3e-1a2b3c4d5e6f", hostUrl: to("umami") });
  const answer = await client.track({ url: "/thanks", name: "Order Completed", data: ORDER });
  assert.equal(answer.status, 200);
  const [order] = await arrived(1, "umami");
  assertOrder(order);
});

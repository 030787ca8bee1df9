// The collector's own page: one purchase in every dialect, side by side.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";

import { startCollector } from "../../scripts/lib/servers.mjs";
import { launch, newVisitor, until } from "./browser.mjs";
import { PURCHASE, protobufPurchase, purchaseRequests, send } from "./purchase_bodies.mjs";
import { collectorOf } from "./shop.mjs";

let browser, server, collector;

before(async () => {
  browser = await launch();
  server = await startCollector(0);
  collector = collectorOf(server.url);
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

beforeEach(async () => {
  await collector.faults({ mode: "none" });
  await collector.reset();
});

const TITLES = [
  ...["Segment", "Snowplow", "RudderStack", "PostHog", "Amplitude", "Mixpanel", "Google Analytics 4", "Matomo"],
  ...["CloudEvents", "OpenTelemetry", "OpenTelemetry protobuf", "Plausible", "Umami", "Jitsu"],
];

async function sendAll() {
  const requests = [...purchaseRequests(), protobufPurchase()];
  for (const request of requests) {
    const answer = await send(server.url, request);
    assert.ok(answer.ok, `${request.path}: ${answer.status} ${await answer.text()}`);
  }
  return requests;
}

async function openPage(hash = "#dialects") {
  const { page, faults } = await newVisitor(browser);
  page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
  await page.goto(`${server.url}/${hash}`);
  return { page, faults };
}

const cards = (page) => page.locator(".dialect");
const cardOf = (page, title) => cards(page).filter({ has: page.getByRole("heading", { name: title, exact: true }) });

test("the same purchase stands in every dialect, without a problem", async () => {
  await sendAll();
  const { page, faults } = await openPage();
  await until(async () => (await cards(page).count()) === TITLES.length);
  assert.deepEqual(await page.locator(".dialect h3").allInnerTexts(), TITLES);
  assert.equal(await page.locator(".dialect .problems").count(), 0);
  assert.deepEqual((await collector.events()).flatMap(({ problems }) => problems), []);
  assert.equal(await page.locator(".tile").count(), TITLES.length);
  // The order's number is found and marked in each of them.
  for (const title of TITLES) {
    const marks = await cardOf(page, title).locator("mark.order").allInnerTexts();
    assert.ok(marks.length > 0 && marks.every((text) => text === PURCHASE.order_id), title);
  }
  assert.deepEqual(faults, []);
});

test("as sent is what was sent, byte for byte", async () => {
  const requests = await sendAll();
  const { page } = await openPage();
  await until(async () => (await cards(page).count()) === TITLES.length);
  await page.getByText("As sent").click();
  const bodyOf = (protocol) => requests.find((request) => request.protocol === protocol).body;
  const shown = (title) => cardOf(page, title).locator("pre").innerText();
  for (const [title, protocol, of] of [
    ["Segment", "segment", (body) => JSON.stringify(JSON.parse(body).batch[0])],
    ["Snowplow", "snowplow", (body) => JSON.stringify(JSON.parse(body).data[0])],
    ["Matomo", "matomo", (body) => JSON.parse(body).requests[0]],
    ["Google Analytics 4", "ga4", (body) => body],
    ["Plausible", "plausible", (body) => body],
  ]) {
    const want = of(bodyOf(protocol));
    await until(async () => (await shown(title)) !== "…");
    assert.equal(await shown(title), want, title);
  }
  const hex = await shown("OpenTelemetry protobuf");
  const digits = hex.split("\n").map((row) => row.slice(6, 6 + 23)).join(" ").replace(/\s+/g, "");
  const sent = requests.at(-1).body.toString("hex");
  assert.ok(sent.includes(digits) && digits.length > 100, hex);
});

test("touchpoints of two orders stay two, and the arrow keys walk them", async () => {
  await sendAll();
  const [segment, , , , , , ga4] = purchaseRequests();
  await send(server.url, { ...segment, body: segment.body.replaceAll(PURCHASE.order_id, "FP-2").replaceAll(PURCHASE.message_id, "another") });
  await send(server.url, { ...ga4, body: ga4.body.replaceAll(PURCHASE.order_id, "FP-2") });
  const { page } = await openPage();
  const counts = () => page.locator(".touchpoint-count").allInnerTexts();
  await until(async () => (await counts()).length === 2);
  assert.deepEqual(await counts(), ["2 dialects · FP-2", `${TITLES.length} dialects · ${PURCHASE.order_id}`]);
  // While nobody has chosen, the one with the most dialects is open.
  assert.equal(await cards(page).count(), TITLES.length);
  await page.locator(".touchpoint").last().focus();
  await page.keyboard.press("ArrowUp");
  await until(async () => (await cards(page).count()) === 2);
  assert.equal(await page.locator('.touchpoint[aria-current="true"] .touchpoint-count').innerText(), "2 dialects · FP-2");
});

test("a purchase that arrives while the page is open joins its touchpoint", async () => {
  const [segment, snowplow] = purchaseRequests();
  await send(server.url, segment);
  const { page } = await openPage();
  await until(async () => (await cards(page).count()) === 1);
  await send(server.url, snowplow);
  await until(async () => (await cards(page).count()) === 2);
});

test("an opened event leads to its dialects", async () => {
  await sendAll();
  const { page } = await openPage("");
  await page.locator("tr .open").first().click();
  await page.getByRole("button", { name: "Compare" }).click();
  await until(async () => (await cards(page).count()) === TITLES.length);
  assert.equal(await page.locator("#events-view").isVisible(), false);
});

test("what was turned away shows where, what was found, what is allowed, and the answer", async () => {
  await send(server.url, { path: "/amplitude/2/httpapi", headers: { "content-type": "application/json" },
    body: JSON.stringify({ api_key: "k", events: [{ event_type: "x", user_id: "user-1", time: "now" }] }) });
  const { page } = await openPage("");
  await page.locator("tr .open").first().click();
  const panel = page.locator("#inspector");
  await panel.getByText("Was answered").waitFor();
  const text = await panel.innerText();
  for (const part of ["/events/0/time", 'found "now"', "allowed: an integer", '"events_with_invalid_fields":{"time":[0]}']) {
    assert.ok(text.includes(part), `${part} in ${text}`);
  }
});

test("a partial failure turns away every nth event, and says so", async () => {
  await collector.faults({ mode: "partial", every: 2, verdict: "retry" });
  const uuid = (n) => `019a4c1e-0000-7000-8000-00000000000${n}`;
  const event = (n) => ({ event: "e", uuid: uuid(n), distinct_id: "person-1", timestamp: new Date().toISOString() });
  const headers = {
    ...{ "content-type": "application/json", authorization: "Bearer phc_x", "user-agent": "test" },
    ...{ "posthog-sdk-info": "test/1", "posthog-attempt": "1", "posthog-request-id": uuid(9), "posthog-request-timestamp": new Date().toISOString() },
  };
  const answer = await send(server.url, { path: "/posthog/i/v1/analytics/events", headers, body: JSON.stringify({ created_at: new Date().toISOString(), batch: [1, 2, 3].map(event) }) });
  const { results } = await answer.json();
  assert.deepEqual(Object.values(results).map(({ result }) => result), ["ok", "retry", "ok"]);
  assert.equal((await collector.events()).length, 2);
  const { page } = await openPage("");
  await page.locator("tr", { hasText: "1 refused" }).waitFor();
  assert.match(await page.locator("#fault-text").innerText(), /every 2\. event is to be sent again/);
});

test("the first line of the page says what it is for", async () => {
  const { page } = await openPage("");
  const first = await page.locator("body > :not(.skip)").first().innerText();
  assert.match(first, /^For looking, not for production/);
});

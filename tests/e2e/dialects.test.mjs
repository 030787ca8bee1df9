// The shop sends one purchase in every protocol that there is, as `make demo` lets it; the collector's page shows it
// in all of them side by side.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { startCollector, startShop } from "../../scripts/lib/servers.mjs";
import { launch, newVisitor, until } from "./browser.mjs";
import { acceptAll, addFirstProduct, checkOut, collectorOf } from "./shop.mjs";

const TITLES = [
  ...["Segment", "Snowplow", "RudderStack", "PostHog", "Amplitude", "Mixpanel", "Google Analytics 4", "Matomo"],
  ...["CloudEvents", "OpenTelemetry", "OpenTelemetry protobuf", "Plausible", "Umami", "Jitsu"],
];
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

let browser, server, shop, collector;
before(async () => {
  browser = await launch();
  server = await startCollector(0);
  collector = collectorOf(server.url);
  shop = await startShop(0, server.url, { dialects: true });
});
after(async () => {
  await browser?.close();
  await shop?.stop();
  await server?.stop();
});

async function openDialects(options) {
  const visitor = await newVisitor(browser, options);
  await visitor.page.goto(`${server.url}/#dialects`);
  return visitor;
}

const collectors = (page) => page.evaluate(() => Object.entries(window.waymark.client.view().collectors));

test("one purchase, bought in the shop, stands in every dialect side by side, and none has a problem", async () => {
  const { page, faults, context } = await newVisitor(browser);
  await page.goto(shop.url);
  await acceptAll(page);
  await addFirstProduct(page);
  const order = await checkOut(page);
  const events = await until(async () => {
    const all = await collector.events();
    return all.filter(({ order_id: id }) => id === order).length >= TITLES.length && all;
  });
  assert.deepEqual(events.filter(({ problems }) => problems.length > 0).map(({ protocol, name, problems }) => [protocol, name, problems]), []);
  // What each collector took is all that happened, and each took it once.
  await until(async () => (await collectors(page)).every(([, { sent, acknowledged }]) => sent > 0 && sent === acknowledged));
  const taken = await collectors(page);
  assert.equal(taken.length, TITLES.length);
  assert.deepEqual(taken.map(([, { acknowledged }]) => acknowledged), Array(TITLES.length).fill(taken[0][1].acknowledged));
  assert.deepEqual(taken.filter(([, { lost }]) => Object.keys(lost).length > 0), []);
  assert.deepEqual((await collector.requests()).filter(({ status }) => status >= 300), []);

  const { page: view, faults: viewFaults } = await openDialects();
  await until(async () => (await view.locator(".dialect").count()) === TITLES.length);
  assert.deepEqual(await view.locator(".dialect h3").allInnerTexts(), TITLES);
  assert.match(await view.locator(".touchpoint[aria-current]").innerText(), new RegExp(order));
  // Nothing of the purchase's visit is left that stands in one dialect only.
  const counts = await view.locator(".touchpoint-count").allInnerTexts();
  assert.deepEqual(counts.filter((text) => !text.startsWith(`${TITLES.length} dialects`)), []);
  assert.equal(counts.length, taken[0][1].acknowledged);
  assert.deepEqual([faults, viewFaults], [[], []]);
  await context.close();
});

test("the page of dialects fits a phone: nothing has to be moved sideways", async () => {
  const { page } = await openDialects(PHONE);
  await until(async () => (await page.locator(".dialect").count()) === TITLES.length);
  for (const hash of ["#dialects", "#events"]) {
    await page.goto(`${server.url}/${hash}`);
    const [wide, room] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.ok(wide <= room, `${hash}: ${wide} > ${room}`);
  }
});

test("no page holds the secret of Google Analytics: the shop adds it", async () => {
  assert.ok(!(await (await fetch(`${shop.url}/waymark.json`)).text()).includes("secret"));
  const post = (body) => fetch(`${shop.url}/ga4/mp/collect?measurement_id=G-DEMO`, { method: "POST", headers: { "content-type": "text/plain" }, body });
  assert.equal((await post(JSON.stringify({ client_id: "1.2", events: [{ name: "page_view", params: {} }] }))).status, 204);
  const { path } = (await collector.requests()).filter(({ protocol }) => protocol === "ga4").at(-1);
  assert.match(path, /\/ga4\/mp\/collect/);
  assert.equal((await post("x".repeat(200_000))).status, 413);
});

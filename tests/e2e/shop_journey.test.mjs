// The journey of a customer of the sample shop, as its config has it: stages, the order's attribution, content for a segment,
// and a checkout that was left.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { startCollector, startShop } from "../../scripts/lib/servers.mjs";
import { launch, newVisitor, until } from "./browser.mjs";
import { acceptAll, addFirstProduct, changeToRefusal, checkOut, collectorOf, named, press } from "./shop.mjs";

let browser, server, shop, collector;

before(async () => {
  browser = await launch();
  server = await startCollector(0);
  shop = await startShop(0, server.url);
  collector = collectorOf(server.url);
});

after(async () => {
  await browser?.close();
  await shop?.stop();
  await server?.stop();
});

async function arrive(t, query = "") {
  await collector.reset();
  const visitor = await newVisitor(browser);
  t.after(async () => {
    await visitor.context.close();
    assert.deepEqual(visitor.faults, []);
  });
  await visitor.page.goto(`${shop.url}/${query}`);
  await acceptAll(visitor.page);
  return visitor;
}

const journeyOf = (page) => page.evaluate(() => window.waymark.client.journey());
const arrived = (name) => until(async () => (await collector.events()).find((one) => one.protocol === "segment" && one.name === name));
const home = (page) => page.click("a.brand");
const note = (page, name) => page.isVisible(named(`note-${name}`));

test("a purchase: stage by stage, the note for who hesitates and for who has bought, and whom the order is owed to", async (t) => {
  const { page } = await arrive(t, "?utm_source=news&utm_medium=email&utm_campaign=autumn");
  await until(async () => (await journeyOf(page))?.stage === "pre_purchase");
  assert.deepEqual([await note(page, "buyer"), await note(page, "undecided")], [false, false]);
  await addFirstProduct(page);
  await until(async () => (await journeyOf(page)).stage === "purchase");
  await home(page);
  await page.waitForSelector(named("note-undecided"));
  assert.equal(await note(page, "buyer"), false);
  await checkOut(page);
  await home(page);
  await page.waitForSelector(named("note-buyer"));
  assert.equal(await note(page, "undecided"), false);
  const { event } = await arrived("Order Completed");
  const { stage, attribution_ppm } = event.context.journey;
  assert.equal(stage, "purchase");
  for (const model of ["first", "last", "last_non_direct", "linear", "time_decay", "position"]) {
    assert.deepEqual(attribution_ppm[model], { email: 1_000_000 }, model);
  }
  const journey = await journeyOf(page);
  assert.deepEqual([journey.orders, journey.lifetime_value], [1, event.properties.total]);
  const sent = JSON.stringify(await collector.events());
  assert.doesNotMatch(sent, /undecided|"segments"/, "which segments hold stays on the device");

  await changeToRefusal(page);
  await page.goto(shop.url);
  await page.waitForFunction(() => window.waymark?.client?.view());
  assert.equal(await note(page, "buyer"), false, "nothing is known any more");
});

test("a checkout that was left is told at the next visit, with the step and the time at which it went silent", async (t) => {
  const { page, context } = await arrive(t);
  await addFirstProduct(page);
  await press(page, "cart-link");
  await press(page, "checkout");
  await press(page, "next-step");
  await until(async () => (await journeyOf(page)).step);
  await arrived("Checkout Step Completed");
  const { step, last_ms } = await journeyOf(page);
  await page.close();

  // An hour later.
  await context.addInitScript(() => {
    const { now } = Date;
    Date.now = () => now.call(Date) + 3_600_000;
  });
  const next = await context.newPage();
  await next.goto(shop.url);
  const { event } = await arrived("checkout_abandoned");
  assert.equal(event.properties.after, "checkout_started");
  assert.equal(event.properties.step, step);
  const silent_ms = Date.parse(event.originalTimestamp ?? event.timestamp);
  assert.ok(Math.abs(silent_ms - last_ms) < 2000, `${silent_ms - last_ms} ms after the last event`);
  const names = (await collector.events()).map(({ name }) => name);
  assert.equal(names.filter((name) => name === "cart_abandoned").length, 0, "who has gone to the checkout has not left the cart");
});

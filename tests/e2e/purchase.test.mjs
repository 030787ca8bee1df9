// A purchase in the sample shop, from the script tag to what the collector stored, in each engine.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { startCollector, startShop } from "../../scripts/lib/servers.mjs";
import { newVisitor, onDevice, storedKeys, until } from "./browser.mjs";
import { inEachEngine } from "./engines/index.mjs";
import { acceptAll, addFirstProduct, changeToRefusal, checkOut, collectorOf, questionShown } from "./shop.mjs";

const NOTHING = { cookies: "", localStorage: {}, sessionStorage: {}, databases: [], caches: [] };
const of = (events, protocol, name) => events.filter((event) => event.protocol === protocol && event.name === name);

inEachEngine((browser) => {
  let collectorServer, shop, collector;

  before(async () => {
    collectorServer = await startCollector(0);
    shop = await startShop(0, collectorServer.url);
    collector = collectorOf(collectorServer.url);
  });

  after(async () => {
    await shop?.stop();
    await collectorServer?.stop();
  });

  const waitForEvent = (protocol, name) => until(async () => of(await collector.events(), protocol, name)[0]);

  test("a visitor who has not answered leaves nothing anywhere, and one who accepts buys", async (t) => {
    const { page, context, faults } = await newVisitor(browser());
    await page.goto(shop.url);
    await questionShown(page);

    await t.test("before an answer nothing is stored and nothing is sent", async () => {
      await addFirstProduct(page);
      await page.goBack();
      await until(async () => (await page.evaluate(() => window.waymark.client.view()?.queue.held)) >= 4);
      // Hiding the page is when trackers send what they have.
      await page.evaluate(() => {
        for (const type of ["visibilitychange", "pagehide"]) (type === "pagehide" ? window : document).dispatchEvent(new Event(type));
      });
      assert.deepEqual(await onDevice(page), NOTHING);
      assert.deepEqual(await context.cookies(), []);
      assert.deepEqual(await collector.requests(), []);
    });

    let order;
    await t.test("the purchase arrives complete over both protocols", async () => {
      await acceptAll(page);
      order = await checkOut(page);
      const segment = await waitForEvent("segment", "Order Completed");
      const snowplow = await waitForEvent("snowplow", "transaction");
      const sent = segment.event.properties;
      assert.ok(order.includes(sent.order_id), `${order} and ${sent.order_id}`);
      const products = sent.products.reduce((sum, product) => sum + Math.round(product.price * 100) * product.quantity, 0);
      assert.equal(Math.round(sent.revenue * 100), products - Math.round((sent.discount ?? 0) * 100));
      assert.equal(Math.round(sent.total * 100), Math.round(sent.revenue * 100) + Math.round(sent.shipping * 100));

      const entities = Object.groupBy
        ? Object.groupBy(snowplow.event.co.data, ({ schema }) => schema.split("/")[1])
        : snowplow.event.co.data.reduce((all, entity) => {
            (all[entity.schema.split("/")[1]] ??= []).push(entity);
            return all;
          }, {});
      const transaction = entities.transaction[0].data;
      assert.equal(transaction.transaction_id, sent.order_id);
      assert.equal(transaction.revenue, sent.total);
      assert.equal(transaction.currency, sent.currency);
      assert.equal(transaction.total_quantity, sent.products.reduce((sum, { quantity }) => sum + quantity, 0));
      assert.deepEqual(
        entities.product.map(({ data }) => [data.id, data.price, data.quantity]),
        sent.products.map((product) => [product.product_id, product.price, product.quantity]),
      );
      assert.equal(entities.client_session[0].data.sessionId, segment.session_id);
    });

    await t.test("the whole journey arrives once, in order, as one person with one session", async () => {
      const events = await collector.events();
      const viewed = (name) => of(events, "segment", name);
      for (const name of ["Product List Viewed", "Product Viewed", "Product Added", "Checkout Started", "Order Completed"]) {
        assert.ok(viewed(name).length > 0, name);
      }
      for (const protocol of ["segment", "snowplow"]) {
        const own = events.filter((event) => event.protocol === protocol);
        assert.equal(new Set(own.map(({ message_id }) => message_id)).size, own.length);
        assert.equal(new Set(own.map(({ session_id }) => session_id)).size, 1);
        assert.equal(new Set(own.map(({ anonymous_id }) => anonymous_id)).size, 1);
        const times = own.map(({ time_ms }) => time_ms);
        assert.deepEqual(times, [...times].sort((a, b) => a - b));
      }
      assert.deepEqual(events.flatMap(({ problems }) => problems), []);
      assert.deepEqual(events.map(({ duplicates }) => duplicates).filter(Boolean), []);
      // A page view stands before what happened on that page, with that page's address.
      const bought = events.filter((event) => event.protocol === "segment");
      const at = bought.findIndex(({ name }) => name === "Product Viewed");
      const pageBefore = bought.slice(0, at).findLast(({ kind }) => kind === "page");
      assert.match(pageBefore.event.properties.path, /^\/products\//);
      assert.equal(bought[at].event.context.page.path, pageBefore.event.properties.path);
    });

    await t.test("the consent of the moment travels with the event", async () => {
      const { consent } = await waitForEvent("segment", "Order Completed");
      assert.deepEqual(consent, { necessary: true, analytics: true, marketing: true });
    });

    await t.test("once all is acknowledged no event is left on the device", async () => {
      await until(async () => (await page.evaluate(() => window.waymark.client.view().queue.events)) === 0);
      await until(async () => !(await storedKeys(page)).some((key) => String(key).startsWith("outbox/")));
    });

    await t.test("a change of mind deletes ids and stops everything", async () => {
      await changeToRefusal(page);
      await until(async () => (await storedKeys(page)).length === 0);
      const device = await onDevice(page);
      const log = /^waymark\.consent\/log\/0000000\d-[0-9a-f]{8}$/;  // what was decided and deleted stays
      const kept = Object.keys(device.localStorage).filter((key) => !log.test(key));
      assert.deepEqual(kept, ["waymark.consent/record"]);
      assert.equal(Object.keys(device.localStorage).length, kept.length + 3);
      assert.deepEqual(JSON.parse(device.localStorage["waymark.consent/record"]).choices, { analytics: "denied", marketing: "denied" });
      const requests = (await collector.requests()).length;
      await page.goto(shop.url);
      await addFirstProduct(page);
      await until(async () => (await page.evaluate(() => window.waymark.client.view()?.losses.consent)) >= 3);
      assert.equal((await collector.requests()).length, requests);
    });

    assert.deepEqual(faults, []);
    await context.close();
  });

  test("an outage, a reload in the middle, and all arrives", async () => {
    const { page, context, faults } = await newVisitor(browser());
    await page.goto(shop.url);
    await acceptAll(page);
    await waitForEvent("segment", "Product List Viewed");
    await collector.faults({ mode: "status", status: 503 });
    const before = (await collector.events()).length;
    await page.evaluate(() => {
      for (let i = 0; i < 30; i += 1) window.waymark("track", "outage", { i });
    });
    await until(async () => (await page.evaluate(() => window.waymark.client.view().collectors.segment.state)) === "waiting");
    await page.reload();
    await collector.faults({ mode: "none" });
    const arrived = await until(async () => {
      const events = of(await collector.events(), "segment", "outage");
      return events.length >= 30 && events;
    });
    assert.deepEqual(arrived.map(({ event }) => event.properties.i), Array.from({ length: 30 }, (_, i) => i));
    assert.ok((await collector.events()).length > before);
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("events of the task that leaves the page arrive", async () => {
    const { page, context } = await newVisitor(browser());
    await page.goto(shop.url);
    await acceptAll(page);
    await waitForEvent("segment", "Product List Viewed");
    await page.evaluate(() => {
      for (let i = 0; i < 20; i += 1) window.waymark("track", "leaving", { i });
      location.href = "about:blank";
    });
    await until(async () => of(await collector.events(), "segment", "leaving").length === 20);
    await context.close();
  });
});

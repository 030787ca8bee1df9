// Nothing that was accepted is lost, and nothing counted twice: faults that only Chromium's driver can make, and what is
// counted request by request. What every engine must do stands in delivery_engines.test.mjs.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { launch, until } from "./browser.mjs";
import {
  assertDelivered, consent, markup, newScene, posts, refused, sequenceOf, settled, track, untilView, view,
} from "./delivery_scene.mjs";

let browser;

before(async () => (browser = await launch()));

after(() => browser?.close());

/** Kills the page's renderer: no handler runs. */
async function crash(page) {
  const session = await page.context().newCDPSession(page);
  const crashed = page.waitForEvent("crash");
  // The answer never comes.
  session.send("Page.crash").catch(() => {});
  await crashed;
}

/** The hard way, for a renderer that is busy. */
async function killRenderers() {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  for (const { type, id } of processInfo) if (type === "renderer") process.kill(id, "SIGKILL");
}

describe("the page goes", () => {
  test("with its renderer, killed before the task has ended: the next visit sends all", async (t) => {
    const scene = await newScene(t, browser);
    const page = await scene.visit();
    const { asked } = scene.site.hold("never");
    const held = page.evaluate(() => {
      for (let i = 0; i < 50; i += 1) window.waymark("track", "token", { token: `killed/${i}` });
      // The engine stores at the end of the task; behind that the renderer does nothing more.
      queueMicrotask(() => {
        const request = new XMLHttpRequest();
        request.open("GET", "never", false);
        request.send();
      });
    });
    await asked;
    await killRenderers();
    await assert.rejects(held);
    assert.deepEqual(await scene.collector.requests(), []);
    await settled(await scene.visit());
    await assertDelivered(scene, { killed: 50 });
  });

  test("while the tab that leads stays: it sends what others left", async (t) => {
    const scene = await newScene(t, browser);
    const leader = await scene.visit();
    await untilView(leader, ({ leading }) => leading);
    const [second, third] = [await scene.visit(), await scene.visit()];
    await scene.collector.faults({ mode: "status" });
    await Promise.all([track(leader, "leader", 20), track(second, "second", 20), track(third, "third", 20)]);
    await Promise.all([crash(second), third.close()]);
    await scene.collector.faults({ mode: "none" });
    await settled(leader);
    await assertDelivered(scene, { leader: 20, second: 20, third: 20 });
  });

  test("while it leads: another tab leads, and sends what was left", async (t) => {
    const scene = await newScene(t, browser);
    const first = await scene.visit();
    await untilView(first, ({ leading }) => leading);
    const second = await scene.visit();
    await scene.collector.faults({ mode: "status" });
    await Promise.all([track(first, "first", 20), track(second, "second", 20)]);
    assert.equal((await view(second)).leading, false);
    await crash(first);
    await untilView(second, ({ leading }) => leading);
    const third = await scene.visit();
    await Promise.all([track(second, "later", 20), track(third, "third", 20)]);
    await second.close();
    await untilView(third, ({ leading }) => leading);
    await track(third, "last", 20);
    await scene.collector.faults({ mode: "none" });
    await settled(third);
    await assertDelivered(scene, { first: 20, second: 20, later: 20, third: 20, last: 20 });
  });
});

describe("the collector fails", { concurrency: true }, () => {
  test("with 503 for 20 s: few requests, then one event alone, then the rest", async (t) => {
    const scene = await newScene(t, browser);
    const page = await scene.visit();
    await scene.collector.faults({ mode: "status", status: 503, for_ms: 20_000 });
    await track(page, "first", 40);
    await untilView(page, ({ collectors }) => collectors.cdp.state === "waiting");
    await track(page, "during", 10);
    await page.evaluate(() => window.waymark("flush"));
    await settled(page);
    // An event that failed alone three times lets the next one pass.
    await assertDelivered(scene, { first: 40, during: 10 }, { ordered: false });
    const requests = await posts(scene);
    const failed = requests.filter(({ status }) => status === 503);
    assert.ok(failed.length > 1 && failed.length <= 6, `${failed.length} requests in the outage`);
    const [alone, ...rest] = requests.slice(failed.length).map(({ events }) => events);
    assert.equal(alone, 1);
    assert.ok(rest.length <= 2, `${rest} events in the requests behind it`);
  });

  for (const [name, plan] of Object.entries({
    "that the page may read": { retry_after_s: 10, expose_retry_after: true },
    "that the page may not read": { retry_after_s: 3600 },
  })) {
    test(`with 429 and a Retry-After ${name}: no request within 10 s`, async (t) => {
      const scene = await newScene(t, browser);
      const page = await scene.visit();
      await scene.collector.faults({ mode: "status", status: 429, ...plan });
      await track(page, "first", 40);
      const { received_ms } = await refused(scene);
      await scene.collector.faults({ mode: "none" });
      await track(page, "during", 10);
      await page.evaluate(() => window.waymark("flush"));
      if (plan.expose_retry_after) {
        await scene.context.setOffline(true);
        await scene.context.setOffline(false);
      }
      await settled(page);
      await assertDelivered(scene, { first: 40, during: 10 });
      const [before, ...after] = await posts(scene);
      assert.equal(before.received_ms, received_ms);
      assert.ok(after[0].received_ms - received_ms >= 10_000, `${after[0].received_ms - received_ms} ms`);
    });
  }

  test("to answer: what comes twice has equal ids, and one event is tried alone", async (t) => {
    const scene = await newScene(t, browser);
    const page = await scene.visit();
    await scene.collector.faults({ mode: "ackloss" });
    await track(page, "kept", 50);
    await until(async () => (await posts(scene)).length >= 2);
    await scene.collector.faults({ mode: "none" });
    await settled(page);
    await assertDelivered(scene, { kept: 50 });
    const requests = await posts(scene);
    assert.deepEqual(requests.map(({ status, events }) => [status, events]), [[0, 50], [0, 1], [200, 1], [200, 49]]);
    const [tried, ...others] = (await scene.collector.events()).map(({ duplicates }) => duplicates);
    assert.deepEqual(others, Array(49).fill(tried - 1));
  });

  test("because there is no network: nothing is tried, and all goes when it is back", async (t) => {
    const scene = await newScene(t, browser);
    const page = await scene.visit();
    const other = await scene.visit();
    await scene.context.setOffline(true);
    const tried = [];
    scene.context.on("request", (request) => tried.push(request.url()));
    await Promise.all([track(page, "page", 50), track(other, "other", 50)]);
    await other.close();
    await track(page, "later", 50);
    await page.evaluate(() => window.waymark("flush"));
    await untilView(page, ({ collectors }) => collectors.cdp.state === "waiting");
    assert.deepEqual(tried, []);
    await scene.context.setOffline(false);
    await settled(page);
    await assertDelivered(scene, { page: 50, later: 50, other: 50 });
  });
});

describe("the device keeps nothing", () => {
  test("because the page has no origin: events arrive", async (t) => {
    const scene = await newScene(t, browser, { consented: false });
    scene.site.pages.frame = markup();
    scene.site.pages[""] = '<!doctype html><title>t</title><iframe sandbox="allow-scripts" src="frame"></iframe>';
    const page = await scene.context.newPage();
    await page.goto(scene.site.url);
    const frame = page.frame({ url: /frame$/ });
    await frame.evaluate(() => window.waymark.client.ready);
    await consent(frame);
    await track(frame, "framed", 50);
    await untilView(frame, ({ store, store_reason, queue }) => store === "failed" && store_reason === "blocked" && queue.events === 0);
    await assertDelivered(scene, { framed: 50 });
  });
});

describe("the collector's owner can count", () => {
  test("an event names its writer and its number where the message id does not say them", async (t) => {
    const scene = await newScene(t, browser);
    const { collectors } = scene.site.config;
    collectors.push({ ...collectors[0], id: "all", protocol: "snowplow", options: {} });
    collectors[0].only = ["token"];
    const page = await scene.visit();
    await track(page, "before", 3);
    await page.evaluate(() => [1, 2].forEach(() => window.waymark("track", "for the other one")));
    await track(page, "after", 3);
    await settled(page);
    await assertDelivered(scene, { before: 3, after: 3 });
    const events = await scene.collector.events();
    const told = events.filter(({ protocol }) => protocol === "segment").map(({ event }) => event.context.delivery);
    assert.match(told[0].decisions, /^[0-9a-f]{64}$/);
    const delivery = told.map(({ decisions, ...counted } = {}) => counted);
    assert.deepEqual(delivery.slice(0, 3), [{}, {}, {}]);
    const { writer } = delivery[3];
    for (const { message_id } of events) assert.equal(message_id.slice(0, 8), writer.slice(-8));
    assert.match(writer, /^[0-9a-f]{19}$/);
    assert.deepEqual(delivery.slice(3), [4, 5, 6].map((sequence) => ({ writer, sequence })));
    assert.equal(events.filter(({ protocol }) => protocol === "snowplow").length, 8);
  });

  test("what was lost is told with what arrives", async (t) => {
    const scene = await newScene(t, browser);
    scene.site.config.delivery.outbox_events_max = 10;
    const page = await scene.visit();
    await scene.collector.faults({ mode: "down" });
    await track(page, "much", 30);
    await refused(scene);
    await scene.collector.faults({ mode: "none" });
    await settled(page);
    const { losses } = await view(page);
    assert.equal(losses.quota, 20);
    const events = (await scene.collector.events()).map(({ event }) => event);
    const told = events.map(({ context }) => context.delivery).filter((delivery) => delivery?.lost);
    const { writer, lost } = told[0];
    assert.deepEqual(lost, { [writer]: { quota: 20 } });
    assert.equal(Math.max(...events.map(sequenceOf)), events.length + 20);
  });
});

// The inspector over a journey that the engine itself worked out: stages, a moment of silence, a segment, another name for
// a user, and a visitor who was handed over from another device.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launch, newVisitor, until } from "./browser.mjs";
import { atWork, consent, markup, newScene, view } from "./delivery_scene.mjs";

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

const journey = {
  silence: [{ name: "checkout_abandoned", after: "checkout_started", without: "order_completed", within_ms: 1000 }],
  segments: [{ id: "buyer", when: { ">=": [{ var: "journey.orders" }, 1] } }],
};
const WHOLE = 'data-wasm="waymark-all.wasm" data-inspector data-config';

async function open(t, visitor = {}) {
  const scene = await newScene(t, browser, { consented: false, visitor });
  Object.assign(scene.site.config, { journey, identity: { session_idle_ms: 1_800_000 } });
  scene.site.pages[""] = markup().replace("data-config", WHOLE);
  return scene;
}

const inside = (page, selector) => page.locator(`waymark-inspector ${selector}`);
const tab = (page, name) => inside(page, "[role=tab]").filter({ hasText: name }).click();
const track = (page, ...call) => page.evaluate((call) => window.waymark(...call), call);

/** Another device of the same customer: it makes the token. */
async function tokenFrom(t, { site }) {
  const { context, page } = await newVisitor(browser);
  t.after(() => context.close());
  await page.goto(site.url);
  await atWork(page);
  await consent(page);
  await track(page, "track", "product_viewed", { product_id: "compass-01" });
  const { token } = await page.evaluate(() => window.waymark("handOver.create"));
  return token;
}

for (const [name, viewport, colorScheme] of [
  ["a desktop, light", { width: 1200, height: 900 }, "light"],
  ["a phone, dark", { width: 390, height: 780 }, "dark"],
]) {
  test(`shows a whole journey, and who it is of: ${name}`, async (t) => {
    const scene = await open(t, { viewport, colorScheme });
    const token = await tokenFrom(t, scene);
    const page = await scene.visit();
    await consent(page);
    const { accepted, how } = await track(page, "handOver.accept", token);
    assert.deepEqual([accepted, how], [true, "adopted"]);
    await track(page, "page", "Home");
    await track(page, "track", "product_viewed", { product_id: "compass-01" });
    await track(page, "track", "checkout_started", { value: 49, currency: "EUR" });
    await track(page, "track", "checkout_step_viewed", { step: "delivery" });
    await inside(page, ".row.silence").filter({ hasText: "checkout_abandoned" }).waitFor();
    await inside(page, ".row.fact").filter({ hasText: "handed over from elsewhere" }).waitFor();
    await track(page, "track", "order_completed", { order_id: "1017", total: 49, currency: "EUR" });
    await track(page, "identify", "customer-7");
    await track(page, "alias", "customer-7-old", "customer-7");
    await until(async () => (await view(page)).segments?.includes("buyer"));

    await tab(page, "Journey");
    await inside(page, ".stop.silence").waitFor();
    const told = await inside(page, "#panel-journey .note").first().innerText();
    assert.match(told, /stage: (purchase|post_purchase).*segments: buyer/);
    const stops = await inside(page, ".stop .id").allTextContents();
    const order = ["Home", "product_viewed", "checkout_start", "checkout_aband", "order_complete"];
    const places = order.map((label) => stops.findIndex((stop) => stop.startsWith(label)));
    assert.deepEqual(places, [...places].sort((a, b) => a - b));
    assert.ok(places[0] >= 0, stops.join());
    const shot = process.env.WAYMARK_SHOTS;
    if (shot) await page.screenshot({ path: `${shot}/journey-${viewport.width}.png` });

    await tab(page, "People");
    const graph = await inside(page, "svg.graph").textContent();
    assert.match(graph, /handed over/);
    assert.match(graph, /customer-7/);
    if (shot) await page.screenshot({ path: `${shot}/people-${viewport.width}.png` });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wide <= 0, `${wide} px too wide`);
  });
}

// The inspector on a live page: what it shows, that it is there only when asked for, and that it leaves nothing behind.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import axe from "axe-core";

import { startCollector, startShop } from "../../scripts/lib/servers.mjs";
import { launch, newVisitor, until } from "./browser.mjs";
import { markup, newScene, posts } from "./delivery_scene.mjs";

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

const attribute = (html) => html.replace("data-config", "data-inspector data-config");
const CALLS = 'waymark("page", "Home"); waymark("track", "product_viewed", { product_id: "compass-01" });';

async function open(t, { inspected = true, html = markup(CALLS), headers = {}, visitor } = {}) {
  const scene = await newScene(t, browser, { consented: false, visitor });
  const { site } = scene;
  const { url } = site.config.collectors[0];
  site.config.consent.purposes.push({ id: "ads", basis: "consent", before_answer: "drop" });
  site.config.collectors.push({ ...site.config.collectors[0], id: "ads", url: `${url}/ads`, needs: ["ads"] });
  site.pages[""] = inspected ? attribute(html) : html;
  Object.assign(site.headers, headers);
  const page = await scene.visit();
  return { ...scene, page };
}

const inside = (page, selector) => page.locator(`waymark-inspector ${selector}`);
const tab = (page, name) => inside(page, `[role=tab]`).filter({ hasText: name }).click();
const row = (page, name) => inside(page, ".row").filter({ hasText: name });
const chips = (page, name) =>
  row(page, name).locator("summary .chip").evaluateAll((all) => all.map(({ className, textContent }) => `${textContent} ${className}`));

test("shows what became of each call, from the first one on, and why", async (t) => {
  const { page } = await open(t);
  await row(page, "product_viewed").waitFor();
  await row(page, "Home").waitFor();
  assert.deepEqual(await chips(page, "product_viewed"), ["cdp chip hold", "ads chip drop"]);
  await row(page, "product_viewed").locator("summary").click();
  const told = await row(page, "product_viewed").innerText();
  assert.match(told, /cdp\s*held\s*analytics unknown: nobody has answered/);
  assert.match(told, /ads\s*dropped\s*ads unknown: nobody has answered/);
  assert.match(told, /\/properties\/product_id\s+compass-01/);
  await page.evaluate(() => window.waymark("consent.set", { analytics: "granted" }));
  await row(page, "Decision: analytics granted").waitFor();
  await until(async () => (await chips(page, "product_viewed"))[0] === "cdp ✓ chip admit");
  // What was unfolded stays so.
  assert.match(await row(page, "product_viewed").innerText(), /200 after \d+ ms/);
  await inside(page, "input[type=search]").fill("product");
  await until(async () => (await row(page, "Home").count()) === 0);
});

test("shows requests, consent and its history, the device, the queue, people and the journey", async (t) => {
  const { page } = await open(t);
  await page.evaluate(() => {
    window.waymark("consent.set", { analytics: "granted" });
    window.waymark("identify", "customer-7");
    window.waymark("track", "order_completed", { order_id: "1017" });
  });
  await until(async () => (await chips(page, "order_completed"))[0] === "cdp ✓ chip admit");
  await tab(page, "Requests");
  const request = inside(page, "#panel-requests .row").first();
  await request.locator("summary").click();
  assert.match(await request.innerText(), /POST http.*\/v1\/batch[^]*200 after/);
  await tab(page, "Consent");
  await inside(page, ".history li").waitFor();
  assert.match(await inside(page, "#panel-consent").innerText(), /analytics\s+granted\s+they answered[^]*1\. decision by person/);
  await tab(page, "Device");
  assert.match(await inside(page, "#panel-device").innerText(), /consent\/record\s+proof of the decision[^]*state\/identity\s+analytics/);
  await tab(page, "Queue");
  await until(async () => /cdp\s+4 sent\s+4 acknowledged/.test(await inside(page, "#panel-queue").innerText()));
  await tab(page, "People");
  const graph = await inside(page, "svg.graph").textContent();
  assert.match(graph, /session.*anonymous.*user.*identify.*customer-7/);
  await tab(page, "Journey");
  assert.equal(await inside(page, ".stop.sent").count(), 4);
  assert.equal(await inside(page, ".stop.decision").count(), 1);
});

test("is not there unless somebody asks, and then nothing of it is loaded", async (t) => {
  const scene = await newScene(t, browser, { consented: false });
  const loaded = [];
  scene.context.on("request", (request) => loaded.push(request.url()));
  const page = await scene.visit();
  assert.deepEqual(loaded.filter((url) => /inspector/.test(url)), []);
  assert.equal(await page.locator("waymark-inspector").count(), 0);
});

const bookmarklet = async () => {
  const docs = await readFile(new URL("../../sdk/docs/inspector.md", import.meta.url), "utf8");
  return /javascript:(void import.*)/.exec(docs)[1];
};

test("comes by the bookmarklet of its docs, sees what happens from then on, and goes by it", async (t) => {
  const { page, site } = await open(t, { inspected: false });
  const press = async () => page.evaluate(await bookmarklet());
  const before = await page.evaluate(() => document.documentElement.outerHTML);
  await press();
  await inside(page, "aside").waitFor();
  await page.evaluate(() => window.waymark("track", "later"));
  await row(page, "later").waitFor();
  assert.equal(await row(page, "product_viewed").count(), 0);
  assert.deepEqual(await chips(page, "later"), ["cdp chip hold", "ads chip drop"]);
  await press();
  await page.locator("waymark-inspector").waitFor({ state: "detached" });
  assert.equal(await page.evaluate(() => document.documentElement.outerHTML), before);
  assert.equal(await page.evaluate(() => window.waymark("view").queue.held), 3);
  assert.ok(site.url);
});

test("the same goes out with it and without", async (t) => {
  const bodies = async (inspected) => {
    const scene = await open(t, { inspected });
    await scene.page.evaluate(() => window.waymark("consent.set", { analytics: "granted" }));
    await until(async () => (await posts(scene)).length > 0);
    const events = await scene.collector.events();
    return events.map(({ event }) => [event.type, event.event ?? event.name, event.properties?.product_id]);
  };
  assert.deepEqual(await bodies(true), await bodies(false));
});

test("runs under a strict policy with Trusted Types, stores nothing, and moves nothing", async (t) => {
  const strict = "default-src 'none'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; connect-src *; require-trusted-types-for 'script'";
  const init = () => {
    window.violations = [];
    addEventListener("securitypolicyviolation", ({ violatedDirective }) => window.violations.push(violatedDirective));
    window.shifts = 0;
    const unasked = (list) => list.getEntries().filter(({ hadRecentInput }) => !hadRecentInput);
    new PerformanceObserver((list) => (window.shifts += unasked(list).length)).observe({ type: "layout-shift", buffered: true });
  };
  const html = markup(`(${init})(); ${CALLS}`);
  const { page } = await open(t, { html, headers: { "Content-Security-Policy": strict } });
  for (const name of ["Requests", "Consent", "Device", "Queue", "People", "Journey", "Events"]) await tab(page, name);
  await row(page, "product_viewed").locator("summary").click();
  await inside(page, "[aria-label='Move to the other side']").click();
  assert.deepEqual(await page.evaluate(() => [window.violations, window.shifts]), [[], 0]);
  assert.deepEqual(await page.evaluate(() => ({ ...localStorage, ...sessionStorage })), {});
});

for (const colorScheme of ["light", "dark"]) {
  test(`can be used by everybody, ${colorScheme}`, async (t) => {
    const { page } = await open(t, { visitor: { colorScheme } });
    await page.evaluate(() => {
      window.waymark("consent.set", { analytics: "granted" });
      window.waymark("identify", "customer-7");
    });
    await page.evaluate(axe.source);
    const findings = () =>
      page.evaluate(async () => {
        const { violations } = await window.axe.run("waymark-inspector", { resultTypes: ["violations"] });
        return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
      });
    await until(async () => (await chips(page, "product_viewed"))[0] === "cdp ✓ chip admit");
    await row(page, "product_viewed").locator("summary").click();
    assert.deepEqual(await findings(), [], "events");
    await inside(page, "#tab-events").focus();
    for (const name of ["requests", "consent", "device", "queue", "people", "journey"]) {
      await page.keyboard.press("ArrowRight");
      await inside(page, `#panel-${name} > *`).first().waitFor({ state: "attached" });
      assert.deepEqual(await findings(), [], name);
    }
  });
}

test("keeps what was seen as a file, without a value of any event", async (t) => {
  const { page } = await open(t);
  await row(page, "product_viewed").waitFor();
  const [download] = await Promise.all([page.waitForEvent("download"), inside(page, "[aria-label^='Save']").click()]);
  const text = await readFile(await download.path(), "utf8");
  const { events } = JSON.parse(text);
  assert.deepEqual(events.filter(({ kind }) => kind === "event").map(({ name }) => name), ["Home", "product_viewed"]);
  assert.doesNotMatch(text, /compass-01/);
});

test("stands behind the shop's own button, under the shop's own policy", async (t) => {
  const collector = await startCollector(0);
  const shop = await startShop(0, collector.url);
  const { context, page, faults } = await newVisitor(browser);
  t.after(async () => {
    await context.close();
    await shop.stop();
    await collector.stop();
    assert.deepEqual(faults, [], "what the shop threw");
  });
  await page.goto(shop.url);
  await page.getByRole("button", { name: "What Waymark sees" }).click();
  await inside(page, "aside").waitFor();
  await page.locator(".trails a").first().click();
  await until(async () => (await inside(page, ".row summary").count()) > 0);
  assert.match((await inside(page, ".row summary .chips").first().innerText()).replace(/\s+/g, " "), /segment snowplow/);
  await inside(page, "[aria-label='Close the inspector']").click();
  await page.locator("waymark-inspector").waitFor({ state: "detached" });
});

// A page in the web view of an app that has an engine: in a real browser, behind a fake of the app's bridge. The app's engine is
// the real one, in a client of waymark/node.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";

import { launch, onDevice, until } from "./browser.mjs";
import { choose, configWith, newSite, ready, stub } from "./consent_site.mjs";
import { Waymark } from "../../js/dist/node.mjs";

let browser;

before(async () => (browser = await launch()));
after(() => browser?.close());

const www = "www.shop.localhost";
const markup = `<!doctype html><html lang="en"><title>Shop</title><script>${stub}</script>
  <script>waymark("track", "early")</script>
  <script async src="/waymark.js" data-config="/waymark.json"></script>`;
const wasm = await readFile(new URL("../../js/dist/waymark-all.wasm", import.meta.url));

const config = {
  ...configWith({ ui: {}, share: { cookie_domain: "shop.localhost", app: true } }),
  identity: { cookie_domain: "shop.localhost" },
  capture: { page_views: true },
  collectors: [{ id: "w", protocol: "segment", url: "http://c.localhost:1", needs: ["analytics"], options: { write_key: "k" } }],
};

/** What the app's half does: sdk/docs/web_view.md. `how`: the object that it puts into the page. */
async function newApp(t, { how = "{ engine: true, postMessage: (text) => window.toApp(text) }" } = {}) {
  const engine = Waymark.open(config, { wasm });
  await engine.ready;
  t.after(() => engine.close());
  const scene = await newSite(t, browser, { config, sites: ["shop.localhost"], pages: { "/": markup, "/next": markup } });
  const { page, context } = scene;
  const heard = [];
  const say = (message) =>
    page.evaluate((detail) => window.dispatchEvent(new CustomEvent("waymark:host", { detail })), JSON.stringify({ waymark: 1, ...message })).catch(() => {});
  const show = () => say({ type: "view", view: engine.view() });
  await context.exposeFunction("toApp", async (text) => {
    const { type, input } = JSON.parse(text);
    heard.push(input ?? type);
    if (type === "hello") await show();
    if (type !== "input") return;
    const { request_id } = input;
    engine._request(input, request_id && ((answer) => void say({ type: "answer", request_id, answer })), true);
    await show();
  });
  engine.on("view", () => void show());
  engine.on("problem", (problem) => void say({ type: "problem", problem }));
  await context.addInitScript(`window.WaymarkHost = ${how};`);
  const visit = async (path = "/") => {
    await page.goto(scene.hosts.url(path, www));
    await page.waitForFunction(() => window.waymark?.client);
    await ready(page);
  };
  return { ...scene, engine, heard, visit };
}

const nothing = { cookies: "", localStorage: {}, sessionStorage: {}, databases: [], caches: [] };
const viewOf = (page) => page.evaluate(() => window.waymark("view"));

for (const [name, how] of [
  ["iOS", undefined],
  ["Android", "{ engine() { return true; }, postMessage: (text) => window.toApp(text) }"],
]) {
  test(`${name}: the page has the app's consent, ids and queue, opens no engine and keeps nothing`, async (t) => {
    const { page, hosts, engine, heard, visit } = await newApp(t, { how });
    engine.consent.set({ analytics: "granted" });
    engine.track("in_app");
    await visit();
    await page.evaluate(() => {
      window.waymark("track", "in_page", { n: 1 });
      window.waymark("identify", "u1");
    });
    await until(() => engine.view().user_id === "u1");
    await until(async () => (await viewOf(page)).user_id === "u1");
    const [inside, outside] = [await viewOf(page), engine.view()];
    assert.deepEqual([inside.anonymous_id, inside.session.id, inside.queue], [outside.anonymous_id, outside.session.id, outside.queue]);
    assert.match(inside.anonymous_id, /^[0-9a-f-]{36}$/);
    assert.deepEqual(inside.consent, outside.consent);
    const names = heard.map((input) => input.name ?? input.type ?? input);
    assert.deepEqual(names, ["hello", "page", "early", "in_page", "identify"]);
    assert.equal(heard[1].context.page.title, "Shop");
    assert.deepEqual(await onDevice(page), nothing);
    const asked = hosts.asked.map(({ path }) => path);
    assert.ok(asked.includes("/waymark-app.mjs"));
    assert.deepEqual(asked.filter((path) => /\.wasm$|share/.test(path)), []);
  });
}

test("the question in the page is the app's: answered there it is answered here, and the other way", async (t) => {
  const { page, engine, visit } = await newApp(t);
  const question = () => page.evaluate(() => !!document.querySelector("waymark-consent")?.shadowRoot?.querySelector('[part~="question"]'));
  await visit();
  await until(question);
  await choose(page, { analytics: "granted", marketing: "denied" });
  await until(() => engine.consent.get().purposes.analytics.state === "granted");
  await visit("/next");
  assert.equal(await question(), false);
  engine.consent.withdraw("analytics");
  await until(async () => (await viewOf(page)).consent.purposes.analytics.state === "denied");
  assert.deepEqual(await onDevice(page), nothing);
});

test("what a page waits for comes to that page: the decision log, and problems", async (t) => {
  const { page, visit } = await newApp(t);
  await visit();
  await choose(page, { analytics: "granted" });
  const { entries } = await page.evaluate(() => window.waymark("consent.records"));
  assert.equal(entries.at(-1).purposes.analytics.state, "granted");
  await page.evaluate(() => {
    window.problems = [];
    window.waymark("on", "problem", (problem) => window.problems.push(problem));
    window.waymark("track", "");
  });
  await until(() => page.evaluate(() => window.problems.length));
  assert.equal(await page.evaluate(() => window.problems[0].pointer), "/name");
});

test("who signs out in the page has signed out of the app; what lay here before goes", async (t) => {
  const { page, context, engine, hosts, visit } = await newApp(t);
  engine.consent.set({ analytics: "granted" });
  engine.identify("u1");
  await context.addCookies([{ name: "waymark_id", value: "1~old", domain: ".shop.localhost", path: "/" }]);
  await page.route("**/before", (route) => route.fulfill({ body: "<!doctype html>", contentType: "text/html" }));
  await page.goto(hosts.url("/before", www));
  await page.evaluate(() => {
    localStorage["waymark.consent/record"] = '{"spill":true}';
    return new Promise((resolve) => (indexedDB.open("waymark", 1).onsuccess = ({ target }) => resolve(target.result.close())));
  });
  await visit();
  const before = engine.view().anonymous_id;
  await page.evaluate(() => window.waymark("reset"));
  await until(() => engine.view().user_id === undefined);
  assert.notEqual(engine.view().anonymous_id, before);
  await until(async () => JSON.stringify(await onDevice(page)) === JSON.stringify(nothing));
});

test("in an app without an engine the page has its own", async (t) => {
  const { page, hosts, visit } = await newApp(t, { how: "{ engine: false, postMessage: () => {} }" });
  await visit();
  await choose(page, { analytics: "granted" });
  await until(async () => (await onDevice(page)).localStorage["waymark.consent/record"]);
  assert.ok(hosts.asked.some(({ path }) => path === "/waymark.wasm"));
  assert.ok(!hosts.asked.some(({ path }) => path === "/waymark-app.mjs"));
});

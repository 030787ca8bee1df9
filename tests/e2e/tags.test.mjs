// What tags of Google and Microsoft find on a real page: a default before every update, and the update where the decision is.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launch, until } from "./browser.mjs";
import { choose, configWith, newSite, ready, stub } from "./consent_site.mjs";

let browser;

before(async () => (browser = await launch()));
after(() => browser?.close());

const consent = {
  purposes: [
    { id: "necessary", basis: "exempt", consent_mode: ["security_storage"] },
    { id: "analytics", basis: "consent", consent_mode: ["analytics_storage"] },
    { id: "marketing", basis: "consent", consent_mode: ["ad_storage", "ad_user_data", "ad_personalization"] },
  ],
  tags: { google: { ads_data_redaction: true, wait_for_update_ms: 700 }, microsoft: { uet: true, clarity: true } },
};
const seven = ["ad_personalization", "ad_storage", "ad_user_data", "analytics_storage", "functionality_storage", "personalization_storage", "security_storage"];

const page = (head = "") => `<!doctype html><html lang="en"><title>Shop</title><script>${stub}</script>${head}
  <script>document.addEventListener("waymark:consent", ({ detail }) => (window.heard ??= []).push(detail))</script>
  <script async src="/waymark.js" data-config="/waymark.json"></script>`;

async function newShop(t, head) {
  const scene = await newSite(t, browser, { config: configWith(consent), pages: { "/": page(head) } });
  scene.open = async () => {
    await scene.page.goto(scene.hosts.url());
    await scene.page.waitForFunction(() => window.waymark?.client && window.heard);
    await ready(scene.page);
  };
  /** The words of gtag, in order. */
  scene.words = () => scene.page.evaluate(() => window.dataLayer.filter((entry) => !entry.event).map((entry) => Array.from(entry)));
  scene.events = () => scene.page.evaluate(() => window.dataLayer.filter((entry) => entry.event).map(({ event, waymark }) => [event, waymark.purposes]));
  return scene;
}

const kinds = (words) => words.map(([verb, what]) => `${verb} ${what}`);

test("default, then the update with the decision; on the next page the update at the start", async (t) => {
  const { page, open, words, events } = await newShop(t);
  await open();
  assert.deepEqual(kinds(await words()), ["consent default", "set ads_data_redaction"]);
  const [[, , defaults]] = await words();
  assert.deepEqual(Object.keys(defaults).sort(), [...seven, "wait_for_update"].sort());
  assert.deepEqual([defaults.wait_for_update, defaults.ad_storage, defaults.security_storage], [700, "denied", "granted"]);
  assert.deepEqual(await page.evaluate(() => [window.uetq, window.clarity?.q]), [["consent", "default", { ad_storage: "denied" }], undefined]);

  await choose(page, { analytics: "granted", marketing: "denied" });
  await until(async () => (await words()).length === 3);
  const [, , [, , update]] = await words();
  assert.deepEqual(Object.keys(update).sort(), seven);
  assert.deepEqual([update.analytics_storage, update.ad_storage, update.functionality_storage], ["granted", "denied", "denied"]);
  assert.deepEqual(await page.evaluate(() => Array.from(window.clarity.q[0])), ["consentv2", { ad_Storage: "denied", analytics_Storage: "granted" }]);
  assert.deepEqual((await events()).at(-1), ["waymark_consent", { necessary: true, analytics: true, marketing: false }]);
  const detail = await page.evaluate(() => window.heard.at(-1));
  assert.deepEqual([detail.purposes, detail.types, detail.answered], [{ necessary: true, analytics: true, marketing: false }, update, true]);

  await open();
  await until(async () => (await words()).length === 3);
  assert.deepEqual(kinds(await words()), ["consent default", "set ads_data_redaction", "consent update"]);
  await choose(page, { analytics: "denied" });
  await until(async () => (await words()).length === 4);
  assert.equal((await words())[3][2].analytics_storage, "denied");
});

test("the page's own default stands, and comes first", async (t) => {
  const own = `<script>window.dataLayer = []; function gtag() { dataLayer.push(arguments); }
    gtag("consent", "default", { ad_storage: "denied", region: ["DE"] }); gtag("js", new Date(0)); gtag("config", "G-X");</script>`;
  const { page, open, words } = await newShop(t, own);
  await open();
  await choose(page, { analytics: "granted", marketing: "granted" });
  await until(async () => (await words()).length === 4);
  assert.deepEqual(kinds(await words()).filter((kind) => kind.startsWith("consent")), ["consent default", "consent update"]);
});

test("without an engine the default stands alone", async (t) => {
  const { page, hosts, words } = await newShop(t);
  hosts.pages["/"] = hosts.pages["/"].replace("data-config", 'data-wasm="/nothing.wasm" data-config');
  await page.goto(hosts.url());
  await until(() => page.evaluate(() => window.waymark?.client && window.dataLayer?.length));
  assert.equal(await page.evaluate(() => window.waymark.client.ready.catch(({ code }) => code)), "wasm_unreachable");
  await choose(page, { analytics: "granted" });
  assert.deepEqual(kinds(await words()), ["consent default", "set ads_data_redaction"]);
});

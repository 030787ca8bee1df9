// What all consent rests on, in each of the three engines: the question by mouse and by keyboard, the preference centre, marked
// tags, and the interfaces for vendors.
import assert from "node:assert/strict";
import { test } from "node:test";

import { until } from "./browser.mjs";
import { configWith, newSite, ready, stateOf } from "./consent_site.mjs";
import { inEachEngine } from "./engines/index.mjs";
import { consent, stubOf, vendorList } from "./iab_scene.mjs";

const foreign = /tags\.localhost$/;
const part = (name) => `waymark-consent [part~="${name}"], [part~="${name}"]`;

const tags = (at) => `<script type="text/plain" data-consent="marketing" data-src="${at("/tag.js", "tags.localhost")}"></script>
  <iframe data-consent="marketing" data-src="${at("/film.html", "tags.localhost")}" title="Film" width="300" height="150"></iframe>`;

const pageOf = (at, config, lang) => `<!doctype html><html lang="${lang}"><meta name="viewport" content="width=device-width">
  <title>Shop</title><script>${stubOf(config)}</script>
  <script async src="/waymark.js" data-region="DE" data-config="/waymark.json"></script>
  <body><h1>Shop</h1><p><a href="/privacy" data-waymark-preferences>Privacy</a></p>${tags(at)}</body>`;

async function newShop(t, browser, { lang = "en", ui = {} } = {}) {
  const config = configWith({ ...consent(), ui, guard: {} });
  const scene = await newSite(t, browser, { config, pages: {} });
  const { hosts, page } = scene;
  hosts.pages["/"] = pageOf(hosts.url, config, lang);
  hosts.pages["/gvl/vendor-list.json"] = JSON.stringify(vendorList());
  scene.visit = async () => {
    await page.goto(hosts.url());
    await atWork(page);
  };
  scene.look = async (name) => {
    const folder = process.env.WAYMARK_SHOTS;
    if (folder) await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 500)));
    if (folder) await page.screenshot({ path: `${folder}/${name}.png` });
  };
  return scene;
}

/** Until the engine and all parts are there. */
async function atWork(page) {
  await page.waitForFunction(() => !!window.waymark?.client);
  await ready(page);
  await page.waitForFunction(() => !!document.querySelector("waymark-consent"));
}

/** What vendors hear: of TCF without what is too long to compare. */
const heard = (page) =>
  page.evaluate(async () => {
    const ask = (api, ...words) => new Promise((resolve) => window[api](...words, resolve));
    // The data wait until they are known; a ping does not.
    const data = await ask("__tcfapi", "getTCData", 2);
    const [ping, gpp] = [await ask("__tcfapi", "ping", 2), await ask("__gpp", "ping")];
    return {
      tcf: [ping.gdprApplies, ping.cmpStatus, ping.cmpId, ping.displayStatus],
      allowed: Object.keys(data.purpose.consents).filter((id) => data.purpose.consents[id]).join(),
      string: typeof data.tcString,
      gpp: [gpp.gppVersion, gpp.cmpStatus, gpp.cmpId],
    };
  });

const focused = (page) =>
  page.evaluate(() => {
    const { activeElement } = document;
    const inside = activeElement.shadowRoot?.activeElement;
    return inside ? inside.getAttribute("part") || inside.id : activeElement.localName;
  });

async function tabTo(page, name) {
  const passed = [];
  while (!passed.at(-1)?.endsWith(name)) {
    assert.ok(passed.length < 20, `no ${name} in ${passed}`);
    await page.keyboard.press("Tab");
    passed.push(await focused(page));
  }
}

const isGone = (page, name) => page.waitForSelector(part(name), { state: "hidden" });

inEachEngine((browser, name) => {
  test("a refusal by mouse holds: nobody is asked again, and nothing foreign is asked for", async (t) => {
    const { page, hosts, visit, look } = await newShop(t, browser());
    await visit();
    await page.waitForSelector(part("question"));
    assert.deepEqual((await heard(page)).tcf, [true, "loaded", 880, "visible"]);
    await look(`${name}-question`);
    await page.click(part("reject"));
    await isGone(page, "question");
    assert.deepEqual(await stateOf(page, "marketing"), { state: "denied", why: "person" });
    await page.reload();
    await atWork(page);
    await page.waitForSelector(part("icon"));
    assert.equal(await page.isVisible(part("question")), false);
    const { tcf, allowed, string, gpp } = await heard(page);
    assert.deepEqual(tcf, [true, "loaded", 880, "disabled"]);
    assert.deepEqual([allowed, string], ["", "string"]);
    assert.deepEqual(gpp, ["1.1", "loaded", 880]);
    assert.deepEqual(hosts.askedOf(foreign), []);
  });

  test("by keyboard, too; and what the preference centre allows then runs at once", async (t) => {
    const { page, hosts, visit, look } = await newShop(t, browser());
    await visit();
    await page.waitForSelector(part("question"));
    await tabTo(page, "reject");
    await page.keyboard.press("Enter");
    await isGone(page, "question");
    assert.equal((await stateOf(page, "marketing")).state, "denied");

    await page.click(part("icon"));
    await page.waitForSelector(part("centre"));
    assert.equal(await focused(page), "centre");
    await page.click("#switch-marketing");
    await look(`${name}-centre`);
    assert.deepEqual(hosts.askedOf(foreign), []);
    await page.click(part("save"));
    await isGone(page, "centre");
    await until(() => hosts.askedOf(foreign).length >= 2);
    assert.deepEqual([...new Set(hosts.askedOf(foreign))].sort(), ["tags.localhost/film.html", "tags.localhost/tag.js"]);
    await page.waitForFunction(() => window.ran?.join() === "tag.js");
    assert.equal((await heard(page)).allowed, "2,3,4");

    await page.reload();
    await atWork(page);
    await until(() => hosts.askedOf(foreign).length >= 4);
    assert.equal(await page.isVisible(part("question")), false);
  });

  test("from right to left and in the dark everything is mirrored, and the placeholder speaks the language", async (t) => {
    const { page, visit, look } = await newShop(t, browser(), { lang: "ar", ui: { theme: "dark", layout: "box" } });
    await visit();
    await page.waitForSelector(part("question"));
    await page.waitForSelector(part("placeholder"));
    await look(`${name}-rtl`);
    const at = (name) =>
      page.evaluate((name) => {
        const { left } = document.querySelector("waymark-consent").shadowRoot.querySelector(`[part~=${name}]`).getBoundingClientRect();
        return left;
      }, name);
    assert.ok((await at("reject")) > (await at("accept")));
    assert.match(await page.innerText(part("placeholder")), /هذا المحتوى من tags\.localhost/);
    const words = await page.evaluate(() => {
      const { shadowRoot } = document.querySelector("iframe").previousElementSibling;
      return getComputedStyle(shadowRoot.querySelector("p")).direction;
    });
    assert.equal(words, "rtl", "though its title is English");
    assert.equal(await page.evaluate(() => document.querySelector("waymark-consent").getAttribute("theme")), "dark");
  });
});

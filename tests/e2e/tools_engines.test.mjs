// The studio and the inspector, once through each engine.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { newVisitor, until } from "./browser.mjs";
import { markup, newScene } from "./delivery_scene.mjs";
import { inEachEngine } from "./engines/index.mjs";
import { startStudio, valid } from "./studio_site.mjs";

let site;
before(async () => (site = await startStudio()));
after(() => site?.stop());

inEachEngine((browser) => {
  test("the studio: a policy is judged, previewed and played", async (t) => {
    const { context, page, faults } = await newVisitor(browser());
    t.after(() => context.close());
    await page.goto(`${site.url}?language=en`);
    await page.waitForSelector(valid);
    await until(() =>
      page.evaluate(() => {
        const frame = document.querySelector(".stage iframe")?.contentDocument;
        const banner = frame?.querySelector("waymark-consent")?.shadowRoot;
        return !!banner?.querySelector('[part~="question"]');
      }),
    );
    await page.click("#tab-simulator");
    await page.click(".empty button");
    await page.waitForSelector(".step:nth-child(6)");
    const badges = await page.evaluate(() => [...document.querySelectorAll(".step:first-child .badge")].map(({ textContent }) => textContent));
    assert.deepEqual(badges, ["held, then sent", "not for it", "de-identified"]);
    await page.click("#tab-decisions");
    await page.waitForSelector(".tables table");
    assert.deepEqual(faults, []);
  });

  test("the inspector: an event, its verdict and its answer", async (t) => {
    const scene = await newScene(t, browser(), { consented: false });
    const calls = 'waymark("track", "product_viewed", { product_id: "compass-01" })';
    scene.site.pages[""] = markup(calls).replace("data-config", "data-inspector data-config");
    const page = await scene.visit();
    const chip = () =>
      page.evaluate(() => document.querySelector("waymark-inspector")?.shadowRoot.querySelector("summary .chip")?.className);
    await until(async () => (await chip()) === "chip hold");
    await page.evaluate(() => window.waymark("consent.set", { analytics: "granted" }));
    await until(async () => (await chip()) === "chip admit");
    await page.click("#tab-journey");
    await until(() => page.evaluate(() => !!document.querySelector("waymark-inspector").shadowRoot.querySelector(".stop.sent")));
  });
});

// Nothing that was accepted is lost, and nothing counted twice: real faults in a real browser.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { launch, until } from "./browser.mjs";
import { assertDelivered, markup, newScene, settled, tokensOf, track, untilView, view } from "./delivery_scene.mjs";

let browser;

before(async () => {
  // Playwright switches the back/forward cache off; visitors have it.
  browser = await launch({ ignoreDefaultArgs: ["--disable-back-forward-cache"] });
});

after(() => browser?.close());

/** Kills the page's renderer: no handler runs. */
async function crash(page) {
  const session = await page.context().newCDPSession(page);
  const crashed = page.waitForEvent("crash");
  // The answer never comes.
  session.send("Page.crash").catch(() => {});
  await crashed;
}

const leaving = (begin, url) =>
  `for (let i = 0; i < 50; i += 1) ${begin}"token", { token: "first/" + i }); location.href = "${url}";`;

const arrived = (scene, count) => until(async () => tokensOf(await scene.collector.events()).length >= count);

describe("the page goes", () => {
  test("to another site, in the task that tracks: all arrives without another visit", async (t) => {
    const scene = await newScene(t, browser);
    const page = await scene.visit();
    await track(page, "leaving", 50, scene.site.elsewhere);
    await arrived(scene, 50);
    await settled(await scene.visit(page));
    await assertDelivered(scene, { leaving: 50 });
  });

  test("with its tab: the next visit has all", async (t) => {
    const scene = await newScene(t, browser);
    const page = await scene.visit();
    await track(page, "closed", 50);
    await page.close();
    await settled(await scene.visit());
    await assertDelivered(scene, { closed: 50 });
  });

  test("with its renderer, killed right after the task: the next visit sends all", async (t) => {
    const scene = await newScene(t, browser);
    const { delivery } = scene.site.config;
    delivery.flush_ms = 60_000;
    const page = await scene.visit();
    await track(page, "killed", 50);
    await crash(page);
    assert.deepEqual(await scene.collector.requests(), []);
    delivery.flush_ms = 200;
    await settled(await scene.visit());
    await assertDelivered(scene, { killed: 50 });
  });

  // With the script the stub keeps the calls, in a bundle the client does.
  const bundle = 'import { Waymark } from "./index.mjs"; const waymark = Waymark.open("waymark.json");';
  for (const [file, page] of Object.entries({
    "waymark.js": (url) => markup(leaving('waymark("track", ', url)),
    "waymark.wasm": (url) => `<!doctype html><script type="module">${bundle}${leaving("waymark.track(", url)}</script>`,
  })) {
    test(`in its first script, before ${file} has come: the next visit sends all`, async (t) => {
      const scene = await newScene(t, browser);
      const release = scene.site.hold(file);
      scene.site.pages[""] = page(scene.site.elsewhere);
      const tab = await scene.context.newPage();
      await tab.goto(scene.site.url, { waitUntil: "commit" });
      await tab.waitForURL(scene.site.elsewhere);
      assert.deepEqual(await scene.collector.requests(), []);
      release();
      scene.site.pages[""] = markup();
      await settled(await scene.visit(tab));
      await assertDelivered(scene, { first: 50 });
    });
  }

  test("into the back/forward cache and back, with another tab open: both go on", async (t) => {
    const scene = await newScene(t, browser);
    const page = await scene.visit();
    await untilView(page, ({ leading }) => leading);
    const other = await scene.visit();
    await track(page, "before", 20, scene.site.elsewhere);
    await page.waitForURL(scene.site.elsewhere);
    await untilView(other, ({ leading }) => leading);
    await track(other, "other", 20);
    // Playwright's goBack waits for a load, which a page that comes back has not.
    await page.evaluate(() => history.back());
    await until(() => page.url() === scene.site.url);
    const returned = await page.evaluate(() => [window.returned, performance.getEntriesByType("navigation")[0].notRestoredReasons]);
    await page.evaluate(() => history.forward());
    await until(() => page.url() === scene.site.elsewhere);
    if (!(await page.evaluate(() => window.returned))) return t.skip("a page without any script does not come back either");
    assert.deepEqual(returned, [true, null]);
    await page.evaluate(() => history.back());
    await until(() => page.url() === scene.site.url);
    await track(page, "after", 20);
    await settled(page);
    await settled(other);
    await assertDelivered(scene, { before: 20, other: 20, after: 20 });
  });

  test("while other tabs stay: the lead moves, and what was left is sent", async (t) => {
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

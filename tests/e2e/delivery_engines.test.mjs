// Nothing that was accepted is lost, and nothing counted twice, in each engine: what pages leave, and where it goes on.
import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { until } from "./browser.mjs";
import {
  arrived, assertDelivered, atWork, consent, markup, newScene, refused, settled, track, untilView, view,
} from "./delivery_scene.mjs";
import { inEachEngine } from "./engines/index.mjs";

const leaving = (begin, url) =>
  `for (let i = 0; i < 50; i += 1) ${begin}"token", { token: "first/" + i }); location.href = "${url}";`;

/** Goes in the history. Playwright's own way waits for a load, which a page that comes back from the cache has not. */
async function go(page, direction, url) {
  // The page may be gone before it has answered; one that sleeps in Firefox's cache answers when it is awake again.
  const no = (resolve) => setTimeout(resolve, 1000);
  const ask = (run, argument) => Promise.race([page.evaluate(run, argument).catch(() => undefined), new Promise(no)]);
  await ask((direction) => void setTimeout(() => history[direction]()), direction);
  return until(() =>
    ask((url) => {
      const [{ notRestoredReasons }] = performance.getEntriesByType("navigation");
      const there = location.href === url && window.returned !== undefined;
      return there && { returned: window.returned, obstacles: notRestoredReasons };
    }, url),
  );
}

inEachEngine((browser, name) => {
  describe("the page goes", () => {
    test("to another site, in the task that tracks: all arrives without another visit", async (t) => {
      const scene = await newScene(t, browser());
      const page = await scene.visit();
      await track(page, "leaving", 50, scene.site.elsewhere);
      await arrived(scene, 50);
      await settled(await scene.visit(page));
      await assertDelivered(scene, { leaving: 50 });
    });

    test("with its tab: the next visit has all", async (t) => {
      const scene = await newScene(t, browser());
      const page = await scene.visit();
      await track(page, "closed", 50);
      await page.close();
      await settled(await scene.visit());
      await assertDelivered(scene, { closed: 50 });
    });

    // With the script the stub keeps the calls, in a bundle the client does.
    const bundle = 'import { Waymark } from "./index.mjs"; const waymark = Waymark.open("waymark.json");';
    for (const [file, page] of Object.entries({
      "waymark.js": (url) => markup(leaving('waymark("track", ', url)),
      "waymark.wasm": (url) => `<!doctype html><script type="module">${bundle}${leaving("waymark.track(", url)}</script>`,
    })) {
      test(`in its first script, before ${file} has come: the next visit sends all`, async (t) => {
        const scene = await newScene(t, browser());
        const { release } = scene.site.hold(file);
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

    test("before its engine has read what is stored: all arrives", async (t) => {
      const scene = await newScene(t, browser());
      const page = await scene.context.newPage();
      await page.goto(scene.site.url, { waitUntil: "commit" });
      // Not waited for: the page may be gone before it has answered.
      await page.evaluate((url) => {
        const leave = async () => {
          while (!window.waymark?.client) await new Promise((resolve) => setTimeout(resolve));
          await window.waymark.client.ready;
          for (let i = 0; i < 50; i += 1) window.waymark("track", "token", { token: `early/${i}` });
          location.href = url;
        };
        void leave();
      }, scene.site.elsewhere);
      await page.waitForURL(scene.site.elsewhere);
      await settled(await scene.visit(page));
      await assertDelivered(scene, { early: 50 });
    });

    test("into the back/forward cache: it comes back as it was, and goes on", async (t) => {
      const scene = await newScene(t, browser());
      const page = await scene.visit();
      await track(page, "before", 20, scene.site.elsewhere);
      await page.waitForURL(scene.site.elsewhere);
      const here = await go(page, "back", scene.site.url);
      const control = await go(page, "forward", scene.site.elsewhere);
      if (!control.returned) return t.skip("a page without any tracker does not come back either");
      // "masked": the browser had a reason of its own, such as memory, which it keeps to itself. What a page does is named.
      const reasons = here.obstacles?.reasons?.map(({ reason }) => reason) ?? [];
      if (!here.returned && name === "Chromium" && reasons.every((reason) => reason === "masked")) return t.skip("the browser had a reason of its own");
      assert.deepEqual([here.returned, here.obstacles ?? null], [true, null]);
      await go(page, "back", scene.site.url);
      await track(page, "after", 20);
      await settled(page);
      await assertDelivered(scene, { before: 20, after: 20 });
    });

    test("nowhere, for the answer has no page in it: it stays, leads, and goes on", async (t) => {
      const scene = await newScene(t, browser());
      const page = await scene.visit();
      await untilView(page, ({ leading }) => leading);
      await track(page, "before", 20, scene.site.nothing);
      await arrived(scene, 20);
      await track(page, "after", 20);
      await settled(page);
      await untilView(page, ({ leading }) => leading);
      await assertDelivered(scene, { before: 20, after: 20 });
    });

    test("and comes back, while another tab stays: that one leads meanwhile, and both go on", async (t) => {
      const scene = await newScene(t, browser());
      const page = await scene.visit();
      await untilView(page, ({ leading }) => leading);
      const other = await scene.visit();
      // Each waits for a lock of the other: one for the lead, one to learn that the other has gone.
      await until(async () => (await page.evaluate(() => navigator.locks.query())).pending.length === 2);
      await track(page, "before", 20, scene.site.elsewhere);
      await page.waitForURL(scene.site.elsewhere);
      await untilView(other, ({ leading }) => leading);
      await track(other, "other", 20);
      await go(page, "back", scene.site.url);
      await atWork(page);
      await track(page, "after", 20);
      await settled(page);
      await settled(other);
      await assertDelivered(scene, { before: 20, other: 20, after: 20 });
    });

    test("while it leads: another tab leads, and sends what was left", async (t) => {
      const scene = await newScene(t, browser());
      const first = await scene.visit();
      await untilView(first, ({ leading }) => leading);
      const second = await scene.visit();
      assert.equal((await view(second)).leading, false);
      await scene.collector.faults({ mode: "status" });
      await Promise.all([track(first, "first", 20), track(second, "second", 20)]);
      await first.close();
      await untilView(second, ({ leading }) => leading);
      await track(second, "later", 20);
      await scene.collector.faults({ mode: "none" });
      await settled(second);
      await assertDelivered(scene, { first: 20, second: 20, later: 20 });
    });
  });

  describe("the collector fails", () => {
    for (const plan of [{ mode: "status", status: 503 }, { mode: "down" }, { mode: "drop" }]) {
      test(`(${plan.mode}), and the page is reloaded meanwhile: all arrives`, async (t) => {
        const scene = await newScene(t, browser());
        const page = await scene.visit();
        await scene.collector.faults(plan);
        await track(page, "before", 25);
        await refused(scene);
        await page.reload();
        await atWork(page);
        await track(page, "after", 25);
        await untilView(page, ({ collectors }) => collectors.cdp.state === "waiting");
        await scene.collector.faults({ mode: "none" });
        await settled(page);
        await assertDelivered(scene, { before: 25, after: 25 });
      });
    }
  });

  describe("the collector fails in two tabs at once", () => {
    test("and both are closed meanwhile: the next visit has all", async (t) => {
      const scene = await newScene(t, browser());
      const tabs = [await scene.visit(), await scene.visit()];
      await scene.collector.faults({ mode: "status", status: 503 });
      await Promise.all(tabs.map((tab, i) => track(tab, `tab ${i}`, 25)));
      await refused(scene);
      for (const tab of tabs) await tab.close();
      await scene.collector.faults({ mode: "none" });
      await settled(await scene.visit());
      await assertDelivered(scene, { "tab 0": 25, "tab 1": 25 });
    });
  });

  describe("the device keeps nothing", () => {
    const blocks = {
      "IndexedDB is blocked": () => {
        IDBFactory.prototype.open = () => {
          throw new DOMException("blocked", "SecurityError");
        };
      },
      "all storage is blocked": () => {
        const refuse = () => {
          throw new DOMException("blocked", "SecurityError");
        };
        IDBFactory.prototype.open = refuse;
        for (const name of ["localStorage", "sessionStorage"]) Object.defineProperty(window, name, { get: refuse });
      },
    };
    for (const [name, init] of Object.entries(blocks)) {
      test(`because ${name}: events arrive, the view says why, and the page knows nothing of it`, async (t) => {
        const scene = await newScene(t, browser(), { init, consented: false });
        const page = await scene.visit();
        await consent(page);
        await track(page, "first", 50);
        await arrived(scene, 50);
        await untilView(page, ({ store, store_reason }) => store === "failed" && store_reason === "blocked");
        await track(page, "later", 50);
        await untilView(page, ({ queue }) => queue.events === 0);
        await assertDelivered(scene, { first: 50, later: 50 });
        assert.deepEqual(await page.evaluate(async () => (await indexedDB.databases()).length), 0);
      });
    }
  });
});

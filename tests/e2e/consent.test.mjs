// Consent in a real browser: facts, signals, withdrawal, tabs, and the proof of it all.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { launch, onDevice, storedKeys, until } from "./browser.mjs";
import { atWork, consent, markup, newScene, settled, track, untilView, view } from "./delivery_scene.mjs";

const cli = fileURLToPath(new URL("../../js/dist/cli.mjs", import.meta.url));
let browser;

before(async () => (browser = await launch()));
after(() => browser?.close());

const purposeOf = (page) => page.evaluate(() => window.waymark("consent.get").purposes.analytics);
const regions = [
  { match: ["EU"], model: "opt_in" },
  { match: ["US-CA"], model: "opt_out", gpc: "opt_out" },
];
const inRegion = (region) => markup().replace("data-config", `data-region="${region}" data-config`);

/** All that a page can find on its device, as one text. */
async function everything(page) {
  const device = await onDevice(page);
  const values = await page.evaluate(async () => {
    const found = [];
    for (const { name } of await indexedDB.databases()) {
      const database = await new Promise((resolve) => (indexedDB.open(name).onsuccess = ({ target }) => resolve(target.result)));
      for (const store of database.objectStoreNames) {
        const values = await new Promise((resolve) => {
          database.transaction(store).objectStore(store).getAll().onsuccess = ({ target }) => resolve(target.result);
        });
        for (const value of values) found.push(new TextDecoder().decode(value));
      }
      database.close();
    }
    return found;
  });
  return JSON.stringify([device, values]);
}

test("where nobody is asked before it is on, unless the browser says no", async (t) => {
  for (const gpc of [false, true]) {
    const init = `Object.defineProperty(Navigator.prototype, "globalPrivacyControl", { get: () => ${gpc} })`;
    const scene = await newScene(t, browser, { consented: false, init });
    scene.site.config.consent.regions = regions;
    scene.site.pages[""] = inRegion("US-CA");
    const page = await scene.visit();
    await track(page, "a", 2);
    const expected = gpc ? { state: "denied", why: "gpc" } : { state: "granted", why: "default" };
    assert.deepEqual(await purposeOf(page), expected);
    if (gpc) {
      await until(async () => (await view(page)).losses.consent >= 2);
      assert.deepEqual(await scene.collector.requests(), []);
      assert.deepEqual(await storedKeys(page), []);
    } else {
      await until(async () => (await scene.collector.events()).length === 2);
    }
  }
});

test("where people are asked before, nothing is made until they are", async (t) => {
  const scene = await newScene(t, browser, { consented: false });
  scene.site.config.consent.regions = regions;
  scene.site.pages[""] = inRegion("FR");
  const page = await scene.visit();
  await track(page, "a", 2);
  assert.deepEqual((await view(page)).consent.due, ["analytics"]);
  const device = await onDevice(page);
  assert.deepEqual([device.localStorage, device.databases], [{}, []]);
});

test("after a withdrawal no byte of an event or an id is left, and the proof is whole", async (t) => {
  const scene = await newScene(t, browser);
  await scene.collector.faults({ mode: "status", status: 503 });
  const page = await scene.visit();
  await track(page, "secret", 30);
  await until(async () => (await everything(page)).includes("secret/29"));
  const { anonymous_id } = await view(page);
  await page.evaluate(() => window.waymark("consent.withdraw", "analytics", { shown: { layer: 2, control: "switch" } }));
  await until(async () => !JSON.parse(await page.evaluate(() => localStorage["waymark.consent/record"])).withdrawing);
  const left = await everything(page);
  assert.ok(!left.includes("secret"), left);
  assert.ok(!left.includes(anonymous_id), left);

  const records = await page.evaluate(() => window.waymark("consent.records"));
  assert.deepEqual(records.entries.map(({ type }) => type), ["decision", "decision", "deletion"]);
  assert.deepEqual(records.entries[1].shown, { layer: 2, control: "switch" });
  assert.equal(records.entries[2].events, 30);
  assert.equal(records.anchor, records.entries[2].hash);
  const verify = (log) => spawnSync(process.execPath, [cli, "records", "verify", "-"], { input: JSON.stringify(log), encoding: "utf8" });
  assert.equal(verify(records).status, 0, verify(records).stdout + verify(records).stderr);
  records.entries[2].events = 29;
  assert.equal(verify(records).status, 1);
});

test("other tabs learn of a decision within 100 ms, and write nothing under the old one", async (t) => {
  const scene = await newScene(t, browser);
  const [first, second] = [await scene.visit(), await scene.visit()];
  const heard = second.evaluate(() => new Promise((resolve) => {
    window.waymark("on", "view", ({ consent }) => consent.purposes.analytics.state === "denied" && resolve(Date.now()));
  }));
  const decided = await first.evaluate(() => {
    window.waymark("consent.set", { analytics: "denied" });
    return Date.now();
  });
  const delay = (await heard) - decided;
  t.diagnostic(`another tab knew after ${delay} ms`);
  await track(second, "late", 3);
  await until(async () => (await view(second)).losses.consent >= 3);
  assert.ok(!(await everything(second)).includes("late/"));
  const events = await scene.collector.events();
  assert.ok(!JSON.stringify(events).includes("late/"));
});

test("the page is told why", async (t) => {
  const scene = await newScene(t, browser, { consented: false });
  const page = await scene.visit();
  await atWork(page);
  const explain = () => page.evaluate(() => window.waymark("consent.explain", { name: "order_completed" }).collectors.cdp);
  assert.deepEqual(await explain(), {
    wanted: true,
    verdict: "hold",
    because: [{ purpose: "analytics", state: "unknown", why: "default" }],
  });
  await consent(page);
  await settled(page);
  assert.equal((await explain()).verdict, "admit");
});

// `data-wm-segment`: content for those whom it is meant for, chosen on the device: it does not flicker, and nobody hears of it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launch, until } from "./browser.mjs";
import { newScene } from "./capture_scene.mjs";

let browser;

before(async () => (browser = await launch()));
after(() => browser?.close());

// What is to be seen, at each frame in which it is something else than before; and how far the page has jumped.
const watch = `<script>
  frames_seen = []; told = []; shift = 0;
  new PerformanceObserver((list) => list.getEntries().forEach(({ value }) => (shift += value))).observe({ type: "layout-shift", buffered: true });
  document.addEventListener("waymark:segments", ({ detail }) => told.push(detail));
  (function look() {
    const shown = [...document.querySelectorAll("[data-wm-segment]")].filter((one) => one.offsetParent).map(({ id }) => id).join();
    if (shown !== frames_seen.at(-1)) frames_seen.push(shown);
    requestAnimationFrame(look);
  })();
</script>`;
const page = `<!doctype html><html lang="en"><meta charset="utf-8"><title>A page</title>${watch}
  <script async src="/waymark.js" data-config="/waymark.json" data-wasm="/waymark-all.wasm"></script>
  <div style="height: 60px; overflow: hidden">
    <p id="welcome_back" data-wm-segment="first_rate_buyer" hidden>Welcome back</p>
    <p id="welcome" data-wm-segment="" hidden>Welcome</p>
  </div>
  <div style="height: 60px; overflow: hidden"><p id="thanks" data-wm-segment="first_rate_buyer" data-wm-live hidden>Thanks</p></div>`;

const when = { ">=": [{ var: "journey.orders" }, 1] };
const configured = (config) => ({ ...config, journey: { segments: [{ id: "first_rate_buyer", when }] } });
const options = { pages: { "/": page, "/next": page }, capture: { page_views: true }, configured };

/** What was to be seen until this element was, and what was told. */
async function adapted({ page }, id) {
  await page.waitForFunction((id) => window.frames_seen.some((ids) => ids.split(",").includes(id)), id);
  return page.evaluate(() => ({ frames: window.frames_seen, told: window.told, shift: window.shift }));
}

test("content by segments: one choice a page, what is live follows, and no byte of it leaves", async (t) => {
  const scene = await newScene(t, browser, options);
  const { site, events } = scene;
  await scene.open("/");
  await adapted(scene, "welcome");
  await scene.page.evaluate(() => window.waymark("track", "order_completed", { order_id: "T1", total: 49, currency: "EUR" }));
  const bought = await adapted(scene, "thanks");
  assert.deepEqual(bought.frames, ["", "welcome", "welcome,thanks"], "what was chosen stays, save where it is live");
  assert.deepEqual(bought.told, [
    { segments: [], entered: [], left: [] },
    { segments: ["first_rate_buyer"], entered: ["first_rate_buyer"], left: [] },
  ]);
  await events("Order Completed");

  // Where the engine takes more than a second, what is for everybody is chosen, and stays: then once more.
  for (;;) {
    await scene.open("/next");
    const { frames, told, shift } = await adapted(scene, "thanks");
    assert.equal(shift, 0);
    if (!told[0].segments.length) {
      assert.deepEqual(frames.at(-1), "welcome,thanks");
      continue;
    }
    assert.deepEqual(frames, ["", "welcome_back,thanks"], "nothing else was to be seen in between");
    break;
  }
  await scene.mark();

  assert.doesNotMatch(site.requests.join("\n"), /first_rate_buyer|"segments"/);
  const files = /^\/(next|waymark[\w-]*\.(js|mjs|wasm|json)|favicon\.ico)?$/;
  assert.deepEqual(site.asked.filter((path) => !files.test(path)), [], "and nothing is asked for by it");
});

test("without an engine everybody sees what is for everybody, once", async (t) => {
  const scene = await newScene(t, browser, { ...options, pages: { "/": page.replace("waymark-all.wasm", "gone.wasm") } });
  await scene.page.goto(scene.site.url);
  assert.deepEqual((await adapted(scene, "welcome")).frames, ["", "welcome"]);
  await until(() => scene.site.asked.includes("/gone.wasm"));
});

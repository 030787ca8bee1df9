// A page that the browser prerenders by speculation rules: nothing is captured or sent before it is seen. The browser runs by
// itself here: one that is debugged does not prerender. So what happens is told by the pages, to the site.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { findChromium } from "../../scripts/lib/browsers.mjs";
import { until } from "./browser.mjs";
import { all_kinds, markup, startSite } from "./capture_scene.mjs";

const executable = process.env.WAYMARK_CHROMIUM ?? findChromium();
const user_agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36";

/** A browser that nobody debugs, on this page; it ends after `t`. */
function visit(t, url) {
  const profile = mkdtempSync(join(tmpdir(), "prerender-"));
  // Chromium refuses its sandbox to root, which is who runs most containers.
  const root = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  const quiet = ["--headless=new", "--no-first-run", "--disable-gpu", "--disable-component-update", "--disable-sync"];
  const browser = spawn(executable, [...quiet, ...root, `--user-agent=${user_agent}`, `--user-data-dir=${profile}`, url], { stdio: "ignore" });
  const ended = new Promise((resolve) => browser.once("exit", resolve));
  t.after(async () => {
    browser.kill();
    await ended;
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  });
}

// It goes on when the site says so.
const first_page = `<!doctype html><title>First</title><script type="speculationrules">{"prerender":[{"urls":["/next"],"eagerness":"immediate"}]}</script>
  <a id="next" href="/next">Next</a><script>
    (async function wait() {
      if (await (await fetch("/go.json")).json()) document.getElementById("next").click();
      else setTimeout(wait, 100);
    })();
  </script>`;
const telling = `<script>
  const say = (what) => fetch("/say?" + new URLSearchParams({ what, prerendering: document.prerendering, at: Date.now() }));
  say("begun");
  document.addEventListener("prerenderingchange", () => {
    say("seen");
    setTimeout(() => waymark("track", "seen_for_a_while"), 2000);
  });
  (function wait() { waymark.client ? waymark.client.ready.then(() => say("ready")) : setTimeout(wait, 20); })();
</script>`;

const found = { skip: executable ? false : "No Chromium was found: run \`make setup\`." };

test("a prerendered page: nothing is captured or sent until it is seen, then its page view once", found, async (t) => {
  const files = { "/go.json": "false" };
  const body = `<h1>Next</h1><p data-wm-view="offer">An offer</p>${telling}`;
  const pages = { "/": first_page, "/next": markup(body) };
  const site = await startSite({ pages, files, capture: { ...all_kinds, bots: true } });
  t.after(site.stop);
  visit(t, site.url);
  const said = (what) => site.asked.filter((path) => path.startsWith("/say?")).map((path) => new URLSearchParams(path.slice(5))).find((one) => one.get("what") === what);
  await until(() => said("ready"));
  assert.equal(said("begun").get("prerendering"), "true");
  assert.equal(said("ready").get("prerendering"), "true");
  // Longer than all that waits: idle time, the next flush, web vitals' first word.
  await new Promise((resolve) => setTimeout(resolve, 1500));
  assert.deepEqual(site.requests, []);
  files["/go.json"] = "true";
  await until(() => site.events.some(({ event }) => event === "seen_for_a_while"));
  const views = site.events.filter(({ type }) => type === "page");
  assert.deepEqual(views.map(({ context }) => [context.page.path, context.bot]), [["/next", undefined]]);
  const seen_ms = Number(said("seen").get("at"));
  for (const { event, type, timestamp, originalTimestamp } of site.events) {
    const at_ms = Date.parse(originalTimestamp ?? timestamp);
    assert.ok(at_ms >= seen_ms - 50, `${event ?? type} ${seen_ms - at_ms} ms before the page was seen`);
  }
  assert.ok(site.events.some(({ event }) => event === "element_viewed"));
});

// The three engines of the web, driven alike: a test is written once and runs in each.
//
// The common language is the part of Playwright's that such a test uses: `newContext()` of a
// browser; `newPage`, `cookies`, `close` of a context; `goto reload goBack url evaluate click
// innerText isVisible waitForSelector waitForURL keyboard.press setViewportSize screenshot close`
// of a page, and its event `pageerror`. Chromium is Playwright itself; firefox.mjs and webkit.mjs
// speak it with what those browsers offer. Selectors look into open shadow roots everywhere.
// `url()` is to be awaited, and functions for `evaluate` take one argument and give what JSON holds.
//
// `missing`: what this machine lacks for the engine, in one line; undefined when it has all.
import { after, before, describe } from "node:test";

import { launchChromium, missingForChromium } from "./chromium.mjs";
import { launchFirefox, missingForFirefox } from "./firefox.mjs";
import { launchWebKit, missingForWebKit } from "./webkit.mjs";

export const ENGINES = [
  { name: "Chromium", missing: missingForChromium(), launch: launchChromium },
  { name: "Firefox", missing: missingForFirefox(), launch: launchFirefox },
  { name: "WebKit", missing: missingForWebKit(), launch: launchWebKit },
];

/**
 * Runs the tests that `define` defines in all engines at once; `browser()` gives the one of the
 * moment. Without Chromium they fail, for every machine can have it; another one that is missing is
 * left out, with the reason. WAYMARK_ENGINES=firefox,webkit runs them in those alone.
 */
export function inEachEngine(define) {
  const wanted = process.env.WAYMARK_ENGINES?.toLowerCase().split(",");
  const engines = ENGINES.filter(({ name }) => !wanted || wanted.includes(name.toLowerCase()));
  // What takes time is waiting, for a collector to be asked again and for a browser to start.
  describe("in each engine", { concurrency: true }, () => {
    for (const engine of engines) describeIn(engine, define);
  });
}

function describeIn({ name, missing, launch }, define) {
  const skip = name === "Chromium" ? undefined : missing;
  describe(name, { skip, concurrency: false }, () => {
    let browser;
    let start;
    before(async () => {
      start = performance.now();
      browser = await launch();
    });
    after(async () => {
      await browser?.close();
      const seconds = (performance.now() - start) / 1000;
      process.stdout.write(`  ${name} ${browser?.version()}: ${seconds.toFixed(1)} s\n`);
    });
    define(() => browser, name);
  });
}

// A Chromium for the tests, and pages that remember what went wrong in them.
import { chromium } from "playwright-core";

import { findChromium } from "../../scripts/lib/chromium.mjs";

const QUIET = ["--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"];

/** `options` go to Playwright. */
export async function launch(options) {
  const executablePath = process.env.WAYMARK_CHROMIUM ?? findChromium();
  if (!executablePath) throw new Error("No Chromium was found: run `make setup`.");
  // Chromium refuses its sandbox to root, which is who runs most containers.
  return chromium.launch({ executablePath, chromiumSandbox: process.getuid?.() !== 0, args: QUIET, ...options });
}

/** A fresh profile with one page. `faults`: what the page threw or rejected without a catch. */
export async function newVisitor(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, locale: "de-DE", ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const faults = [];
  page.on("pageerror", (error) => faults.push(error.message));
  return { context, page, faults };
}

/** What the page keeps on the device, by kind. */
export function onDevice(page) {
  return page.evaluate(async () => ({
    cookies: document.cookie,
    localStorage: { ...localStorage },
    sessionStorage: { ...sessionStorage },
    databases: (await indexedDB.databases()).map(({ name }) => name),
    caches: await caches.keys(),
  }));
}

/** All keys of Waymark's database. */
export function storedKeys(page) {
  return page.evaluate(async () => {
    // Opening would make one where there is none.
    if (!(await indexedDB.databases()).some(({ name }) => name === "waymark")) return [];
    return new Promise((resolve, reject) => {
      const open = indexedDB.open("waymark");
      open.onerror = () => reject(open.error);
      open.onsuccess = () => {
        const database = open.result;
        const names = [...database.objectStoreNames];
        if (names.length === 0) return resolve([]);
        const keys = database.transaction(names).objectStore(names[0]).getAllKeys();
        keys.onsuccess = () => (database.close(), resolve(keys.result));
        keys.onerror = () => reject(keys.error);
      };
    });
  });
}

/** Asks again until the answer is there; the test runner ends a test that waits for ever. */
export async function until(ask) {
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

// Visitors for the tests: pages that remember what went wrong in them, and what a device keeps.
export { launchChromium as launch } from "./engines/chromium.mjs";
export { until } from "./engines/page.mjs";

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

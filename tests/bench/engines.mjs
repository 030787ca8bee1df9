#!/usr/bin/env node
// What arrives of a page that goes, in each engine that is here: a row for each.
//
//   node tests/bench/engines.mjs [--rounds=5]
//
// "at unload": of 50 events in the task that leaves for another site, those that the collector has two
// seconds later, without another visit. "after the next visit": those that it has when that is done.
// "pagehide" puts one value into IndexedDB on `pagehide`, with an explicit commit and without.

import { createServer } from "node:http";

import { table } from "../../scripts/lib/table.mjs";
import { until } from "../e2e/browser.mjs";
import { newScene, settled, tokensOf, track } from "../e2e/delivery_scene.mjs";
import { ENGINES } from "../e2e/engines/index.mjs";

const argument = process.argv.find((word) => word.startsWith("--rounds="))?.split("=")[1];
const rounds = Number(argument ?? 5);
const events = 50;
const unload_ms = 2000;

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Runs with what a test's context offers, and ends what was begun. */
async function scene(browser, run) {
  const ends = [];
  try {
    return await run(await newScene({ after: (end) => ends.push(end) }, browser));
  } finally {
    for (const end of ends) await end();
  }
}

const leave = (browser) =>
  scene(browser, async (scene) => {
    const count = async () => tokensOf(await scene.collector.events()).length;
    const page = await scene.visit();
    await track(page, "leaving", events, scene.site.elsewhere);
    await page.waitForURL(scene.site.elsewhere);
    await wait(unload_ms);
    const at_unload = await count();
    await settled(await scene.visit(page));
    return { at_unload, later: await count() };
  });

const store = (commit) => `<!doctype html><title>t</title><script>
  const open = indexedDB.open("t", 1);
  open.onupgradeneeded = () => open.result.createObjectStore("kv");
  open.onsuccess = () => (window.database = open.result);
  addEventListener("pagehide", () => {
    const transaction = database.transaction("kv", "readwrite");
    transaction.objectStore("kv").put(1, location.search);
    ${commit ? "transaction.commit();" : ""}
  });
</script>`;

const countStored = () =>
  new Promise((resolve) => {
    const keys = window.database.transaction("kv").objectStore("kv").getAllKeys();
    keys.onsuccess = () => resolve(keys.result.length);
  });

/** How many of the rounds are found in the database afterwards. */
async function pagehide(browser, commit) {
  const pages = { "/": store(commit), "/elsewhere": "<!doctype html>" };
  const server = createServer((request, response) =>
    response.writeHead(200, { "Content-Type": "text/html" }).end(pages[request.url.split("?")[0]]),
  ).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address();
  const context = await browser.newContext();
  const page = await context.newPage();
  const visit = async (name) => {
    await page.goto(`http://127.0.0.1:${port}/?${name}`);
    await until(() => page.evaluate(() => !!window.database));
  };
  for (let round = 0; round < rounds; round += 1) {
    await visit(round);
    const elsewhere = `http://localhost:${port}/elsewhere`;
    await page.evaluate((url) => void (location.href = url), elsewhere);
    await page.waitForURL(elsewhere);
  }
  await visit("end");
  const found = await page.evaluate(countStored);
  await context.close();
  server.close();
  server.closeAllConnections();
  return found;
}

async function measure({ name, launch }) {
  const browser = await launch();
  const left = [];
  for (let round = 0; round < rounds; round += 1) left.push(await leave(browser));
  const least = (key) => Math.min(...left.map((one) => one[key]));
  const stored = [await pagehide(browser, true), await pagehide(browser, false)];
  const row = [
    ...[`${name} ${browser.version()}`, `${least("at_unload")} of ${events}`],
    ...[`${least("later")} of ${events}`, ...stored.map((found) => `${found} of ${rounds}`)],
  ];
  await browser.close();
  return row;
}

const wanted = process.env.WAYMARK_ENGINES?.toLowerCase().split(",");
const rows = [];
for (const engine of ENGINES) {
  if (wanted && !wanted.includes(engine.name.toLowerCase())) continue;
  if (engine.missing) process.stdout.write(`left out: ${engine.missing}\n`);
  else rows.push(await measure(engine));
}
const headings = ["engine", ">at unload", ">after the next visit", ">pagehide, commit", ">without"];
process.stdout.write(`${table(headings, rows)}\nworst of ${rounds} rounds\n`);

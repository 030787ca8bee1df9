#!/usr/bin/env node
// Measures what capturing all that there is costs the page: CPU time of the main thread, and long tasks, of the same page with
// every kind on and with page views alone, in turns, at 4x throttling. A page view is a load of the page (its files come from
// the cache, as they do on a visit's second page) or a navigation inside it; a visit also scrolls, clicks and types.
//
//     node tests/bench/capture.mjs [--reps=15] [--rate=4] [--without=web_vitals,media]

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { loadavg } from "node:os";
import { brotliCompressSync } from "node:zlib";

import { table } from "../../scripts/lib/table.mjs";
import { launch, newProfile, taskCpuMs } from "./lib/browser.mjs";
import { least, median, most, number } from "./lib/stats.mjs";

const setting = (name, otherwise) =>
  process.argv.map((word) => new RegExp(`^--${name}=(.+)$`).exec(word)?.[1]).find(Boolean) ?? otherwise;
const [reps, rate] = [Number(setting("reps", 15)), Number(setting("rate", 4))];
const without = setting("without", "").split(",");

const dist = new URL("../../js/dist/", import.meta.url);
const TYPES = { js: "text/javascript", mjs: "text/javascript", wasm: "application/wasm", json: "application/json" };
const NAVIGATIONS = 20;

const schema = await readFile(new URL("../../sdk/docs/config.schema.json", import.meta.url), "utf8");
const kinds = Object.keys(JSON.parse(schema).properties.capture.properties).filter((kind) => !without.includes(kind));

const product = { "@type": "Product", sku: "c-1", name: "Compass", offers: { price: 49, priceCurrency: "EUR" } };
const page = (config) => `<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>A page</title>
<script>
  figures = { tasks: [] };
  new PerformanceObserver((list) => list.getEntries().forEach(({ duration }) => figures.tasks.push(duration))).observe({ type: "longtask", buffered: true });
  dataLayer = [{ event: "view_item", ecommerce: { currency: "EUR", items: [{ item_id: "c-1", price: 49 }] } }];
</script>
<script type="application/ld+json">${JSON.stringify(product)}</script>
<body style="font: 18px/1.6 sans-serif; margin: 2rem auto; max-width: 1000px"><h1>Goods for people who walk there</h1>
<form id="signup" onsubmit="return false"><input name="mail"><button id="send">Send</button></form>
${Array.from({ length: 60 }, (_, i) => `<section data-wm-view="card"><h2>Card ${i}</h2><p>${"Maps, lamps, wool. ".repeat(20)}</p><a href="#x">More</a></section>`).join("")}
<script async src="waymark.js" data-config="${config}"></script>`;

const config = (capture) => JSON.stringify({
  waymark: 1,
  app: { id: "bench" },
  consent: { revision: "1", purposes: [{ id: "analytics", basis: "legitimate_interest", storage: true }], regions: [{ match: ["*"], model: "notice" }] },
  collectors: [{ id: "c", protocol: "segment", url: base, needs: ["analytics"], options: { write_key: "k" } }],
  capture,
});

const kept = new Map();
async function answer({ url, method }, response) {
  const [path] = url.split("?");
  if (method !== "GET") return response.writeHead(200).end("{}");
  const made = {
    "/with": () => page("with.json"),
    "/without": () => page("without.json"),
    "/with.json": () => config(Object.fromEntries(kinds.map((kind) => [kind, true]))),
    "/without.json": () => config({ page_views: true }),
  };
  if (!kept.has(path)) {
    const body = made[path]?.() ?? (await readFile(new URL(path.slice(1), dist)).catch(() => undefined));
    kept.set(path, body && brotliCompressSync(body));
  }
  const body = kept.get(path);
  const type = TYPES[path.split(".")[1]] ?? "text/html; charset=utf-8";
  if (!body) return response.writeHead(404).end();
  response.writeHead(200, { "Content-Type": type, "Content-Encoding": "br", "Cache-Control": "max-age=3600" }).end(body);
}

const rest = (page, ms) => page.waitForTimeout(ms);

async function use(page) {
  await page.mouse.move(300, 300);
  for (let i = 0; i < 5; i += 1) await page.mouse.wheel(0, 600);
  await page.locator("input").fill("somebody");
  await page.locator("#send").click();
}

/** The CPU of a load, of one navigation, and of what a visitor does. */
async function visit(browser, which) {
  const context = await newProfile(browser);
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const ready = async () => {
    await page.evaluate(() => new Promise((resolve) => (function wait() { window.waymark?.client ? resolve(window.waymark.client.ready) : setTimeout(wait, 10); })()));
    await rest(page, 1200);
  };
  await page.goto(`${base}/${which}`);
  await ready();
  await session.send("Emulation.setCPUThrottlingRate", { rate });
  await page.goto(`${base}/${which}?second`);
  await ready();
  const load = await taskCpuMs(session);
  await page.evaluate(async (count) => {
    for (let i = 0; i < count; i += 1) {
      history.pushState(null, "", `?page=${i}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }, NAVIGATIONS);
  await rest(page, 600);
  const navigated = await taskCpuMs(session);
  await use(page);
  await rest(page, 600);
  const used = await taskCpuMs(session);
  const { tasks } = await page.evaluate(() => window.figures);
  await context.close();
  return { load, navigation: (navigated - load) / NAVIGATIONS, use: used - navigated, long: tasks.length, longest: Math.max(0, ...tasks) };
}

const server = createServer((request, response) => void answer(request, response)).listen(0, "127.0.0.1");
await new Promise((resolve) => server.once("listening", resolve));
const base = `http://127.0.0.1:${server.address().port}`;
const browser = await launch();
const KINDS = ["with", "without"];
const found = Object.fromEntries(KINDS.map((which) => [which, []]));
// The first round is the caches' own.
for (let round = -1; round < reps; round += 1) {
  for (const which of round % 2 ? KINDS : KINDS.toReversed()) {
    const figures = await visit(browser, which);
    if (round >= 0) found[which].push(figures);
  }
}
await browser.close();
server.close();
server.closeAllConnections();

const of = (which, name) => found[which].map((figures) => figures[name]);
const added = (name) => of("with", name).map((value, i) => value - of("without", name)[i]);
const row = (text, values, digits = 2) => [text, number(median(values), digits), number(least(values), digits), number(most(values), digits)];
process.stdout.write(
  table(
    [`${reps} rounds at ${rate}x, ${kinds.length} kinds`, ">median", ">least", ">most"],
    [
      row("added CPU of a load, ms", added("load")),
      row("  of the load without, ms", of("without", "load")),
      row("added CPU of a navigation inside, ms", added("navigation")),
      row("  of the navigation without, ms", of("without", "navigation")),
      row("added CPU of scrolling, typing, clicking, ms", added("use")),
      row("  of the same without, ms", of("without", "use")),
      row("long tasks with", of("with", "long"), 0),
      row("long tasks without", of("without", "long"), 0),
      row("longest task with, ms", of("with", "longest"), 0),
    ],
  ),
);
process.stdout.write(`load average ${loadavg().map((one) => one.toFixed(1)).join(" ")}\n`);

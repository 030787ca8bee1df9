#!/usr/bin/env node
// Measures what the banner costs the page: how soon the question can be seen after the script ran, and whether the page's largest
// element comes later, tasks become long or anything moves. The same page with the banner, with it and its files preloaded as
// the docs advise, and without it, in turns, at 4x throttling. CPU of the main thread bears other load best.
//
//     node tests/bench/banner.mjs [--reps=15] [--rate=4] [--lang=en]

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { loadavg } from "node:os";
import { brotliCompressSync } from "node:zlib";

import { table } from "../../scripts/lib/table.mjs";
import { launch, newProfile, taskCpuMs } from "./lib/browser.mjs";
import { least, median, most, number } from "./lib/stats.mjs";

const setting = (name, otherwise) =>
  process.argv.map((word) => new RegExp(`^--${name}=(.+)$`).exec(word)?.[1]).find(Boolean) ?? otherwise;
const [reps, rate, lang] = [Number(setting("reps", 15)), Number(setting("rate", 4)), setting("lang", "en")];

const dist = new URL("../../js/dist/", import.meta.url);
const TYPES = { js: "text/javascript", mjs: "text/javascript", wasm: "application/wasm", json: "application/json", svg: "image/svg+xml" };
const HERO = `<svg xmlns="http://www.w3.org/2000/svg" width="1000" height="500"><rect width="1000" height="500" fill="#357"/>${
  Array.from({ length: 200 }, (_, i) => `<circle cx="${(i * 97) % 1000}" cy="${(i * 53) % 500}" r="${5 + (i % 30)}" fill="#9bd" opacity=".5"/>`).join("")
}</svg>`;

const HINTS = '<link rel="preload" href="with.json" as="fetch" crossorigin><link rel="modulepreload" href="waymark-banner.mjs">';
const page = (config, hints = "") => `<!doctype html><html lang="${lang}"><meta name="viewport" content="width=device-width">
<title>A page</title>${hints}
<script>
  figures = { tasks: [], shift: 0 };
  Object.defineProperty(window, "waymark", { set(call) { figures.ran ??= performance.now(); this.call = call; }, get() { return this.call; } });
  const watch = (type, see) => new PerformanceObserver((list) => list.getEntries().forEach(see)).observe({ type, buffered: true });
  watch("largest-contentful-paint", ({ startTime }) => (figures.largest = startTime));
  watch("longtask", ({ duration }) => figures.tasks.push(duration));
  watch("layout-shift", ({ value }) => (figures.shift += value));
  // What is there when a frame begins stands on the screen at its end: the next frame begins after that.
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const shown = new Promise((resolve) => addEventListener("waymark:shown", resolve));
  seen = shown.then(frame).then(frame).then(() => (figures.visible = performance.now()));
</script>
<body style="font: 18px/1.6 sans-serif; margin: 2rem auto; max-width: 1000px"><h1>Goods for people who walk there</h1>
<img src="hero.svg" width="1000" height="500" alt=""><p>${"Maps, lamps, wool and brass, chosen by people who came back wet. ".repeat(60)}</p>
<script async src="waymark.js" data-config="${config}"></script>`;

const config = (ui) => JSON.stringify({
  waymark: 1,
  app: { id: "bench" },
  consent: {
    revision: "1",
    purposes: ["analytics", "marketing", "personalization"].map((id) => ({ id, basis: "consent", storage: true })),
    vendors: Array.from({ length: 12 }, (_, i) => ({ id: `v${i}`, name: `Vendor ${i}`, purposes: ["marketing"] })),
    ...(ui && { ui }),
  },
  collectors: [{ id: "c", protocol: "segment", url: "http://127.0.0.1:9", needs: ["analytics"], options: { write_key: "k" } }],
});

const made = {
  "/with": page("with.json"),
  "/preloaded": page("with.json", HINTS),
  "/without": page("without.json"),
  "/with.json": config({}),
  "/without.json": config(),
  "/hero.svg": HERO,
};
const KINDS = ["with", "preloaded", "without"];

async function answer({ url }, response) {
  const body = made[url] ?? (await readFile(new URL(url.slice(1), dist)).catch(() => undefined));
  if (body === undefined) return response.writeHead(404).end();
  const type = TYPES[url.split(".")[1]] ?? "text/html; charset=utf-8";
  response.writeHead(200, { "Content-Type": type, "Content-Encoding": "br", "Cache-Control": "no-store" }).end(packed(url, body));
}

const kept = new Map();
function packed(url, body) {
  if (!kept.has(url)) kept.set(url, brotliCompressSync(body));
  return kept.get(url);
}

async function visit(browser, base, which) {
  const context = await newProfile(browser);
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate });
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  await page.goto(`${base}/${which}`);
  await page.evaluate(() => window.waymark.client.ready);
  if (which !== "without") await page.evaluate(() => window.seen);
  await page.waitForTimeout(500);
  const cpu = await taskCpuMs(session);
  const { ran, visible, largest, tasks, shift } = await page.evaluate(() => window.figures);
  await context.close();
  return { visible: visible - ran, largest, longest: Math.max(0, ...tasks), shift, cpu };
}

const server = createServer((request, response) => void answer(request, response)).listen(0, "127.0.0.1");
await new Promise((resolve) => server.once("listening", resolve));
const base = `http://127.0.0.1:${server.address().port}`;
const browser = await launch();
const found = Object.fromEntries(KINDS.map((which) => [which, []]));
// The first round is the caches' own.
for (let round = -1; round < reps; round += 1) {
  for (const which of round % 2 ? KINDS : KINDS.toReversed()) {
    const figures = await visit(browser, base, which);
    if (round >= 0) found[which].push(figures);
  }
}
await browser.close();
server.close();
server.closeAllConnections();

const of = (which, name) => found[which].map((figures) => figures[name]);
const each = (how, name) => of("with", name).map((value, i) => how(value, of("without", name)[i]));
const row = (text, values, digits = 0) => [text, number(median(values), digits), number(least(values), digits), number(most(values), digits)];
process.stdout.write(
  table(
    [`${reps} rounds at ${rate}x, ${lang}`, ">median", ">least", ">most"],
    [
      row("the script ran, until the question is seen, ms", of("with", "visible")),
      row("the same, config and banner preloaded", of("preloaded", "visible")),
      row("CPU of the main thread, more than without, ms", each((one, other) => one - other, "cpu"), 1),
      row("largest paint without, ms", of("without", "largest")),
      row("largest paint with, ms", of("with", "largest")),
      row("the one by the other, each round", each((one, other) => one / other, "largest"), 3),
      row("longest task over 50 ms without, ms", of("without", "longest")),
      row("longest task over 50 ms with, ms", of("with", "longest")),
      row("layout shift with", of("with", "shift"), 4),
    ],
  ) + `\nload average ${loadavg()[0].toFixed(1)}\n`,
);

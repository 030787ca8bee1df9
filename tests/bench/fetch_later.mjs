#!/usr/bin/env node
// What Chromium's deferred fetch (`fetchLater`) would bring a page that goes, and what it would cost:
// the facts behind sdk/docs/adr/0016. No tracker runs here, only the browser.
//
//   node tests/bench/fetch_later.mjs [--rounds=5]
//
// A page holds 50 events in one body and goes. "arrived": in how many rounds the body was there two
// seconds later without another visit. By "beacon" it is handed over on `pagehide`, by "later" it was
// deferred when the events came, by "both" the page that goes aborts the deferred one and takes the
// beacon. Times are of the page's main thread, for a new body at each task, as a queue that grows
// would have it.

import { createServer } from "node:http";

import { table } from "../../scripts/lib/table.mjs";
import { cpuSession, launch, taskCpuMs } from "./lib/browser.mjs";
import { median } from "./lib/stats.mjs";

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const argument = process.argv.find((word) => word.startsWith("--rounds="))?.split("=")[1];
const rounds = Number(argument ?? 5);
const EVENT_BYTES = 400;
const EVENTS = 50;
const TASKS = 200;
const KIB = 1024;

/** Runs in the page: keeps `bytes` in the way that `how` says. */
function hold([how, url, bytes]) {
  const body = () => "x".repeat(bytes);
  const controller = new AbortController();
  if (how !== "beacon") fetchLater(url, { method: "POST", body: body(), signal: controller.signal });
  if (how === "later") return;
  addEventListener("pagehide", () => {
    controller.abort();
    navigator.sendBeacon(url, body());
  });
}

/** Runs in the page: in each task one event more, and the deferred request is made anew. */
async function grow([how, url, tasks, bytes]) {
  let controller;
  let body = "";
  const times = [];
  for (let i = 0; i < tasks; i += 1) {
    body = i % 50 ? body + "x".repeat(bytes) : "x".repeat(bytes);
    const begun = performance.now();
    if (how === "later") {
      controller?.abort();
      controller = new AbortController();
      fetchLater(url, { method: "POST", body, signal: controller.signal });
    }
    times.push((performance.now() - begun) * 1000);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  controller?.abort();
  return times;
}

/** Runs in the page: whether there is room beside so many bytes that are deferred to the same origin. */
function room([url, bytes]) {
  const refusal = (run) => {
    try {
      return run() === false ? "refused" : "taken";
    } catch ({ name }) {
      return name;
    }
  };
  const controller = new AbortController();
  const { signal } = controller;
  const defer = () => fetchLater(url, { method: "POST", body: "x".repeat(bytes), signal }) && undefined;
  const first = refusal(defer);
  const second = refusal(defer);
  const beacon = refusal(() => navigator.sendBeacon(url, "x".repeat(bytes)));
  controller.abort();
  return { first, second, beacon };
}

const leave = {
  navigates: (page, { elsewhere }) => page.goto(elsewhere),
  "is closed": (page) => page.close({ runBeforeUnload: false }),
  "has its renderer killed": async (page) => {
    const session = await page.context().newCDPSession(page);
    const crashed = page.waitForEvent("crash");
    session.send("Page.crash").catch(() => {});
    await crashed;
  },
};

async function startServer() {
  const server = createServer(async (request, response) => {
    let bytes = 0;
    for await (const chunk of request) bytes += chunk.length;
    if (request.method === "POST") server.taken.push(bytes);
    response.writeHead(200, { "Content-Type": "text/html", "Access-Control-Allow-Origin": "*" });
    response.end("<!doctype html><title>t</title>");
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address();
  const urls = { page: `http://127.0.0.1:${port}/`, elsewhere: `http://localhost:${port}/` };
  return Object.assign(server, urls, { collector: `http://127.0.0.1:${port}/collect`, taken: [] });
}

async function withPage(browser, server, run) {
  const context = await browser.newContext();
  const page = await context.newPage();
  try {
    await page.goto(server.page);
    server.taken = [];
    return await run(page);
  } finally {
    await context.close();
  }
}

const arrivals = (browser, server, how, goes) =>
  withPage(browser, server, async (page) => {
    await page.evaluate(hold, [how, server.collector, EVENTS * EVENT_BYTES]);
    await leave[goes](page, server);
    await sleep(2000);
    return server.taken.length;
  });

async function rowOf(browser, server, how) {
  const cells = [];
  for (const goes of Object.keys(leave)) {
    const found = [];
    for (let i = 0; i < rounds; i += 1) found.push(await arrivals(browser, server, how, goes));
    const doubles = found.filter((count) => count > 1).length;
    cells.push(`${found.filter(Boolean).length} of ${rounds}${doubles ? `, ${doubles} twice` : ""}`);
  }
  return [how, ...cells];
}

const cost = (browser, server, how) =>
  withPage(browser, server, async (page) => {
    const session = await cpuSession(page);
    const before = await taskCpuMs(session);
    const times = await page.evaluate(grow, [how, server.collector, TASKS, EVENT_BYTES]);
    const cpu_us = ((await taskCpuMs(session)) - before) * (1000 / TASKS);
    return { call_us: median(times), cpu_us };
  });

const server = await startServer();
const browser = await launch();
const rows = [];
for (const how of ["beacon", "later", "both"]) rows.push(await rowOf(browser, server, how));
process.stdout.write(`${table(["kept by", ...Object.keys(leave).map((goes) => `>${goes}`)], rows)}\n`);

const costs = { none: [], later: [] };
for (let i = 0; i < rounds; i += 1) {
  for (const how of Object.keys(costs)) costs[how].push(await cost(browser, server, how));
}
const of = (how, member) => median(costs[how].map((one) => one[member]));
const more = of("later", "cpu_us") - of("none", "cpu_us");
process.stdout.write(`a task that defers anew: ${of("later", "call_us").toFixed(0)} us for the caller, `);
process.stdout.write(`${more.toFixed(0)} us of main-thread CPU\n`);

for (const kib of [20, 40, 60]) {
  const found = await withPage(browser, server, (page) => page.evaluate(room, [server.collector, kib * KIB]));
  process.stdout.write(`${kib} KiB deferred: ${JSON.stringify(found)}\n`);
}
await browser.close();
server.close();
server.closeAllConnections();

// What a test of capture plays in: a site with the script, a collector on the same server that remembers all bytes that it
// gets, and a visitor.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { gunzipSync } from "node:zlib";

import { newVisitor, until } from "./browser.mjs";

const dist = new URL("../../js/dist/", import.meta.url);
const stub = await readFile(new URL("stub.js", dist), "utf8");
const TYPES = { js: "text/javascript", mjs: "text/javascript", wasm: "application/wasm", json: "application/json", pdf: "application/pdf" };

/** Every kind that there is. */
export const all_kinds = Object.fromEntries(
  ("page_views clicks links rage_clicks dead_clicks error_clicks forms uploads engagement scroll element_views media errors web_vitals " +
    "search print copy visibility connection data_layer json_ld").split(" ").map((kind) => [kind, true]),
);

export const markup = (body = "", head = "") => `<!doctype html><html lang="en"><meta charset="utf-8"><title>A page</title>
  <script>${stub}</script>${head}<script async src="/waymark.js" data-config="/waymark.json"></script>${body}`;

const unpacked = (bytes) => (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString();

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return unpacked(Buffer.concat(chunks));
}

const configFor = (url, capture) => ({
  waymark: 1,
  app: { id: "capture-test" },
  consent: { revision: "1", purposes: [{ id: "analytics", basis: "legitimate_interest", storage: true }], regions: [{ match: ["*"], model: "notice" }] },
  collectors: [{ id: "cdp", protocol: "segment", url, needs: ["analytics"], options: { write_key: "K" } }],
  capture,
  delivery: { flush_ms: 50 },
});

/**
 * `pages`: markup by path, or a function of the path; `files`: bytes of other paths; `requests`: what the collector got, in
 * full; `asked`: every path. `configured` may change the config.
 */
export async function startSite({ pages, files = {}, capture, configured = (config) => config }) {
  const site = { requests: [], asked: [], events: [] };
  const answer = async (request, response) => {
    const { pathname } = new URL(request.url, site.url);
    const give = (type, body) => response.writeHead(200, { "Content-Type": type, "Access-Control-Allow-Origin": "*" }).end(body);
    if (request.method !== "GET") {
      const text = await bodyOf(request);
      site.requests.push(`${request.method} ${request.url}\n${JSON.stringify(request.headers)}\n${text}`);
      // What was under way when a page went may come once more, with its id.
      const batch = pathname.startsWith("/v1/") ? (JSON.parse(text || "{}").batch ?? []) : [];
      for (const event of batch) if (!site.events.some(({ messageId }) => messageId === event.messageId)) site.events.push(event);
      return give("application/json", "{}");
    }
    site.asked.push(request.url);
    const page = typeof pages === "function" ? pages(pathname) : pages[pathname];
    if (page !== undefined) return give("text/html; charset=utf-8", page);
    const type = TYPES[pathname.split(".").pop()] ?? "application/octet-stream";
    if (pathname === "/waymark.json") return give(type, JSON.stringify(configured(configFor(site.url, capture))));
    const body = files[pathname] ?? (await readFile(new URL(`.${pathname}`, dist)).catch(() => undefined));
    return body === undefined ? response.writeHead(404).end() : give(type, body);
  };
  const server = createServer((request, response) => void answer(request, response)).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  site.url = `http://127.0.0.1:${server.address().port}`;
  site.stop = () => (server.close(), server.closeAllConnections());
  return site;
}

/** Of an event, its name and what it tells. */
export const told = ({ type, event, properties }) => [event ?? type, properties ?? {}];

/** A site and a visitor on it; ends both after `t`. `expected_faults`: what the page is to throw. */
export async function newScene(t, browser, options, visitor) {
  const site = await startSite(options);
  const scene = { site, ...(await newVisitor(browser, visitor)) };
  scene.problems = [];
  scene.page.on("console", (message) => message.type() === "error" && scene.problems.push(message.text()));
  t.after(async () => {
    await scene.context.close();
    site.stop();
    assert.deepEqual(scene.faults, options.expected_faults ?? [], "what pages threw");
  });
  /** Opens a path, until the kinds of capture are at work. */
  scene.open = async (path = "/") => {
    await scene.page.goto(site.url + path);
    await scene.settled();
  };
  scene.settled = async () => {
    await scene.page.waitForFunction(() => window.waymark?.client);
    await scene.page.evaluate(() => window.waymark.client.ready);
    // The files come, and begin in idle time.
    const files = () => scene.page.evaluate(() => performance.getEntriesByType("resource").filter(({ name }) => /waymark-capture/.test(name)).length);
    let before = -1;
    await until(async () => {
      const now = await files();
      const same = now === before;
      before = now;
      await new Promise((resolve) => setTimeout(resolve, 50));
      return same;
    });
    await scene.page.evaluate(() => new Promise((resolve) => (window.requestIdleCallback ?? setTimeout)(() => resolve(), { timeout: 600 })));
  };
  /** The events of these names that have come, when there are `count`. */
  scene.events = async (names, count = 1) => {
    const found = () => site.events.filter(({ event, type }) => [names].flat().includes(event ?? type)).map(told);
    await until(() => found().length >= count).catch(() => {});
    return found();
  };
  /** All that came is there: a mark that the page sets itself has come. */
  scene.mark = async () => {
    const mark = `mark_${site.events.length}_${Math.random().toString(36).slice(2)}`;
    await scene.page.evaluate((mark) => new Promise((resolve) => setTimeout(() => resolve(void window.waymark("track", mark)), 1000)), mark);
    await scene.events(mark);
    return site.events.map(told).filter(([name]) => !name.startsWith("mark_"));
  };
  return scene;
}

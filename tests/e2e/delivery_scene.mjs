// What a test of delivery plays in: a site with the script, the sample collector on another origin, and a visitor who was
// there before and said yes.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";

import { startCollector } from "../../scripts/lib/servers.mjs";
import { newVisitor, storedKeys, until } from "./browser.mjs";
import { collectorOf } from "./shop.mjs";

const dist = new URL("../../js/dist/", import.meta.url);
const stub = await readFile(new URL("stub.js", dist), "utf8");
const TYPES = { js: "text/javascript", mjs: "text/javascript", wasm: "application/wasm", json: "application/json" };

const NOTE_RETURN = '<script>addEventListener("pageshow", ({ persisted }) => (window.returned = persisted))</script>';

/** The page as a customer would write it; `inline` is the first script behind the stub. */
export const markup = (inline = "") => `<!doctype html><title>t</title><script>${stub}</script>
  <script>${inline}</script>${NOTE_RETURN}
  <script async src="waymark.js" data-config="waymark.json"></script>`;

/** As if `init` ran before the page's own scripts. */
const beginWith = (init, html) => {
  const script = typeof init === "function" ? `(${init})()` : init;
  return html.replace("<!doctype html>", `<!doctype html><script>${script}</script>`);
};

/**
 * `url`: the page; `elsewhere`: one of another site, without a tracker; `nothing`: where no page is. `pages`, their `headers`
 * and `config` may be changed; `init` stands in front of every page, since not every browser's driver can put it there.
 */
async function startSite(config, init) {
  const held = {};
  const site = {
    config,
    headers: {},
    files: {},
    pages: { "": markup(), elsewhere: `<!doctype html><title>elsewhere</title>${NOTE_RETURN}` },
    /** Answers no request for this file before `release()`; `asked` is fulfilled when there is one. */
    hold(file) {
      const hold = {};
      hold.asked = new Promise((resolve) => (hold.ask = resolve));
      hold.released = new Promise((resolve) => (hold.release = resolve));
      return (held[file] = hold);
    },
  };
  const answer = async (request, response) => {
    const file = request.url.slice(1);
    const give = (type, body, headers = {}) =>
      response.writeHead(200, { "Content-Type": type, "Access-Control-Allow-Origin": "*", ...headers }).end(body);
    if (file in site.pages) {
      const html = init ? beginWith(init, site.pages[file]) : site.pages[file];
      return give("text/html; charset=utf-8", html, site.headers);
    }
    if (file === "nothing") return response.writeHead(204).end();
    held[file]?.ask();
    await held[file]?.released;
    if (file in site.files) return give("application/json", JSON.stringify(site.files[file]));
    if (file === "waymark.json") return give("application/json", JSON.stringify(site.config));
    const body = await readFile(new URL(file, dist)).catch(() => undefined);
    return body ? give(TYPES[file.split(".").pop()], body) : response.writeHead(404).end();
  };
  const server = createServer((request, response) => void answer(request, response)).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address();
  site.url = `http://127.0.0.1:${port}/`;
  site.elsewhere = `http://localhost:${port}/elsewhere`;
  site.nothing = `${site.url}nothing`;
  site.stop = () => (server.close(), server.closeAllConnections());
  return site;
}

const configFor = (url) => ({
  waymark: 1,
  app: { id: "delivery-test" },
  consent: { revision: "1", purposes: [{ id: "analytics", basis: "consent", storage: true, before_answer: "hold" }] },
  collectors: [{ id: "cdp", protocol: "segment", url, needs: ["analytics"], options: { write_key: "K" } }],
  delivery: { flush_ms: 200 },
});

/**
 * Starts it all, and ends it after `t`. `init`: runs in each page before its scripts. `consented`: false for a new visitor.
 * `visitor`: how the browser shows itself.
 */
export async function newScene(t, browser, { init, consented = true, visitor } = {}) {
  const server = await startCollector(0);
  const site = await startSite(configFor(server.url), init);
  const { context, page, faults } = await newVisitor(browser, visitor);
  t.after(async () => {
    await context.close();
    site.stop();
    await server.stop();
    assert.deepEqual(faults, [], "what pages threw");
  });
  context.on("page", (page) => page.on("pageerror", (error) => faults.push(error.message)));
  const scene = {
    site,
    context,
    collector: collectorOf(server.url),
    /** Opens the page, in a new tab unless `tab` is given, and waits until the engine has read what is stored. */
    async visit(tab) {
      const page = tab ?? (await context.newPage());
      await page.goto(site.url);
      await atWork(page);
      return page;
    },
  };
  if (consented) {
    await scene.visit(page);
    await consent(page);
    await page.evaluate(() => window.waymark("track", "first visit"));
    await until(async () => (await storedKeys(page)).includes("state/identity"));
    await settled(page);
    await scene.collector.reset();
  }
  await page.close();
  return scene;
}

export const consent = (page) => page.evaluate(() => window.waymark("consent.set", { analytics: "granted" }));
export const view = (page) => page.evaluate(() => window.waymark.client.view());
// Asked while Firefox takes the page out of its cache, the driver answers with nothing.
export const untilView = (page, holds) => until(async () => { const found = await view(page); return found && holds(found); });

/** Before that an event waits in memory; a page that leaves saves it all the same, one that crashes does not. */
export async function atWork(page) {
  await page.evaluate(() => window.waymark.client.ready);
  await untilView(page, ({ store }) => store !== "reading");
}

/** Tracks `name/0`, `name/1` and so on in one task; and leaves for another page in the same task. */
export function track(page, name, count, leaveFor) {
  const run = ([name, count, leaveFor]) => {
    for (let i = 0; i < count; i += 1) window.waymark("track", "token", { token: `${name}/${i}` });
    if (leaveFor) location.href = leaveFor;
  };
  return page.evaluate(run, [name, count, leaveFor]);
}

/** Waits until nothing is left to send: in the page, in the store, and in what earlier pages left in a hurry. */
export async function settled(page) {
  await untilView(page, ({ store, queue }) => store === "ok" && queue.events + queue.held + queue.in_flight === 0);
  await until(async () => {
    const left = await page.evaluate(() => Object.keys(localStorage));
    const keys = [...left, ...(await storedKeys(page))];
    return !keys.some((key) => key.startsWith("outbox/") || key.startsWith("waymark.spill"));
  });
}

const segment = (events) => events.filter(({ protocol }) => protocol === "segment");
export const tokensOf = (events) => segment(events).map(({ event }) => event.properties?.token).filter(Boolean);

/** `{ a: 2 }` → `a/0`, `a/1`. */
const expected = (sent) => Object.entries(sent).flatMap(([name, count]) => Array.from({ length: count }, (_, i) => `${name}/${i}`));

/** Each token is there once (the collector keeps one event a message id), and those of one page in their order. */
export async function assertDelivered({ collector }, sent, { ordered = true } = {}) {
  const events = await collector.events();
  const tokens = tokensOf(events);
  assert.deepEqual(tokens.toSorted(), expected(sent).toSorted());
  if (ordered) {
    for (const [name, count] of Object.entries(sent)) {
      assert.deepEqual(tokens.filter((token) => token.startsWith(`${name}/`)), expected({ [name]: count }));
    }
  }
  assertCounted(events);
}

/** As which of its writer's events it is counted. */
export function sequenceOf({ messageId, context }) {
  return context.delivery?.sequence ?? parseInt(messageId.slice(-8), 16) + 1;
}

/** Whose event it is, where no writer is named: its name ends as the message id begins. */
const writerOf = ({ messageId, context }) => context.delivery?.writer?.slice(-8) ?? messageId.slice(0, 8);

/**
 * What the owner can see for himself: each writer's events count from 1 without a gap. A call that was put down for the
 * next page, and went out all the same, has no number (0): one of the two is counted, the one that is read back.
 */
function assertCounted(events) {
  const writers = {};
  const numbered = segment(events).filter(({ event }) => sequenceOf(event) !== 0);
  for (const { event } of numbered) (writers[writerOf(event)] ??= []).push(sequenceOf(event));
  for (const [writer, sequences] of Object.entries(writers)) {
    sequences.sort((a, b) => a - b);
    assert.deepEqual(sequences, Array.from(sequences, (_, i) => i + 1), `sequences of ${writer}`);
  }
}

// What fails on a connection that was used before Chromium repeats at once and by itself; the engine waits longer.
const repeats = (request, before) =>
  before?.status === 0 && before.body_bytes === request.body_bytes && request.received_ms - before.received_ms < 3000;

/** What pages sent to the collector, preflights left out. */
export async function posts({ collector }) {
  const requests = (await collector.requests()).filter(({ method }) => method === "POST");
  return requests.filter((request, i) => !repeats(request, requests[i - 1]));
}

export const refused = (scene) => until(async () => (await posts(scene)).find(({ status }) => status !== 200));

/** Waits until so many tokens stand at the collector. */
export const arrived = ({ collector }, count) => until(async () => tokensOf(await collector.events()).length >= count);

// Whatever is wrong with the script's files, the page goes on and says why.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";

import { launch, newVisitor } from "./browser.mjs";

const dist = new URL("../../js/dist/", import.meta.url);
const CONFIG = {
  waymark: 1,
  app: { id: "fault-test" },
  consent: { revision: "1", purposes: [{ id: "analytics", basis: "consent", before_answer: "hold" }] },
  collectors: [{ id: "c", protocol: "segment", url: "http://127.0.0.1:9", needs: ["analytics"], options: { write_key: "K" } }],
};
const TYPES = { js: "text/javascript", wasm: "application/wasm", json: "application/json" };

let browser, server, origin, answers, policy;

/** A page as a customer would write it, with files that the test may replace. */
async function answer(request, response) {
  const path = request.url.slice(1);
  if (path === "") {
    const stub = await readFile(new URL("stub.js", dist), "utf8");
    response.writeHead(200, { "Content-Type": "text/html", ...(policy ? { "Content-Security-Policy": policy } : {}) });
    response.end(`<!doctype html><title>t</title><script>${stub}</script>
      <script>window.problems=[];waymark("on","problem",(problem)=>window.problems.push(problem));waymark("track","early")</script>
      <script async src="waymark.js" data-config="waymark.json"></script><p id="alive">alive</p>`);
    return;
  }
  const given = answers[path];
  if (given?.status) return response.writeHead(given.status).end("no");
  const body = given?.body ?? (path === "waymark.json" ? JSON.stringify(CONFIG) : await readFile(new URL(path, dist)).catch(() => null));
  if (body === null) return response.writeHead(404).end();
  response.writeHead(200, { "Content-Type": given?.type ?? TYPES[path.split(".").pop()] ?? "text/plain" }).end(body);
}

before(async () => {
  browser = await launch();
  server = createServer((request, response) => void answer(request, response)).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  origin = `http://127.0.0.1:${server.address().port}/`;
});

after(async () => {
  await browser?.close();
  server?.close();
});

/** Opens the page and gives the first problem that it was told. */
async function problemWith(files, csp) {
  answers = files;
  policy = csp;
  const { page, context, faults } = await newVisitor(browser);
  await page.goto(origin);
  await page.waitForFunction(() => window.problems.length > 0);
  const [problem] = await page.evaluate(() => window.problems.map((one) => JSON.parse(JSON.stringify(one))));
  const ready = await page.evaluate(() =>
    window.waymark.client.ready.then(() => "ready", (error) => ({ name: error.name, message: error.message, code: error.code })),
  );
  await page.evaluate(() => window.waymark("track", "after"));
  assert.equal(await page.locator("#alive").innerText(), "alive");
  assert.deepEqual(faults, []);
  await context.close();
  return { problem, ready };
}

test("a good set-up has nothing to say", async () => {
  answers = {};
  policy = undefined;
  const { page, context, faults } = await newVisitor(browser);
  await page.goto(origin);
  await page.waitForFunction(() => window.waymark.client?.view());
  assert.equal(await page.evaluate(() => window.waymark.client.ready.then(() => "ready")), "ready");
  await page.waitForFunction(() => window.waymark.client.view().queue.held === 1);
  assert.deepEqual(await page.evaluate(() => window.problems), []);
  assert.deepEqual(faults, []);
  await context.close();
});

test("a broken config is named with pointer, found and allowed", async () => {
  const config = JSON.stringify({ ...CONFIG, app: { id: "x", chanel: "web" } });
  const { ready } = await problemWith({ "waymark.json": { body: config } });
  assert.equal(ready.name, "WaymarkError");
  assert.match(ready.message, /\/app\/chanel/);
  assert.match(ready.message, /channel/);
});

test("a config that is no JSON, or is not there", async () => {
  assert.match((await problemWith({ "waymark.json": { body: "{" } })).ready.message, /JSON/);
  assert.match((await problemWith({ "waymark.json": { status: 404 } })).ready.message, /404/);
});

test("wasm that is missing, corrupt or something else", async () => {
  assert.match((await problemWith({ "waymark.wasm": { status: 404 } })).ready.message, /404/);
  for (const body of [Buffer.from("<html>"), Buffer.from("0061736d01000000ff", "hex"), Buffer.alloc(0)]) {
    const { ready } = await problemWith({ "waymark.wasm": { body } });
    assert.equal(ready.name, "WaymarkError");
    assert.ok(ready.message.length > 20);
  }
});

test("wasm served with a wrong type works all the same", async () => {
  answers = { "waymark.wasm": { body: await readFile(new URL("waymark.wasm", dist)), type: "application/octet-stream" } };
  policy = undefined;
  const { page, context } = await newVisitor(browser);
  await page.goto(origin);
  assert.equal(await page.evaluate(async () => {
    while (!window.waymark.client) await new Promise((resolve) => setTimeout(resolve, 20));
    return window.waymark.client.ready.then(() => "ready");
  }), "ready");
  await context.close();
});

test("a content security policy without wasm is told by its name", async () => {
  const { ready } = await problemWith({}, "script-src 'self' 'unsafe-inline'");
  assert.match(ready.message, /wasm-unsafe-eval/);
});

test("properties that cannot be JSON refuse that event alone", async () => {
  answers = {};
  policy = undefined;
  const { page, context, faults } = await newVisitor(browser);
  await page.goto(origin);
  await page.waitForFunction(() => window.waymark.client?.view());
  const problems = await page.evaluate(async () => {
    const seen = [];
    window.waymark("on", "problem", (problem) => seen.push(problem));
    const cycle = { a: {} };
    cycle.a.self = cycle;
    window.waymark("track", "x", cycle);
    window.waymark("track", "x", { n: 1n });
    window.waymark("track", "x", { get boom() { throw new Error("secret"); } });
    window.waymark("track", "x", { text: "y".repeat(40_000) });
    window.waymark("track", "", {});
    window.waymark("track", "fine", { skipped: undefined, f() {} });
    await new Promise((resolve) => setTimeout(resolve, 0));
    return seen.map((problem) => JSON.parse(JSON.stringify(problem)));
  });
  assert.equal(problems.length, 5);
  const text = JSON.stringify(problems);
  for (const pointer of ["/properties/a/self", "/properties/n", "/properties/boom", "/properties", "/name"]) {
    assert.ok(text.includes(`"${pointer}"`), `${pointer} in ${text}`);
  }
  assert.ok(!text.includes("secret") && !text.includes("yyy"));
  assert.equal(await page.evaluate(() => window.waymark.client.view().losses.invalid), 5);
  assert.equal(await page.evaluate(() => window.waymark.client.view().queue.held), 2);
  assert.deepEqual(faults, []);
  await context.close();
});

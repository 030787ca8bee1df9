// The shop by itself, with a recorder in Waymark's place: what it calls, in which order, with which sums.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const serve = fileURLToPath(new URL("../serve.mjs", import.meta.url));
const executablePath = process.env.WAYMARK_CHROMIUM ?? process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";

let shop, url, browser;

before(async () => {
  shop = spawn(process.execPath, [serve, "--port", "0"], { stdio: ["ignore", "pipe", "ignore"] });
  const line = await new Promise((resolve) => shop.stdout.setEncoding("utf8").once("data", resolve));
  url = /http:\S+/.exec(line)[0];
  browser = await chromium.launch({ executablePath, chromiumSandbox: process.getuid?.() !== 0, args: ["--disable-gpu"] });
});

after(async () => {
  await browser?.close();
  shop?.kill();
});

/** A page without the real script. `waymark`: what stands in its place before any script runs. */
async function visit(waymark) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const faults = [];
  page.on("pageerror", (error) => faults.push(error.message));
  await page.route("**/waymark.js", (route) => route.abort());
  if (waymark) await page.addInitScript(waymark);
  await page.goto(url);
  return { context, page, faults, press: (name) => page.locator(`[data-testid="${name}"]`).first().click() };
}

const recorder = () => {
  const calls = [];
  const fake = (method, ...args) => {
    if (method !== "on") calls.push([method, ...JSON.parse(JSON.stringify(args))]);
  };
  // The stub may not replace it.
  Object.defineProperty(window, "waymark", { value: fake, writable: false });
  window.recorded = { calls };
};

async function buy(press, page) {
  await press("product-card");
  await press("add-to-cart");
  await press("add-to-cart");
  await press("cart-link");
  await press("checkout");
  await page.locator('[data-testid="field-remember"]').check();
  await press("next-step");
  await press("next-step");
  await press("place-order");
  return page.locator('[data-testid="order-number"]').innerText();
}

test("a purchase is told in order, and its sums are exact", async () => {
  const { page, context, press, faults } = await visit(recorder);
  const number = await buy(press, page);
  const calls = await page.evaluate(() => window.recorded.calls);
  assert.deepEqual(
    calls.map(([method, name]) => (method === "track" ? name : method)),
    [
      ...["product_list_viewed", "product_viewed", "product_added", "product_added", "cart_viewed", "checkout_started"],
      ...["checkout_step_viewed", "checkout_step_completed", "identify", "checkout_step_viewed", "checkout_step_completed"],
      ...["payment_info_entered", "checkout_step_viewed", "checkout_step_completed", "order_completed"],
    ],
  );
  const [, userId] = calls.find(([method]) => method === "identify");
  assert.match(userId, /^account-[0-9a-f-]{36}$/);
  const order = calls.at(-1)[2];
  assert.deepEqual(order, {
    order_id: number,
    total: 102.95,
    revenue: 98,
    tax: 16.44,
    shipping: 4.95,
    payment_method: "card",
    products: [{ ...calls[1][2], currency: undefined, quantity: 2, position: 1 }].map((one) => JSON.parse(JSON.stringify(one))),
    currency: "EUR",
  });
  assert.ok(!JSON.stringify(calls).includes("@"), "no e-mail address is told");
  assert.deepEqual(faults, []);
  await context.close();
});

test("without Waymark the shop sells, and keeps nothing on the device", async () => {
  const { page, context, press, faults } = await visit(() => Object.defineProperty(window, "waymark", { value: undefined, writable: false }));
  assert.match(await buy(press, page), /^FP-/);
  const device = await page.evaluate(async () => [document.cookie, localStorage.length, sessionStorage.length, (await indexedDB.databases()).length]);
  assert.deepEqual(device, ["", 0, 0, 0]);
  await press("privacy-choices");
  assert.equal(await page.locator("waymark-consent").count(), 0);
  assert.deepEqual(faults, []);
  await context.close();
});

test("a Waymark that throws does not harm the shop", async () => {
  const { page, context, press, faults } = await visit(() =>
    Object.defineProperty(window, "waymark", { value: () => { throw new Error("broken"); }, writable: false }),
  );
  assert.match(await buy(press, page), /^FP-/);
  assert.deepEqual(faults, []);
  await context.close();
});

test("addresses can be opened directly, and those that do not exist say so", async () => {
  const { page, context, faults } = await visit(recorder);
  await page.goto(`${url}/products/hut-lantern`);
  assert.equal(await page.locator("h1").innerText(), "Hut lantern");
  await page.goto(`${url}/order/none`);
  assert.equal(await page.locator("h1").innerText(), "Off the path");
  assert.deepEqual(faults, []);
  await context.close();
});

test("the server says what is wrong with its flags", () => {
  for (const flags of [["--prot", "1"], ["--port", "x"], ["--collector", "nonsense"]]) {
    const { status, stderr } = spawnSync(process.execPath, [serve, ...flags], { encoding: "utf8" });
    assert.equal(status, 2, flags.join(" "));
    assert.ok(stderr.trim().length > 20);
  }
});

test("the config is one that Waymark takes, and no rule of its journey is idle", () => {
  const cli = fileURLToPath(new URL("../../../js/dist/cli.mjs", import.meta.url));
  const config = fileURLToPath(new URL("../waymark.json", import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, "lint", config], { encoding: "utf8" });
  assert.equal(status, 0, stdout + stderr);
});

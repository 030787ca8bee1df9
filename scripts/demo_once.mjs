// One purchase in the sample shop, made by Chromium without a window, and what the collector
// received of it. Fails when the purchase did not arrive in every dialect that the shop speaks.

import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

import { DemoError, ROOT, startCollector, startShop } from "./lib/servers.mjs";
import { findChromium } from "./lib/browsers.mjs";
import { table } from "./lib/table.mjs";

const STEP_SECONDS_MAX = 15;
const CHECKOUT_STEPS_MAX = 10;
const ARRIVAL_SECONDS_MAX = 20;

export async function demoOnce() {
  const collector = await startCollector(0);
  try {
    const shop = await startShop(0, collector.url, { dialects: true });
    try {
      await buyAndReport(shop.url, collector.url);
    } finally {
      await shop.stop();
    }
  } finally {
    await collector.stop();
  }
}

async function buyAndReport(shopUrl, collectorUrl) {
  const wanted = await dialectsOf(shopUrl);
  const browser = await launchBrowser();
  let orderNumber;
  try {
    orderNumber = await inStore(browser, shopUrl, (order) => arrived(collectorUrl, order, wanted));
  } finally {
    await browser.close();
  }
  const events = await receivedEvents(collectorUrl);
  // All events in one dialect; then the purchase in all.
  process.stdout.write(`\n${eventTable(events.filter((event) => dialectOf(event) === wanted[0]))}\n`);
  const missing = missingOf(events, orderNumber, wanted);
  if (missing.length > 0) {
    throw new DemoError(`The purchase ${orderNumber} was made, but did not arrive as: ${missing.join(", ")}.`);
  }
  process.stdout.write(`${purchaseTable(wanted.flatMap((dialect) => ordersOf(events, orderNumber).filter((event) => dialectOf(event) === dialect)))}\n`);
  process.stdout.write(`  Order ${orderNumber} arrived in ${wanted.length} dialects, ${events.length} events in all.\n`);
}

// --- the browser ------------------------------------------------------------------------------

async function launchBrowser() {
  const executablePath = findChromium();
  if (!executablePath) {
    throw new DemoError("No Chromium was found. Debian and Fedora: `chromium`; or set CHROMIUM_PATH.");
  }
  const { chromium } = loadPlaywright();
  try {
    // Chromium refuses its sandbox to root, which is who runs most containers.
    return await chromium.launch({ executablePath, chromiumSandbox: process.getuid?.() !== 0 });
  } catch (error) {
    throw new DemoError(`Chromium (${executablePath}) did not start: ${firstLine(error)}`);
  }
}

function loadPlaywright() {
  for (const folder of ["js", "tests/e2e", "samples/web-shop"]) {
    const path = join(ROOT, folder, "package.json");
    if (!existsSync(path)) continue;
    try {
      return createRequire(path)("playwright-core");
    } catch (error) {
      if (error.code !== "MODULE_NOT_FOUND") throw error;
    }
  }
  throw new DemoError("playwright-core is not installed: run `make setup`.");
}

/** Buys one article; stays on the last page until `done` has resolved. Gives the order's number. */
async function inStore(browser, shopUrl, done) {
  const page = await browser.newPage();
  page.setDefaultTimeout(STEP_SECONDS_MAX * 1000);
  page.on("pageerror", (error) => process.stderr.write(`  the shop's page: ${error.message}\n`));
  const at = (name) => page.locator(`[data-testid="${name}"]`);
  const press = (name) => step(`press ${name}`, () => at(name).first().click());

  await step("open the shop", () => page.goto(shopUrl));
  const question = page.locator('waymark-consent [part~="question"]');
  await step("accept", () => question.locator('[part~="accept"]').click());
  await step("see the question go", () => question.waitFor({ state: "hidden" }));
  await press("product-card");
  await press("add-to-cart");
  await press("cart-link");
  await press("checkout");
  await pressWhileThere(page, at("next-step"), at("place-order"));
  await press("place-order");
  const order = at("order-number").first();
  await step("see the order's number", () => order.waitFor());
  const orderNumber = (await order.innerText()).trim();
  await done(orderNumber);
  return orderNumber;
}

async function step(what, act) {
  try {
    await act();
  } catch (error) {
    throw new DemoError(`The purchase stopped at "${what}": ${firstLine(error)}`);
  }
}

/** The checkout has as many steps as the shop likes; the last one has the button that buys. */
async function pressWhileThere(page, next, last) {
  for (let count = 0; count < CHECKOUT_STEPS_MAX; count += 1) {
    await step("go through the checkout", () => next.or(last).first().waitFor());
    if (await last.first().isVisible()) return;
    await step("press next-step", () => next.first().click());
  }
  throw new DemoError(`The checkout did not end after ${CHECKOUT_STEPS_MAX} steps.`);
}

// Playwright colours its messages and adds a log of several pages.
const firstLine = (error) =>
  error.message.replace(/\u001b\[[0-9;]*m/g, "").split("\n")[0];

// --- the collector ----------------------------------------------------------------------------

async function receivedEvents(collectorUrl) {
  const response = await fetch(`${collectorUrl}/events.json`);
  if (!response.ok) throw new DemoError(`The collector answered ${response.status} for its events.`);
  return response.json();
}

/** The dialects of the shop's collectors: "segment", "otlp protobuf". */
async function dialectsOf(shopUrl) {
  const { collectors } = await (await fetch(`${shopUrl}/waymark.json`)).json();
  return collectors.map(({ protocol, options }) => [protocol, options?.encoding].filter(Boolean).join(" "));
}

const dialectOf = ({ protocol, variant }) => [protocol, variant].filter(Boolean).join(" ");

/** The purchase itself, once in each dialect. */
const ordersOf = (events, order) => events.filter(({ order_id: id, name }) => id === order && /purchase|transaction|order/i.test(name));

const missingOf = (events, order, wanted) => {
  const here = ordersOf(events, order).map(dialectOf);
  return wanted.filter((dialect) => !here.includes(dialect));
};

/** Resolves when the purchase is there, or when it has had its time. */
async function arrived(collectorUrl, order, wanted) {
  const end = Date.now() + ARRIVAL_SECONDS_MAX * 1000;
  while (Date.now() < end) {
    if (missingOf(await receivedEvents(collectorUrl), order, wanted).length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

// --- the table --------------------------------------------------------------------------------

const HEADINGS = ["time", "protocol", "kind", "name", "profile", "session", "consent", ">bytes"];

function eventTable(events) {
  const sorted = [...events].sort((a, b) => a.time_ms - b.time_ms || a.id - b.id);
  return table(HEADINGS, sorted.map(eventRow));
}

/** The purchase as each dialect calls it. */
const purchaseTable = (orders) => table(["dialect", "called", ">bytes"], orders.map((event) => [dialectOf(event), event.name, event.wire_bytes]));

function eventRow(event) {
  return [
    clock(event.time_ms ?? event.received_ms),
    event.protocol,
    event.kind,
    event.name,
    short(event.user_id || event.anonymous_id),
    short(event.session_id),
    consentText(event.consent),
    event.wire_bytes,
  ];
}

const clock = (ms) => (Number.isFinite(ms) ? new Date(ms).toISOString().slice(11, 23) : undefined);

/** Ids of equal beginnings are told apart by their ends. */
const short = (id) => (id && String(id).length > 12 ? `…${String(id).slice(-8)}` : id || undefined);

/** {"analytics": "granted", "marketing": "denied"} becomes "+analytics -marketing". */
function consentText(consent) {
  if (consent === null || typeof consent !== "object") return consent || undefined;
  const entries = Array.isArray(consent) ? consent.map((name) => [name, true]) : Object.entries(consent);
  return entries.map(([name, answer]) => `${sign(answer)}${name}`).join(" ") || undefined;
}

const sign = (answer) =>
  answer === true || answer === "granted" ? "+" : answer === false || answer === "denied" ? "-" : "?";

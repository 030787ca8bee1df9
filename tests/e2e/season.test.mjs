// The measures of a journey, computed by SQL from what the sample collector stored of a season of customers, equal what is true
// of that season: 300 of them; `make season` plays 5,000.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { startCollector } from "../../scripts/lib/servers.mjs";
import { START_MS, Visitor, moduleFrom, playCustomer, seasonOf, silence, truthOf } from "./season.mjs";

const CUSTOMERS = Number(process.env.WAYMARK_SEASON ?? 300);
const AT_ONCE = 8;
const queries = fileURLToPath(new URL("../../samples/collector/queries/", import.meta.url));
const wasm = fileURLToPath(new URL("../../js/dist/waymark-all.wasm", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "season-"));
const database = join(folder, "events.db");
const season = seasonOf(2026, CUSTOMERS);
const truth = truthOf(season);
let collector;

const config = (url) => ({
  waymark: 1,
  app: { id: "shop", version: "1", channel: "web" },
  consent: { revision: "1", purposes: [{ id: "analytics", basis: "consent", storage: true, before_answer: "hold" }] },
  collectors: [{ id: "warehouse", protocol: "segment", url, needs: ["analytics"], options: { write_key: "K", gzip: false } }],
  journey: { context: true, silence: [silence] },
  delivery: { flush_ms: 3_600_000, batch_events_max: 1000 },
});

async function send({ method, url, headers }, body) {
  const { status } = await fetch(url, { method, headers, body });
  return status;
}

const ask = (name) => {
  const files = ["touches.sql", `${name}.sql`].map((file) => `.read '${join(queries, file)}'`);
  return JSON.parse(execFileSync("sqlite3", ["-json", database, ...files], { encoding: "utf8", maxBuffer: 1 << 26 }) || "[]");
};

const near = (found, wanted, what) => assert.ok(Math.abs(found - wanted) <= 1e-6 * Math.max(1, Math.abs(wanted)), `${what}: ${found}, and ${wanted} is true`);
const sum = (numbers) => numbers.reduce((all, one) => all + one, 0);

before(async () => {
  collector = await startCollector(0, ["--database", database, "--events_max", "1000000"]);
  const module = moduleFrom(wasm);
  const left = season.values();
  const play = async () => {
    for (const customer of left) await playCustomer(new Visitor(module, config(collector.url), send, customer.number), customer);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, play));
});

after(async () => {
  await collector?.stop();
  rmSync(folder, { recursive: true });
});

test("conversion by channel", () => {
  const rows = ask("conversion_by_channel");
  assert.deepEqual(rows.map(({ channel, visits, with_order }) => [channel, visits, with_order]),
    [...truth.visits].sort().map(([channel, visits]) => [channel, visits, truth.with_order.get(channel) ?? 0]));
  for (const { visits, with_order, conversion_rate } of rows) near(conversion_rate, with_order / visits, "rate");
});

test("conversion and drop-off by step", () => {
  const names = ["product_viewed", "product_added", "checkout_started", "payment_info_entered", "order_completed"];
  const reached = names.map((name) => truth.steps.get(name));
  const rows = ask("conversion_by_step");
  assert.deepEqual(rows.map(({ visits }) => visits), reached);
  assert.deepEqual(rows.map(({ dropped_off }) => dropped_off), reached.map((visits, i) => visits - (reached[i + 1] ?? visits)));
  const left = new Map(ask("drop_off").map(({ step, abandoned }) => [step ?? "", abandoned]));
  assert.deepEqual([...left].sort(), [...truth.abandoned].sort());
  assert.ok(sum([...truth.abandoned.values()]) > CUSTOMERS / 100);
});

test("average order value and lifetime value", () => {
  const [{ orders, average_order_value }] = ask("average_order_value");
  assert.equal(orders, truth.orders);
  near(average_order_value, truth.ordered / truth.orders, "average order value");
  const values = ask("lifetime_value").map(({ lifetime_value }) => lifetime_value).sort((a, b) => a - b);
  const wanted = [...truth.lifetime].sort((a, b) => a - b);
  assert.equal(values.length, wanted.length);
  values.forEach((value, i) => near(value, wanted[i], "lifetime value"));
});

test("retention, engagement and the net promoter score", () => {
  const first_ms = Math.min(...truth.months.flat());
  const cohorts = new Map();
  for (const visits of truth.months) {
    const months = [...new Set(visits.map((at_ms) => Math.floor((at_ms - first_ms) / 2_592_000_000)))].sort((a, b) => a - b);
    for (const month of months) {
      const key = `${months[0]}+${month - months[0]}`;
      cohorts.set(key, (cohorts.get(key) ?? 0) + 1);
    }
  }
  const rows = ask("retention");
  assert.deepEqual(rows.map(({ first, later, customers }) => [`${first}+${later}`, customers]), [...cohorts].sort());
  for (const { first, retention_rate, customers } of rows) near(retention_rate, customers / cohorts.get(`${first}+0`), "retention");
  const [{ answers, nps }] = ask("nps");
  const scores = [...truth.scores.values()];
  assert.equal(answers, scores.length);
  near(nps, (100 * (scores.filter((score) => score >= 9).length - scores.filter((score) => score <= 6).length)) / scores.length, "NPS");
  const [{ visits, engaged }] = ask("engagement");
  assert.deepEqual([visits, engaged], [sum([...truth.visits.values()]), truth.engaged]);
  assert.ok(first_ms >= START_MS);
});

test("time from the first touch to the first order", () => {
  const [{ customers, average_ms }] = ask("time_to_order");
  assert.equal(customers, truth.to_order.length);
  near(average_ms, sum(truth.to_order) / truth.to_order.length, "time to order");
});

test("the six models, by SQL and as the engine told them on the device", () => {
  const rows = new Map(ask("attribution").map((row) => [row.channel, row]));
  const told = {};
  const orders = execFileSync("sqlite3", ["-json", database,
    "SELECT event ->> '$.context.journey.attribution_ppm' AS ppm FROM events WHERE event ->> '$.context.journey.attribution_ppm' IS NOT NULL"]);
  for (const { ppm } of JSON.parse(orders)) {
    for (const [model, channels] of Object.entries(JSON.parse(ppm))) {
      assert.equal(sum(Object.values(channels)), 1_000_000);
      for (const [channel, share] of Object.entries(channels)) ((told[model] ??= {})[channel] = (told[model][channel] ?? 0) + share);
    }
  }
  for (const [model, channels] of Object.entries(truth.earned)) {
    for (const [channel, earned] of channels) {
      near(rows.get(channel)[model], earned, `${model} ${channel}`);
      // Each order's shares are whole millionths.
      const by_engine = (told[model][channel] ?? 0) / 1e6;
      assert.ok(Math.abs(by_engine - earned) <= truth.orders * 2e-6, `${model} ${channel}: ${by_engine} on the device, and ${earned} is true`);
    }
  }
});

#!/usr/bin/env node
// Hand-over tokens in the page's module: made by one client and accepted by another, through the
// package's public calls, so with everything that a caller waits for. Beside it the same natively,
// without client and engine around it, and the identity graph with 10,000 nodes.
//
//   node tests/bench/hand_over.mjs [--rounds=30]

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";

import { table } from "../../scripts/lib/table.mjs";
import { DIST, ROOT } from "./lib/paths.mjs";
import { least, median, number } from "./lib/stats.mjs";

const rounds = Number(process.argv.find((word) => word.startsWith("--rounds="))?.split("=")[1] ?? 30);
const repeats = 50;
const { Waymark } = await import(join(DIST, "node.mjs"));
const wasm = readFileSync(join(DIST, "waymark.wasm"));
const config = {
  waymark: 1,
  app: { id: "bench" },
  consent: { revision: "1", purposes: [{ id: "analytics", basis: "consent", storage: true }] },
  collectors: [{ id: "c", protocol: "segment", url: "http://127.0.0.1:9", needs: ["analytics"], options: { write_key: "K" } }],
};

async function device() {
  const client = Waymark.open(config, { wasm });
  await client.ready;
  client.consent.set({ analytics: "granted" });
  client.track("product_viewed");
  return client;
}

const [phone, laptop] = [await device(), await device()];
const each = { create: [], accept: [], both: [] };
for (let round = 0; round < rounds; ++round) {
  let [create, accept] = [0, 0];
  for (let i = 0; i < repeats; ++i) {
    const begun = performance.now();
    const { token } = await phone.handOver.create({});
    const made = performance.now();
    const answer = await laptop.handOver.accept(token);
    accept += performance.now() - made;
    create += made - begun;
    if (!answer.accepted) throw new Error(`not accepted: ${answer.why}`);
  }
  const us = (ms) => (ms * 1000) / repeats;
  each.create.push(us(create));
  each.accept.push(us(accept));
  each.both.push(us(create + accept));
}
phone.close();
laptop.close();

const program = join(ROOT, "build/native/tests/bench/waymark_identity_bench");
const native = JSON.parse(spawnSync(program, { encoding: "utf8" }).stdout);
const row = (name, values, limit) => [name, number(median(values), 1), number(least(values), 1), limit];
console.log(table(["µs", "median", "least", "limit"], [
  row("token, create, wasm", each.create, ""),
  row("token, accept, wasm", each.accept, ""),
  row("token, create and accept, wasm", each.both, "200"),
  ["token, written and read, native", number(native.token_us, 1), "", ""],
  ["graph of 10,000 nodes, a piece in order, native", number(native.in_order_us, 2), "", "5"],
  ["graph, a piece that joins two known users, native", number(native.contested_us, 2), "", "5"],
]));
console.log(`\n${rounds} rounds of ${repeats}; load ${number(loadavg()[0], 1)}`);
process.exit(0);

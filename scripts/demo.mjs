#!/usr/bin/env node
// Starts the sample collector and the sample shop, says where to look, and stops both on Ctrl-C.
//
//   node scripts/demo.mjs [--shop-port 8801] [--collector-port 8802]
//   node scripts/demo.mjs --once      one purchase in a browser without a window, then the events

import { parseArgs } from "node:util";

import { DemoError, startCollector, startShop } from "./lib/servers.mjs";

const OPTIONS = {
  once: { type: "boolean", default: false },
  "shop-port": { type: "string", default: "8801" },
  "collector-port": { type: "string", default: "8802" },
};

function readOptions() {
  try {
    return parseArgs({ options: OPTIONS }).values;
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    return process.exit(2);
  }
}

function interrupted() {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => resolve(undefined));
  });
}

function greet(shop, collector) {
  process.stdout.write(
    [
      "",
      `  shop       ${shop.url}`,
      `  live page  ${collector.url}`,
      `  dialects   ${collector.url}/#dialects`,
      "",
      "  Open shop and live page beside each other, answer the question about privacy and buy something.",
      "  Each event goes out in every dialect: the last page shows the purchase in all of them side by side.",
      "  Ctrl-C stops them.",
      "",
      "",
    ].join("\n"),
  );
}

async function runUntilStopped(options) {
  const stopped = interrupted();
  const servers = [];
  try {
    const collector = await startCollector(options["collector-port"]);
    servers.push(collector);
    const shop = await startShop(options["shop-port"], collector.url, { dialects: true });
    servers.push(shop);
    greet(shop, collector);
    const sentence = await Promise.race([stopped, collector.ended, shop.ended]);
    // On Ctrl-C the terminal interrupts the servers too, so one of them may be first to tell.
    const byPerson = await Promise.race([stopped.then(() => true), soon().then(() => false)]);
    if (sentence && !byPerson) throw new DemoError(sentence);
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
}

const soon = () => new Promise((resolve) => setTimeout(resolve, 200));

try {
  const options = readOptions();
  if (options.once) {
    const { demoOnce } = await import("./demo_once.mjs");
    await demoOnce();
  } else {
    await runUntilStopped(options);
  }
} catch (error) {
  if (!(error instanceof DemoError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

#!/usr/bin/env node
// Measures Waymark and its npm peers by the same work in the same run, and prints the tables.

import { cpus, loadavg } from "node:os";

import { EXPERIMENTS } from "./experiments/index.mjs";
import { peersFor, readArguments } from "./lib/arguments.mjs";
import { launch } from "./lib/browser.mjs";
import { bundleOf, wasmHash } from "./lib/bundle.mjs";
import { startPages } from "./lib/pages.mjs";
import { save, tableOf, verdictTable } from "./lib/report.mjs";
import { runExperiment } from "./lib/runner.mjs";

const log = (text) => process.stderr.write(`${text}\n`);

async function runOne(experiment, bench, settings) {
  const peers = peersFor(experiment, settings);
  const title = experiment.tables.map((table) => table.title).join(" / ");
  log(`== ${title}`);
  const before = loadavg()[0];
  const { raws, errors } = await runExperiment(experiment, bench, peers, settings);
  const load = [before, loadavg()[0]].map((value) => value.toFixed(1));
  const order = peers.map(({ id }) => id);
  const wanted = experiment.tables.filter(({ id }) => settings.only.includes(id));
  const tables = wanted.map((table) => tableOf(table, raws, order));
  save(`${experiment.name}.json`, { title, load, errors, raws });
  const notes = errors.map(({ name: who, error }) => `- ${who}: ${error}\n`).join("");
  const text = `${tables.map((table) => table.text).join("")}\nLoad average ${load.join(" to ")}.\n${notes}`;
  process.stdout.write(text);
  return { text, verdicts: tables.flatMap((table) => table.verdicts) };
}

function isWanted({ tables, fault }, { only, cases }) {
  return tables.some(({ id }) => only.includes(id)) && (!fault || !cases || cases.includes(fault));
}

function machine(browser) {
  const when = `${new Date().toISOString().slice(0, 16)}Z`;
  const cores = `${cpus().length} cores (${cpus()[0].model.trim()})`;
  return `${when}, engine ${wasmHash}, Chromium ${browser.version()}, Node ${process.version}, ${cores}\n`;
}

async function main() {
  const settings = readArguments(process.argv.slice(2));
  const wanted = EXPERIMENTS.filter((experiment) => isWanted(experiment, settings));
  await bundleOf("waymark");
  const pages = await startPages();
  const browser = await launch();
  const bench = { browser, pages, log, quick: settings.quick };
  const parts = [`# Waymark and its npm peers\n${machine(browser)}`];
  process.stdout.write(parts[0]);
  const found = [];
  try {
    for (const experiment of wanted) {
      const { text, verdicts } = await runOne(experiment, bench, settings);
      parts.push(text);
      found.push(...verdicts);
    }
  } finally {
    await browser.close();
    pages.stop();
  }
  if (found.length) {
    parts.push(verdictTable(found));
    process.stdout.write(parts.at(-1));
  }
  save("report.md", parts.join(""));
  save("verdicts.json", found);
}

main().catch((error) => {
  log(error.message);
  process.exitCode = 1;
});

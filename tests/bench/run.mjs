#!/usr/bin/env node
// Measures Waymark and its npm peers by the same work in the same run, and prints the tables.

import { cpus, loadavg } from "node:os";

import { EXPERIMENTS } from "./experiments/index.mjs";
import { peersFor, readArguments } from "./lib/arguments.mjs";
import { launch } from "./lib/browser.mjs";
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
  const name = title.split(/[.:]/, 2).join("").toLowerCase().replace(/[^a-z0-9+]+/g, "-").slice(0, 24);
  save(`${name}.json`, { title, load, errors, raws });
  const notes = errors.map(({ name: who, error }) => `- ${who}: ${error}\n`).join("");
  const text = `${tables.map((table) => table.text).join("")}\nLoad average ${load.join(" to ")}.\n${notes}`;
  process.stdout.write(text);
  return { text, verdicts: tables.flatMap((table) => table.verdicts) };
}

const withCase = (experiment, cases) =>
  !cases || experiment.id !== "F" || experiment.tables.some(({ title }) => cases.some((name) => title === `F. ${name}: of 100`));

async function main() {
  const settings = readArguments(process.argv.slice(2));
  const wanted = EXPERIMENTS.filter(
    (experiment) => experiment.tables.some(({ id }) => settings.only.includes(id)) && withCase(experiment, settings.cases),
  );
  const pages = await startPages();
  const browser = await launch();
  const machine = `${new Date().toISOString().slice(0, 16)}Z, Chromium ${browser.version()}, Node ${process.version}, ${cpus().length} cores (${cpus()[0].model.trim()})`;
  const parts = [`# Waymark and its npm peers\n${machine}\n`];
  process.stdout.write(parts[0]);
  const found = [];
  try {
    for (const experiment of wanted) {
      const { text, verdicts } = await runOne(experiment, { browser, pages, log, quick: settings.quick }, settings);
      parts.push(text);
      found.push(...verdicts);
    }
  } finally {
    await browser.close();
    pages.stop();
  }
  if (found.length) parts.push(verdictTable(found));
  process.stdout.write(parts.at(-1) === parts[0] || !found.length ? "" : parts.at(-1));
  save("report.md", parts.join(""));
  save("verdicts.json", found);
}

main().catch((error) => {
  log(error.message);
  process.exitCode = 1;
});

#!/usr/bin/env node
// Runs all suites and ends with one line for each, the totals, what failed by name, and one plain
// line for programs:
//
//   12 passed, 0 failed
//
// Counts come from reports for machines, never from what a suite prints. A suite that ends with an
// error, writes no report or runs no test counts as failed, so that a crash cannot look like success.
//
// Arguments choose suites by a part of their name: make test ARGS=jest

import { mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { runSuite } from "./lib/run_suite.mjs";
import { table } from "./lib/table.mjs";
import { SUITES } from "./suites.mjs";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const REPORTS = join(ROOT, "build", "test-reports");

// No colours and no questions; the same on a desk and in CI.
process.chdir(ROOT);
Object.assign(process.env, { CI: "true", NO_COLOR: "1" });
delete process.env.FORCE_COLOR;
delete process.env.NODE_OPTIONS;

function sum(results, field) {
  return results.reduce((total, result) => total + result[field], 0);
}

function printResults(results) {
  const totals = {
    name: "all",
    passed: sum(results, "passed"),
    failed: sum(results, "failed"),
    skipped: sum(results, "skipped"),
    note: "",
  };
  const rows = [...results, totals].map((row) => [
    row.name,
    row.passed,
    row.failed,
    row.skipped,
    row.note,
  ]);
  process.stdout.write(`\n${table(["suite", ">passed", ">failed", ">skipped", ""], rows)}\n`);
  for (const { name, names } of results) {
    for (const failed of names) process.stdout.write(`failed: ${name}: ${failed}\n`);
  }
  const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : "";
  process.stdout.write(`${totals.passed} passed, ${totals.failed} failed${skipped}\n`);
  return totals.failed === 0;
}

function chosen(parts) {
  const matches = (suite) => parts.some((part) => suite.name.toLowerCase().includes(part.toLowerCase()));
  return parts.length === 0 ? SUITES : SUITES.filter(matches);
}

const suites = chosen(process.argv.slice(2));
if (suites.length === 0) {
  process.stderr.write(`There is no such suite; there are: ${SUITES.map((s) => s.name).join(", ")}.\n`);
  process.exit(2);
}
rmSync(REPORTS, { recursive: true, force: true });
mkdirSync(REPORTS, { recursive: true });

const results = [];
for (const [index, suite] of suites.entries()) {
  results.push(await runSuite(suite, { root: ROOT, reports: REPORTS, id: `${index}` }));
}
process.exitCode = printResults(results) ? 0 : 1;

#!/usr/bin/env node
// Runs all suites and ends with one line for each, the totals, and one plain line for programs:
//
//   12 passed, 0 failed
//
// Counts come from reports for machines, never from what a suite prints. A suite that ends with an
// error, writes no report or runs no test counts as failed, so that a crash cannot look like success.
//
// Arguments choose suites by a part of their name: make test ARGS=jest

import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { countJest } from "./lib/jest_report.mjs";
import { countJunit, skipReasons } from "./lib/junit.mjs";
import { table } from "./lib/table.mjs";
import { startGroup } from "./lib/process_group.mjs";
import { SUITES } from "./suites.mjs";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const REPORTS = join(ROOT, "build", "test-reports");
const SUITE_MS_MAX = 20 * 60_000;
// A runner that has reported and still lives has left something running: a failure, found early.
const REPORTED_MS_MAX = 30_000;
const READERS = {
  junit: (xml) => ({ ...countJunit(xml), reasons: skipReasons(xml) }),
  jest: countJest,
};

// No colours and no questions; the same on a desk and in CI.
process.chdir(ROOT);
Object.assign(process.env, { CI: "true", NO_COLOR: "1" });
delete process.env.FORCE_COLOR;
delete process.env.NODE_OPTIONS;

/** Calls `give` with a reason when the suite takes too long, before its report or after it. */
function watch(suite, report, give) {
  const start = Date.now();
  let reported;
  const timer = setInterval(() => {
    if (reported === undefined && isComplete(suite, report)) reported = Date.now();
    if (Date.now() - start > SUITE_MS_MAX) give(`not ended after ${SUITE_MS_MAX / 60_000} minutes`);
    if (Date.now() - reported > REPORTED_MS_MAX) give("reported, but did not end");
  }, 1000);
  return () => clearInterval(timer);
}

/** JUnit reports of Node grow while tests run; whole ones end with their outermost element. */
function isComplete(suite, report) {
  if (!readCounts(suite, report)) return false;
  return suite.format !== "junit" || /<\/testsuites?>\s*$/.test(readFileSync(report, "utf8"));
}

/** Resolves to what went wrong with the program itself, or undefined. */
async function run(suite, report) {
  const group = startGroup(suite.command(report));
  const stopWatching = watch(suite, report, (reason) => group.kill(reason));
  const trouble = await group.ended;
  stopWatching();
  return trouble;
}

function readCounts(suite, report) {
  try {
    return READERS[suite.format](readFileSync(report, "utf8"));
  } catch {
    return undefined;
  }
}

/** @returns {{passed: number, failed: number, skipped: number, note: string}} */
function judge(counts, trouble) {
  if (!counts) return { passed: 0, failed: 1, skipped: 0, note: `no report, ${trouble ?? "no error"}` };
  if (counts.passed + counts.failed === 0) {
    return { ...counts, failed: 1, note: `ran no test${trouble ? `, ${trouble}` : ""}` };
  }
  // Every test passed and yet the suite failed: a crash at the end, or a leak found.
  if (trouble && counts.failed === 0) return { ...counts, failed: 1, note: trouble };
  const note = counts.reasons?.length ? `left out: ${counts.reasons.join("; ")}` : "";
  return { ...counts, note };
}

async function runSuite(suite, index) {
  process.stdout.write(`\n== ${suite.name}\n`);
  if (!existsSync(join(ROOT, suite.needs))) {
    return { name: suite.name, passed: 0, failed: 1, skipped: 0, note: `${suite.needs} is missing` };
  }
  const report = join(REPORTS, `${index}.${suite.format}`);
  const trouble = await run(suite, report);
  return { name: suite.name, ...judge(readCounts(suite, report), trouble) };
}

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
for (const [index, suite] of suites.entries()) results.push(await runSuite(suite, index));
process.exitCode = printResults(results) ? 0 : 1;

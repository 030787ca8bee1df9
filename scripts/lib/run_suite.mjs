// Runs one suite and counts its tests from its reports for machines.
//
// A suite is one command, or a command for each of its files (`files`). Those that are run file by
// file are the ones in real browsers, where a page or a driver can be stuck for reasons of the
// machine: one file that hangs ends alone, and a file that fails is run a second time. What failed
// the first time stays in the output, and the suite's line names the file.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { countJest, failedInJest } from "./jest_report.mjs";
import { countJunit, failedNames, skipReasons } from "./junit.mjs";
import { startGroup } from "./process_group.mjs";

const MINUTE_MS = 60_000;
const SUITE_MS_MAX = 20 * MINUTE_MS;
const FILE_MS_MAX = 8 * MINUTE_MS;
// A runner that has reported and still lives has left something running: a failure, found early.
const REPORTED_MS_MAX = 30_000;

const READERS = {
  junit: (xml) => ({ ...countJunit(xml), names: failedNames(xml), reasons: skipReasons(xml) }),
  jest: (json) => ({ ...countJest(json), names: failedInJest(json) }),
};

/**
 * @param {object} suite see suites.mjs
 * @param {{root: string, reports: string, id: string, msMax?: number}} where `id` names its reports
 * @returns {Promise<{name, passed, failed, skipped, note, names}>} `names`: of the tests that failed
 */
export async function runSuite(suite, where) {
  process.stdout.write(`\n== ${suite.name}\n`);
  if (!existsSync(join(where.root, suite.needs))) {
    return { name: suite.name, ...nothing(`${suite.needs} is missing`) };
  }
  const verdict = suite.files ? await runFiles(suite, where) : await runOnce(suite, where);
  return { name: suite.name, ...verdict };
}

async function runFiles(suite, where) {
  const verdicts = [];
  for (const file of suite.files()) verdicts.push(await runFile(suite, where, file));
  if (verdicts.length === 0) return nothing("there is no file");
  const sum = (field) => verdicts.reduce((total, verdict) => total + verdict[field], 0);
  const notes = new Set(verdicts.map(({ note }) => note).filter(Boolean));
  const counts = { passed: sum("passed"), failed: sum("failed"), skipped: sum("skipped") };
  const names = verdicts.flatMap((verdict) => verdict.names);
  return { ...counts, note: [...notes].join("; "), names };
}

async function runFile(suite, where, file) {
  const msMax = where.msMax ?? FILE_MS_MAX;
  const id = `${where.id}-${file}`;
  const first = await runOnce(suite, { ...where, id, msMax }, file);
  if (first.failed === 0) return first;
  process.stdout.write(`\n== ${suite.name}: ${file} failed, and is run a second time\n`);
  const second = await runOnce(suite, { ...where, id: `${id}-second`, msMax }, file);
  const told = second.failed === 0 ? "passed the second time only" : second.note || "failed twice";
  return { ...second, note: `${file} ${told}` };
}

async function runOnce(suite, { reports, id, msMax = SUITE_MS_MAX }, file) {
  const report = join(reports, `${id}.${suite.format}`);
  const group = startGroup(suite.command(report, file));
  const stopWatching = watch(suite, report, msMax, (reason) => group.kill(reason));
  const trouble = await group.ended;
  stopWatching();
  return judge(readCounts(suite, report), trouble);
}

/** Calls `give` with a reason when a run takes too long, before its report or after it. */
function watch(suite, report, msMax, give) {
  const start = Date.now();
  let reported;
  const timer = setInterval(() => {
    if (reported === undefined && isComplete(suite, report)) reported = Date.now();
    if (Date.now() - start > msMax) give(`not ended after ${msMax / MINUTE_MS} minutes`);
    if (Date.now() - reported > REPORTED_MS_MAX) give("reported, but did not end");
  }, Math.min(1000, msMax / 4));
  return () => clearInterval(timer);
}

/** JUnit reports of Node grow while tests run; whole ones end with their outermost element. */
function isComplete(suite, report) {
  if (!readCounts(suite, report)) return false;
  return suite.format !== "junit" || /<\/testsuites?>\s*$/.test(readFileSync(report, "utf8"));
}

function readCounts(suite, report) {
  try {
    return READERS[suite.format](readFileSync(report, "utf8"));
  } catch {
    return undefined;
  }
}

/** @returns {{passed: number, failed: number, skipped: number, note: string, names: string[]}} */
function judge(read, trouble) {
  if (!read) return nothing(`no report, ${trouble ?? "no error"}`);
  const { names, reasons = [], ...counts } = read;
  if (counts.passed + counts.failed === 0) {
    return { ...counts, failed: 1, note: `ran no test${trouble ? `, ${trouble}` : ""}`, names };
  }
  // Every test passed and yet the suite failed: a crash at the end, or a leak found.
  if (trouble && counts.failed === 0) return { ...counts, failed: 1, note: trouble, names };
  return { ...counts, note: reasons.length ? `left out: ${reasons.join("; ")}` : "", names };
}

function nothing(note) {
  return { passed: 0, failed: 1, skipped: 0, note, names: [] };
}

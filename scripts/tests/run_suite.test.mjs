// A suite that is run file by file: what hangs ends alone, what fails has a second try, and is told.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { runSuite } from "../lib/run_suite.mjs";

const report = (failed) =>
  `<testsuites><testcase name="a"/><testcase name="b">${failed ? "<failure/>" : ""}</testcase></testsuites>`;

const OK = `echo '${report(false)}' >"$0"`;
const BAD = `echo '${report(true)}' >"$0"; exit 1`;

/** Runs the scripts, by file name; `$0` is the report's path and `$1` a folder of the test's own. */
async function play(t, scripts, msMax) {
  const folder = mkdtempSync(join(tmpdir(), "waymark-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const suite = {
    name: "suite",
    needs: ".",
    format: "junit",
    files: () => Object.keys(scripts),
    command: (path, file) => ["bash", "-c", scripts[file], path, folder],
  };
  const { name, ...verdict } = await runSuite(suite, { root: ".", reports: folder, id: "0", msMax });
  return verdict;
}

test("the tests of all files are counted", async (t) => {
  assert.deepEqual(await play(t, { a: OK, b: OK }), { passed: 4, failed: 0, skipped: 0, note: "", names: [] });
});

test("a file that fails once is run again, and named", async (t) => {
  const once = `if [ -e "$1/again" ]; then ${OK}; else touch "$1/again"; ${BAD}; fi`;
  const verdict = await play(t, { a: OK, b: once });
  assert.deepEqual(verdict, { passed: 4, failed: 0, skipped: 0, note: "b passed the second time only", names: [] });
});

test("a file that fails twice has failed, and the others count", async (t) => {
  const verdict = await play(t, { a: BAD, b: OK });
  assert.deepEqual(verdict, { passed: 3, failed: 1, skipped: 0, note: "a failed twice", names: ["b"] });
});

test("a file that hangs ends alone", async (t) => {
  const verdict = await play(t, { a: "sleep 60", b: OK }, 300);
  assert.deepEqual([verdict.passed, verdict.failed], [2, 1]);
  assert.match(verdict.note, /^a no report, not ended after/);
});

test("no file at all is a failure", async (t) => {
  assert.equal((await play(t, {})).failed, 1);
});

// The counts of `make test` are only worth as much as the readers of the reports.

import assert from "node:assert/strict";
import { test } from "node:test";

import { countJest, failedInJest } from "../lib/jest_report.mjs";
import { countJunit, failedNames, skipReasons } from "../lib/junit.mjs";

test("CTest: one test of each fate", () => {
  const xml = `<?xml version="1.0"?>
    <testsuite name="Linux-c++" tests="4" failures="1" disabled="1" skipped="1">
      <testcase name="A.Passes" classname="A.Passes" time="0.1" status="run"><system-out>x</system-out></testcase>
      <testcase name="A.Fails" classname="A.Fails" time="0.1" status="fail"><failure message=""/><system-out/></testcase>
      <testcase name="A.Skips" classname="A.Skips" time="0.1" status="notrun"><skipped message="SKIP"/></testcase>
      <testcase name="A.Off" classname="A.Off" time="0" status="disabled"><properties/></testcase>
    </testsuite>`;
  assert.deepEqual(countJunit(xml), { passed: 1, failed: 1, skipped: 2 });
  assert.deepEqual(failedNames(xml), ["A.Fails"]);
});

test("Node: a parent of subtests is not counted beside them", () => {
  const xml = `<testsuites><testsuite name="parent" tests="2" failures="1">
      <testcase name="a" time="0" classname="test"/>
      <testcase name="b" time="0" classname="test" failure="1 == 2"><failure type="x" message="1 == 2">…</failure></testcase>
    </testsuite></testsuites>`;
  assert.deepEqual(countJunit(xml), { passed: 1, failed: 1, skipped: 0 });
});

test("Node: a name may hold the sign that ends a tag", () => {
  const xml = `<testsuites>
      <testcase name="1 > 0 and /> too" time="0" classname="test"/>
      <testcase name="b" time="0" classname="test"><failure message="x"/></testcase>
    </testsuites>`;
  assert.deepEqual(countJunit(xml), { passed: 1, failed: 1, skipped: 0 });
});

test("Node: why tests were left out is told once for each reason", () => {
  const skipped = (why) => `<testcase name="a"><skipped type="skipped" message="${why}"/></testcase>`;
  const xml = `<testsuites>${["no Firefox", "no screen", "no Firefox"].map(skipped).join("")}<testcase name="b"/></testsuites>`;
  assert.deepEqual(skipReasons(xml), ["no Firefox", "no screen"]);
  assert.deepEqual(countJunit(xml), { passed: 1, failed: 0, skipped: 3 });
});

test("JUnit: a report cut off counts only what it holds", () => {
  assert.deepEqual(countJunit(`<testsuites><testcase name="a"/><testcase name="b"`), {
    passed: 1,
    failed: 0,
    skipped: 0,
  });
});

test("Jest: a file that does not load counts as failed", () => {
  const json = JSON.stringify({
    numPassedTests: 3,
    numFailedTests: 1,
    numRuntimeErrorTestSuites: 1,
    numPendingTests: 2,
    numTodoTests: 1,
  });
  assert.deepEqual(countJest(json), { passed: 3, failed: 2, skipped: 3 });
});

test("Jest: half a report is no report", () => {
  assert.throws(() => countJest(`{"numPassedTests": 3`));
});

test("Jest: a failed test is named, and a file that does not load", () => {
  const assertionResults = [
    { status: "passed", fullName: "a b" },
    { status: "failed", fullName: "a c" },
  ];
  const testResults = [
    { name: "/x.test.ts", status: "failed", assertionResults },
    { name: "/y.test.ts", status: "failed", assertionResults: [] },
  ];
  assert.deepEqual(failedInJest(JSON.stringify({ testResults })), ["a c", "/y.test.ts"]);
});

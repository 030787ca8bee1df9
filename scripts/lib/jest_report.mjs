// Counts the tests of a report that Jest wrote with --json.

/** @returns {{passed: number, failed: number, skipped: number}} */
export function countJest(json) {
  const report = JSON.parse(json);
  return {
    passed: report.numPassedTests,
    // A file that does not even load holds no test that could fail, yet it must count.
    failed: report.numFailedTests + report.numRuntimeErrorTestSuites,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

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

/** The names of those that failed; of a file that does not load its path. */
export function failedInJest(json) {
  return JSON.parse(json).testResults.flatMap((file) => {
    const failed = file.assertionResults.filter(({ status }) => status === "failed");
    if (file.status === "failed" && file.assertionResults.length === 0) return [file.name];
    return failed.map(({ fullName }) => fullName);
  });
}

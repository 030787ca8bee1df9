// Counts the tests of a JUnit report, as CTest and Node's test runner write it.
//
// Only leaves are counted: Node writes a test with subtests as <testsuite>, and whether that one
// failed follows from what is inside it.

// Attributes are matched as quoted texts, because a test's name may hold ">".
const TEST_CASE = /<testcase((?:\s+[\w:.-]+="[^"]*")*)\s*(\/>|>([\s\S]*?)<\/testcase>)/g;

/** @returns {{passed: number, failed: number, skipped: number}} */
export function countJunit(xml) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const [, attributes, , body = ""] of xml.matchAll(TEST_CASE)) {
    counts[verdict(attributes, body)] += 1;
  }
  return counts;
}

/** The names of those that failed, as the report has them. */
export function failedNames(xml) {
  const cases = [...xml.matchAll(TEST_CASE)];
  const failed = cases.filter(([, attributes, , body = ""]) => verdict(attributes, body) === "failed");
  return failed.map(([, attributes]) => /\sname="([^"]*)"/.exec(attributes)?.[1] ?? "?");
}

/** Why tests were left out, each reason once, in the words of those who left them out. */
export function skipReasons(xml) {
  const messages = [...xml.matchAll(/<skipped type="skipped" message="([^"]+)"/g)];
  return [...new Set(messages.map(([, message]) => message))];
}

function verdict(attributes, body) {
  if (/<(failure|error)\b/.test(body)) return "failed";
  if (/<skipped\b/.test(body) || /\sstatus="(disabled|notrun)"/.test(attributes)) return "skipped";
  return "passed";
}

// All suites that `make test` runs. A new suite is one more entry here.
//
//   name     what a person reads
//   needs    a file or folder without which the suite cannot run; missing means failed
//   format   how it reports: "junit" or "jest"
//   command  given the report's path, the program and its arguments, run in the repository's root
//   files    where a suite is run file by file (lib/run_suite.mjs): their names; `command` gets each

import { readdirSync } from "node:fs";

/** Node's test runner reports twice: to the eye and to the file. */
const nodeReporters = (report) => [
  ...["--test-reporter=spec", "--test-reporter-destination=stdout"],
  ...["--test-reporter=junit", `--test-reporter-destination=${report}`],
];

const BROWSERS = "tests/e2e";
const browserFiles = () => readdirSync(BROWSERS).filter((name) => name.endsWith(".test.mjs")).sort();

/** Node's own test runner behind `npm test` in `folder`. */
function nodeSuite(name, folder) {
  return {
    name,
    needs: `${folder}/package.json`,
    format: "junit",
    command: (report) => [
      ...["npm", "--prefix", folder],
      // Node splits this at blanks outside quotes, and a folder's name may hold some.
      ...[`--node-options=${nodeReporters(report).map((option) => `"${option}"`).join(" ")}`, "test"],
    ],
  };
}

export const SUITES = [
  {
    name: "native (GoogleTest)",
    needs: "build/native/CTestTestfile.cmake",
    format: "junit",
    command: (report) => [
      ...["ctest", "--test-dir", "build/native", "--output-on-failure", "--no-tests=error"],
      ...["--timeout", "300", "--parallel", "2", "--output-junit", report],
    ],
  },
  {
    name: "Android (JUnit, Robolectric)",
    needs: "mobile/android/pom.xml",
    format: "junit",
    command: (report) => ["node", "scripts/test_android.mjs", report],
  },
  {
    name: "npm package (Jest)",
    needs: "js/package.json",
    format: "jest",
    command: (report) => [
      ...["npm", "--prefix", "js", "test", "--"],
      ...["--ci", "--json", `--outputFile=${report}`],
    ],
  },
  {
    name: "browsers (Chromium, Firefox, WebKit)",
    needs: `${BROWSERS}/package.json`,
    format: "junit",
    files: browserFiles,
    command: (report, file) => ["node", ...nodeReporters(report), "--test", `${BROWSERS}/${file}`],
  },
  nodeSuite("sample shop", "samples/web-shop"),
  nodeSuite("deletion server", "samples/deletion-server"),
  nodeSuite("hand-over server", "samples/hand_over"),
  {
    name: "iOS (Swift Testing)",
    needs: "mobile/ios/Package.swift",
    format: "junit",
    command: (report) => ["node", "scripts/test_ios.mjs", report],
  },
  {
    name: "scripts",
    needs: "scripts/tests",
    format: "junit",
    command: (report) => ["node", ...nodeReporters(report), "--test", "scripts/tests/"],
  },
];

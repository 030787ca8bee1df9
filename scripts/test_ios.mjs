// Tests the Swift package of mobile/ios and writes one JUnit report:   node scripts/test_ios.mjs <report>
//
// What needs no Swift (texts, privacy manifest) is tested by Node. The rest is compiled and run by
// Swift 6 in the folder of scripts/swift, against the library of build/native; where that cannot be
// had it is left out, and the report says why. The build stays in the cache, for each checkout.
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { startJudge } from "./lib/http_judge.mjs";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
// What is installed, as Swift sees it: this checkout is /checkout there.
const INSTALLED = "/checkout/build/ios/installed";
const CANNOT = 3;

const reports = join(ROOT, "build/ios/reports");

function run(command, options = {}) {
  return spawnSync(command[0], command.slice(1), { cwd: ROOT, stdio: "inherit", ...options });
}

function must(command) {
  const { status } = run(command, { stdio: ["ignore", "ignore", "inherit"] });
  if (status !== 0) throw new Error(`${command.join(" ")} ended with ${status}`);
}

/** Headers, library and pkg-config's file, as a customer would have them. */
function install() {
  const prefix = join(ROOT, "build/ios/installed");
  must(["cmake", "--install", "build/native", "--component", "waymark", "--prefix", prefix]);
  const about = join(prefix, "lib/pkgconfig/waymark.pc");
  // SwiftPM would look for what only the library itself needs.
  const text = readFileSync(about, "utf8").replace(/^Requires\.private:.*\n/m, "");
  writeFileSync(about, text.replace(/^prefix=.*$/m, `prefix=${INSTALLED}`));
}

function testFiles() {
  const report = join(reports, "files.xml");
  const reporters = ["--test-reporter=spec", "--test-reporter-destination=stdout"];
  reporters.push("--test-reporter=junit", `--test-reporter-destination=${report}`);
  return run(["node", ...reporters, "--test", "mobile/ios/Tests/files.test.mjs"]).status;
}

const swift = (judge) => [
  ...["scripts/swift", `PKG_CONFIG_PATH=${INSTALLED}/lib/pkgconfig`, `LD_LIBRARY_PATH=${INSTALLED}/lib`],
  ...[`WAYMARK_JUDGE=${judge}`, "sh", "-c", 'exec swift test --scratch-path "$WAYMARK_SWIFT_BUILD" "$@"'],
  ...["sh", "--package-path", "mobile/ios", "--disable-sandbox", "--disable-xctest"],
  ...["-Xswiftc", "-warnings-as-errors", "-Xcc", "-I/checkout/sdk/include"],
  // The engine's own boundary, which the shared library does not show, for the contract suite.
  ...["-Xlinker", `${INSTALLED}/lib/libwaymark.a`, "-Xlinker", "-lstdc++"],
];

/** Whether there is a Swift; else the reason stands in the report. */
function makeSwift() {
  const { status, stderr } = run(["scripts/swift", "--make"], { stdio: ["ignore", "inherit", "pipe"] });
  process.stderr.write(stderr);
  if (status !== CANNOT) return status;
  const reason = String(stderr).trim().split("\n").at(-1).replace(/[<>&"]/g, " ");
  const left_out = `<skipped type="skipped" message="${reason}"/>`;
  writeFileSync(join(reports, "swift.xml"), `<testcase name="swift">${left_out}</testcase>`);
  return CANNOT;
}

// Swift 6.0's testing library writes no report of its own: each test ends with a line of this form.
// What ends without its line is found by the exit code.
const ENDED = /^.{1,3} Test (.+\)) (passed|failed) after [\d.]+ seconds/gm;

function reportOf(said) {
  const cases = [...said.matchAll(ENDED)].map(([, name, verdict]) => {
    const inside = verdict === "failed" ? "<failure/>" : "";
    return `<testcase name="${name.replace(/[<>&"]/g, " ")}">${inside}</testcase>`;
  });
  writeFileSync(join(reports, "swift.xml"), cases.join("\n"));
}

async function testSwift() {
  const made = makeSwift();
  if (made !== 0) return made === CANNOT ? 0 : made;
  install();
  const judge = await startJudge();
  const [command, ...args] = swift(judge.url);
  const child = spawn(command, args, { cwd: ROOT, stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    said += text;
    process.stdout.write(text);
  });
  const status = await new Promise((ended) => child.on("close", (code) => ended(code ?? 1)));
  reportOf(said);
  judge.close();
  return status;
}

// The case of a failed test has an element inside, which ends with "/>", too.
const TEST_CASE = /<testcase(?:\s+[\w:.-]+="[^"]*")*\s*(?:\/>|>[\s\S]*?<\/testcase>)/g;

/** All test cases of the reports that there are, in one. */
function merge(target) {
  const cases = ["files.xml", "swift.xml"].flatMap((name) => {
    try {
      return readFileSync(join(reports, name), "utf8").match(TEST_CASE) ?? [];
    } catch {
      return [];
    }
  });
  const xml = `<testsuites><testsuite name="ios">\n${cases.join("\n")}\n</testsuite></testsuites>\n`;
  writeFileSync(target, xml);
}

rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });
const statuses = [testFiles(), await testSwift()];
merge(process.argv[2] ?? join(reports, "all.xml"));
process.exitCode = statuses.find((status) => status !== 0) ?? 0;

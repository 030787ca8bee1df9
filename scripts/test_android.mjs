#!/usr/bin/env node
// Compiles the Android face and runs its tests on the JVM: mobile/android/pom.xml. Needs a JDK, Maven
// and what scripts/build native has built; takes the compiler, the framework and Robolectric from
// Maven Central once, and keeps them in the cache.
//
//   node scripts/test_android.mjs [report]      report: one JUnit file for all
//
// What cannot be had is said in one line, and the suite is left out.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { countJunit } from "./lib/junit.mjs";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const POM = join(ROOT, "mobile/android/pom.xml");
const LIBRARY = join(ROOT, "build/native/mobile/android/libwaymark_jni.so");
const REPORTS = join(ROOT, "build/android/surefire-reports");
const CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "waymark");
const REPOSITORY = join(CACHE, "maven");
const report = process.argv[2];

const isThere = (command) => spawnSync(command, ["--version"], { stdio: "ignore" }).status === 0;

function maven(...args) {
  const options = ["--batch-mode", "--quiet", "--file", POM];
  const places = [`-Dmaven.repo.local=${REPOSITORY}`, `-Dwaymark.maven=${REPOSITORY}`];
  return spawnSync("mvn", [...options, ...places, ...args], { stdio: "inherit" }).status === 0;
}

/** One report out of those of all classes. */
function gather() {
  const names = existsSync(REPORTS) ? readdirSync(REPORTS) : [];
  const files = names.filter((name) => /^TEST-.*\.xml$/.test(name)).sort();
  const suites = files.map((name) => readFileSync(join(REPORTS, name), "utf8"));
  return `<testsuites>\n${suites.join("\n").replace(/<\?xml[^>]*\?>/g, "")}\n</testsuites>\n`;
}

function write(xml) {
  if (!report) return;
  mkdirSync(dirname(report), { recursive: true });
  writeFileSync(report, xml);
}

function leaveOut(reason) {
  process.stdout.write(`left out: ${reason}\n`);
  const skipped = `<skipped type="skipped" message="${reason}"/>`;
  write(`<testsuites><testcase name="Android">${skipped}</testcase></testsuites>\n`);
}

/** Whether all that the build needs lies in the cache; fetched where it does not. */
function fetchOnce() {
  const pom = readFileSync(POM, "utf8");
  const stamp = join(REPOSITORY, `.waymark-${createHash("sha256").update(pom).digest("hex")}`);
  if (existsSync(stamp)) return "--offline";
  const [, version] = /<android\.version>(.*?)</.exec(pom);
  const artifact = `org.robolectric:android-all-instrumented:${version}-i7`;
  const got =
    maven("dependency:get", `-Dartifact=${artifact}`, "-Dtransitive=false") &&
    maven("dependency:resolve", "dependency:resolve-plugins") &&
    maven("test", "-Dtest=JsonTest", "-Dsurefire.failIfNoSpecifiedTests=false");
  if (!got) return undefined;
  writeFileSync(stamp, "");
  return "--offline";
}

function run() {
  if (!isThere("java") || !isThere("javac")) return leaveOut("Android, without a JDK");
  if (!isThere("mvn")) return leaveOut("Android, without Maven");
  if (!existsSync(LIBRARY)) return leaveOut("Android, whose library is not built: scripts/build native");
  const offline = fetchOnce();
  if (!offline) return leaveOut("Android, since Maven Central does not answer");
  rmSync(REPORTS, { recursive: true, force: true });
  const built = maven(offline, "test");
  const xml = gather();
  write(xml);
  const { passed, failed, skipped } = countJunit(xml);
  process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`);
  process.exitCode = built && failed === 0 && passed > 0 ? 0 : 1;
}

run();

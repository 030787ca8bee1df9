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
  // No daemon of the compiler: nothing is left behind.
  const options = ["--batch-mode", "--quiet", "-Dkotlin.compiler.daemon=false", "--file", POM];
  const places = [`-Dmaven.repo.local=${REPOSITORY}`, `-Dwaymark.maven=${REPOSITORY}`];
  return spawnSync("mvn", [...options, ...places, ...args], { stdio: "inherit" }).status === 0;
}

/** A method without its function is found when it is called: too late. Needs no JDK to be seen. */
function checkNames() {
  const read = (file) => readFileSync(join(ROOT, "mobile/android/src/main", file), "utf8");
  const namesIn = (text, pattern) => [...text.matchAll(pattern)].map(([, name]) => name).sort();
  const declared = namesIn(read("kotlin/io/waymark/Native.kt"), /external fun (\w+)/g);
  const defined = namesIn(read("cpp/waymark_jni.cc"), /^WAYMARK_NATIVE\(\w+, (\w+)\)/gm);
  const same = declared.length > 0 && declared.join() === defined.join();
  const failure = `<failure>Native.kt: ${declared}; waymark_jni.cc: ${defined}</failure>`;
  return `<testcase name="every native method has its function">${same ? "" : failure}</testcase>`;
}

/** One report out of those of all classes. */
function gather() {
  const names = existsSync(REPORTS) ? readdirSync(REPORTS) : [];
  const files = names.filter((name) => /^TEST-.*\.xml$/.test(name)).sort();
  const suites = files.map((name) => readFileSync(join(REPORTS, name), "utf8"));
  const cases = suites.join("\n").replace(/<\?xml[^>]*\?>/g, "");
  return `<testsuites>\n${checkNames()}\n${cases}\n</testsuites>\n`;
}

function write(xml) {
  if (!report) return;
  mkdirSync(dirname(report), { recursive: true });
  writeFileSync(report, xml);
}

function leaveOut(reason) {
  process.stdout.write(`left out: ${reason}\n`);
  const skipped = `<skipped type="skipped" message="${reason}"/>`;
  const left = `<testcase name="Android">${skipped}</testcase>`;
  write(`<testsuites>\n${checkNames()}\n${left}\n</testsuites>\n`);
}

/** Says that all that this build needs lies in the cache. */
function stampOf(pom) {
  return join(REPOSITORY, `.waymark-${createHash("sha256").update(pom).digest("hex")}`);
}

/** What Robolectric loads by itself, and no dependency names. */
function fetchFramework(pom) {
  const [, version] = /<android\.version>(.*?)</.exec(pom);
  const artifact = `org.robolectric:android-all-instrumented:${version}-i7`;
  return maven("dependency:get", `-Dartifact=${artifact}`, "-Dtransitive=false");
}

function run() {
  if (!isThere("java") || !isThere("javac")) return leaveOut("Android, without a JDK");
  if (!isThere("mvn")) return leaveOut("Android, without Maven");
  if (!existsSync(LIBRARY)) return leaveOut("Android, whose library is not built: scripts/build native");
  const pom = readFileSync(POM, "utf8");
  const kept = existsSync(stampOf(pom));
  if (!kept && !fetchFramework(pom)) {
    return leaveOut("Android, since Maven Central does not answer");
  }
  rmSync(REPORTS, { recursive: true, force: true });
  const built = maven(...(kept ? ["--offline"] : []), "test");
  const xml = gather();
  write(xml);
  if (built) writeFileSync(stampOf(pom), "");
  const { passed, failed, skipped } = countJunit(xml);
  process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`);
  process.exitCode = built && failed === 0 && passed > 1 ? 0 : 1;
}

run();

// The rules of sdk/ARCHITECTURE.md that a program can check. Each failure names the file, the line and what to do.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");

// What git knows or would take: files that nobody has committed yet count, what is built does not.
const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], { cwd: root, encoding: "utf8" })
  .split("\n")
  .filter(Boolean);
const under = (folder, ...endings) =>
  files.filter((file) => file.startsWith(folder) && endings.some((ending) => file.endsWith(ending)));
const lines = (file) => readFileSync(join(root, file), "utf8").split("\n");

const core = under("sdk/", ".h", ".cc");
const cpp = [...core, ...under("mobile/", ".h", ".cc"), ...under("wasm/", ".h", ".cc"), ...under("tests/", ".h", ".cc"), ...under("samples/", ".h", ".cc")];
const studio = under("samples/consent-studio/src/", ".ts");
const script = [...under("js/src/", ".ts"), ...studio, ...under("samples/web-shop/src/", ".js"), ...under("scripts/", ".mjs")];

/** Code without its comments, so that a rule's word may be explained where it is banned. */
const code = (line) => (/^\s*(\/\*|\*)/.test(line) ? "" : line.replace(/\/\/.*$/, ""));

function findings(list, look) {
  const found = [];
  for (const file of list) {
    lines(file).forEach((line, index) => {
      const what = look(code(line), file, line);
      if (what) found.push(`${file}:${index + 1}: ${what}`);
    });
  }
  return found;
}

const clean = (found) => assert.deepEqual(found, []);

const ORDER = ["base", "codec", "event", "consent", "privacy", "identity", "journey", "outbox", "collector", "delivery", "engine", "capi"];

test("a file of the core includes its own folder and those before it", () => {
  // include/waymark is what the engine shows: it may be used from the engine on, and uses no more than base.
  const rank = (path) => (path.startsWith("waymark/") ? ORDER.indexOf("engine") : ORDER.indexOf(path.split("/")[0]));
  clean(
    findings(core, (line, file) => {
      const path = /^#include "([^"]+)"/.exec(line)?.[1];
      if (!path) return "";
      const inside = file.replace(/^sdk\//, "");
      const own = inside.startsWith("include/") ? ORDER.indexOf("engine") : rank(inside);
      if (rank(path) < 0) return `includes "${path}", which is no folder of the core`;
      return rank(path) > own ? `includes "${path}", which comes later` : "";
    }),
  );
});

test("the core has no clock, entropy, thread, file, locale or walk without an order", () => {
  const banned = [
    [/<(chrono|thread|mutex|atomic|random|iostream|fstream|filesystem|locale|ctime|cstdio|future|condition_variable)>/, "a header of the outside world"],
    [/<unordered_(map|set)>/, "an unordered container: its order could reach an output"],
    [/\b(rand|srand|time|clock|getenv|setlocale|printf|fopen|localtime|gmtime)\s*\(/, "a call to the outside world"],
    [/\bstd::\w+_distribution\b|\brandom_device\b|\bsystem_clock\b/, "time or entropy of its own"],
    [/#include <emscripten|#include <(jni|windows|unistd|sys\/)/, "a platform header"],
  ];
  clean(findings(core, (line) => banned.find(([pattern]) => pattern.test(line))?.[1] ?? ""));
});

test("the core has no condition on a platform, save in export.h", () => {
  const rest = core.filter((file) => !file.endsWith("include/waymark/export.h"));
  clean(findings(rest, (line) => (/^#\s*(if|ifdef|elif)\b/.test(line) && !/__cplusplus/.test(line) ? "a condition" : "")));
});

test("the core has no state outside its objects", () => {
  clean(
    findings(core, (line) =>
      /^\s*(static|thread_local)\s+(?!constexpr|const\b|inline)[\w:<>*& ]+\s+\w+\s*(=|;|\{)/.test(line) ? "static mutable state" : "",
    ),
  );
});

test("the boundary stands in one file", () => {
  const rest = core.filter((file) => !["sdk/capi/abi.cc", "sdk/include/waymark/abi.h"].includes(file));
  clean(findings(rest, (line) => (/extern "C"/.test(line) ? "a second boundary" : "")));
});

test("the engine's schema is the published one", () => {
  execFileSync("node", [join(root, "scripts/embed_schema.mjs"), "--check"]);
});

test("what reaches storage or network in the web face stands under js/src/platform", () => {
  // The stub stands alone in the page, before any platform: it may leave its calls in localStorage, and look whether there is
  // a decision.
  const allowed = ["js/src/platform/", "js/src/cli/", "js/src/entry/stub.ts", "js/src/entry/stub_google.ts"];
  const rest = under("js/src/", ".ts").filter((file) => !allowed.some((begin) => file.startsWith(begin)));
  const doors = /\b(fetch\s*\(|sendBeacon|XMLHttpRequest|indexedDB|localStorage|sessionStorage|document\.cookie|new WebSocket|EventSource)/;
  clean(findings(rest, (line) => (doors.test(line) ? "a door past the platform" : "")));
});

test("no face decides on consent", () => {
  const rest = under("js/src/core/", ".ts");
  clean(findings(rest, (line) => (/===?\s*"(granted|denied)"/.test(line) ? "a face compares consent" : "")));
});

test("lines have at most 100 columns", () => {
  clean(findings([...cpp, ...under("js/src/", ".ts"), ...studio], (line, file, whole) => ([...whole].length > 100 ? `${[...whole].length} columns` : "")));
});

test("files have at most 600 lines", () => {
  const written = [...cpp, ...script].filter((file) => !/^\/\/ Generated/.test(lines(file)[0]));
  const long = written.map((file) => [lines(file).length, file]).filter(([count]) => count > 600);
  clean(long);
});

test("functions of the core have at most 70 lines", () => {
  const long = [];
  for (const file of core.filter((name) => name.endsWith(".cc"))) {
    const text = lines(file);
    for (const indent of ["", "  "]) {
      const opens = new RegExp(`^${indent}[^\\s#/}].*\\{$`);
      text.forEach((line, start) => {
        if (!opens.test(line) || /\b(namespace|class|struct|enum)\b/.test(line) || /=\s*\{$/.test(line)) return;
        const length = text.slice(start).findIndex((next) => next.startsWith(`${indent}}`)) + 1;
        if (length > 70) long.push(`${file}:${start + 1}: ${length} lines`);
      });
    }
  }
  clean(long);
});

test("nothing half done is left behind", () => {
  const word = new RegExp(["TO" + "DO", "FIX" + "ME", "X" + "XX"].map((name) => `\\b${name}\\b`).join("|"));
  clean(findings([...cpp, ...script], (line, file, whole) => (word.test(whole) ? "a note to oneself" : "")));
});

test("a header opens with what it is for", () => {
  clean(
    under("sdk/", ".h")
      .filter((file) => !/^(\/\/|\/\*) \S/.test(lines(file)[0]))
      .map((file) => `${file}: no comment in the first line`),
  );
});

#!/usr/bin/env node
// Prints what each published file weighs, and fails when one is over its budget.
//
// The budget stands in wasm/size_budget.json: {"files": {"js/dist/stub.js": {"brotli_bytes_max": 1024}}}.
// A file that has never met its budget also has `brotli_bytes_reached`, the least it has ever weighed: it is shown as over
// its budget until it meets it, and fails as soon as it grows.
// With `"page": false` it does not count in the sum: the stub, the script and one module are what a page downloads.
// What counts is brotli at its highest level, because that is how the files are meant to be served.

import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

import { table } from "./lib/table.mjs";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const BUDGET = "wasm/size_budget.json";

function fail(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

function readBudget() {
  try {
    return Object.entries(JSON.parse(readFileSync(join(ROOT, BUDGET), "utf8")).files);
  } catch (error) {
    return fail(`${BUDGET} cannot be read: ${error.message}`);
  }
}

function readBuilt(path) {
  try {
    return readFileSync(join(ROOT, path));
  } catch {
    return undefined;
  }
}

function brotliBytes(bytes) {
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  };
  return brotliCompressSync(bytes, { params }).length;
}

function weigh([path, limit]) {
  const bytes = readBuilt(path);
  const budget = limit.brotli_bytes_max;
  if (!bytes) return { path, budget, note: "missing: run `make build`", failed: true };
  const brotli = brotliBytes(bytes);
  return {
    path,
    page: limit.page,
    raw: bytes.length,
    gzip: gzipSync(bytes, { level: 9 }).length,
    brotli,
    budget,
    percent: `${Math.round((100 * brotli) / budget)} %`,
    note: brotli > budget ? `${brotli - budget} over budget` : "",
    failed: brotli > (limit.brotli_bytes_reached ?? budget),
  };
}

function totals(all) {
  const files = all.filter(({ page }) => page !== false);
  const add = (field) => files.reduce((total, file) => total + (file[field] ?? 0), 0);
  const [brotli, budget] = [add("brotli"), add("budget")];
  const percent = `${Math.round((100 * brotli) / budget)} %`;
  return { path: "a page", raw: add("raw"), gzip: add("gzip"), brotli, budget, percent, note: "" };
}

const files = readBudget().map(weigh);
if (files.length === 0) fail(`${BUDGET} names no file.`);
const rows = [...files, totals(files)].map((file) => [
  file.path,
  file.raw,
  file.gzip,
  file.brotli,
  file.budget,
  file.percent,
  file.note,
]);
process.stdout.write(
  table(["file (bytes)", ">raw", ">gzip-9", ">brotli-11", ">budget", ">used", ""], rows),
);
process.exitCode = files.some((file) => file.failed) ? 1 : 0;

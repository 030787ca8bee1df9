#!/usr/bin/env node
// Prints what a native library weighs when it is stripped, and fails when that is over its budget:
//
//   scripts/library_size.mjs build/arm64/mobile/native/libwaymark.so
//
// The budget stands in wasm/size_budget.json: {"libraries": {"<path>": {"stripped_bytes_max": 600000}}}.
// One that has never met its budget also has `stripped_bytes_reached`: it is shown as over until it meets it, and fails when it grows.
// SQLite and libcurl are not in it: both are the system's.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const BUDGET = "wasm/size_budget.json";
const MACHINE_AT = 18; // in the header of an ELF file
const AARCH64 = 183;

/** The program of binutils that fits the file's processor. */
export function stripFor(path) {
  const machine = readFileSync(path).readUInt16LE(MACHINE_AT);
  return machine === AARCH64 && process.arch !== "arm64" ? "aarch64-linux-gnu-strip" : "strip";
}

/** @returns {number} bytes without symbols and debug information */
export function strippedBytes(path) {
  const folder = mkdtempSync(join(tmpdir(), "waymark-size-"));
  try {
    const stripped = join(folder, "library");
    execFileSync(stripFor(path), ["-o", stripped, path]);
    return statSync(stripped).size;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @returns {{path: string, bytes: number, budget: number, fits: boolean, failed: boolean}} */
export function weighLibrary(path) {
  const limit = JSON.parse(readFileSync(join(ROOT, BUDGET), "utf8")).libraries?.[path];
  const budget = limit?.stripped_bytes_max;
  if (!budget) throw new Error(`${BUDGET} has no budget for ${path}`);
  const bytes = strippedBytes(join(ROOT, path));
  return { path, bytes, budget, fits: bytes <= budget, failed: bytes > (limit.stripped_bytes_reached ?? budget) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const path of process.argv.slice(2)) {
    const { bytes, budget, fits, failed } = weighLibrary(path);
    process.stdout.write(`${path}: ${bytes} bytes stripped, ${budget} allowed${fits ? "" : ": OVER"}\n`);
    if (failed) process.exitCode = 1;
  }
}

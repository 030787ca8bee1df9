// What the wasm module asks for and gives is what was reviewed: wasm/imports.txt, wasm/exports.txt.

import { expect, test } from "@jest/globals";
import { readFileSync } from "node:fs";
import { wasmModule } from "./raw_engine.ts";

function reviewed(file: string): string[] {
  return readFileSync(new URL(`../../wasm/${file}`, import.meta.url), "utf8")
    .split("\n")
    .map((line) => line.replace(/#.*/, "").trim())
    .filter(Boolean)
    .sort();
}

test("imports", () => {
  const imports = WebAssembly.Module.imports(wasmModule());
  expect(imports.map(({ module, name }) => `${module}.${name}`).sort()).toEqual(
    reviewed("imports.txt"),
  );
});

test("exports", () => {
  const exports = WebAssembly.Module.exports(wasmModule());
  expect(exports.map(({ name }) => name).sort()).toEqual(reviewed("exports.txt"));
});

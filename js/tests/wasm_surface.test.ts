// What the wasm modules ask for and give is what was reviewed: wasm/imports.txt, wasm/exports.txt;
// of the strings for vendors wasm/iab_exports.txt, of the command line wasm/tools_exports.txt.

import { expect, test } from "@jest/globals";
import { readFileSync } from "node:fs";
import { all_file, iab_file, page_file, tools_file, wasmModule } from "./raw_engine.ts";

function reviewed(file: string): string[] {
  return readFileSync(new URL(`../../wasm/${file}`, import.meta.url), "utf8")
    .split("\n")
    .map((line) => line.replace(/#.*/, "").trim())
    .filter(Boolean)
    .sort();
}

const modules: [string, URL, string][] = [
  ["page", page_file, "exports.txt"],
  ["all", all_file, "exports.txt"],
  ["tools", tools_file, "tools_exports.txt"],
  ["iab", iab_file, "iab_exports.txt"],
];

test.each(modules)("imports of %s", (_name, file, _list) => {
  const imports = WebAssembly.Module.imports(wasmModule(file));
  expect(imports.map(({ module, name }) => `${module}.${name}`).sort()).toEqual(
    reviewed("imports.txt"),
  );
});

test.each(modules)("exports of %s", (_name, file, list) => {
  const exports = WebAssembly.Module.exports(wasmModule(file));
  expect(exports.map(({ name }) => name).sort()).toEqual(reviewed(list));
});

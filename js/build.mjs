// Builds the package into dist/: bundles by esbuild, types by tsc, the engine by copying.
//
//     node build.mjs [--without-wasm] [--language <tag>]
//
// --language: the language whose words are in the banner, as a file of src/banner/texts is called;
// without it English. The words of all others lie beside it.

import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";
import { build } from "esbuild";
import { bannerIn, bundles, captures, parts } from "./bundles.mjs";
import { buildStudio } from "./studio.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "dist");
const wasm_dir = join(here, "../build/wasm/wasm");
const language = /^--language$/.test(process.argv.at(-2)) ? process.argv.at(-1) : "en";
const modules = ["waymark.wasm", "waymark-all.wasm", "waymark-iab.wasm", "waymark-tools.wasm"];

if (!process.argv.includes("--without-wasm") && !modules.every((name) => existsSync(join(wasm_dir, name)))) {
  console.error(
    `The engine is missing: build/wasm/wasm has not all of ${modules.join(", ")}.\n` +
      "Run `make build` in the top folder first, or build without it: --without-wasm.",
  );
  process.exit(1);
}

if (!existsSync(join(here, `src/banner/texts/${language}.json`))) {
  console.error(`There are no words in ${language}: src/banner/texts has no ${language}.json.`);
  process.exit(1);
}

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist);
for (const bundle of Object.values({ ...bundles, banner: bannerIn(language) })) {
  const { outputFiles } = await build(bundle);
  for (const { path, contents } of outputFiles) writeFileSync(path, contents);
}
chmodSync(join(dist, "cli.mjs"), 0o755);
const texts = join(dist, "waymark-texts");
cpSync(join(here, "src/banner/texts"), texts, { recursive: true });
cpSync(join(here, "src/records/texts"), join(texts, "receipts"), { recursive: true });
cpSync(join(here, "src/policy/texts"), join(texts, "disclosure"), { recursive: true });
const tsc = join(here, "node_modules/typescript/bin/tsc");
const types = spawnSync(process.execPath, [tsc, "-p", "tsconfig.types.json"], {
  cwd: here,
  stdio: "inherit",
});
if (types.status !== 0) process.exit(1);
for (const name of modules) {
  if (existsSync(join(wasm_dir, name))) copyFileSync(join(wasm_dir, name), join(dist, name));
}
await buildStudio();

const later = [
  "app",
  "banner-notice",
  "banner-receipts",
  "banner-tcf",
  "guard-placeholder",
  "guard-requests",
  "share-links",
  ...captures.map((name) => `capture-${name}`),
];
const part_files = [...parts, ...later].map((name) => `waymark-${name}.mjs`);
for (const name of ["stub.js", "waymark.js", ...part_files, "index.mjs", ...modules]) {
  const file = join(dist, name);
  if (!existsSync(file)) continue;
  const brotli = brotliCompressSync(readFileSync(file)).length;
  console.log(`${name.padEnd(30)}${String(statSync(file).size).padStart(7)} B, brotli ${brotli} B`);
}

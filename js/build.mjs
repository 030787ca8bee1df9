// Builds the package into dist/: bundles by esbuild, types by tsc, the engine by copying.
//
//     node build.mjs [--without-wasm]

import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, readFileSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";
import { build } from "esbuild";
import { bundles } from "./bundles.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "dist");
const wasm_dir = join(here, "../build/wasm/wasm");
const modules = ["waymark.wasm", "waymark-all.wasm", "waymark-tools.wasm"];

if (!process.argv.includes("--without-wasm") && !modules.every((name) => existsSync(join(wasm_dir, name)))) {
  console.error(
    `The engine is missing: build/wasm/wasm has not all of ${modules.join(", ")}.\n` +
      "Run `make build` in the top folder first, or build without it: --without-wasm.",
  );
  process.exit(1);
}

rmSync(dist, { recursive: true, force: true });
for (const bundle of Object.values(bundles)) await build(bundle);
chmodSync(join(dist, "cli.mjs"), 0o755);
const tsc = join(here, "node_modules/typescript/bin/tsc");
const types = spawnSync(process.execPath, [tsc, "-p", "tsconfig.types.json"], {
  cwd: here,
  stdio: "inherit",
});
if (types.status !== 0) process.exit(1);
for (const name of modules) {
  if (existsSync(join(wasm_dir, name))) copyFileSync(join(wasm_dir, name), join(dist, name));
}

for (const name of ["stub.js", "waymark.js", "index.mjs", ...modules]) {
  const file = join(dist, name);
  if (!existsSync(file)) continue;
  const brotli = brotliCompressSync(readFileSync(file)).length;
  console.log(`${name.padEnd(17)}${String(statSync(file).size).padStart(7)} B, brotli ${brotli} B`);
}

// What is bundled from what, and how: for build.mjs and for the tests of what is shipped.

import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const { version } = JSON.parse(readFileSync(join(here, "package.json"), "utf8"));

const shared = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  target: "es2020",
  charset: "utf8",
  legalComments: "none",
  // Members without a first value need no code.
  tsconfigRaw: { compilerOptions: { useDefineForClassFields: false } },
  // Members that begin with one underscore are ours alone; the wasm's own names are kept.
  mangleProps: /^_[a-z]/,
  reserveProps: /^_initialize$/,
  define: { WAYMARK_VERSION: JSON.stringify(version) },
  logLevel: "warning",
};

const node = { ...shared, platform: "node", target: "node20", format: "esm" };

function from(options, source, outfile) {
  return { ...options, entryPoints: [`src/${source}`], outfile: `dist/${outfile}` };
}

export const bundles = {
  stub: from({ ...shared, bundle: false }, "entry/stub.ts", "stub.js"),
  script: from({ ...shared, format: "iife" }, "entry/script.ts", "waymark.js"),
  index: from({ ...shared, format: "esm" }, "entry/index.ts", "index.mjs"),
  node: from(node, "entry/node.ts", "node.mjs"),
  records: from({ ...shared, format: "esm" }, "records/index.ts", "records.mjs"),
  cli: from({ ...node, minify: false }, "cli/main.ts", "cli.mjs"),
};

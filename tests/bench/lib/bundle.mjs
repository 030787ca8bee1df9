// Bundles a peer's adapter with the peer, as a shop would: one minified script.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

import { DIST, HERE, asksForAll } from "./paths.mjs";

const bundles = new Map();

/** The engine; read once, so that a build that ends meanwhile does not change what is measured. */
export const wasm = readFileSync(join(DIST, "waymark.wasm"));

/** Which engine that is. */
export const wasmHash = createHash("sha256").update(wasm).digest("hex").slice(0, 12);

// With this line V8 compiles a whole file where it is loaded; waymark.js begins with it.
const hinted = (peer) => (text) => (asksForAll(peer) ? `//# allFunctionsCalledOnLoad\n${text}` : text);

/** The script that sets window.peer; made once. */
export function bundleOf(peer) {
  if (!bundles.has(peer)) bundles.set(peer, bundle(`peers/${peer}.js`, "peer").then(hinted(peer)));
  return bundles.get(peer);
}

/** The script that sets window.bench. */
export function harness() {
  if (!bundles.has("")) bundles.set("", bundle("page/harness.js"));
  return bundles.get("");
}

async function bundle(source, globalName) {
  const { outputFiles } = await build({
    ...{ absWorkingDir: HERE, entryPoints: [source], bundle: true, minify: true, write: false },
    ...{ target: "es2020", format: "iife", platform: "browser", legalComments: "none" },
    ...{ logLevel: "error", logOverride: { "empty-import-meta": "silent" } },
    alias: { waymark: join(DIST, "index.mjs") },
    define: { "process.env.NODE_ENV": '"production"' },
    // The adapters' exports become the members of the global.
    ...(globalName ? { globalName, footer: { js: `window.${globalName}=${globalName};` } } : {}),
  });
  return outputFiles[0].text;
}

// Builds the studio into dist/studio: a folder that any static host can serve. It takes the banner,
// its words and the engine of the tools from dist/, so those are built first.

import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { studio_pages, studioBundles } from "./bundles.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "dist");
const studio = join(dist, "studio");
const source = join(here, "../samples/consent-studio");

const made = ["studio.js", "worker.js", "preview.js", "studio.css", "preview.css"];

export async function buildStudio() {
  mkdirSync(studio, { recursive: true });
  for (const name of studio_pages) copyFileSync(join(source, name), join(studio, name));
  copyFileSync(join(source, "styles/mark.svg"), join(studio, "mark.svg"));
  cpSync(join(dist, "waymark-texts"), join(studio, "waymark-texts"), { recursive: true });
  const banner = readdirSync(dist).filter((name) => /^waymark-banner.*\.mjs$/.test(name));
  const taken = [...banner, "waymark-tools.wasm"].filter((name) => existsSync(join(dist, name)));
  for (const name of taken) copyFileSync(join(dist, name), join(studio, name));
  const files = ["./", ...studio_pages, "mark.svg", ...made, ...taken];
  for (const bundle of studioBundles(files)) await build({ ...bundle, write: true });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildStudio();

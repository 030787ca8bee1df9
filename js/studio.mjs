// Builds the studio into dist/studio: a folder that any static host can serve. It takes the banner,
// its words and the engine of the tools from dist/, so those are built first.

import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { studio_page, studio_pages, studioBundles } from "./bundles.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "dist");
const studio = join(dist, "studio");
const source = join(here, "../samples/consent-studio");

const made = ["start.js", "worker.js", "preview.js", "studio.css", "preview.css"];

// The page's own scripts; gives their names, and of them those without which it cannot begin.
async function buildPage() {
  const { metafile } = await build({ ...studio_page, write: true });
  const { outputs } = metafile;
  const files = Object.keys(outputs).map((path) => basename(path));
  const needed = new Set();
  const need = (path) => {
    for (const { path: other, kind } of outputs[path].imports) {
      if (kind !== "import-statement" || needed.has(other)) continue;
      needed.add(other);
      need(other);
    }
  };
  need("dist/studio/studio.js");
  return { files, needed: [...needed].map((path) => basename(path)) };
}

// Named in the page, they are asked for at once, not when the script that imports them has come.
function writeIndex(needed) {
  const html = readFileSync(join(source, "index.html"), "utf8");
  const first = '<link rel="modulepreload" href="studio.js">';
  const links = needed.map((name) => first.replace("studio.js", name));
  writeFileSync(join(studio, "index.html"), html.replace(first, [first, ...links].join("\n    ")));
}

export async function buildStudio() {
  rmSync(studio, { recursive: true, force: true });
  mkdirSync(studio, { recursive: true });
  for (const name of studio_pages) copyFileSync(join(source, name), join(studio, name));
  copyFileSync(join(source, "styles/mark.svg"), join(studio, "mark.svg"));
  cpSync(join(dist, "waymark-texts"), join(studio, "waymark-texts"), { recursive: true });
  const banner = readdirSync(dist).filter((name) => /^waymark-banner.*\.mjs$/.test(name));
  const taken = [...banner, "waymark-tools.wasm"].filter((name) => existsSync(join(dist, name)));
  for (const name of taken) copyFileSync(join(dist, name), join(studio, name));
  const page = await buildPage();
  writeIndex(page.needed);
  const files = ["./", ...studio_pages, "mark.svg", ...page.files, ...made, ...taken];
  for (const bundle of studioBundles(files)) await build({ ...bundle, write: true });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildStudio();

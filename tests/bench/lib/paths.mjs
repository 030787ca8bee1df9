// Where things are in the tree.

import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const HERE = dirname(dirname(fileURLToPath(import.meta.url)));
export const ROOT = dirname(dirname(HERE));
export const RESULTS = join(ROOT, "build", "bench");
/** The built package under measurement; another build is measured with --dist. */
export const DIST = argument("dist") ?? join(ROOT, "js", "dist");

// A path, from where the program was started.
function argument(name) {
  const given = process.argv.find((text) => text.startsWith(`--${name}=`));
  return given && resolve(given.slice(name.length + 3));
}

// Where things are in the tree.

import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const HERE = dirname(dirname(fileURLToPath(import.meta.url)));
export const ROOT = dirname(dirname(HERE));
export const RESULTS = join(ROOT, "build", "bench");
/** The built package under measurement; another build is measured with --dist. */
export const DIST = argument("dist") ?? join(ROOT, "js", "dist");

function argument(name) {
  const given = process.argv.find((text) => text.startsWith(`--${name}=`));
  return given?.slice(name.length + 3);
}

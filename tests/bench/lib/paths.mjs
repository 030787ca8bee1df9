// Where things are in the tree.

import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const HERE = dirname(dirname(fileURLToPath(import.meta.url)));
export const ROOT = dirname(dirname(HERE));
export const RESULTS = join(ROOT, "build", "bench");
/** The built package under measurement; another build is measured with --dist. */
export const DIST = resolve(argument("dist") ?? join(ROOT, "js", "dist"));

const hint = argument("hint") ?? "shipped";

/** Whether a peer's bundle begins with the hint to compile all of it at once. */
export function asksForAll(peer) {
  return hint === "all" || (hint === "shipped" && peer === "waymark");
}

function argument(name) {
  const given = process.argv.find((text) => text.startsWith(`--${name}=`));
  return given?.slice(name.length + 3);
}

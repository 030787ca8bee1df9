// The Waymark build that the shop serves, as far as it is there.

import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

/** Names of the build's files that are not there, as seen from the working folder. */
export function missingSdkFiles({ sdk }) {
  const paths = ["stub.js", "waymark.js", "waymark-all.wasm"].map((name) => join(sdk, name));
  return paths.filter((path) => !existsSync(path)).map((path) => relative(process.cwd(), path));
}

/** The stub's text, ready to stand in an inline script; undefined when it is not built. */
export function stubText(folder) {
  const path = join(folder, "stub.js");
  return existsSync(path) ? readFileSync(path, "utf8").trim() : undefined;
}

// Jest's transformer: esbuild, one file at a time.

import { readFileSync } from "node:fs";
import { transformSync } from "esbuild";

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));

export default {
  process: (source, sourcefile) =>
    transformSync(source, {
      sourcefile,
      loader: "ts",
      format: "esm",
      target: "node20",
      tsconfigRaw: { compilerOptions: { useDefineForClassFields: false } },
      sourcemap: "inline",
      define: { WAYMARK_VERSION: JSON.stringify(version) },
    }),
};

// Jest's transformer: esbuild, one file at a time.

import { createHash } from "node:crypto";
import { transformSync } from "esbuild";
import { cli_define as define } from "../bundles.mjs";

export default {
  // What is defined is part of what is made.
  getCacheKey: (source, sourcefile) =>
    createHash("sha256").update(JSON.stringify([source, sourcefile, define])).digest("hex"),
  process: (source, sourcefile) =>
    transformSync(source, {
      sourcefile,
      loader: "ts",
      format: "esm",
      target: "node20",
      supported: { "import-attributes": true },
      tsconfigRaw: { compilerOptions: { useDefineForClassFields: false } },
      sourcemap: "inline",
      define: { ...define, WAYMARK_LANGUAGE: '"en"' },
    }),
};

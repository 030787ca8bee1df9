#!/usr/bin/env node
// The program `waymark`.

import { readFileSync } from "node:fs";
import { run } from "./run.ts";

process.exitCode = await run(
  process.argv.slice(2),
  new URL("./waymark-tools.wasm", import.meta.url),
  {
    in: () => readFileSync(0, "utf8"),
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
  },
);

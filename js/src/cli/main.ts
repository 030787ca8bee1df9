#!/usr/bin/env node
// The program `waymark`.

import { run } from "./run.ts";

process.exitCode = await run(
  process.argv.slice(2),
  new URL("./waymark-tools.wasm", import.meta.url),
  {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
  },
);

#!/usr/bin/env node
// The program `waymark`.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline/promises";
import { run } from "./run.ts";

async function ask(question: string): Promise<string> {
  const line = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await line.question(question);
  line.close();
  return answer;
}

// A machine without a browser has the address on its terminal.
function show(address: string): void {
  if (!process.stdout.isTTY) return;
  const openers: Record<string, string> = { darwin: "open", win32: "explorer" };
  const opener = openers[process.platform] ?? "xdg-open";
  const shown = spawn(opener, [address], { stdio: "ignore", detached: true });
  shown.on("error", () => {});
  shown.unref();
}

process.exitCode = await run(
  process.argv.slice(2),
  new URL("./waymark-tools.wasm", import.meta.url),
  {
    words: (of, language) => {
      const folder = of === "banner" ? "" : `${of}/`;
      const file = new URL(`./waymark-texts/${folder}${language}.json`, import.meta.url);
      return JSON.parse(readFileSync(file, "utf8"));
    },
    in: () => readFileSync(0, "utf8"),
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    ask: process.stdin.isTTY ? ask : undefined,
    open: show,
    stopped: () => Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]),
    colours: process.stdout.isTTY && !process.env.NO_COLOR,
    progress: process.stderr.isTTY,
  },
);

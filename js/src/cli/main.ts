#!/usr/bin/env node
// The command `waymark`. Exit code: 0 nothing found, 1 findings, 2 wrong use or unreadable file.

import { line, lint } from "./lint.ts";

declare const WAYMARK_VERSION: string;

const help = `waymark ${WAYMARK_VERSION}

Usage
  waymark lint <file…>          say what is wrong with config documents
  waymark lint -                the same for a document on standard input
  waymark lint --json <file…>   as one JSON document: [{"file", "problems": […]}]
  waymark --help | --version

Exit code: 0 nothing found, 1 findings, 2 wrong use or unreadable file.
`;

async function main(words: string[]): Promise<number> {
  if (words.includes("--help") || words.includes("-h")) return say(help);
  if (words[0] === "--version") return say(`${WAYMARK_VERSION}\n`);
  const [command, ...rest] = words;
  if (command !== "lint") return wrong(command ? `There is no command ${command}.` : "");
  const json = rest.includes("--json");
  const files = rest.filter((word) => word !== "--json");
  const option = files.find((word) => /^-./.test(word));
  if (option) return wrong(`There is no option ${option}.`);
  if (!files.length) return wrong("lint needs at least one file, or - for standard input.");
  return report(files, json);
}

async function report(files: string[], json: boolean): Promise<number> {
  const reports = await lint(files, new URL("./waymark.wasm", import.meta.url));
  if (json) say(JSON.stringify(reports, null, 2) + "\n");
  else for (const { file, problems } of reports) for (const p of problems) say(line(file, p) + "\n");
  return reports.some(({ problems }) => problems.length) ? 1 : 0;
}

function say(text: string): number {
  process.stdout.write(text);
  return 0;
}

function wrong(text: string): number {
  process.stderr.write(`${text ? text + "\n\n" : ""}${help}`);
  return 2;
}

main(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error) => {
    process.stderr.write(`waymark: ${error.problems?.[0]?.found ?? error.message}\n`);
    process.exitCode = 2;
  },
);

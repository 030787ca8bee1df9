// The commands of `waymark`: words in, text and an exit code out.

import { line, lint } from "./lint.ts";

declare const WAYMARK_VERSION: string;

export interface Terminal {
  out(text: string): void;
  err(text: string): void;
}

/** Exit code: nothing found, findings, wrong use or unreadable file. */
export type ExitCode = 0 | 1 | 2;

const help = `waymark ${WAYMARK_VERSION}

Usage
  waymark lint <file…>          say what is wrong with config documents
  waymark lint -                the same for a document on standard input
  waymark lint --json <file…>   as one JSON document: [{"file", "problems": […]}]
  waymark --help | --version

Exit code: 0 nothing found, 1 findings, 2 wrong use or unreadable file.
`;

/** Runs one command; `wasm` is where the engine lies. Never throws. */
export async function run(words: string[], wasm: URL, terminal: Terminal): Promise<ExitCode> {
  try {
    return await command(words, wasm, terminal);
  } catch (error) {
    const { message, problems } = error as { message: string; problems?: { found: string }[] };
    terminal.err(`waymark: ${problems?.[0]?.found ?? message}\n`);
    return 2;
  }
}

async function command(words: string[], wasm: URL, terminal: Terminal): Promise<ExitCode> {
  const asked = words.find((word) => /^(-h|--help|--version)$/.test(word));
  if (asked) {
    terminal.out(asked === "--version" ? `${WAYMARK_VERSION}\n` : help);
    return 0;
  }
  const [name, ...rest] = words;
  const files = rest.filter((word) => word !== "--json");
  const mistake = misuse(name, files);
  if (mistake !== undefined) {
    terminal.err(`${mistake}\n\n${help}`);
    return 2;
  }
  const reports = await lint(files, wasm);
  if (rest.includes("--json")) terminal.out(JSON.stringify(reports, null, 2) + "\n");
  else {
    for (const { file, problems } of reports) {
      for (const problem of problems) terminal.out(line(file, problem) + "\n");
    }
  }
  return reports.some(({ problems }) => problems.length) ? 1 : 0;
}

function misuse(name: string | undefined, files: string[]): string | undefined {
  if (name === undefined) return "A command is missing.";
  if (name !== "lint") return `There is no command ${name}.`;
  const option = files.find((word) => /^-./.test(word));
  if (option) return `There is no option ${option}.`;
  return files.length ? undefined : "lint needs at least one file, or - for standard input.";
}

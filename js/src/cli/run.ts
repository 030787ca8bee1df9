// The commands of `waymark`: words in, text and an exit code out.

import { runAudit } from "./audit.ts";
import { runCodegen } from "./codegen.ts";
import { runDiff } from "./diff.ts";
import { runDisclose } from "./disclose.ts";
import { Unusable } from "./document.ts";
import { runExplain } from "./explain.ts";
import { helpOf, version } from "./help.ts";
import { runIab } from "./iab.ts";
import { runInit } from "./init.ts";
import { runLint } from "./lint.ts";
import { runProve } from "./prove.ts";
import { runRecords } from "./records.ts";
import { runServe } from "./serve.ts";
import { runSimulate } from "./simulate.ts";
import { runStub } from "./stub.ts";
import { runTable } from "./table.ts";
import type { ExitCode, Terminal } from "./terminal.ts";
import { meant, Misuse } from "./words.ts";

type Command = (words: string[], wasm: URL, terminal: Terminal) => Promise<ExitCode>;

const commands: Record<string, Command> = {
  lint: runLint,
  table: runTable,
  prove: runProve,
  explain: runExplain,
  simulate: runSimulate,
  diff: runDiff,
  disclose: runDisclose,
  records: runRecords,
  audit: runAudit,
  iab: runIab,
  stub: runStub,
  codegen: runCodegen,
  init: runInit,
  serve: runServe,
};

/** Runs one command; `wasm` is where the engine lies. Never throws. */
export async function run(words: string[], wasm: URL, terminal: Terminal): Promise<ExitCode> {
  try {
    return await command(words, wasm, terminal);
  } catch (error) {
    const { message, problems } = error as { message: string; problems?: { found: string }[] };
    if (error instanceof Misuse) terminal.err(`${message}\n\n${helpOf(words[0])}`);
    else if (error instanceof Unusable) terminal.err(`${message}\n`);
    else terminal.err(`waymark: ${problems?.[0]?.found ?? message}\n`);
    return 2;
  }
}

function command(words: string[], wasm: URL, terminal: Terminal): ExitCode | Promise<ExitCode> {
  const asked = words.find((word) => /^(-h|--help|--version)$/.test(word));
  if (asked) {
    terminal.out(asked === "--version" ? `${version}\n` : helpOf(words[0]));
    return 0;
  }
  const [name, ...rest] = words;
  if (name === undefined) throw new Misuse("A command is missing.");
  const known = Object.keys(commands);
  if (known.includes(name)) return commands[name]!(rest, wasm, terminal);
  throw new Misuse(
    `There is no command ${name}. There is ${known.join(", ")}.${meant(name, known)}`,
  );
}

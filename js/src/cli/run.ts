// The commands of `waymark`: words in, text and an exit code out.

import { iab, iab_verbs, type IabVerb, linesOf } from "./iab.ts";
import { line, lint } from "./lint.ts";

declare const WAYMARK_VERSION: string;

export interface Terminal {
  /** All of standard input. */
  in(): string;
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

  waymark iab decode <string…>    print TC, GPP, US Privacy (1YNN) and Additional Consent (2~…)
                                  strings as JSON, one document a line, with what they violate
  waymark iab validate <string…>  say only whether each is valid, and what it violates
  waymark iab encode <document…>  make strings of documents as decode prints them
  waymark iab keys <string…>      the IABTCF_… or IABGPP_… keys that an app keeps of a string
    Without arguments: one string or document a line of standard input.
    --kind=tc|gpp|usp|ac          what the strings are, if not what they look like

  waymark --help | --version

Exit code: 0 nothing found, 1 findings, 2 wrong use or unreadable file.
`;

/** Runs one command; `wasm` is where the engine lies. Never throws. */
export async function run(words: string[], wasm: URL, terminal: Terminal): Promise<ExitCode> {
  try {
    return await command(words, wasm, terminal);
  } catch (error) {
    const { message, problems } = error as { message: string; problems?: { found: string }[] };
    const mistake = error instanceof Misuse ? `${message}\n\n${help}` : undefined;
    terminal.err(mistake ?? `waymark: ${problems?.[0]?.found ?? message}\n`);
    return 2;
  }
}

/** The command cannot be run as it was written. */
class Misuse extends Error {}

function command(words: string[], wasm: URL, terminal: Terminal): ExitCode | Promise<ExitCode> {
  const asked = words.find((word) => /^(-h|--help|--version)$/.test(word));
  if (asked) {
    terminal.out(asked === "--version" ? `${WAYMARK_VERSION}\n` : help);
    return 0;
  }
  const [name, ...rest] = words;
  if (name === undefined) throw new Misuse("A command is missing.");
  if (name === "lint") return runLint(rest, wasm, terminal);
  if (name === "iab") return runIab(rest, wasm, terminal);
  throw new Misuse(`There is no command ${name}.`);
}

function refuseOptions(words: string[]): void {
  const option = words.find((word) => /^-./.test(word));
  if (option) throw new Misuse(`There is no option ${option}.`);
}

async function runLint(words: string[], wasm: URL, terminal: Terminal): Promise<ExitCode> {
  const files = words.filter((word) => word !== "--json");
  refuseOptions(files);
  if (!files.length) {
    throw new Misuse("lint needs at least one file, or - for standard input.");
  }
  const reports = await lint(files, wasm);
  if (words.includes("--json")) terminal.out(JSON.stringify(reports, null, 2) + "\n");
  else {
    for (const { file, problems } of reports) {
      for (const problem of problems) terminal.out(line(file, problem) + "\n");
    }
  }
  return reports.some(({ problems }) => problems.length) ? 1 : 0;
}

async function runIab(words: string[], wasm: URL, terminal: Terminal): Promise<ExitCode> {
  const [verb, ...rest] = words;
  if (!iab_verbs.includes(verb as IabVerb)) {
    const known = iab_verbs.join(", ");
    const unknown = `There is no iab ${verb}; there is ${known}.`;
    throw new Misuse(verb === undefined ? `iab needs one of ${known}.` : unknown);
  }
  const kinds = rest.filter((word) => word.startsWith("--kind="));
  const given = rest.filter((word) => !word.startsWith("--kind="));
  refuseOptions(given);
  const lines = given.length ? given : linesOf(terminal.in());
  if (!lines.length) {
    throw new Misuse(`iab ${verb} needs an argument, or a line of standard input.`);
  }
  const kind = kinds.at(-1)?.slice("--kind=".length);
  if (kind !== undefined && !/^(tc|gpp|usp|ac)$/.test(kind)) {
    throw new Misuse(`There is no kind ${kind}; there is tc, gpp, usp, ac.`);
  }
  const answers = await iab(verb as IabVerb, lines, kind, wasm);
  for (const { text } of answers) terminal.out(text + "\n");
  return answers.some(({ finding }) => finding) ? 1 : 0;
}

// `waymark lint`: says what is wrong with config documents: where, how bad it is, who says so, and
// what to do.

import type { Engine } from "../core/bridge.ts";
import { type Finding, lintPolicy, type Verdict } from "../policy/lint.ts";
import { notJson, readText } from "./document.ts";
import { openQuestions } from "./engine.ts";
import type { ExitCode, Terminal } from "./terminal.ts";
import { Misuse, readWords } from "./words.ts";

export async function runLint(words: string[], wasm: URL, terminal: Terminal): Promise<ExitCode> {
  const given = readWords("lint", words, { json: "switch" });
  if (!given.files.length) {
    throw new Misuse("lint needs at least one file, or - for standard input.");
  }
  const engine = await openQuestions(wasm);
  const reports = given.files.map((file) => ({ file, ...judge(engine, readText(file)) }));
  if (given.has("json")) terminal.out(JSON.stringify(reports, null, 2) + "\n");
  let found = 0;
  for (const { file, problems, findings } of reports) {
    for (const finding of [...problems, ...findings]) {
      if (!given.has("json")) terminal.out(written(file, finding, !!terminal.colours));
      // A note is good to know, and nothing that has to be mended.
      if (finding.severity !== "note") found++;
    }
  }
  return found ? 1 : 0;
}

function judge(engine: Engine, text: string): Verdict {
  const error = notJson(text);
  if (error) return { problems: [{ ...error, severity: "error" }], findings: [] };
  return lintPolicy(engine, { text, value: JSON.parse(text) });
}

// Red, yellow, blue.
const codes = { error: 31, warning: 33, note: 34 };

/** Where, how bad, what was found and is allowed; below that who says so, and what to do. */
function written(file: string, finding: Finding, colours: boolean): string {
  const { severity, pointer, found, allowed, source, fix } = finding;
  const place = finding.line === undefined ? "" : `line ${finding.line}`;
  const column = pointer || finding.column === undefined ? "" : `, column ${finding.column}`;
  const name = file === "-" ? "(input)" : file;
  const bad = colours ? `\u001b[${codes[severity]}m${severity}\u001b[0m` : severity;
  const where = [name, place + column, bad, pointer].filter(Boolean).join(": ");
  const text = `${where}: found ${found}; allowed: ${allowed}\n`;
  return text + (source ? `    rule: ${source}\n` : "") + (fix ? `    do:   ${fix}\n` : "");
}

// `waymark lint`: says what is wrong with config documents, as the engine itself will judge them,
// and what contradicts itself in those that it takes.

import type { Engine } from "../core/bridge.ts";
import { type Finding, line, notJson, readText } from "./document.ts";
import { openQuestions } from "./engine.ts";
import type { ExitCode, Terminal } from "./terminal.ts";
import { Misuse, readWords } from "./words.ts";

interface Verdict {
  /** Why the engine refuses it. */
  problems: Finding[];
  /** What the engine would obey on its strict side. */
  findings: Finding[];
}

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
      if (!given.has("json")) terminal.out(line(file, finding) + "\n");
      found++;
    }
  }
  return found ? 1 : 0;
}

function judge(engine: Engine, text: string): Verdict {
  const error = notJson(text);
  if (error) return { problems: [error], findings: [] };
  const { problems, findings } = engine.query(`{"query":"lint","config":${text}}`) as Verdict;
  return { problems, findings };
}

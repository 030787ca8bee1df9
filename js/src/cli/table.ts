// `waymark table`: the decision table of a policy, as Markdown, HTML, CSV or JSON.

import { type Document, line, readDocument } from "./document.ts";
import { openQuestions } from "./engine.ts";
import { collectorsIn, type PolicyCase, purposesIn } from "../policy/questions.ts";
import { asHtml, asMarkdown, type Block } from "../policy/disclosure_text.ts";
import { cellsOf, columns_shown, type Row, rowsOf } from "../policy/table.ts";
import { askAbout } from "./policy.ts";
import type { ExitCode, Terminal } from "./terminal.ts";
import { expectKnown, onlyFile, readWords } from "./words.ts";

export async function runTable(words: string[], wasm: URL, terminal: Terminal): Promise<ExitCode> {
  const given = readWords("table", words, { collector: "value", form: "value", json: "switch" });
  const form = given.has("json") ? "json" : (given.one("form") ?? "markdown");
  expectKnown("form", form, forms);
  const config = readDocument(onlyFile("table", "a config document", given));
  const engine = await openQuestions(wasm);
  const { cases, whole } = askAbout<{ cases: PolicyCase[]; whole: boolean }>(
    engine,
    "table",
    config,
  );
  const collector = given.one("collector");
  if (collector !== undefined) expectKnown("collector", collector, collectorsIn(config));
  const asked = collector === undefined ? collectorsIn(config) : [collector];
  const purposes = purposesIn(config);
  const rows = asked.flatMap((id) => {
    return rowsOf(
      id,
      cases.filter(({ collector }) => collector === id),
      purposes,
    );
  });
  const stands = rows.reduce((sum, row) => sum + row.cases, 0);
  if (form === "json") terminal.out(JSON.stringify({ cases: stands, whole, rows }, null, 2) + "\n");
  else terminal.out(written(form, config, tablesOf(asked, rows, cases), stands));
  if (!whole) terminal.err(line(config.file, tooMany) + "\n");
  return whole ? 0 : 1;
}

const forms = ["markdown", "html", "csv", "json"];

const tooMany = {
  code: "too_big",
  pointer: "/consent",
  found: "more than a million cases",
  allowed: "fewer regions, signals or purposes of a collector: the table is cut",
};

/** The cells of each collector's table. */
type Tables = [collector: string, cells: string[][]][];

const tablesOf = (collectors: string[], rows: Row[], cases: PolicyCase[]): Tables =>
  collectors.map((id) => {
    const mine = rows.filter(({ collector }) => collector === id);
    return [
      id,
      cellsOf(
        mine,
        cases.filter(({ collector }) => collector === id),
      ),
    ];
  });

function written(form: string, config: Document, tables: Tables, stands: number): string {
  if (form === "csv") {
    const rows = tables.flatMap(([id, cells]) => cells.map((row) => [id, ...row]));
    return [["Collector", ...columns_shown], ...rows].map(csvRow).join("");
  }
  const { file, value } = config;
  const name = file === "-" ? "(input)" : file;
  const blocks: Block[] = [
    { heading: `Who gets what: ${name}, revision ${value.consent.revision}`, level: 1 },
    { text: `${stands} cases: every region, signal, age and answer that makes a difference.` },
    ...tables.flatMap(([id, cells]): Block[] => [
      { heading: id, level: 2 },
      { rows: [columns_shown, ...cells] },
    ]),
  ];
  return form === "html" ? asHtml(blocks, "en") : asMarkdown(blocks);
}

/** RFC 4180. */
const csvRow = (cells: string[]) =>
  cells.map((cell) => (/[",\n]/.test(cell) ? `"${cell.replace(/"/g, '""')}"` : cell)).join() +
  "\r\n";

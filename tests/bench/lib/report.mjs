// Tables in Markdown, Waymark's verdicts, and the results as JSON.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { RESULTS } from "./paths.mjs";

const line = (cells) => `| ${cells.join(" | ")} |\n`;

export function markdown(headings, rows) {
  return line(headings) + line(headings.map(() => "---")) + rows.map(line).join("");
}

/** What Waymark reached, of what was measured: `{what, target, value, pass}` each. */
export function verdicts(table, id, raws) {
  if (!table.checks || !id.startsWith("waymark") || !raws[id]) return [];
  const checks = table.checks(raws[id], raws).filter(([, , value]) => value !== undefined && !Number.isNaN(value));
  return checks.map(([what, target, value, meets]) => ({
    ...{ table: table.id, peer: id, what, target },
    ...{ value: value === Infinity ? "never" : value, pass: meets(value) },
  }));
}

const short = (value) => (typeof value === "number" ? String(Math.round(value * 100) / 100) : value);

function targetCell(found) {
  if (found.length === 0) return "";
  const failed = found.filter(({ pass }) => !pass);
  if (failed.length === 0) return "pass";
  return `**fail**: ${failed.map(({ what, target, value }) => `${what} ${short(value)}, must be ${target}`).join("; ")}`;
}

/** The table of all peers that were measured, and Waymark's verdicts. */
export function tableOf(table, raws, order) {
  const found = [];
  const ids = order.filter((id) => raws[id] && !table.without?.includes(id));
  const rows = ids.map((id) => {
    const own = verdicts(table, id, raws);
    found.push(...own);
    return [id, ...table.cells(raws[id], raws, id), targetCell(own)];
  });
  return { text: `\n### ${table.title}\n${markdown(["peer", ...table.headings, "target"], rows)}`, verdicts: found };
}

export function verdictTable(found) {
  const rows = found.map(({ table, peer, what, target, value, pass }) => [
    ...[table, peer, what, target, short(value)],
    pass ? "pass" : "**fail**",
  ]);
  return `\n### Waymark against its targets\n${markdown(["table", "peer", "what", "target", "measured", ""], rows)}`;
}

/** Writes build/bench/<name>. */
export function save(name, content) {
  mkdirSync(RESULTS, { recursive: true });
  const text = typeof content === "string" ? content : `${JSON.stringify(content, replacer, 1)}\n`;
  writeFileSync(join(RESULTS, name), text);
}

// Endless times would be null; a reader should see them.
const replacer = (_key, value) => (value === Infinity ? "never" : value);

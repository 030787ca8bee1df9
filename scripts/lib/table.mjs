// Prints rows under headings, each column as wide as its widest cell.

/**
 * @param {string[]} headings one a column; a heading that starts with ">" aligns its column right
 * @param {Array<Array<unknown>>} rows
 * @returns {string} lines, each ending in a newline
 */
export function table(headings, rows) {
  const right = headings.map((heading) => heading.startsWith(">"));
  const lines = [headings.map((heading) => heading.replace(/^>/, "")), ...rows.map(toTexts)];
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const pad = (text, column) =>
    right[column] ? text.padStart(widths[column]) : text.padEnd(widths[column]);
  return lines.map((line) => `  ${line.map(pad).join("  ").trimEnd()}\n`).join("");
}

const toTexts = (row) => row.map((cell) => (cell === null || cell === undefined ? "–" : String(cell)));

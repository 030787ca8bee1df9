// `--verify`: whether the ledger and each person's decisions in it are whole, in plain lines.
// `--log`: one person's decisions, as `waymark records` reads them.

import { chainsOf } from "./chains.mjs";
import { readLedger } from "./ledger.mjs";

/** {text, whole}. */
export function verify(file) {
  const { records, broken } = readLedger(file);
  const chains = chainsOf(records);
  const lines = chains.map(({ subject, entries, forks, problems }) => {
    const who = subject ?? "nobody (only refusals)";
    const faults = problems.map(({ code, number, hash }) => `${code}${number ? ` at ${number}` : ""} (${hash})`);
    const sides = forks ? `, ${forks} beside others` : "";
    return `${who}: ${entries.length} entries${sides}; ${faults.join(", ") || "whole"}`;
  });
  lines.unshift(broken === undefined ? `ledger: ${records.length} lines; whole` : `ledger: changed at line ${broken}`);
  const whole = broken === undefined && chains.every(({ problems }) => !problems.length);
  return { text: `${lines.join("\n")}\n`, whole };
}

/** The decision log of a subject as JSON text, or undefined when there is none. */
export function logOf(file, subject) {
  const chains = chainsOf(readLedger(file).records).filter((chain) => chain.subject === subject);
  const entries = chains.flatMap(({ entries }) => entries);
  if (!entries.length) return undefined;
  return `{"entries":[${entries.join(",")}],"anchor":"${JSON.parse(entries.at(-1)).hash}"}\n`;
}

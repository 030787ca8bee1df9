// Whether the decisions that arrived are whole: one chain for each person and device, as
// sdk/docs/decision_log.md describes it.

import { createHash } from "node:crypto";

// An entry ends with its hash, which is of the entry without it.
const TAIL = /,"hash":"([0-9a-f]{64})"}$/;

function hashFits(text) {
  const [tail, hash] = TAIL.exec(text) ?? [];
  if (!tail) return false;
  return createHash("sha256").update(text.slice(0, -tail.length) + "}").digest("hex") === hash;
}

/**
 * The chains of a ledger: {subject, entries, forks, problems}. `entries`: their texts, in the order
 * of their numbers. Problems: `changed`, an entry that its hash does not fit; `missing`, what an
 * entry follows never came; `reordered`, its number is not the next; `cut`, an anchor came whose
 * entry never did.
 */
export function chainsOf(records) {
  const entries = new Map();
  for (const { kind, text } of records) {
    if (kind !== "entry") continue;
    const entry = JSON.parse(text);
    entries.set(entry.hash, { ...entry, text });
  }
  const chains = new Map();
  const chainOf = (root) => {
    if (!chains.has(root)) chains.set(root, { subject: null, entries: [], forks: 0, problems: [] });
    return chains.get(root);
  };
  const followed = new Set();
  for (const entry of [...entries.values()].sort((a, b) => a.number - b.number)) {
    const { previous, number, hash, text } = entry;
    const chain = chainOf(rootOf(entry, entries));
    chain.entries.push(text);
    chain.subject = entry.subject ?? chain.subject;
    if (previous !== undefined && followed.has(previous)) chain.forks++;
    followed.add(previous);
    const code = fault(entry, entries);
    if (code) chain.problems.push({ code, number, hash });
  }
  const anchors = new Set(records.flatMap(({ anchor }) => anchor ?? []));
  for (const hash of anchors) {
    if (!entries.has(hash)) chainOf(hash).problems.push({ code: "cut", hash });
  }
  return [...chains.values()];
}

// Numbers fall on the way back, so that it ends even where hashes lie.
function rootOf(entry, entries) {
  for (;;) {
    const before = entries.get(entry.previous);
    if (!before || before.number >= entry.number) return entry.hash;
    entry = before;
  }
}

function fault({ text, previous, number }, entries) {
  if (!hashFits(text)) return "changed";
  if (previous === undefined) return number === 1 ? undefined : "missing";
  const before = entries.get(previous);
  if (!before) return "missing";
  return number === before.number + 1 ? undefined : "reordered";
}

// Finds out which events are the same touchpoint, told in several dialects.
//
// Two events are the same when they have the same message id; or, for protocols that carry none,
// when they are about the same order and mean the same thing.
import { PROTOCOLS, dialectOf } from "./protocols.js";

// What the protocols call the moments of an order. Compared as words: "com.example.order.completed"
// ends with "order completed".
const MEANINGS = {
  "order completed": ["purchase", "transaction", "ecommerce order", "completed order"],
  "order refunded": ["refund"],
  "checkout started": ["begin checkout"],
};

const words = (name) => name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ").trim();
const endsWith = (text, end) => text === end || text.endsWith(` ${end}`);

// The meaning of an event's own name; the name itself where it has no other.
function meaningOf(name) {
  const own = words(name ?? "");
  for (const [meaning, others] of Object.entries(MEANINGS)) {
    if ([meaning, ...others].some((known) => endsWith(own, known))) return meaning;
  }
  return own;
}

function keysOf(entry) {
  const keys = [`entry ${entry.key}`];
  if (entry.message_id) keys.push(`message ${entry.message_id.toLowerCase()}`);
  if (entry.order_id && entry.name) keys.push(`order ${entry.order_id} ${meaningOf(entry.name)}`);
  return keys;
}

// Sets of keys that belong together.
class Sets {
  #parent = new Map();

  find(key) {
    let root = key;
    while (this.#parent.has(root)) root = this.#parent.get(root);
    return root;
  }

  join([first, ...others]) {
    for (const other of others) {
      const [kept, joined] = [this.find(first), this.find(other)];
      if (kept !== joined) this.#parent.set(joined, kept);
    }
  }
}

const rank = Object.fromEntries(Object.keys(PROTOCOLS).map((name, index) => [name, index]));
const byProtocol = (a, b) => (rank[a.protocol] ?? 99) - (rank[b.protocol] ?? 99) || (a.variant ?? "").localeCompare(b.variant ?? "") || a.id - b.id;

function touchpointOf(entries) {
  entries.sort(byProtocol);
  const first = (member) => entries.find((entry) => entry[member])?.[member] ?? null;
  return {
    entries,
    name: first("name"),
    kind: entries[0].kind,
    message_id: first("message_id"),
    order_id: first("order_id"),
    user_id: first("user_id"),
    anonymous_id: first("anonymous_id"),
    session_id: first("session_id"),
    // Of the first protocol: others round it to seconds, or have only the time of receipt.
    time_ms: entries[0].time_ms,
    dialects: new Set(entries.map(dialectOf)).size,
    problems: entries.reduce((sum, entry) => sum + entry.problems.length, 0),
  };
}

// All touchpoints, the one that happened last first. Refused requests are none.
export function touchpointsOf(all) {
  const entries = all.filter((entry) => entry.event !== null && entry.kind !== "refused");
  const sets = new Sets();
  for (const entry of entries) sets.join(keysOf(entry));
  const groups = new Map();
  for (const entry of entries) {
    const root = sets.find(`entry ${entry.key}`);
    groups.set(root, [...(groups.get(root) ?? []), entry]);
  }
  return [...groups.values()].map(touchpointOf).sort((a, b) => b.time_ms - a.time_ms);
}

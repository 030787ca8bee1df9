// Finds out which events are the same touchpoint, told in several dialects.
//
// Two events are the same when they have the same message id; or, for protocols that carry none, when they are about
// the same order and mean the same thing. What is left of those protocols joins the touchpoint that means the same
// and happened at the same second: two visitors may be taken for one there, so the page says that it is a guess.
import { PROTOCOLS, dialectOf } from "./protocols.js";

// What the protocols call the shop's moments. Compared as words: "com.example.order.completed" ends with "order
// completed".
const MEANINGS = {
  "order completed": ["purchase", "transaction", "ecommerce order", "completed order"],
  "order refunded": ["refund"],
  "checkout started": ["begin checkout"],
  "payment info entered": ["add payment info"],
  "cart viewed": ["view cart", "ecommerce cart"],
  "product added": ["add to cart"],
  "product removed": ["remove from cart"],
  "product viewed": ["view item"],
  "product clicked": ["select item"],
  "product list viewed": ["view item list"],
  "product added to wishlist": ["add to wishlist"],
  "products searched": ["search"],
  "promotion viewed": ["view promotion"],
  "promotion clicked": ["select promotion"],
};

// Some protocols tell whole seconds, and some no time at all: then it is that of receipt, which is later.
const SECOND_MS = 1000;
const RECEIPT_MS_MAX = 60_000;

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

// Of pages and screens the name is what is on them.
const meaningOfEntry = ({ kind, name }) => (kind === "track" ? meaningOf(name) : kind);

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

// Groups that carry a message id, with those that carry none and tell the same put into them.
function guess(groups) {
  const told = groups.filter((group) => group.some(({ message_id }) => message_id)).map((entries) => ({
    entries,
    guessed: new Set(),
    meanings: new Set(entries.map(meaningOfEntry)),
    second: Math.floor(Math.min(...entries.map(({ time_ms }) => time_ms)) / SECOND_MS) * SECOND_MS,
  }));
  told.sort((a, b) => a.second - b.second || a.entries[0].id - b.entries[0].id);
  const lone = groups.filter((group) => group.every(({ message_id }) => !message_id));
  const alone = lone.filter((entries) => {
    const place = entries.length === 1 && told.find((group) => fits(entries[0], group));
    if (!place) return true;
    place.entries.push(entries[0]);
    place.guessed.add(entries[0]);
    return false;
  });
  return [...told, ...alone.map((entries) => ({ entries, guessed: new Set() }))];
}

function fits(entry, { entries, meanings, second }) {
  const later_ms = entry.time_ms - second;
  const later_ms_max = entry.time_ms === entry.received_ms ? RECEIPT_MS_MAX : SECOND_MS;
  if (later_ms < 0 || later_ms >= later_ms_max || !meanings.has(meaningOfEntry(entry))) return false;
  return !entries.some((other) => dialectOf(other) === dialectOf(entry));
}

function touchpointOf({ entries, guessed }) {
  entries.sort(byProtocol);
  const first = (member) => entries.find((entry) => entry[member])?.[member] ?? null;
  return {
    entries,
    guessed,
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
  const inOrder = [...groups.values()].sort(([a], [b]) => a.id - b.id);
  return guess(inOrder).map(touchpointOf).sort((a, b) => b.time_ms - a.time_ms || b.entries[0].id - a.entries[0].id);
}

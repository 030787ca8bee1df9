// The answers of a store to what it could do.

import type { Entry, Fact, StoreEffect, StoreGet } from "./platform.ts";

export function done({ effect_id }: StoreEffect): Fact {
  return { type: "store_done", effect_id };
}

/** One page: entries in key order after `after`, at least one if there is one, to `bytes_max`. */
export function readPage(
  keys: string[],
  value: (key: string) => Uint8Array,
  { effect_id, prefix, after = "", bytes_max }: StoreGet,
): Fact {
  const entries: Entry[] = [];
  const fact = { type: "store_read", effect_id, entries, more: false };
  let bytes = 0;
  for (const key of keys.filter((key) => key.startsWith(prefix) && key > after).sort()) {
    const entry = { key, value: value(key) };
    bytes += entry.value.length;
    fact.more = entries.length > 0 && bytes > bytes_max;
    if (fact.more) break;
    entries.push(entry);
  }
  return fact;
}

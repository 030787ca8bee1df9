// One page of a key-value store, as `store_get` asks for it.

import type { Entry, StoreGet } from "./platform.ts";

/** Entries in key order after `after`: at least one if there is one, then up to `bytes_max`. */
export function readPage(
  keys: string[],
  value: (key: string) => Uint8Array,
  { prefix, after = "", bytes_max }: StoreGet,
): { entries: Entry[]; more: boolean } {
  const entries: Entry[] = [];
  let bytes = 0;
  for (const key of keys.filter((key) => key.startsWith(prefix) && key > after).sort()) {
    const entry = { key, value: value(key) };
    bytes += entry.value.length;
    if (entries.length && bytes > bytes_max) return { entries, more: true };
    entries.push(entry);
  }
  return { entries, more: false };
}

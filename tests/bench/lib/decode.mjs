// Makes a peer's request body readable, and finds in it the events and their ids.

import { brotliDecompressSync, gunzipSync, inflateSync } from "node:zlib";

const DECODERS = { gzip: gunzipSync, br: brotliDecompressSync, deflate: inflateSync };
const TOKEN = /bid_([a-z0-9]+)_(\d+)/g;
const ID_MEMBERS = ["messageId", "eid", "uuid", "insert_id", "$insert_id"];

/** @returns {{text: string, bytes: number, encoding: string}} `bytes`: of the body, unpacked */
export function decode(body, headers) {
  const named = headers["content-encoding"];
  if (DECODERS[named]) return unpacked(DECODERS[named](body), named);
  if (body[0] === 0x1f && body[1] === 0x8b) return unpacked(gunzipSync(body), "gzip(body)");
  return unpacked(body, "none");
}

function unpacked(bytes, encoding) {
  return { text: unwrapped(bytes.toString("utf8")), bytes: bytes.length, encoding };
}

// Forms carry the JSON in the field `data`, plain or as base64.
function unwrapped(text) {
  if (!text.startsWith("data=")) return text;
  const data = new URLSearchParams(text).get("data") ?? "";
  return /^[A-Za-z0-9+/=_-]+$/.test(data) ? Buffer.from(data, "base64").toString("utf8") : data;
}

/**
 * The events of one run in a body, in their order; one that is there twice is given twice.
 * `id` is what a collector would remove equal events by.
 * @returns {Array<{n: number, id?: string, text?: string}>}
 */
export function eventsIn(text, run) {
  return (listOf(text) ?? [undefined]).flatMap((item) => {
    const own = item === undefined ? text : JSON.stringify(item);
    const found = [...own.matchAll(TOKEN)].filter((match) => match[1] === run);
    // Some peers mention the properties twice in one event; without a list each mention counts.
    const numbers = item === undefined ? found : found.slice(0, 1);
    return numbers.map((match) => ({ n: Number(match[2]), id: item && idOf(item), text: item && own }));
  });
}

// The list of events in the peers' documents; one event alone is a list of one.
function listOf(text) {
  let document;
  try {
    document = JSON.parse(text);
  } catch {
    return undefined;
  }
  const list = Array.isArray(document)
    ? document
    : (document.batch ?? document.data ?? document.events ?? [document]);
  return Array.isArray(list) ? list : [document];
}

function idOf(item) {
  for (const name of ID_MEMBERS) {
    const id = item[name] ?? item.properties?.[name];
    if (id !== undefined) return String(id);
  }
  return undefined;
}

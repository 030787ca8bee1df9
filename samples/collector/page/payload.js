// What was sent, in two ways: read as JSON, and as it stood on the wire.
import { element } from "./dom.js";
import { jsonView } from "./json_view.js";
import { markedText } from "./marks.js";

const BYTES_A_ROW = 8; // as many as fit beside other cards

async function rawBytes(entry) {
  const answer = await fetch(`/raw?event=${entry.id}`);
  if (!answer.ok) throw new Error((await answer.json()).error);
  return new Uint8Array(await answer.arrayBuffer());
}

const hex = (byte) => byte.toString(16).padStart(2, "0");
const printable = (byte) => (byte > 31 && byte < 127 ? String.fromCharCode(byte) : "·");

// "0010  0a 03 78 79 …  ·xy"
function hexRows(bytes) {
  const rows = [];
  for (let at = 0; at < bytes.length; at += BYTES_A_ROW) {
    const row = [...bytes.subarray(at, at + BYTES_A_ROW)];
    const columns = row.map(hex).join(" ").padEnd(BYTES_A_ROW * 3 - 1);
    rows.push(`${at.toString(16).padStart(4, "0")}  ${columns}  ${row.map(printable).join("")}`);
  }
  return rows.join("\n");
}

// The text of an event as it was sent; bytes that are no text as rows of hexadecimal digits.
export async function rawText(entry) {
  const bytes = await rawBytes(entry);
  return entry.form === "protobuf" ? hexRows(bytes) : new TextDecoder().decode(bytes);
}

// `raw`: as it was sent. `marks`: see marks.js.
export function payloadView(entry, raw, marks = []) {
  if (!raw) return jsonView(entry.event, marks);
  const view = element("pre", { className: `json raw ${entry.form}`, tabIndex: 0 }, "…");
  view.setAttribute("aria-label", "The event as it was sent");
  rawText(entry).then(
    (text) => view.replaceChildren(...markedText(text, marks)),
    (reason) => view.replaceChildren(reason.message),
  );
  return view;
}

export async function payloadText(entry, raw) {
  return raw ? rawText(entry) : JSON.stringify(entry.event, null, 2);
}

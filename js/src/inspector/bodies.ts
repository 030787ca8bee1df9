// What stands in a request to a collector, for people: the records in it, field by field.
//
// Promise: it reads what went out and knows no protocol by name; what it cannot read it says so of.

import type { HttpSend } from "../platform/platform.ts";

export type Field = [path: string, value: string];

export interface Contents {
  /** One for each event in it, in their order. */
  records: Field[][];
  /** The same, as text. */
  texts: string[];
  /** How many bytes went out. */
  bytes: number;
  /** The body is in a form that people do not read. */
  opaque: boolean;
}

/** Reads a request; never rejects. */
export async function contentsOf({ url, headers, body }: HttpSend): Promise<Contents> {
  const bytes = body?.length ?? 0;
  try {
    const text = body && new TextDecoder("utf-8", { fatal: true }).decode(await inflated(body));
    const all = text === undefined ? queryOf(url) : recordsIn(text, headers);
    const plain = all.map((record) => (typeof record === "string" ? formOf(record) : record));
    const texts = plain.map((record) => JSON.stringify(record));
    return { records: plain.map((record) => fieldsOf(record)), texts, bytes, opaque: false };
  } catch {
    return { records: [], texts: [], bytes, opaque: true };
  }
}

const is_gzip = (body: Uint8Array) => body[0] === 0x1f && body[1] === 0x8b;

async function inflated(body: Uint8Array): Promise<Uint8Array> {
  if (!is_gzip(body)) return body;
  const source = new Blob([body as Uint8Array<ArrayBuffer>]).stream();
  const plain = source.pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(plain).arrayBuffer());
}

function recordsIn(text: string, headers: Record<string, string>): unknown[] {
  const document = jsonIn(text);
  if (document !== undefined) return listIn(document);
  const type = Object.entries(headers).find(([name]) => /^content-type$/i.test(name))?.[1] ?? "";
  if (!/x-www-form-urlencoded/.test(type)) {
    return text
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  }
  const { data, ...rest } = formOf(text) as Record<string, string>;
  return data === undefined ? [rest] : listIn(JSON.parse(data));
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

// In the order in which they are looked for: what holds the events of a request.
const holders = ["batch", "events", "data", "requests", "resourceLogs", "scopeLogs", "logRecords"];

/** The events of a document: an array, or one under a name of a batch. */
function listIn(document: any): unknown[] {
  if (Array.isArray(document)) return document;
  const name = holders.find((name) => Array.isArray(document?.[name]));
  if (!name) return [document];
  const list = document[name] as unknown[];
  return /Logs$/.test(name) ? list.flatMap(listIn) : list;
}

const formOf = (text: string): object =>
  Object.fromEntries(new URLSearchParams(text.replace(/^[^?]*\?/, "")));

const queryOf = (url: string): unknown[] => [formOf(new URL(url).search)];

/** Every leaf with its JSON pointer. Texts that hold JSON, plain or in base64, are looked into. */
export function fieldsOf(value: unknown, path = ""): Field[] {
  const inner = typeof value === "string" ? nested(value) : value;
  if (typeof inner !== "object" || inner === null) return [[path || "/", String(inner)]];
  return Object.entries(inner).flatMap(([name, member]) => fieldsOf(member, `${path}/${name}`));
}

function nested(text: string): unknown {
  try {
    // The begin of {" in base64.
    if (/^eyJ[\w+/-]+=*$/.test(text)) return JSON.parse(plainOf(text));
    return /^[{[]/.test(text) ? JSON.parse(text) : text;
  } catch {
    return text;
  }
}

function plainOf(base64: string): string {
  const binary = atob(base64.replace(/-/g, "+").replace(/_/g, "/"));
  return new TextDecoder().decode(Uint8Array.from(binary, (letter) => letter.charCodeAt(0)));
}

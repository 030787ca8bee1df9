// Takes batches of a `consent.records` collector, puts them into the ledger, and begins deletions.
//
// A batch is answered with 200 when all of it is on the disk. It may come again, and also partly:
// what is known is passed over. Nothing of a body is believed before it was looked at.

import { gunzip } from "node:zlib";
import { promisify } from "node:util";
import { elementSources, memberSource } from "./json_source.mjs";

const PATH = "/v1/batch";
const BODY_BYTES_MAX = 512_000; // the engine's batches have 500,000 at most
const unpack = promisify(gunzip);

const isText = (value, most = 512) => typeof value === "string" && value !== "" && value.length <= most;
const isTexts = (value) => Array.isArray(value) && value.length <= 2000 && value.every((text) => isText(text, 80));
const isHash = (value) => typeof value === "string" && /^[0-9a-f]{64}$/.test(value);
const isUuid = (value) => typeof value === "string" && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value);

async function read(request) {
  const chunks = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    // Read to its end all the same: who still sends does not hear the answer.
    if (bytes > 20 * BODY_BYTES_MAX) break;
    if (bytes <= BODY_BYTES_MAX) chunks.push(chunk);
  }
  if (bytes > BODY_BYTES_MAX) return undefined;
  const body = Buffer.concat(chunks);
  if (request.headers["content-encoding"] !== "gzip") return body;
  return unpack(body, { maxOutputLength: BODY_BYTES_MAX });
}

/** The handler of an http.Server. */
export function createReceiver(config, ledger, deletions) {
  const known = new Set(
    ledger.records.flatMap(({ kind, text, message_id }) =>
      kind === "entry" ? JSON.parse(text).hash : kind === "deletion" ? message_id : [],
    ),
  );
  return async (request, response) => {
    const answer = (status) => response.writeHead(status, cors(config, request)).end();
    if (request.url.split("?")[0] !== PATH) return answer(404);
    if (request.method === "OPTIONS") return answer(204);
    if (request.method !== "POST") return answer(405);
    let body, batch;
    try {
      body = (await read(request))?.toString("utf8");
      if (body === undefined) return answer(413);
      batch = JSON.parse(body);
    } catch {
      return answer(400);
    }
    if (!Array.isArray(batch?.batch)) return answer(400);
    if (!config.write_keys.includes(batch.writeKey)) return answer(403);
    try {
      take(body, batch, config, ledger, deletions, known);
    } catch (error) {
      process.stderr.write(`${error.stack}\n`);
      return answer(500);
    }
    answer(200);
  };
}

function cors({ origins }, { headers }) {
  if (!origins.includes(headers.origin)) return {};
  return {
    "Access-Control-Allow-Origin": headers.origin,
    "Access-Control-Allow-Methods": "POST",
    "Access-Control-Allow-Headers": "Content-Type, Content-Encoding",
    "Access-Control-Max-Age": "86400",
    Vary: "Origin",
  };
}

// What is new in a batch goes to the disk as a whole, and only then counts as known.
function take(body, { batch }, config, ledger, deletions, known) {
  const sources = elementSources(memberSource(body, "batch"));
  const lines = new Map();
  const begun = [];
  batch.forEach((event, at) => {
    const taken = lineOf(event, sources[at], config);
    const { key, line, deletion } = taken ?? refusal(event);
    if (known.has(key) || lines.has(key)) return;
    const anchor = event?.context?.delivery?.decisions;
    lines.set(key, isHash(anchor) && taken ? { ...line, anchor } : line);
    if (!deletion) return;
    deletions.keep(deletion);
    begun.push(deletion);
  });
  if (!lines.size) return;
  ledger.append(...lines.values());
  for (const key of lines.keys()) known.add(key);
  for (const deletion of begun) deletions.begin(deletion);
}

/** {key, line, deletion?} of an event of the engine's, else undefined. */
function lineOf(event, source, config) {
  const { event: name, messageId, properties } = event ?? {};
  if (name === "consent_decided" && isEntry(properties)) {
    return { key: properties.hash, line: { kind: "entry", text: memberSource(source, "properties") } };
  }
  if (name !== "deletion_requested" || !isDeletion(event)) return undefined;
  const deletion = deletionOf(event);
  return { key: messageId, line: deletionLine(deletion, properties, config), deletion };
}

// Noted, so that somebody may look at it, and once only.
function refusal(event) {
  const line = { kind: "refused", event: String(event?.event).slice(0, 80) };
  return { key: JSON.stringify(line), line };
}

const isEntry = (entry) =>
  isHash(entry?.hash) &&
  Number.isSafeInteger(entry.number) &&
  (entry.previous === undefined || isHash(entry.previous)) &&
  (entry.subject === undefined || isUuid(entry.subject));

const isDeletion = ({ messageId, anonymousId, userId, properties }) =>
  isUuid(messageId) &&
  isTexts(properties?.purposes) &&
  isTexts(properties.collectors) &&
  (properties.subject === undefined || isUuid(properties.subject)) &&
  (properties.record === undefined || isHash(properties.record)) &&
  (anonymousId === undefined || isText(anonymousId)) &&
  (userId === undefined || isText(userId)) &&
  (anonymousId ?? userId) !== undefined;

function deletionOf({ messageId, anonymousId, userId, properties }) {
  // Who never had an anonymous id has the message's.
  const anonymous_id = anonymousId === messageId ? undefined : anonymousId;
  const { purposes, collectors } = properties;
  return { message_id: messageId, purposes, collectors, anonymous_id, user_id: userId };
}

// Without the ids: see deletions.mjs.
function deletionLine({ message_id, user_id }, properties, { vendors, user_ids }) {
  const { purposes, collectors, subject, record } = properties;
  const by_hand = collectors.filter((collector) => !Object.hasOwn(vendors, collector));
  const line = { kind: "deletion", message_id, purposes, collectors, subject, record };
  if (by_hand.length) line.by_hand = by_hand;
  if (user_id !== undefined && user_ids !== "accept") line.user_id = "refused";
  return line;
}

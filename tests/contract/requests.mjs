// The requests that the contract cases expect: what the SDK sends, for judges that others wrote.
import { readFileSync, readdirSync } from "node:fs";
import { gunzipSync } from "node:zlib";

const FOLDER = new URL("./", import.meta.url);

const linesOf = (file) => readFileSync(new URL(file, FOLDER), "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line));

/**
 * What one collector got in one case.
 * @typedef {{file: string, case: string, url: string, options: object, events: object[], view?: object, requests: Request[]}} Lane
 * @typedef {{url: URL, method: string, headers: Record<string, string>, body: Buffer, content: Buffer}} Request
 *   `body` as sent, `content` inflated where it was packed; both empty for GET
 */

/** @returns {Lane[]} of every case that has a collector of this protocol */
export function lanesOf(protocol) {
  return readdirSync(FOLDER).filter((name) => name.endsWith(".jsonl")).sort().flatMap((file) => lanesOfFile(file, protocol));
}

function lanesOfFile(file, protocol) {
  const lanes = [];
  let open = [];
  for (const line of linesOf(file)) {
    if (line.case !== undefined) {
      // Some cases are about configs that are none.
      const all = line.start.config?.collectors;
      const own = Array.isArray(all) ? all.filter((collector) => collector?.protocol === protocol) : [];
      open = own.map(({ url, options = {} }) => ({ file, case: line.case, url, options, events: [], requests: [] }));
      lanes.push(...open);
    }
    for (const lane of open) addLine(lane, line);
  }
  return lanes;
}

const EVENTS = ["track", "page", "screen", "identify", "alias", "group"];

function addLine(lane, { input, view, output, output_bodies: bodies }) {
  if (EVENTS.includes(input?.type)) lane.events.push(input);
  if (view) lane.view = view;
  for (const effect of output?.effects ?? []) {
    if (effect.type === "http_send" && effect.url.startsWith(lane.url)) lane.requests.push(requestOf(effect, bodies));
  }
}

function requestOf({ url, method, headers, body: place }, bodies = "") {
  const body = place ? Buffer.from(bodies, "base64").subarray(place.offset, place.offset + place.size) : Buffer.alloc(0);
  const packed = body[0] === 0x1f && body[1] === 0x8b;
  return { url: new URL(url), method, headers, body, content: packed ? gunzipSync(body) : body };
}

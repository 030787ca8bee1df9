// Answers requests: POST /hand-over, POST /hand-over/open, GET and POST /id. A folder before them
// does not matter: /waymark/hand-over is the same.

import { isOf } from "./config.mjs";
import { deleted, renewed } from "./id_cookie.mjs";

const body_bytes_max = 4096;

const statuses = { token_invalid: 400, token_foreign: 403, token_expired: 410, token_used: 409, busy: 503 };

export function createReceiver(config, sealer) {
  return async (request, response) => {
    const give = (status, document, headers) => {
      response.writeHead(status, { "Content-Type": "application/json", "Cache-Control": "no-store", Vary: "Origin", ...headers });
      response.end(document && JSON.stringify(document));
    };
    const { origin, cookie } = request.headers;
    const from = hostOf(origin);
    const allowed = origin === undefined ? config.without_origin === "accept" : from !== undefined && isOf(from, config.domains);
    const path = /\/(hand-over|hand-over\/open|id)$/.exec(request.url.split("?")[0])?.[1];
    if (!path) return give(404, { why: "nothing here" });
    // The cookie goes with requests of its own site alone, by which a page of it may send no origin.
    if (path === "id" && request.method === "GET") return giveCookie(give, renewed(cookie, config.cookie_domain));
    if (!allowed) return give(403, { why: "origin" });
    const cors = origin ? { "Access-Control-Allow-Origin": origin } : {};
    if (request.method === "OPTIONS") {
      return give(204, undefined, { ...cors, "Access-Control-Allow-Methods": "POST", "Access-Control-Allow-Headers": "content-type" });
    }
    if (request.method !== "POST") return give(405, { why: "method" }, { Allow: "POST", ...cors });
    if (path === "id") return giveCookie(give, deleted(config.cookie_domain), cors);
    const document = await read(request);
    const { status, ...answer } = path === "hand-over" ? seal(document, config, sealer) : open(document, from, sealer);
    give(status, answer, cors);
  };
}

function seal(document, { domains }, sealer) {
  const { token, to = "" } = document ?? {};
  if (typeof to !== "string" || (to && !isOf(to, domains))) return { status: 403, why: "to" };
  const sealed = sealer.seal(token, to);
  return sealed ? { status: 200, token: sealed } : { status: 400, why: "token_invalid" };
}

// The browser's word for the host goes before the page's.
function open(document, from, sealer) {
  const { token, host = "" } = document ?? {};
  const { token: opened, why } = sealer.open(token, from ?? String(host));
  return opened ? { status: 200, token: opened } : { status: statuses[why], why };
}

const giveCookie = (give, line, headers) => give(204, undefined, { ...headers, ...(line && { "Set-Cookie": line }) });

function hostOf(origin) {
  try {
    return new URL(origin).hostname;
  } catch {
    return undefined;
  }
}

/** The JSON of a body, or undefined when it is none or too much. */
async function read(request) {
  const chunks = [];
  let size = 0;
  try {
    for await (const chunk of request) {
      size += chunk.length;
      if (size > body_bytes_max) return undefined;
      chunks.push(chunk);
    }
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    return undefined;
  }
}

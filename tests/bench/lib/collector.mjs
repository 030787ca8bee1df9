// A collector of one run: takes what any peer sends, counts the events in it, and fails as told.
//
// Promise: what is not answered 2xx does not count as arrived, save under the fault `ackloss`, where
// the body is taken and the connection then breaks. Preflights are always answered well, except when
// nothing listens.

import { createServer } from "node:http";

import { decode, eventsIn } from "./decode.mjs";

// One answer that every peer takes for success.
const ACCEPTED = JSON.stringify({ status: 1, error: null, code: 200, success: true });

const now = () => performance.now();

export class Collector {
  /** All requests but preflights: `{at, done, status, fault, path, wire_bytes, …}`, times in ms. */
  requests = [];
  preflights = 0;
  /** By event number: `{count, ids, batches, at}`; `batches` are indexes into `requests`. */
  events = new Map();
  #fault = { kind: "ok" };
  #server;
  #sockets = new Set();
  #waiting = [];

  constructor(run) {
    this.run = run;
  }

  async start() {
    await this.#listen(0);
    this.port = this.#server.address().port;
    this.url = `http://127.0.0.1:${this.port}`;
    return this;
  }

  /**
   * @param {{kind: "ok" | "down" | "status" | "ackloss", status?: number, retry_after?: number,
   *   exposed?: boolean, times?: number}} fault `times`: only so many requests, then "ok"
   */
  async set(fault) {
    const was_down = this.#fault.kind === "down";
    this.#fault = { ...fault };
    if (fault.kind === "down") await this.#hangUp();
    else if (was_down) await this.#listen(this.port);
    // A browser by itself sends again what breaks off on a connection that was used before: under
    // `ackloss` every request gets a new one, so that the loss reaches the page.
    if (fault.kind === "ackloss") this.#server.closeIdleConnections();
  }

  stop() {
    return this.#hangUp();
  }

  get unique() {
    return this.events.size;
  }

  /** Arrivals of events that were there already. */
  get repeats() {
    return this.#sum((event) => event.count - 1);
  }

  /** What is left twice after equal ids have been removed. */
  get repeatsAfterIds() {
    return this.#sum((event) => Math.max(0, Math.max(1, event.ids.size) - 1));
  }

  /** How many of the events 0 to `end` (exclusive) have arrived. */
  of(end) {
    return [...this.events.keys()].filter((n) => n < end).length;
  }

  /** Resolves to true when `count` different events are there, to false after `ms_max`. */
  arrived(count, ms_max) {
    if (this.unique >= count) return Promise.resolve(true);
    return new Promise((resolve) => {
      const waiter = { count, give: resolve };
      this.#waiting.push(waiter);
      setTimeout(() => resolve(this.unique >= count), ms_max);
    });
  }

  #sum(of) {
    return [...this.events.values()].reduce((sum, event) => sum + of(event), 0);
  }

  async #listen(port) {
    const server = createServer((request, response) => void this.#answer(request, response));
    server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
    });
    server.keepAliveTimeout = 60_000;
    await new Promise((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));
    this.#server = server;
  }

  async #hangUp() {
    const server = this.#server;
    this.#server = undefined;
    if (!server) return;
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async #answer(request, response) {
    const at = now();
    if (request.method === "OPTIONS") {
      this.preflights++;
      const connection = this.#fault.kind === "ackloss" ? { Connection: "close" } : {};
      return response.writeHead(204, { ...preflightHeaders(request), ...connection }).end();
    }
    const chunks = [];
    try {
      for await (const chunk of request) chunks.push(chunk);
    } catch {
      return; // The page went in the middle of its body.
    }
    const fault = this.#takeFault();
    const seen = this.#record(request, Buffer.concat(chunks), fault, at);
    if (fault.kind === "ackloss") request.socket.destroy();
    else reply(request, response, fault);
    seen.done = now();
  }

  #takeFault() {
    const fault = this.#fault;
    if (fault.times !== undefined && --fault.times <= 0) this.#fault = { kind: "ok" };
    return fault;
  }

  #record(request, body, fault, at) {
    const { text, bytes, encoding } = readable(body, request.headers);
    const found = eventsIn(text, this.run);
    const status = fault.kind === "status" ? fault.status : fault.kind === "ackloss" ? 0 : 200;
    const seen = {
      ...{ at, done: at, status, fault: fault.kind, method: request.method, path: request.url.split("?")[0] },
      ...{ wire_bytes: body.length, decoded_bytes: bytes, encoding, events: found.length },
      header_bytes: headerBytes(request),
    };
    this.requests.push(seen);
    if (fault.kind !== "status") this.#take(found, this.requests.length - 1, at);
    return seen;
  }

  #take(found, batch, at) {
    for (const { n, id, text } of found) {
      const event = this.events.get(n) ?? { count: 0, ids: new Set(), batches: [], at };
      event.count++;
      if (id !== undefined) event.ids.add(id);
      event.batches.push(batch);
      this.events.set(n, event);
      this.sample ??= text;
    }
    for (const waiter of this.#waiting) if (this.unique >= waiter.count) waiter.give(true);
  }
}

function readable(body, headers) {
  try {
    return decode(body, headers);
  } catch (error) {
    return { text: "", bytes: body.length, encoding: `unreadable (${error.code ?? error.message})` };
  }
}

function reply(request, response, fault) {
  const headers = { ...allow(request), "Content-Type": "application/json" };
  if (fault.kind !== "status") {
    const plain = request.url.startsWith("/track") && !request.url.includes("verbose=1");
    return response.writeHead(200, headers).end(plain ? "1" : ACCEPTED);
  }
  if (fault.retry_after !== undefined) headers["Retry-After"] = String(fault.retry_after);
  if (fault.exposed) headers["Access-Control-Expose-Headers"] = "Retry-After";
  response.writeHead(fault.status, headers).end("{}");
}

function allow(request) {
  return {
    "Access-Control-Allow-Origin": request.headers.origin ?? "*",
    "Access-Control-Allow-Credentials": "true",
    "Cross-Origin-Resource-Policy": "cross-origin",
    Vary: "Origin",
  };
}

function preflightHeaders(request) {
  return {
    ...allow(request),
    "Access-Control-Allow-Methods": "GET, POST, PUT, OPTIONS",
    "Access-Control-Allow-Headers": request.headers["access-control-request-headers"] ?? "content-type",
    "Access-Control-Max-Age": "7200",
  };
}

// The request line and headers as they came over HTTP/1.1.
function headerBytes({ method, url, rawHeaders }) {
  const lines = rawHeaders.reduce((sum, text) => sum + Buffer.byteLength(text) + 2, 0);
  return method.length + Buffer.byteLength(url) + 12 + lines + 2;
}

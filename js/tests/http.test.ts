// Requests against a real server on this machine: one answer each, whatever the server does.

import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { send } from "../src/platform/browser/http.ts";
import { loadModule } from "../src/platform/load.ts";
import type { Fact, HttpSend } from "../src/platform/platform.ts";

let server: Server;
let origin: string;
let received: { headers: IncomingMessage["headers"]; body: string }[] = [];
const empty_module = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);

const answers: Record<string, (response: ServerResponse) => void> = {
  "/ok": (response) => response.end('{"ok":true}'),
  "/empty": (response) => response.writeHead(204).end(),
  "/busy": (response) => response.writeHead(429, { "Retry-After": "10" }).end("later"),
  "/long": (response) => response.end("é".repeat(10_000)),
  "/cut": (response) => {
    response.writeHead(200, { "Content-Length": 100 });
    response.write("first", () => response.destroy());
  },
  "/hang": () => {},
  "/gone": (response) => response.destroy(),
  "/right.wasm": (response) => wasm(response, "application/wasm"),
  "/plain.wasm": (response) => wasm(response, "application/octet-stream"),
  "/damaged.wasm": (response) => response.end("not wasm"),
  "/missing.wasm": (response) => response.writeHead(404).end(),
};

function wasm(response: ServerResponse, type: string): void {
  response.writeHead(200, { "Content-Type": type }).end(empty_module);
}

beforeAll(async () => {
  server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    received.push({ headers: request.headers, body });
    answers[request.url!]!(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function request(path: string, more: Partial<HttpSend> = {}): HttpSend {
  return {
    type: "http_send",
    effect_id: 7,
    method: "POST",
    url: origin + path,
    headers: { "Content-Type": "application/json" },
    body: new TextEncoder().encode("[1]"),
    transport: "fetch",
    timeout_ms: 30_000,
    credentials: "omit",
    ...more,
  };
}

const outcome = (of: HttpSend): Promise<Fact> => new Promise((resolve) => send(of, resolve));

const asked = { answer_bytes_max: 100 };
const text = (fact: Fact) => new TextDecoder().decode(fact.body as Uint8Array);

test("an answer comes with its status, and with its body when that was asked for", async () => {
  received = [];
  expect(await outcome(request("/ok"))).toEqual({ type: "http_done", effect_id: 7, status: 200 });
  expect(text(await outcome(request("/ok", asked)))).toBe('{"ok":true}');
  const headers = { "content-type": "application/json" };
  expect(received[0]).toMatchObject({ body: "[1]", headers });
});

test("no body is no member", async () => {
  expect((await outcome(request("/empty", asked))).body).toBeUndefined();
});

test("Retry-After is told as it was", async () => {
  expect(await outcome(request("/busy"))).toMatchObject({ status: 429, retry_after: "10" });
});

test("of a long body so much is read as was asked for", async () => {
  const fact = await outcome(request("/long", asked));
  expect(fact.status).toBe(200);
  expect(text(fact)).toBe("é".repeat(50));
});

test("a GET has no body", async () => {
  received = [];
  const { body: _, ...rest } = request("/ok");
  expect((await outcome({ ...rest, method: "GET", headers: {} })).status).toBe(200);
  expect(received).toMatchObject([{ body: "" }]);
});

test("a body that breaks off leaves the status", async () => {
  expect((await outcome(request("/cut"))).status).toBe(200);
});

test("a request without an answer times out", async () => {
  const fact = await outcome(request("/hang", { timeout_ms: 5 }));
  expect(fact).toMatchObject({ status: 0, error: "timeout" });
});

test("what never settles is given up all the same, and soon when the page has slept", async () => {
  const fetch = globalThis.fetch;
  globalThis.fetch = () => new Promise(() => {}); // as Firefox has it after its cache
  // Where a page hears that it is back. The other tests do without, as Node does.
  const page = new EventTarget();
  Object.assign(globalThis, { addEventListener: page.addEventListener.bind(page) });
  try {
    const late = { type: "http_done", effect_id: 7, status: 0 };
    expect(await outcome(request("/ok", { timeout_ms: 20 }))).toEqual({ ...late, error: "timeout" });
    const asleep = outcome(request("/ok"));
    page.dispatchEvent(new Event("pageshow")); // loaded, not awake
    page.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));
    expect(await asleep).toEqual({ ...late, error: "network" });
  } finally {
    globalThis.fetch = fetch;
    Reflect.deleteProperty(globalThis, "addEventListener");
  }
});

test("a broken connection is a network error", async () => {
  expect(await outcome(request("/gone"))).toMatchObject({ status: 0, error: "network" });
});

test("an address that cannot be is a network error", async () => {
  const fact = await outcome({ ...request("/ok"), url: "https://" });
  expect(fact).toMatchObject({ status: 0, error: "network" });
});

describe("a keepalive request that fails", () => {
  const { fetch } = globalThis;
  const failing = async (when: () => Promise<unknown>, onLine = true) => {
    Object.defineProperty(globalThis, "navigator", { value: { onLine }, configurable: true });
    globalThis.fetch = async () => {
      await when();
      throw new TypeError("Failed to fetch");
    };
    const fact = await outcome(request("/ok", { transport: "keepalive" }));
    globalThis.fetch = fetch;
    return fact.error;
  };
  const at_once = async () => {};
  const later = () => new Promise((resolve) => setTimeout(resolve, 5));

  test("before any network could is refused: the budget is full", async () => {
    expect(await failing(at_once)).toBe("refused");
  });

  test("later, or without a network, is a network error", async () => {
    expect(await failing(later)).toBe("network");
    expect(await failing(at_once, false)).toBe("network");
  });

  test("because it was aborted says so", async () => {
    Object.defineProperty(globalThis, "navigator", { value: { onLine: true }, configurable: true });
    const keepalive = request("/hang", { transport: "keepalive" });
    const fact = await new Promise<Fact>((resolve) => send(keepalive, resolve)());
    expect(fact.error).toBe("aborted");
  });
});

test("an abort is told once", async () => {
  const facts: Fact[] = [];
  await new Promise<void>((resolve) => {
    const abort = send(request("/hang"), (fact) => (facts.push(fact), resolve()));
    abort();
    abort();
  });
  expect(facts).toMatchObject([{ status: 0, error: "aborted" }]);
});

test("a beacon is answered at once: taken, refused, or impossible", () => {
  const sent: unknown[] = [];
  const beacon = (sendBeacon?: unknown) => {
    Object.defineProperty(globalThis, "navigator", { value: { sendBeacon }, configurable: true });
    let answer: Fact | undefined;
    send(request("/ok", { transport: "beacon" }), (fact) => (answer = fact));
    return answer!.error;
  };
  expect(beacon((...words: unknown[]) => !!sent.push(words))).toBe("queued");
  expect(beacon(() => false)).toBe("refused");
  expect(beacon()).toBe("refused");
  const [[url, blob]] = sent as [[string, Blob]];
  expect([url, blob.type, blob.size]).toEqual([`${origin}/ok`, "application/json", 3]);
});

test.each(["/right.wasm", "/plain.wasm"])("the engine is compiled from %s", async (path) => {
  expect(await loadModule(origin + path)).toBeInstanceOf(WebAssembly.Module);
});

test.each([
  ["/damaged.wasm", "wasm_invalid", /damaged/],
  ["/missing.wasm", "wasm_unreachable", /the answer 404/],
  ["/gone", "wasm_unreachable", /no answer/],
])("an engine that cannot be had: %s", async (path, code, message) => {
  const error: any = await loadModule(origin + path).catch((error) => error);
  expect(error.code).toBe(code);
  expect(error.message).toMatch(message);
});

test("a Content-Security-Policy that forbids wasm is named", async () => {
  const { compile } = WebAssembly;
  WebAssembly.compile = async () => {
    throw new WebAssembly.CompileError("Refused: 'unsafe-eval' is not an allowed source");
  };
  const error: any = await loadModule(empty_module).catch((error) => error);
  WebAssembly.compile = compile;
  expect(error.code).toBe("wasm_blocked");
  expect(error.message).toContain("'wasm-unsafe-eval'");
});

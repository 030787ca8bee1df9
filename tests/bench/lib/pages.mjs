// The page server: one page per peer, its bundle, the engine's wasm, and the start-up documents that
// some peers ask their vendor's CDN for. It stays up when a collector is down.

import { createServer } from "node:http";

import { bundleOf, harness, wasm } from "./bundle.mjs";

// With these two, performance.now() has steps of 5 us in place of 100.
const ISOLATED = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};
const RUDDER_SOURCE = {
  source: {
    ...{ id: "bench", name: "bench", writeKey: "bench", enabled: true, workspaceId: "bench" },
    ...{ destinations: [], dataplanes: {}, connections: [], updatedAt: "2026-01-01T00:00:00.000Z" },
    config: { statsCollection: { errors: { enabled: false }, metrics: { enabled: false } } },
  },
  updatedAt: "2026-01-01T00:00:00.000Z",
};

// What the page of a run starts, by run; addresses stay as short as a shop's, since peers send them.
const runs = new Map();

const script = (text) => [text, "text/javascript"];
const saying = (error) => script(`console.error(${JSON.stringify(error.message)})`);
const html = (text) => [text, "text/html; charset=utf-8"];

/** Starts the server; `url` is its address without a slash. */
export async function startPages() {
  const server = createServer((request, response) => void answer(request, response));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${server.address().port}`;
  return { url, stop: () => void server.closeAllConnections() ?? server.close() };
}

async function answer(request, response) {
  const url = new URL(request.url, `http://${request.headers.host}`);
  const [body, type] = await contentOf(url).catch(saying);
  const headers = { ...ISOLATED, "Content-Type": type, "Cache-Control": "no-store" };
  response.writeHead(200, headers).end(body);
}

async function contentOf(url) {
  const { pathname } = url;
  const [, run, then = "start"] = /^\/compasses\/(\w+)(?:\/(\w+))?$/.exec(pathname) ?? [];
  if (runs.has(run)) return html(page(runs.get(run), then));
  if (pathname === "/blank") return html("<!doctype html><title>blank</title>");
  if (pathname === "/harness.js") return script(await harness());
  if (pathname.startsWith("/peers/")) return script(await bundleOf(pathname.slice(7, -3)));
  if (pathname === "/waymark.wasm") return [wasm, "application/wasm"];
  if (pathname.endsWith("/sourceConfig/")) return [JSON.stringify(RUDDER_SOURCE), "application/json"];
  return ["{}", "application/json"];
}

// `start` starts the peer; "cold" tracks 50 events in the same script and leaves; "prime" only loads.
const THEN = {
  start: "bench.start();",
  cold: `bench.start();bench.burstAndLeave(50,"nav");`,
  prime: "",
};

function page(setup, then) {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Compasses and lanterns</title>
<script src="/harness.js"></script>
<script src="/peers/${setup.peer}.js"></script>
<script>window.setup=${JSON.stringify(setup)};${THEN[then]}</script>
</head><body><h1>Compasses and lanterns</h1><p>One page of a shop.</p></body></html>`;
}

/**
 * The address of a run's page. `setup`: peer, variant, collector, run, options; `then`: what its first
 * inline script does.
 */
export function pageUrl(base, setup, then = "start") {
  runs.set(setup.run, setup);
  return `${base}/compasses/${setup.run}${then === "start" ? "" : `/${then}`}`;
}

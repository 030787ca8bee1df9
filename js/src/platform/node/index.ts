// The platform of Node: a store in memory, the global fetch, files for config and engine.
//
// One client speaks for one user; a server that serves many opens a client for each. Timers do not
// keep the process alive; what is queued when the process has nothing else to do is sent then.

import { readFile } from "node:fs/promises";
import { webcrypto } from "node:crypto";
import { failure } from "../../core/error.ts";
import { fetchText, loadModule } from "../load.ts";
import { MemoryStore } from "../memory/store.ts";
import type { HttpSend, Platform, Reply } from "../platform.ts";
import { send } from "../browser/http.ts";

const remote = (source: unknown) => /^https?:/.test(String(source));

export function nodePlatform(): Platform {
  const store = new MemoryStore();
  return {
    sdk: "waymark-node",
    store,
    now: () => ({ wall_ms: Date.now(), mono_ms: Math.floor(performance.now()) }),
    entropy: () => webcrypto.getRandomValues(new Uint8Array(32)),
    send: sendFromNode,
    timer(run, ms) {
      const timer = setTimeout(run, ms);
      timer.unref();
      return () => clearTimeout(timer);
    },
    microtask: (run) => queueMicrotask(run),
    // One engine has this store to itself.
    claim(_writer, reply) {
      reply({ type: "lead", live: [] });
      return () => {};
    },
    consent: () => undefined,
    context: () => undefined,
    watch,
    spill: () => false,
    spilled: async () => [],
    text: async (url) => (remote(url) ? fetchText(url) : (await file(url, "config")).toString()),
    module: async (source) => {
      const local = typeof source === "string" || source instanceof URL;
      return loadModule(local && !remote(source) ? await file(source, "wasm") : source);
    },
  };
}

// Node has no beacon: what must go now goes as a request, which the process waits for.
function sendFromNode(request: HttpSend, reply: Reply): () => void {
  const as_fetch: HttpSend = { ...request, transport: "fetch" };
  if (request.transport !== "beacon") return send(as_fetch, reply);
  const abort = send(as_fetch, () => {});
  reply({ type: "http_done", effect_id: request.effect_id, status: 0, error: "queued" });
  return abort;
}

function watch(reply: Reply): () => void {
  const idle = () => reply({ type: "lifecycle", state: "closing" });
  process.once("beforeExit", idle);
  return () => process.off("beforeExit", idle);
}

async function file(path: string | URL, what: "config" | "wasm"): Promise<Buffer> {
  try {
    return await readFile(String(path).startsWith("file:") ? new URL(path) : path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw failure(what + "_unreachable", `${code} for ${path}`, `the ${what} file there`);
  }
}

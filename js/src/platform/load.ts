// Fetches the config and the engine for browser and Node, and says in plain words what failed.

import { failure } from "../core/error.ts";

type What = "config" | "wasm" | "gvl";

/** The text at an address. */
export async function fetchText(url: string, what: What = "config"): Promise<string> {
  return (await get(url, what)).text();
}

/** The engine from its address, its bytes or its compiled module. */
export async function loadModule(source: unknown): Promise<WebAssembly.Module> {
  if (source instanceof WebAssembly.Module) return source;
  try {
    if (typeof source !== "string" && !(source instanceof URL)) {
      return await WebAssembly.compile(source as BufferSource);
    }
    const response = await get(source, "wasm");
    // Compiling while it arrives needs the right Content-Type; many servers have none for wasm.
    const streams = response.headers.get("content-type") === "application/wasm";
    return streams && WebAssembly.compileStreaming
      ? await WebAssembly.compileStreaming(response)
      : await WebAssembly.compile(await response.arrayBuffer());
  } catch (error) {
    const { message, problems } = error as { message: string; problems?: unknown };
    if (problems) throw error;
    if (/Content.Security|unsafe-eval|CSP/i.test(message)) {
      throw failure(
        "wasm_blocked",
        "a Content-Security-Policy that forbids WebAssembly",
        "script-src with 'wasm-unsafe-eval'",
      );
    }
    throw failure("wasm_invalid", `a wasm file that is damaged (${message})`, "waymark.wasm");
  }
}

async function get(url: string | URL, what: What): Promise<Response> {
  let found;
  try {
    const response = await fetch(url);
    if (response.ok) return response;
    found = "the answer " + response.status;
  } catch (error) {
    found = "no answer";
  }
  throw failure(what + "_unreachable", `${found} from ${url}`, `the ${what} file there`);
}

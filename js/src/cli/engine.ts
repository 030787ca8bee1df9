// The engine of the commands.

import { readFile } from "node:fs/promises";
import type { Engine } from "../core/bridge.ts";
import { askingEngine } from "../policy/questions.ts";

const compiled = new Map<string, Promise<WebAssembly.Module>>();

/** The module at `wasm`, compiled once. */
export function toolsModule(wasm: URL): Promise<WebAssembly.Module> {
  const known = compiled.get(wasm.href);
  if (known) return known;
  const module = readFile(wasm).then((bytes) => WebAssembly.compile(bytes as BufferSource));
  compiled.set(wasm.href, module);
  return module;
}

/** An engine without a config: refused its start, it still answers questions. */
export async function openQuestions(wasm: URL): Promise<Engine> {
  return askingEngine(await toolsModule(wasm));
}

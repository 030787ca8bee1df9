// An engine that is only asked questions.

import { encode, type Engine, openEngine } from "../core/bridge.ts";
import { nodePlatform } from "../platform/node/index.ts";

/** Opens the engine at `wasm` without a config: refused its start, it still answers questions. */
export async function openQuestions(wasm: URL): Promise<Engine> {
  const platform = nodePlatform();
  const start = { now: platform.now(), entropy: platform.entropy(), config: {} };
  return openEngine(await platform.module(wasm), encode(start));
}

// Looks over the engine's shoulder: what goes in and what comes out, for as long as somebody wants
// to see it. Nobody looks, nothing is there.

import type { Engine, Output } from "../core/bridge.ts";
import type { Client } from "../core/client.ts";
import type { Explanation } from "../core/types.ts";

export type Hear = (
  input: any,
  before: Explanation | undefined,
  output: Output | undefined,
) => void;

const is_event = /^{"type":"(track|page|screen|identify|alias|group)"/;

/** Tells of every input from now on, the first one when there is no engine yet; gives the end. */
export function watch(client: Client, hear: Hear): () => void {
  const { _engine } = client;
  if (_engine) return watchEngine(_engine, hear);
  let end = () => {};
  let engine: Engine | undefined;
  Object.defineProperty(client, "_engine", {
    configurable: true,
    enumerable: true,
    get: () => engine,
    set(one: Engine | undefined) {
      end();
      engine = one;
      if (one) end = watchEngine(one, hear);
    },
  });
  return () => {
    end();
    Object.defineProperty(client, "_engine", { writable: true, value: engine });
  };
}

function watchEngine(engine: Engine, hear: Hear): () => void {
  const { handle } = engine;
  const own = Object.prototype.hasOwnProperty.call(engine, "handle");
  engine.handle = (text, bodies) => {
    const before = is_event.test(text) ? attempt(() => explain(engine, text)) : undefined;
    const output = handle.call(engine, text, bodies);
    // A fault of ours must not become one of the page.
    attempt(() => hear(JSON.parse(text), before, output));
    return output;
  };
  return () => {
    if (own) engine.handle = handle;
    else delete (engine as Partial<Engine>).handle;
  };
}

function explain(engine: Engine, text: string): Explanation {
  const { type, name, needs } = JSON.parse(text);
  return engine.query(JSON.stringify({ query: "explain", event: { type, name, needs } })) as any;
}

function attempt<Value>(run: () => Value): Value | undefined {
  try {
    return run();
  } catch (error) {
    console.error("waymark inspector:", error);
    return undefined;
  }
}

// What the commands about a policy share.

import type { Engine } from "../core/bridge.ts";
import { ask, problemsOf } from "../policy/questions.ts";
import { type Document, expectNone } from "./document.ts";

/** Throws `Unusable` with what is wrong with a config. */
export function expectTaken(engine: Engine, { file, text }: Document): void {
  expectNone(file, problemsOf(engine, text));
}

/** Asks about a config that the engine takes: a problem is then one of the question. */
export function askAbout<Answer>(
  engine: Engine,
  query: string,
  config: Document,
  members: Record<string, unknown> = {},
): Answer {
  expectTaken(engine, config);
  return ask(engine, query, config, members);
}

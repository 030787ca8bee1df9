// No platform at all: a client on it is off from the start. For a page's code that runs on a
// server, where one visitor's calls must not meet another's.

import { failure } from "../core/error.ts";
import type { Platform } from "./platform.ts";

const nothing = () => {};
const no_page = () =>
  Promise.reject(failure("no_page", "no web page", "a browser, or waymark/node"));

export const nullPlatform: Platform = {
  sdk: "waymark-null",
  store: { run: nothing, close: nothing },
  now: () => ({ wall_ms: 0, mono_ms: 0 }),
  entropy: () => new Uint8Array(32),
  send: () => nothing,
  timer: () => nothing,
  microtask: nothing,
  claim: () => nothing,
  consent: nothing as () => undefined,
  context: nothing as () => undefined,
  watch: () => nothing,
  spill: () => false,
  spilled: async () => [],
  text: no_page,
  module: no_page,
};

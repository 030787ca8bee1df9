// The platform of a web page.

import type { OpenOptions } from "../../core/types.ts";
import { fetchText, loadModule } from "../load.ts";
import type { Platform } from "../platform.ts";
import { send } from "./http.ts";
import { leadership } from "./locks.ts";
import { BrowserStore } from "./store.ts";
import { context, watch } from "./surroundings.ts";

export function browserPlatform({ prefix, database = "waymark" }: OpenOptions): Platform {
  const store = new BrowserStore(prefix, database);
  const { claim, release } = leadership(database);
  let hear: (() => void) | undefined;
  return {
    sdk: "waymark-web",
    origin: location.origin,
    store,
    now: () => ({ wall_ms: Date.now(), mono_ms: Math.floor(performance.now()) }),
    entropy: () => crypto.getRandomValues(new Uint8Array(32)),
    send,
    timer(run, ms) {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
    microtask: (run) => queueMicrotask(run),
    claim,
    consent() {
      hear?.();
      hear = undefined;
      return store.text("consent/record");
    },
    context,
    watch(reply, away) {
      const leave = (sleeps: boolean) => {
        store.leave();
        away();
        if (sleeps) release();
      };
      const [end, rest] = watch(store, reply, leave);
      hear = rest;
      return end;
    },
    spill: (text) => store.spill.leaveCalls(text),
    spilled: () => store.spill.takeCalls(),
    text: fetchText,
    // In a task of its own: the page's parser waits for the one that opens the client.
    module: (source) => new Promise((begin) => setTimeout(begin)).then(() => loadModule(source)),
  };
}

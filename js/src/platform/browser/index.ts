// The platform of a web page.

import type { OpenOptions } from "../../core/types.ts";
import { fetchText, loadModule } from "../load.ts";
import type { Platform } from "../platform.ts";
import { send } from "./http.ts";
import { BrowserStore } from "./store.ts";
import { context, watch } from "./surroundings.ts";

export function browserPlatform({ prefix, database }: OpenOptions): Platform {
  const store = new BrowserStore(prefix, database);
  return {
    sdk: "waymark-web",
    store,
    now: () => ({ wall_ms: Date.now(), mono_ms: Math.floor(performance.now()) }),
    entropy: () => crypto.getRandomValues(new Uint8Array(32)),
    send,
    timer(run, ms) {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
    microtask: (run) => queueMicrotask(run),
    consent: () => store.text("consent/record"),
    context,
    watch: (reply) => watch(store, reply),
    text: fetchText,
    module: loadModule,
  };
}

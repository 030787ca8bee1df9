// What takes longest begins before all else is there: the engine is fetched and compiled while it
// arrives, and the worker that asks it starts beside that.

import { loadModule } from "../../../js/src/platform/load.ts";

export interface Begun {
  module: Promise<WebAssembly.Module>;
  worker: Worker;
}

const place = globalThis as { waymark_studio?: Begun };

/** The same for whoever comes first: the script that begins, or the studio. */
export function begin(): Begun {
  if (!place.waymark_studio) {
    const module = loadModule(new URL("waymark-tools.wasm", location.href));
    // Whoever waits for it says what failed.
    module.catch(() => {});
    place.waymark_studio = { module, worker: new Worker("worker.js", { type: "module" }) };
  }
  return place.waymark_studio;
}

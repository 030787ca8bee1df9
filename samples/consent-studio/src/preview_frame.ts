// The page in the preview: a page of the owner's with the real banner on it. Its engine runs in
// memory: what is answered here is kept nowhere.

import { Client } from "../../../js/src/core/client.ts";
import { directionOf } from "../../../js/src/platform/browser/language.ts";
import { MemoryStore } from "../../../js/src/platform/memory/store.ts";
import { nullPlatform } from "../../../js/src/platform/null.ts";
import type { Platform } from "../../../js/src/platform/platform.ts";
import type { Shown, Told } from "./preview.ts";

const tell = (message: Told) => parent.postMessage(message, location.origin);

let end = () => {};

/** Time goes on, and nothing else is there. */
function platformWith(module: WebAssembly.Module): Platform {
  const store = new MemoryStore();
  return {
    ...nullPlatform,
    sdk: "waymark-preview",
    store,
    now: () => ({ wall_ms: Date.now(), mono_ms: Math.floor(performance.now()) }),
    entropy: () => crypto.getRandomValues(new Uint8Array(32)),
    timer(run, ms) {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
    microtask: (run) => queueMicrotask(run),
    module: async () => module,
  };
}

function show({ config, module, language, visitor }: Shown): void {
  end();
  const root = document.documentElement;
  root.lang = language;
  root.dir = directionOf(language);
  root.dataset.theme = config.consent.ui.theme;
  const client = new Client(platformWith(module), config);
  if (visitor.gpc) client.signal("gpc", true, "browser");
  if (visitor.dnt) client.signal("dnt", true, "browser");
  if (visitor.age !== undefined) client.signal("age", visitor.age, "account");
  if (visitor.region) client.signal("region", visitor.region, "server");
  client.on("view", ({ consent }) => tell({ type: "view", consent }));
  // What the browser around says of itself is not this visitor's.
  const options = { region: visitor.region, age: visitor.age, prefix: "studio-preview." };
  // When the engine is there: only it knows what this visitor is asked.
  const started = client.ready.then(async () => {
    const { start } = await import("./waymark-banner.mjs" as string);
    return start({ client, config, options }) as () => void;
  });
  started.catch((error) => tell({ type: "failed", message: String(error.message ?? error) }));
  end = () => {
    void started.then(
      (stop) => stop(),
      () => {},
    );
    client.close();
  };
}

addEventListener("message", ({ data, origin, source }) => {
  if (origin !== location.origin || source !== parent) return;
  if (data.type === "show") show(data);
  if (data.type === "centre") document.dispatchEvent(new Event("waymark:preferences"));
});
document.addEventListener("waymark:decided", (event) => {
  tell({ type: "decided", choices: (event as CustomEvent).detail });
});
// Nothing here leads anywhere.
document.addEventListener("click", (event) => {
  if (event.composedPath().some((node) => (node as Element).localName === "a"))
    event.preventDefault();
});
tell({ type: "ready" });

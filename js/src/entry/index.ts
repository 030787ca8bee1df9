// The package `waymark` for bundlers: `Waymark.open(config)` on a web page.
//
// Nothing happens at import, so the package may be imported on a server, too; opened there, it is
// a client that is off and says so.

import { pageViews } from "../capture/page_views.ts";
import { Client } from "../core/client.ts";
import type { Config, OpenOptions } from "../core/types.ts";
import { within } from "../platform/browser/app.ts";
import { browserPlatform } from "../platform/browser/index.ts";
import { nullPlatform } from "../platform/null.ts";

export { WaymarkError } from "../core/error.ts";
export type { Client } from "../core/client.ts";
export type * from "../core/types.ts";

export const Waymark = {
  /** Opens a client with a config document or its address. Never throws; see `client.ready`. */
  open(config: Config | string, options: OpenOptions = {}): Client {
    if (typeof document === "undefined") return new Client(nullPlatform, config);
    const wasm = options.wasm ?? new URL("./waymark.wasm", import.meta.url);
    const platform = within(browserPlatform(options), async () => {
      const { open } = await import("../app/index.ts");
      return (start) => open(client, start, options);
    });
    const client: Client = new Client(platform, config, { ...options, wasm }, pageViews);
    return client;
  },
};

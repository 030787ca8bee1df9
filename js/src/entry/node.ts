// The package `waymark/node`: the same client on a server, a job or a command line.

import { Client } from "../core/client.ts";
import type { Config, OpenOptions } from "../core/types.ts";
import { nodePlatform } from "../platform/node/index.ts";

export { WaymarkError } from "../core/error.ts";
export type { Client } from "../core/client.ts";
export type * from "../core/types.ts";

export const Waymark = {
  /** Opens a client with a config document, a file or an address. Never throws. */
  open(config: Config | string, options: OpenOptions = {}): Client {
    const wasm = options.wasm ?? new URL("./waymark-all.wasm", import.meta.url);
    return new Client(nodePlatform(), config, { ...options, wasm });
  },
};

// `waymark/inspector`: an overlay on the live page for developers and privacy teams. What was
// captured, held, dropped and sent, and why.
//
// Promise: it shows and changes nothing. It is loaded only where somebody asks for it: by
// `data-inspector` on the script's tag, by a bookmarklet, or by an import; without it no page has a
// byte of it running. What it has seen stays in this page, and is gone with it.

import type { Client } from "../core/client.ts";
import type { Config } from "../core/types.ts";
import { addressOf, readJson } from "../platform/browser/part.ts";
import { Log } from "./log.ts";
import { Overlay } from "./overlay.ts";
import { watch } from "./watch.ts";

export interface Options {
  client: Client;
  config: Config;
}

let close: (() => void) | undefined;

/** Starts the inspector; gives what ends it. It is there once in a page. */
export function start({ client, config }: Options): () => void {
  close?.();
  const log = new Log(config, () => overlay.refresh());
  const unwatch = watch(client, (...heard) => log.hear(...heard));
  const end = () => {
    unwatch();
    client.off("view", look);
    overlay.end();
    if (close === end) close = undefined;
  };
  const overlay: Overlay = new Overlay({ client, config, log, close: end });
  const look = () => {
    const view = client.view();
    if (view) log.look(view, Date.now());
    overlay.refresh();
  };
  client.on("view", look);
  close = end;
  return end;
}

/** For a bookmarklet: on the page's own client, and off again when it is there. */
export async function open(): Promise<void> {
  if (close) return close();
  const script = document.querySelector<HTMLScriptElement>("script[data-config]");
  const { global = "waymark", config = "waymark.json" } = script?.dataset ?? {};
  const client = (window as any)[global]?.client as Client | undefined;
  if (!client) return alert(`There is no Waymark on this page: ${global} has no client.`);
  const document_read = (await readJson(addressOf(config)!)) as Config;
  start({ client, config: document_read });
}

// Starts what the config asks for, kind by kind; sdk/docs/capture.md has the events.
//
// Promise: as long as the engine says that nobody gets what a kind tells, it is not there, and what
// it heard with is gone when that is withdrawn. No decision is taken here: what is told is a
// `track`, which the engine judges like any other.

import type { Client } from "../core/client.ts";
import type { View } from "../core/types.ts";
import type { End, Page, Start } from "../entry/parts.ts";
import { admitsPage, prerendering, shown } from "./bots.ts";
import { createKits, type Kit } from "./kit.ts";

/** What the file of a kind exports under the name of that kind. */
export type Kind = (kit: Kit, options: any, client: Client) => void;

/** Where kinds come from: the members of what it gives are called like them. */
type Load = (kind: string) => Promise<any>;

// After this long without an event: the engine refuses by itself what is not allowed any more.
const rest_ms = 100;

/** What starts the kinds that the config asks for, and gives what ends them. */
export const starter =
  (load: Load): Start =>
  ({ client, config, options }: Page) => {
    const { bots, ...wanted }: Record<string, any> = config.capture!;
    if (wanted.page_views === true) delete wanted.page_views;
    const failed = (error: unknown, kind = "") =>
      client._problem("part_failed", "/capture" + kind, `${error}`, "no error");
    let end: End | undefined = () => {};
    const begin = () => {
      if (!end) return;
      const kits = createKits(wanted.page_views?.hash, options.global ?? "waymark", failed);
      const unfollow = followKinds(client, wanted, (kind) => {
        const [kit, end] = kits._open((name, properties) => client.track(name, properties, of));
        const of = wanted[kind];
        load(kind)
          .then((file) => kit._start(() => file[kind](kit, of, client)))
          .catch((error) => failed(error, "/" + kind));
        return end;
      });
      end = () => {
        unfollow();
        kits._end();
      };
    };
    // Nobody sees a page that is only prerendered.
    if (!bots || admitsPage(client, bots)) prerendering() ? shown(begin) : begin();
    return () => {
      end?.();
      end = undefined;
    };
  };

// A kind begins when the engine admits it, and ends when it does not any more.
function followKinds(
  client: Client,
  wanted: Record<string, any>,
  start: (kind: string) => End,
): End {
  const running: Record<string, End> = {};
  let state: string;
  const stop = (kind: string) => {
    running[kind]?.();
    delete running[kind];
  };
  const settle = () => {
    const { off, consent }: Partial<View> = client.view() ?? {};
    const now = JSON.stringify([off, consent?.purposes]);
    if (!consent || now === state) return;
    state = now;
    // What needs the same is judged alike.
    const admitted: Record<string, boolean> = {};
    for (const kind in wanted) {
      const options = wanted[kind];
      const needs = options?.needs;
      if (!options || !(admitted[needs] ??= isAdmitted(client, needs))) stop(kind);
      else running[kind] ??= start(kind);
    }
  };
  // A view for each event would cost more than all that is captured.
  let timer: any;
  const look = () => {
    clearTimeout(timer);
    timer = setTimeout(settle, rest_ms);
  };
  client._viewed = look;
  client.on("ready", settle);
  return () => {
    client._viewed = undefined;
    client.off("ready", settle);
    clearTimeout(timer);
    Object.keys(running).forEach(stop);
  };
}

// An app that has the engine cannot be asked, and judges when it gets the event.
function isAdmitted(client: Client, needs?: string[]): boolean {
  const explained = client.consent.explain({ type: "track", name: "capture", needs });
  const lanes = Object.values(explained?.collectors ?? { app: { verdict: "hold" } });
  return !explained?.off && lanes.some(({ verdict }) => verdict !== "drop");
}

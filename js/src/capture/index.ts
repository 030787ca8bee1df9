// `waymark/capture`: what a page tells by itself, as the config asks for it. Each kind is a file of
// its own, which gets what all have in common (kit.ts); sdk/docs/capture.md has the events.
//
// Promise: as long as the engine says that nobody gets what a kind tells, it is not there, and what
// it heard with is gone when that is withdrawn. No decision is taken here: what is told is a
// `track`, which the engine judges like any other.

import type { View } from "../core/types.ts";
import type { Client } from "../core/client.ts";
import type { Page } from "../entry/parts.ts";
import { admitsPage } from "./bots.ts";
import { createKits, type Kit } from "./kit.ts";

type End = () => void;
type Kits = ReturnType<typeof createKits>;

/** What the file of a kind exports under the name of that kind. */
export type Kind = (kit: Kit, options: any, client: Client) => void;

// Which file a kind is in: the first that fits.
const files: [RegExp, () => Promise<any>][] = [
  [/click|link/, () => import("./clicks.ts")],
  [/form|upload/, () => import("./forms.ts")],
  [/data_|json/, () => import("./shop.ts")],
  [/error/, () => import("./errors.ts")],
  [/vital/, () => import("./vitals.ts")],
  [/./, () => import("./page.ts")],
];

// After this long without an event: the engine refuses by itself what is not allowed any more.
const rest_ms = 100;

/** Starts what the config asks for; gives what ends it. */
export function start({ client, config, options }: Page): End {
  const { bots, ...wanted }: Record<string, any> = config.capture!;
  const ends: End[] = [];
  const end = () => ends.splice(0).forEach((run) => run());
  if (wanted.page_views === true) delete wanted.page_views;
  const begin = () => {
    const failed = (error: unknown) =>
      client._problem("part_failed", "/capture", `${error}`, "no error");
    const kits = createKits(wanted.page_views?.hash, options.global ?? "waymark", failed);
    ends.push(followKinds(client, kits, wanted), kits.end);
  };
  if (bots && !admitsPage(client, bots)) return end;
  // Nobody sees a page that is only prerendered.
  if ((document as any).prerendering) {
    document.addEventListener("prerenderingchange", begin, { once: true });
    ends.push(() => document.removeEventListener("prerenderingchange", begin));
  } else begin();
  return end;
}

// A kind begins when the engine admits it, and ends when it does not any more.
function followKinds(client: Client, kits: Kits, wanted: Record<string, any>): End {
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
      else running[kind] ??= startKind(client, kits, kind, options);
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

function startKind(client: Client, kits: Kits, kind: string, options: any): End {
  const { needs } = options;
  const { kit, end } = kits.open((name, properties) => client.track(name, properties, { needs }));
  const [, load] = files.find(([names]) => names.test(kind))!;
  load()
    .then((file) => file[kind](kit, options, client))
    .catch((error) => client._problem("part_failed", "/capture/" + kind, `${error}`, "a kind"));
  return end;
}

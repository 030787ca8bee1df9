// The optional parts of the page: each is a file of its own beside the script, loaded only where
// the config asks for it, at the same time as the engine.
//
// Promise: a part that cannot be loaded, or throws, is a `problem` and harms nothing else.
//
// The engine waits for `share`: what was decided on another host counts before anything here runs
// on what was decided before; for `identity`: whoever comes from another host is no new visitor;
// for `capture`, which tells robots from people; for the question, which people wait for; and for
// the inspector, which is there to see what happens from the beginning. But not for ever.

import type { Client } from "../core/client.ts";
import type { Config } from "../core/types.ts";
import { appHasEngine } from "../platform/browser/app.ts";

/** What a part is started with. */
export interface Page {
  client: Client;
  config: Config;
  /** The attributes of the script's tag: `data-region` is `region`. */
  options: Record<string, any>;
}

/** What ends a part when the client ends. `ready`: it has said what it has to say at the start. */
export type End = (() => void) & { ready?: Promise<void> };

/** What the module of a part exports as `start`. */
export type Start = (page: Page) => End;

// Nobody has judged the config yet: any member may be missing or something else.
const parts: [
  name: string,
  wanted: (consent: any, identity: any, capture: any, options: any, journey: any) => any,
][] = [
  ["banner", ({ ui }) => ui],
  ["iab", ({ iab }) => iab],
  ["guard", ({ services, guard }) => services || guard],
  ["tags", ({ tags, purposes }) => tags || [purposes].flat().some((one) => one?.consent_mode)],
  // An app that has an engine has the one decision.
  ["share", ({ share }) => share && !appHasEngine()],
  ["identity", (_, identity) => /cookie|link|hand|import/.test(Object.keys(identity).join())],
  // Page views that ask for nothing more are the script's own.
  ["capture", (_, __, all) => Object.entries(all).filter(isMore).length],
  ["inspector", (_, __, ___, options) => "inspector" in options],
  ["segments", (_, __, ___, ____, journey) => journey.segments],
];

// More of them are less to load as one file than one by one.
const kinds_max = 5;

const isMore = ([kind, on]: [string, unknown]) => on && (kind !== "page_views" || on !== true);

// As long as people put up with a page that does nothing. A host that does not answer must not cost
// events: what comes after this counts as a decision of that moment.
const patience_ms = 1000;
const patience = () => new Promise((end) => setTimeout(end, patience_ms));

/** Starts the parts that the config asks for. Gives what the engine waits for; it never fails. */
export function startParts(folder: string, page: Page): Promise<unknown> {
  const first: Promise<unknown>[] = [];
  for (const [name, wanted] of parts) {
    const { consent, identity, capture, journey }: any = page.config ?? {};
    const asked = wanted(consent ?? {}, identity ?? {}, capture ?? {}, page.options, journey ?? {});
    if (!asked) continue;
    // Where many kinds are captured one file has them all.
    const file = asked > kinds_max ? name + "-all" : name;
    const started = load(`${folder}waymark-${file}.mjs`, page);
    if (!/iab|guard|tags|segments/.test(name)) first.push(started);
  }
  return Promise.race([Promise.all(first), patience()]);
}

async function load(file: string, page: Page): Promise<void> {
  const { client } = page;
  try {
    const end: End = (await import(file)).start(page);
    client._until(end);
    await end.ready;
  } catch (error) {
    client._problem("part_failed", "", `${file}: ${error}`, "a module that starts");
  }
}

// What the page can tell: its context, its lifecycle, connectivity, the visitor's signals, and
// what other tabs have written.
//
// Promise: cheap reads only. Never `unload` or `beforeunload`: they keep a page out of the
// back/forward cache and do not fire on phones.

import type { Reply } from "../platform.ts";
import type { BrowserStore } from "./store.ts";

/** The standing context. The fragment of the URL stays out: it may hold tokens. */
export function context(referrer = document.referrer): Record<string, unknown> {
  const { href, pathname: path, search } = location;
  const { title, documentElement: root, characterSet: charset } = document;
  return {
    page: { url: href.split("#")[0], path, referrer, search, title },
    locale: navigator.language,
    timezone: timezone(),
    userAgent: navigator.userAgent,
    screen: { width: screen.width, height: screen.height, density: devicePixelRatio },
    viewport: { width: innerWidth, height: innerHeight },
    document: { width: root.scrollWidth, height: root.scrollHeight, charset },
  };
}

// The old way costs a third of a millisecond, a tenth of our start; the new one nearly nothing.
function timezone(): string {
  const { Temporal } = globalThis as any;
  return Temporal ? Temporal.Now.timeZoneId() : Intl.DateTimeFormat().resolvedOptions().timeZone;
}

type Listen = (target: EventTarget, type: string, run: (event: any) => void) => void;

/** The page may be gone soon. `sleeps`: until it wakes it does nothing more. */
type Away = (sleeps: boolean) => void;

/**
 * Reports what holds now, then what changes; calls `away` after the engine was told. Gives what
 * ends that, and what begins to hear all that an engine need not know before it starts. That is to
 * be called before the record is read: another tab may write it.
 */
export function watch(store: BrowserStore, reply: Reply, away: Away): [() => void, () => void] {
  const controller = new AbortController();
  const listen: Listen = (target, type, run) =>
    target.addEventListener(type, run, { signal: controller.signal });
  const changed = (key: string) => {
    const text = store.text(key);
    const value = text === undefined ? undefined : new TextEncoder().encode(text);
    reply({ type: "store_changed", key, value });
  };
  // A page that slept heard of no decision: it reads the record again before anything else.
  const awake = () => changed("consent/record");
  listen(window, "pageshow", (event: PageTransitionEvent) => event.persisted && awake());
  const lives = lifecycle(listen, reply, away);
  signals(reply);
  const hear = () => {
    connectivity(listen, reply);
    listen(window, "storage", (event: StorageEvent) => {
      const key = store.key(event.key);
      if (key) changed(key);
    });
    listen(document, "resume", awake);
    lives();
  };
  return [() => controller.abort(), hear];
}

function signals(reply: Reply): void {
  const { globalPrivacyControl: gpc, doNotTrack: dnt } = navigator as any;
  const source = "navigator";
  if (gpc !== undefined) reply({ type: "signal", name: "gpc", value: !!gpc, source });
  if (dnt) reply({ type: "signal", name: "dnt", value: dnt === "1", source });
}

function connectivity(listen: Listen, reply: Reply): void {
  const { connection } = navigator as any;
  const tell = () =>
    reply({ type: "connectivity", online: navigator.onLine, metered: connection?.saveData });
  if (!navigator.onLine || connection?.saveData) tell();
  if (connection?.addEventListener) listen(connection, "change", tell);
  listen(window, "online", tell);
  listen(window, "offline", tell);
}

// Gives what begins to hear the rest: what a page does that an engine has been told of.
function lifecycle(listen: Listen, reply: Reply, away: Away): () => void {
  const tell = (state: string) => reply({ type: "lifecycle", state });
  const leave = (state: string) => {
    tell(state);
    away(state !== "hidden");
  };
  if (document.hidden) tell("hidden");
  listen(document, "visibilitychange", () => (document.hidden ? leave("hidden") : tell("visible")));
  listen(window, "pagehide", () => leave("closing"));
  listen(window, "pageshow", (event: PageTransitionEvent) => event.persisted && tell("visible"));
  return () => {
    listen(document, "freeze", () => leave("frozen"));
    listen(document, "resume", () => tell("resumed"));
    // Firefox keeps no page in its back/forward cache that holds a lock when the next one's answer
    // comes, which is before `pagehide`. The engine finds out by itself when the page stays all the
    // same. Whether it does is known when all who listen have had their say.
    const { navigation, mozInnerScreenX } = window as any;
    if (mozInnerScreenX === undefined || !navigation) return;
    const departs = ({ destination, downloadRequest, defaultPrevented }: any) => {
      const stays = destination.sameDocument || defaultPrevented || navigation.transition;
      if (!stays && downloadRequest == null) leave("closing");
    };
    listen(navigation, "navigate", (event) => setTimeout(departs, 0, event));
  };
}

// What the files that capture have in common: one listener for each type of event, work in idle
// time, and a page's begin and end.
//
// Promise: listeners are passive and let no error out; nothing is listened to that nobody captures;
// what was seen is told before the page goes, in whichever way it goes, and never on `unload`.

import type { Properties } from "../core/types.ts";
import { elements } from "./elements.ts";
import { watchNavigation } from "./navigation.ts";

/** How a page is left: from `hidden` it may come back. */
export type Reason = "hidden" | "closed" | "navigated";

type Run = (of?: any) => void;

// A page that never rests must not keep what it was seen to do.
const timeout = 500;

// Where there is no idle time a timer takes no notice of the options.
const idle = (run: Run) => ((self as any).requestIdleCallback ?? setTimeout)(run, { timeout });

/** `hash`: routes in the fragment count. `own`: the name of what is Waymark's in a window. */
export function createKits(hash: boolean, own: string, failed: (error: unknown) => void) {
  const runs: Record<string, Set<Run>> = {};
  // Windows of this page and its frames, and shadows that somebody went into.
  const roots = new Set<any>();
  const heard = new WeakSet<Event>();
  const queue = new Set<Run>();
  // Whether somebody will work through it: what is queued by that work waits for no other time.
  let due = false;
  let at = new URL(location.href);
  let gone = false;
  let { referrer }: { referrer: string } = document;

  const guard = (run: Run, of?: unknown) => {
    try {
      run(of);
    } catch (error) {
      failed(error);
    }
  };
  const tell = (type: string, of?: unknown) => runs[type]?.forEach((run) => guard(run, of));

  // Events that do not leave a shadow are heard there alone.
  const listener = (event: Event) => {
    if (heard.has(event)) return;
    heard.add(event);
    const { target, type }: any = event;
    // The path is long, and pointers move often.
    const [inner]: any[] = target.shadowRoot ? event.composedPath() : [target];
    if (inner !== target) adopt(inner.getRootNode());
    if (type === "load") guard(frame, target);
    tell(type, event);
  };
  const hear = (root: any, type: string) =>
    root.addEventListener(type, listener, { capture: true, passive: true });
  // Once more for a window that has loaded: it is another one under the same name.
  const adopt = (root: any) => {
    roots.forEach((other) => other.isConnected === false && roots.delete(other));
    roots.add(root);
    for (const type in runs) hear(root, type);
  };
  const frame = ({ contentWindow: inside, contentDocument: document }: any) => {
    if (document && !inside[own]) look(inside, document);
  };
  const look = (window: Window, document: Document) => {
    adopt(window);
    // It does not get as far as the window.
    hear(document, "load");
    document.querySelectorAll("iframe").forEach((one) => guard(frame, one));
  };

  // As much as fits into the idle time that there is, or all of it.
  const work = (slice?: IdleDeadline) => {
    for (const run of queue) {
      queue.delete(run);
      guard(run);
      if (queue.size && slice?.timeRemaining()! < 1) return idle(work);
    }
    due = false;
  };
  const later = (run: Run) => {
    if (gone) return guard(run);
    queue.add(run);
    if (!due) idle(work);
    due = true;
  };
  const leave = (reason: Reason) => {
    work();
    // There may be no other time: others hear of the end later in the same task.
    gone = true;
    tell("left", reason);
    gone = reason !== "navigated";
  };
  const arrive = () => runs.arrived?.forEach(later);

  // What `page_views` takes for another page.
  const route = (url: URL | Location) => (hash ? elements._route_of(url) : "");
  const path = (url: URL | Location) => url.pathname + route(url);
  const isOther = (to: URL | Location, replaced: boolean) =>
    path(to) !== path(at) || (!replaced && to.search !== at.search);
  const before = (to: string, replaced: boolean) => {
    if (isOther(new URL(to ?? "", document.baseURI), replaced)) leave("navigated");
  };
  const changed = (replaced: boolean) => {
    // Behind the page view, which waits for the title.
    if (isOther(location, replaced)) {
      referrer = at.href.split("#")[0] + route(at);
      setTimeout(arrive);
    }
    at = new URL(location.href);
  };

  const on = (types: string, run: Run) => {
    for (const type of types.split(" ")) {
      if (!runs[type]) {
        runs[type] = new Set();
        roots.forEach((root) => guard(() => hear(root, type)));
      }
      runs[type]!.add(run);
    }
    return () => types.split(" ").forEach((type) => off(type, run));
  };
  const off = (type: string, run: Run) => {
    runs[type]!.delete(run);
    if (runs[type]!.size) return;
    delete runs[type];
    roots.forEach((root) => guard(() => root.removeEventListener(type, listener, true)));
  };

  look(window, document);
  const unwatch = watchNavigation(changed, before);
  const { navigation } = window as any;
  const departs = ({ destination, navigationType }: any) => {
    if (destination.sameDocument) before(destination.url, navigationType === "replace");
  };
  navigation?.addEventListener("navigate", departs);
  const unlisten = on("visibilitychange pagehide pageshow popstate", (event) => {
    const { target, type, persisted } = event;
    if (type === "popstate") navigation || before(location.href, false);
    else if (target !== document) return;
    else if (type === "pagehide") leave("closed");
    else if (document.hidden) leave("hidden");
    else {
      gone = false;
      if (persisted) arrive();
    }
  });

  /** What one kind gets; `track` tells an event when nobody waits for the page. */
  const _open = (track: (name: string, properties: Properties) => void) => {
    const ends: (() => void)[] = [];
    let ended = false;
    const kit = {
      ...elements,

      /** The page before this one. */
      _referrer: () => referrer,

      /**
       * Hears events of these types in the page, its frames and shadows. `left` is told how the
       * page is left, before anybody else hears that it is.
       */
      _on(types: string, run: Run) {
        ends.push(on(types, run));
      },

      /** Hears events at elements, with what these stand in; of private ones nothing. */
      _at: (types: string, run: (path: any[], event: any) => void) =>
        kit._on(types, (event) => {
          const path = elements._climb(event.composedPath()[0]);
          if (path[0]) run(path, event);
        }),

      /** Runs it on this page, and on each that comes. */
      _arrived(run: Run) {
        kit._on("arrived", run);
        later(run);
      },

      /** Runs it when nobody waits for the page, or when it is left: once, however often asked. */
      _later: later,

      _track(name: string, properties: Properties) {
        later(() => ended || track(name, properties));
      },

      /** Begins when nobody waits for the page, unless it has ended before. */
      _start: (run: Run) => later(() => ended || run()),

      /** Runs it at the end. */
      _until: (end: () => void) => ends.push(end),
    };
    const end = () => {
      ended = true;
      ends.forEach((run) => run());
    };
    return [kit, end] as const;
  };

  const _end = () => {
    unwatch();
    unlisten();
    navigation?.removeEventListener("navigate", departs);
  };
  return { _open, _end };
}

export type Kit = ReturnType<ReturnType<typeof createKits>["_open"]>[0];

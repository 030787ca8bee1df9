// The app around a web view. The messages are described in sdk/docs/share.md: JSON text, both ways.
//
// To the app: `WaymarkHost.postMessage(text)` (Android) or
// `webkit.messageHandlers.waymark.postMessage(text)` (iOS). From the app: what
// `WaymarkHost.consent` is at the start, as text or as a function that gives it; messages of
// `WaymarkHost`, where it listens; and events `waymark:host` whose detail is the text.

import { attempt } from "../platform/browser/spill.ts";

export interface Host {
  post(message: object): void;
  /** What is there before anybody asks. */
  first(): unknown;
  /** Gives what ends it. */
  listen(heard: (message: unknown) => void): () => void;
}

/** The app around this page, or undefined. */
export function findHost(page: any): Host | undefined {
  const android = page.WaymarkHost;
  const app = android?.postMessage ? android : page.webkit?.messageHandlers?.waymark;
  if (!android && !app) return;
  return {
    post: (message) => app?.postMessage(JSON.stringify({ waymark: 1, ...message })),
    // A method of Java belongs to its object.
    first: () =>
      asMessage(typeof android?.consent === "function" ? android.consent() : android?.consent),
    listen(heard) {
      const hear = (event: any) => heard(asMessage(event.detail ?? event.data));
      page.addEventListener("waymark:host", hear);
      android?.addEventListener?.("message", hear);
      return () => {
        page.removeEventListener("waymark:host", hear);
        android?.removeEventListener?.("message", hear);
      };
    },
  };
}

// Anything may come: what is no message of ours is nothing.
function asMessage(text: unknown): unknown {
  const message = attempt(() => JSON.parse(String(text)));
  return message?.waymark === 1 ? message : undefined;
}

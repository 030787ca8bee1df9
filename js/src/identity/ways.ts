// Links and forms to the owner's other domains carry a token. It has to be there at the moment of
// the click. What the engine of this page gives is there at once; where the owner's server seals
// it, or the app has the engine, one is made when somebody is about to go there.

import type { Client } from "../core/client.ts";
import type { View } from "../core/types.ts";
import { follow } from "../entry/view.ts";
import { isBelow, leadsTo, markWays, wayOf } from "../platform/browser/links.ts";
import { browserText, make, type Ask } from "./hand_over.ts";

export const parameter = "waymark_handover";

export interface Rules {
  domains: string[];
  ttl_s: number;
  /** The hosts below it share the cookie. */
  cookie_domain: string | undefined;
  /** Whether tokens take their time. */
  ahead: boolean;
  /** Whether ids may go about. */
  allowed: (view: View) => boolean;
}

interface Prepared {
  token?: string | undefined;
  made_ms: number;
}

const before = ["mouseover", "pointerdown", "touchstart", "focusin"];

/** Marks what leads to `domains`; gives what ends it. */
export function markHandOvers(
  client: Client,
  ask: Ask,
  { domains, ttl_s, cookie_domain, ahead, allowed }: Rules,
): () => void {
  const prepared = new Map<string, Prepared>();

  const prepare = (host: string): Prepared => {
    const known = prepared.get(host);
    if (known && Date.now() - known.made_ms < ttl_s * 500) return known;
    const one: Prepared = { made_ms: Date.now() };
    prepared.set(host, one);
    make(ask, { to: host, ttl_s, browser: browserText() }, ({ token, sealed }) => {
      one.token = token;
      void sealed?.then((text) => (one.token = text ?? one.token));
    });
    return one;
  };

  // Who the visitor is may have changed, or whether it may be told: what may not be is not even
  // asked for, as the engine would keep it in mind until it may.
  let known: string | undefined;
  let may = false;
  const forget = (view: View) => {
    const { anonymous_id, user_id, consent } = view;
    const now = [anonymous_id, user_id, consent.generation].join();
    if (now !== known) prepared.clear();
    known = now;
    may = allowed(view);
  };
  const unfollow = follow(client, forget);

  // Who shares the cookie needs no token.
  const shares = (host: string) =>
    cookie_domain && [host, location.hostname].every((one) => isBelow(one, cookie_domain));
  const near = (event: Event) => {
    const way = wayOf(event) ?? submitting(event);
    if (!way || !may || !leadsTo(way, domains) || shares(way.url.hostname)) return;
    prepare(way.url.hostname);
  };
  const early = { capture: true, passive: true };
  for (const kind of ahead ? before : []) addEventListener(kind, near, early);
  const end = markWays(domains, parameter, (host) => {
    if (!may || shares(host)) return;
    const { token } = prepare(host);
    // A token is good once.
    prepared.delete(host);
    return token;
  });
  return () => {
    unfollow();
    for (const kind of before) removeEventListener(kind, near, true);
    end();
  };
}

// Whoever is about to press a button of a form is about to send the form.
function submitting(event: Event) {
  const field: any = event.composedPath()[0];
  const button = field?.closest?.("button, input");
  return button?.form && wayOf(fromForm(button));
}

const fromForm = (submitter: any): any => ({
  type: "submit",
  target: submitter.form,
  submitter,
  composedPath: () => [],
});

// `waymark/identity`: one visitor on several of the owner's hosts and devices. The cookie of all
// subdomains, tokens that are handed over to other domains and devices, with the owner's server
// where there is one, and the ids of other software, taken once.
//
// Promise: whose journey goes on where is the engine's decision alone; here its answers are carried
// about. Nothing is read of what others keep before the engine's view says that ids are allowed.

import type { Client } from "../core/client.ts";
import type { View } from "../core/types.ts";
import type { Page } from "../entry/parts.ts";
import { follow, isAllowed } from "../entry/view.ts";
import { appHasEngine } from "../platform/browser/app.ts";
import { IdentityCookie } from "../platform/browser/identity_cookie.ts";
import { isFrom, takeOwnToken, withToken } from "../platform/browser/links.ts";
import { addressOf } from "../platform/browser/part.ts";
import { findKept } from "../platform/browser/shared.ts";
import { foreignId, sources } from "./foreign.ts";
import { accept, make, type Ask } from "./hand_over.ts";
import { markHandOvers, parameter } from "./ways.ts";

interface Config {
  identity?: {
    needs?: string[];
    cookie_domain?: string;
    link_domains?: string[];
    hand_over?: { url?: string; ttl_s?: number };
    import?: string[];
  };
  consent: { purposes: { id: string; storage?: boolean }[] };
}

/** Starts it, before the engine is there; gives what ends it. */
export function start({ client, config, options }: Page): () => void {
  const { identity = {}, consent } = config as unknown as Config;
  const { cookie_domain, link_domains: domains = [], hand_over, import: imports } = identity;
  if (cookie_domain) client._beside(new IdentityCookie(cookie_domain, options.prefix).beside);
  const ask: Ask = (input, answer) => client._request(input, answer, true);
  client._hands = (input: any) =>
    input.type === "hand_over" ? create(ask, input) : accept(ask, input.token);
  const needs = identity.needs ?? [];
  const kept = consent.purposes.filter(({ storage }) => storage).map(({ id }) => id);
  const allowed = ({ anonymous_id, consent: { purposes } }: View) => {
    const is = (id: string) => isAllowed(purposes[id]);
    return needs.every(is) && (!!anonymous_id || kept.some(is));
  };
  const ends: (() => void)[] = [];
  if (domains.length || hand_over) {
    const token = takeOwnToken(parameter);
    if (token !== undefined) ends.push(takeOver(client, ask, token, allowed));
    const ttl_s = hand_over?.ttl_s ?? 120;
    const ahead = !!hand_over?.url || appHasEngine();
    const rules = { domains, ttl_s, cookie_domain, ahead, allowed };
    ends.push(markHandOvers(client, ask, rules));
  }
  if (imports) ends.push(importOnce(client, imports, domains, allowed));
  return () => ends.forEach((end) => end());
}

// Offered at once, so that it comes before this page's first event where it may, and once more when
// the visitor has said yes; until then it lies in this page's memory alone.
function takeOver(
  client: Client,
  ask: Ask,
  token: string,
  allowed: (view: View) => boolean,
): () => void {
  let end = () => {};
  void accept(ask, token).then((answer) => {
    tell(client, answer);
    let waits = answer.why === "consent_missing";
    const again = (view: View) => {
      if (!waits || !allowed(view)) return;
      waits = false;
      void accept(ask, token).then((answer) => tell(client, answer));
    };
    if (waits) end = follow(client, again);
  });
  return () => end();
}

// A page that follows links need not care; one that wants to know hears it.
function tell(client: Client, { accepted, why, carry }: Record<string, any>): void {
  const detail = { accepted, why, carry };
  document.dispatchEvent(new CustomEvent("waymark:handover", { detail }));
  if (!accepted && /^token_/.test(why)) {
    client._problem("hand_over_refused", "", why, "a token of one of the link_domains, used once");
  }
}

/** `handOver.create`: with the owner's token, and the address that brings it. */
function create(ask: Ask, { type, to = "", ...wish }: any): Promise<object> {
  const address = to.includes("/") ? addressOf(to) : to && addressOf(`https://${to}/`);
  const host = address ? address.hostname : "";
  const goal = (address || location).href.split("#")[0]!;
  return new Promise((give) => {
    make(ask, { ...wish, to: host }, async ({ token, sealed, problem }) => {
      const best = (await sealed) ?? token;
      give(best ? { token: best, url: withToken(goal, parameter, best) } : { problem });
    });
  });
}

// The address may have changed by the time when it may be looked at: what came with it is kept.
function importOnce(
  client: Client,
  names: string[],
  domains: string[],
  allowed: (view: View) => boolean,
): () => void {
  const search = isFrom(document.referrer, domains) ? location.search : "";
  let asked = false;
  return follow(client, (view) => {
    if (asked || !allowed(view)) return;
    asked = true;
    for (const source of names) {
      const known = sources[source];
      const id = known && foreignId(known, search, findKept, Date.now());
      if (id) return client._request({ type: "import_id", source, id }, undefined, true);
    }
  });
}

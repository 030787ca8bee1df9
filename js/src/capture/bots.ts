// Robots, and pages that nobody sees yet: flagged in the standing context, or kept out, as the
// config says. Hints, no proof: who wants to look like a person does.

import type { Client } from "../core/client.ts";

const verbs = ["track", "page", "screen", "identify", "alias", "group"];
const is_event = new RegExp(`^{"type":"(${verbs.join("|")})"`);
const robots = /headless|phantom|bot\b|crawl|spider|slurp|lighthouse|preview/i;

/** Whether anything may be captured here; flags or silences the client as the config says. */
export function admitsPage(client: any, bots: Record<string, "flag" | "drop">): boolean {
  const hints = () => {
    const { webdriver, userAgent, languages } = navigator;
    const headless = robots.test(userAgent) || !languages[0];
    const hints = { webdriver, headless, prerender: prerendering() };
    return Object.entries(hints).filter(([, holds]) => holds);
  };
  const flag = () => {
    const flagged = hints().filter(([hint]) => bots[hint] !== "drop");
    return { bot: flagged[0] ? Object.fromEntries(flagged) : null };
  };
  for (const [hint] of hints()) {
    if (bots[hint] !== "drop") continue;
    if (hint === "prerender") silence(client);
    else {
      client._problem("robot", "/capture/bots/" + hint, "a robot", "a person");
      client.close();
      return false;
    }
  }
  if (flag().bot) setContext(client, flag());
  shown(() => client._request({ type: "set_context", context: flag() }));
  return true;
}

// Before all events of the page, also of those that wait for the engine.
function setContext(client: Client, context: object): void {
  const kept = client._kept;
  const place = kept.findIndex(([[text]]) => is_event.test(text));
  if (place < 0) return client._request({ type: "set_context", context });
  const { now } = JSON.parse(kept[place]![0][0]);
  kept.splice(place, 0, [[JSON.stringify({ type: "set_context", now, context })]]);
}

function silence(client: any): void {
  client._kept = client._kept.filter(([[text]]: any) => !is_event.test(text));
  for (const verb of verbs) client[verb] = () => {};
  shown(() => verbs.forEach((verb) => delete client[verb]));
}

export const prerendering = (): boolean => (document as any).prerendering;

/** Runs it when a prerendered page is seen: before its page view, which is told by then. */
export const shown = (run: () => void): void =>
  document.addEventListener("prerenderingchange", run, { once: true, capture: true });

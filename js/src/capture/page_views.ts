// Page views: the first page, then each navigation inside the app; with each, the page's context.
//
// Promise: a page view comes before every event of its page, and after the app has had the rest of
// its task to set the title. One URL is one page: neither the fragment nor a second navigation to
// the same path and query counts. A `replaceState` that changes only the query keeps the state of
// the same page in the URL (a filter, a map): it changes the context and is no page view.

import type { Client } from "../core/client.ts";
import { watchNavigation } from "./navigation.ts";

const address = () => location.pathname + location.search;
const url = () => location.href.split("#")[0]!;

/** Watches the page's URL for a client. Gives what ends the watch. */
export function pageViews(client: Client): () => void {
  let { pathname } = location;
  let seen = address();
  let last = url();
  let referrer = document.referrer;
  let counts = true;
  const show = () => {
    if (counts) client._page(referrer);
    else client._context(referrer);
    counts = false;
  };
  const changed = (replaced: boolean) => {
    if (address() === seen) return;
    if (!counts && (!replaced || location.pathname !== pathname)) {
      counts = true;
      referrer = last;
    }
    pathname = location.pathname;
    seen = address();
    last = url();
    client._hold(show);
  };
  const returned = (event: PageTransitionEvent) => {
    if (!event.persisted) return;
    counts = true;
    client._hold(show);
  };
  const first = () => client._hold(show);
  if ((document as any).prerendering) {
    client._context();
    document.addEventListener("prerenderingchange", first, { once: true });
  } else first();
  addEventListener("pageshow", returned);
  const unwatch = watchNavigation(changed);
  return () => {
    removeEventListener("pageshow", returned);
    unwatch();
  };
}

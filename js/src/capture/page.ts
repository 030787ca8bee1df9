// What becomes of a page as a whole, each a kind of its own: how it is viewed where that asks for
// more than the script's own views, how long it was worked with and how far down, and the small
// things that happen to it.

import type { Kind } from "./start.ts";

export * from "./content.ts";

/** `hash`: the route in the fragment is part of the address. */
export const page_views: Kind = (kit, { hash, needs }, client) =>
  kit._arrived(() => {
    const { href, pathname, search } = location;
    const route = hash ? kit._route_of(location) : "";
    const url = href.split("#")[0] + route;
    const { title } = document;
    const page = { url, path: pathname + route, search, referrer: kit._referrer(), title };
    // Until the next navigation the app's own events are of this page, too.
    client._request({ type: "set_context", context: { page } });
    client.page(undefined, undefined, { needs });
  });

const signs =
  "pointerdown pointermove keydown scroll touchmove wheel timeupdate focus blur visibilitychange";

// There is no timer: each sign of life adds the time since the one before it, as far as a person
// would still be there.
export const engagement: Kind = (kit, { rest_ms = 30_000 }) => {
  let engaged_ms = 0;
  let visible_ms = 0;
  let scroll_percent = 0;
  let last_ms = 0;
  let visible = false;
  let focused = false;
  const live = () => {
    const now = performance.now();
    const passed = now - last_ms;
    if (visible) visible_ms += passed;
    if (visible && focused) engaged_ms += Math.min(passed, rest_ms);
    last_ms = now;
    visible = !document.hidden;
    focused = document.hasFocus();
  };
  const look = () => (scroll_percent = Math.max(scroll_percent, kit._scrolled()));
  kit._on(signs, live);
  kit._on("scroll", () => kit._later(look));
  kit._arrived(() => {
    scroll_percent = 0;
    look();
    live();
  });
  live();
  kit._on("left", (reason) => {
    live();
    // One that is hidden and then closed is told of once; the next one begins at once.
    visible &&= reason === "navigated";
    if (visible_ms < 1) return;
    kit._track("page_left", {
      engaged_ms: Math.round(engaged_ms),
      visible_ms: Math.round(visible_ms),
      scroll_percent,
      reason,
    });
    engaged_ms = visible_ms = 0;
  });
};

export const scroll: Kind = (kit, { percents = [25, 50, 75, 90, 100] }) => {
  let open: number[] = [];
  const look = () => {
    const reached = kit._scrolled();
    open = open.filter((percent) => {
      if (percent <= reached) kit._track("scroll_depth_reached", { percent });
      return percent > reached;
    });
  };
  // What is seen without scrolling is no depth.
  kit._arrived(() => (open = percents.filter((percent: number) => percent > kit._scrolled())));
  kit._on("scroll", () => open[0] && kit._later(look));
};

export const search: Kind = (
  kit,
  { parameters = ["q", "s", "search", "query", "keyword", "term"] },
) =>
  kit._arrived(() => {
    const asked = new URLSearchParams(location.search);
    for (const parameter of parameters) {
      const query = kit._clip(asked.get(parameter));
      if (query) return kit._track("search_performed", { query, parameter });
    }
  });

export const print: Kind = (kit) => {
  kit._on("beforeprint", () => kit._track("page_printed", {}));
};

export const copy: Kind = (kit) => {
  kit._at("copy", (path) => kit._track("content_copied", kit._describe(path)));
};

export const visibility: Kind = (kit) => {
  let { hidden } = document;
  let since_ms = performance.now();
  // Before the page hears that it is hidden, and when it hears that it is shown.
  kit._on("left visibilitychange", () => {
    if (document.hidden === hidden) return;
    hidden = !hidden;
    const now = performance.now();
    const duration_ms = Math.round(now - since_ms);
    kit._track(hidden ? "page_hidden" : "page_shown", { duration_ms });
    since_ms = now;
  });
};

export const connection: Kind = (kit) => {
  const { connection } = navigator as any;
  const look = () => ({
    online: navigator.onLine,
    effective_type: connection?.effectiveType,
    save_data: connection?.saveData,
  });
  let last = JSON.stringify(look());
  // Several events tell of one change.
  const tell = () => {
    if (last === (last = JSON.stringify(look()))) return;
    kit._track("connection_changed", look());
  };
  kit._on("online offline", tell);
  connection?.addEventListener?.("change", tell);
  kit._until(() => connection?.removeEventListener?.("change", tell));
};

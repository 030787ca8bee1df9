// The two views of the page, chosen by the address: #dialects, and anything else for the events.
import { byId } from "./dom.js";

export function wireViews(shown) {
  const show = () => {
    const dialects = location.hash.startsWith("#dialects");
    byId("dialects-view").hidden = !dialects;
    byId("events-view").hidden = dialects;
    for (const link of document.querySelectorAll(".views a")) {
      if ((link.hash === "#dialects") === dialects) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    shown(dialects);
  };
  addEventListener("hashchange", show);
  show();
}

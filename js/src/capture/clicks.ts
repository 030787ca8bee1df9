// Clicks on what can be clicked, by where it stands, and the events that `data-wm-event` declares;
// links that lead away from the site, and files that are downloaded.
//
// Promise: of an address neither the query nor the fragment is told, and of a mail or a call only
// that it is one.

import type { Kind } from "./index.ts";

export * from "./frustration.ts";

export const clicks: Kind = (kit, { text }) => {
  if (text) kit.on("input", kit.touch);
  kit.at("click", (path) => {
    const own = kit.clicked(path);
    const named = own.find(({ dataset }) => dataset?.wmEvent)?.dataset.wmEvent;
    if (own[0]) kit.track(named ?? "element_clicked", kit.describe(own, text));
  });
};

const extensions =
  "pdf|xlsx?|docx?|pp[st]x?|od[tsp]|txt|rtf|csv|exe|msi|dmg|pkg|apk|iso|7z|rar|t?gz|zip|avi|mov|" +
  "mp[34]|mpe?g|webm|wmv|ogg|wav|epub";
const file = new RegExp(`([^/]+)\\.(${extensions})$`, "i");
const away = /^(https?|mailto|tel|sms):$/;

export const links: Kind = (kit, { text, domains = [], outbound, downloads }) => {
  const isOwn = (host: string) =>
    [location.hostname, ...domains].some((own) => `.${host}`.endsWith(`.${own}`));
  kit.at("click auxclick", (path, { button }) => {
    while (path[0] && !path[0].protocol) path.shift();
    if (!path[0] || button > 1) return;
    const { href, protocol, hostname, pathname, download } = path[0];
    const web = hostname && /^http/.test(protocol);
    const found = file.exec(download) ?? (web && file.exec(pathname));
    const told = { ...kit.describe(path, text), link_url: web ? kit.bare(href) : protocol };
    if (found && downloads !== false) {
      kit.track("file_downloaded", { ...told, file_name: found[1], file_extension: found[2] });
    } else if (away.test(protocol) && !(web && isOwn(hostname)) && outbound !== false) {
      const link_domain = hostname || undefined;
      kit.track("link_clicked", { ...told, link_domain, outbound: true });
    }
  });
};

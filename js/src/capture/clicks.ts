// Clicks on what can be clicked, by where it stands, and the events that `data-wm-event` declares;
// links that lead away from the site, and files that are downloaded.
//
// Promise: of an address neither the query nor the fragment is told, and of a mail or a call only
// that it is one.

import type { Kind } from "./start.ts";

export * from "./frustration.ts";

export const clicks: Kind = (kit, { text }) => {
  if (text) kit._on("input", kit._touch);
  kit._at("click", (path) => {
    const own = kit._clicked(path);
    const named = own.find(({ dataset }) => dataset?.wmEvent)?.dataset.wmEvent;
    if (own[0]) kit._track(named ?? "element_clicked", kit._describe(own, text));
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
  kit._at("click auxclick", (path, { button }) => {
    while (path[0] && !path[0].protocol) path.shift();
    if (!path[0] || button > 1) return;
    const { href, protocol, hostname, pathname, download } = path[0];
    const web = hostname && /^http/.test(protocol);
    const found = file.exec(download) ?? (web && file.exec(pathname));
    const told = { ...kit._describe(path, text), link_url: web ? kit._bare(href) : protocol };
    if (found && downloads !== false) {
      kit._track("file_downloaded", { ...told, file_name: found[1], file_extension: found[2] });
    } else if (away.test(protocol) && !(web && isOwn(hostname)) && outbound !== false) {
      const link_domain = hostname || undefined;
      kit._track("link_clicked", { ...told, link_domain, outbound: true });
    }
  });
};

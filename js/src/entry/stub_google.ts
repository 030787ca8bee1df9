// The part of the generated stub for Google's tags: what holds until the engine has told them. A
// tag that hears of no default takes everything for granted.

import { knowsVisitor } from "../platform/browser/part.ts";

interface Default {
  [type: string]: unknown;
  region?: string[];
}

// Filled in by `waymark stub`: the name of the queue, the defaults (the first has no region), those
// where people are asked before, what else is set, the prefix of what is stored, the name of the
// cookie of the part `share`, and whether Do Not Track counts.
declare const WAYMARK_DATA_LAYER: string;
declare const WAYMARK_DEFAULTS: Default[];
declare const WAYMARK_STRICT: Default;
declare const WAYMARK_SETTINGS: string[];
declare const WAYMARK_PREFIX: string;
declare const WAYMARK_COOKIE: string;
declare const WAYMARK_DNT: boolean;

(function (
  layer: string,
  defaults: Default[],
  strict: Default,
  settings: string[],
) {
  var page = window as any;
  page[layer] = page[layer] || [];
  page.gtag =
    page.gtag ||
    function () {
      page[layer].push(arguments);
    };
  // Whoever has decided, here or on another host, or whose browser speaks for them, is not taken to
  // have said yes until the engine tells.
  if (
    (navigator as any).globalPrivacyControl ||
    (WAYMARK_DNT && navigator.doNotTrack === "1") ||
    knowsVisitor(WAYMARK_PREFIX, WAYMARK_COOKIE)
  ) {
    defaults = [strict];
  }
  defaults.forEach(function (types) {
    page.gtag("consent", "default", types);
  });
  settings.forEach(function (name) {
    page.gtag("set", name, true);
  });
})(WAYMARK_DATA_LAYER, WAYMARK_DEFAULTS, WAYMARK_STRICT, WAYMARK_SETTINGS);

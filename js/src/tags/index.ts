// `waymark/tags`: tells tags of Google and Microsoft, tag managers and the page what is allowed.
//
// Promise: a default comes before every update, all seven types stand in both, and what is denied
// is said to be: a tag that hears nothing takes everything for granted. Each change is told once,
// on the page where it happens. Nothing is loaded and nothing is sent.

import type { ConsentView, View } from "../core/types.ts";
import type { Page } from "../entry/parts.ts";
import { follow, isAllowed } from "../entry/view.ts";
import { typesOf, type Purpose, type Types } from "./types.ts";

interface Tags {
  data_layer?: string;
  google?: { wait_for_update_ms?: number; ads_data_redaction?: boolean; url_passthrough?: boolean };
  microsoft?: { uet?: boolean; clarity?: boolean };
}

type Gtag = (...words: unknown[]) => void;

// Importing this on a server is no fault.
const page = globalThis as any;

/** Starts to tell them; gives what ends it. */
export function start({ client, config }: Page): () => void {
  const { purposes, tags = {} } = config.consent as { purposes: Purpose[]; tags?: Tags };
  const layer: any[] = (page[tags.data_layer ?? "dataLayer"] ??= []);
  // Google reads an `arguments` object, and no array.
  const gtag: Gtag = function () {
    layer.push(arguments);
  };
  const defaults = typesOf(purposes);
  setDefaults(layer, gtag, defaults, tags);
  let told = JSON.stringify(defaults);
  let state = "";
  const tell = ({ consent }: View) => {
    const allowed = allowedOf(consent);
    const now = JSON.stringify([allowed, consent.answered]);
    if (now === state) return;
    state = now;
    const types = typesOf(purposes, consent);
    // Nobody is told of a decision before there is one: until then tags wait, and defaults hold.
    const text = JSON.stringify(types);
    if (consent.answered || text !== told) {
      told = text;
      gtag("consent", "update", types);
      tellMicrosoft(types, tags);
    }
    const detail = { purposes: allowed, types, answered: consent.answered };
    layer.push({ event: "waymark_consent", waymark: detail });
    document.dispatchEvent(new CustomEvent("waymark:consent", { detail }));
  };
  return follow(client, tell);
}

/** Each purpose and vendor: whether it is allowed. */
function allowedOf({ purposes }: ConsentView): Record<string, boolean> {
  const allowed: Record<string, boolean> = {};
  for (const [id, standing] of Object.entries(purposes)) allowed[id] = isAllowed(standing);
  return allowed;
}

// The stub in the page has set Google's defaults before any tag could run; where there is none it
// is late for that, but not for what comes. Clarity has no default: what it is told to deny it
// deletes.
function setDefaults(layer: any[], gtag: Gtag, types: Types, tags: Tags): void {
  const { wait_for_update_ms = 500, ads_data_redaction, url_passthrough } = tags.google ?? {};
  if (!layer.some((entry) => entry?.[0] === "consent" && entry[1] === "default")) {
    gtag("consent", "default", { ...types, wait_for_update: wait_for_update_ms });
    if (ads_data_redaction) gtag("set", "ads_data_redaction", true);
    if (url_passthrough) gtag("set", "url_passthrough", true);
  }
  if (tags.microsoft?.uet && !page.uetq?.includes?.("default")) tellUet(types, "default");
}

function tellMicrosoft(types: Types, { microsoft = {} }: Tags): void {
  if (microsoft.uet) tellUet(types, "update");
  if (!microsoft.clarity) return;
  page.clarity ??= function () {
    (page.clarity.q ??= []).push(arguments);
  };
  const { ad_storage, analytics_storage } = types;
  page.clarity("consentv2", { ad_Storage: ad_storage, analytics_Storage: analytics_storage });
}

function tellUet({ ad_storage }: Types, when: "default" | "update"): void {
  (page.uetq ??= []).push("consent", when, { ad_storage });
}

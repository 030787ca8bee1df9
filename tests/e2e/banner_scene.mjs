// A site that asks by the banner, and what a visitor does there.
import assert from "node:assert/strict";

import { newScene } from "./delivery_scene.mjs";

const PARAGRAPH = "<p>We make maps, lamps and boots for people who walk. <a href='#more'>Read more</a></p>";

/** A page long enough to scroll, in English unless said otherwise; `lang` empty: it does not say. */
export const document = (lang = "en", inline = "") => `<!doctype html><html${lang && ` lang="${lang}"`}>
  <meta name="viewport" content="width=device-width"><title>A page</title>
  <body><main><h1>A page</h1><p><a href="/privacy" id="own" data-waymark-preferences>Privacy choices</a></p>
  ${PARAGRAPH.repeat(40)}</main>${inline}
  <script async src="waymark.js" data-config="waymark.json"></script>`;

export const policy = {
  revision: "2026-11-01",
  controller: { name: "Shop", contact: "privacy@shop.example", policy_url: "https://shop.example/privacy" },
  purposes: [
    { id: "necessary", basis: "exempt", storage: true },
    { id: "analytics", basis: "consent", storage: true, before_answer: "hold" },
    { id: "marketing", basis: "consent", storage: true, before_answer: "drop" },
    { id: "personalization", basis: "consent", requires: ["analytics"] },
  ],
  vendors: [
    { id: "ads", name: "Trail Ads", purposes: ["marketing"], privacy_url: "https://ads.example/privacy" },
    { id: "mail", name: "Hut Mail", purposes: ["marketing", "personalization"] },
  ],
  ui: {},
};

/** What went wrong that no script throws: shifts, violations of the page's own policy. */
const watch = () => {
  window.shifts = [];
  new PerformanceObserver((list) => window.shifts.push(...list.getEntries().map(({ value }) => value))).observe({
    type: "layout-shift",
    buffered: true,
  });
  window.violations = [];
  addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
    window.violations.push(`${violatedDirective} ${blockedURI}`),
  );
};

/** `change` gets the config's consent and the site before the first visit. */
export async function newBannerScene(t, browser, { change = () => {}, init, visitor } = {}) {
  const scene = await newScene(t, browser, { consented: false, init, visitor });
  const { config, pages } = scene.site;
  config.consent = structuredClone(policy);
  const [cdp] = config.collectors;
  config.collectors.push({ ...cdp, id: "ads", url: `${cdp.url}/ads`, needs: ["marketing"], vendor: "ads" });
  pages[""] = document();
  change(config.consent, scene.site);
  await scene.context.addInitScript(watch);
  return scene;
}

export const part = (page, name) => page.locator(`waymark-consent [part~="${name}"]`);
export const question = (page) => part(page, "question");
export const centre = (page) => part(page, "centre");

/** The switch of a purpose, or of `vendor:<id>`. */
export const switchOf = (page, id) => page.locator(`waymark-consent [id="switch-${id}"]`);

export async function openSettings(page) {
  await part(page, "settings").or(part(page, "icon")).filter({ visible: true }).first().click();
  await centre(page).waitFor();
}

export const statesOf = (page) =>
  page.evaluate(() => {
    const { purposes } = window.waymark("consent.get");
    return Object.fromEntries(Object.entries(purposes).map(([id, { state }]) => [id, state]));
  });

/** The decisions so far, newest last. */
export const decisionsOf = (page) =>
  page.evaluate(async () => {
    const { entries } = await window.waymark("consent.records");
    return entries.filter(({ type }) => type === "decision");
  });

export async function assertNothingMoved(page) {
  assert.deepEqual(await page.evaluate(() => window.shifts), [], "layout shifts");
}

// The question and the preference centre in a real browser: what is asked, what becomes of the answer, and that the page is
// not harmed.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";

import { launch, until } from "./browser.mjs";
import {
  assertNothingMoved,
  centre,
  decisionsOf,
  document,
  newBannerScene,
  openSettings,
  part,
  question,
  statesOf,
  switchOf,
} from "./banner_scene.mjs";

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

const textOf = async (locator) => (await locator.innerText()).replace(/\s+/g, " ");

test("whoever refuses is not asked again, and the proof says what was seen", async (t) => {
  const scene = await newBannerScene(t, browser);
  const page = await scene.visit();
  const look = (name) =>
    part(page, name).evaluate((button) => {
      const { backgroundColor, color, fontSize, fontWeight, borderTopColor } = getComputedStyle(button);
      const { offsetWidth, offsetHeight, offsetTop } = button;
      return { backgroundColor, color, fontSize, fontWeight, borderTopColor, offsetWidth, offsetHeight, offsetTop };
    });
  assert.deepEqual(await look("reject"), await look("accept"), "to refuse is as easy as to accept");
  await part(page, "reject").click();
  await question(page).waitFor({ state: "detached" });
  const { analytics, marketing, personalization } = await statesOf(page);
  assert.deepEqual([analytics, marketing, personalization], ["denied", "denied", "denied"]);
  const [{ by, shown }] = await decisionsOf(page);
  assert.equal(by, "person");
  assert.match(shown.text_sha256, /^[0-9a-f]{64}$/);
  delete shown.text_sha256;
  assert.deepEqual(shown, { version: "2026-11-01", language: "en", layer: "question", control: "reject" });
  await assertNothingMoved(page);
  await scene.visit(page);
  await part(page, "icon").waitFor();
  assert.equal(await question(page).count(), 0);
});

test("nothing is ticked beforehand, and each purpose has an answer of its own", async (t) => {
  const scene = await newBannerScene(t, browser);
  const page = await scene.visit();
  await openSettings(page);
  for (const id of ["analytics", "marketing", "personalization"]) assert.equal(await switchOf(page, id).isChecked(), false);
  assert.equal(await switchOf(page, "necessary").count(), 0);
  assert.equal(await switchOf(page, "personalization").isDisabled(), true, "it needs another one");
  await switchOf(page, "analytics").check();
  assert.equal(await switchOf(page, "personalization").isDisabled(), false);
  await part(page, "save").click();
  await centre(page).waitFor({ state: "detached" });
  const states = await statesOf(page);
  assert.deepEqual([states.analytics, states.marketing, states.personalization], ["granted", "denied", "denied"]);
  assert.equal(await question(page).count(), 0);
  // The ways back: the icon, a marked link, an event.
  await part(page, "icon").click();
  assert.equal(await switchOf(page, "analytics").isChecked(), true);
  await page.keyboard.press("Escape");
  await page.locator("#own").click();
  await switchOf(page, "personalization").check();
  await switchOf(page, "analytics").uncheck();
  assert.equal(await switchOf(page, "personalization").isChecked(), false, "it goes with what it needs");
  await part(page, "close").click();
  await page.evaluate(() => window.document.dispatchEvent(new Event("waymark:preferences")));
  await centre(page).waitFor();
  assert.equal(await switchOf(page, "analytics").isChecked(), true, "what was not saved is not kept");
  assert.equal(page.url(), scene.site.url);
  await assertNothingMoved(page);
});

test("an answer before the engine is there is its first input", async (t) => {
  const scene = await newBannerScene(t, browser);
  const wasm = scene.site.hold("waymark.wasm");
  const page = await scene.context.newPage();
  await page.goto(scene.site.url);
  await question(page).waitFor();
  await wasm.asked;
  assert.equal(await page.evaluate(() => window.waymark("view")), undefined);
  await part(page, "accept").click();
  await question(page).waitFor({ state: "detached" });
  wasm.release();
  await page.evaluate(() => window.waymark.client.ready);
  const states = await statesOf(page);
  assert.deepEqual([states.analytics, states.marketing, states.personalization], ["granted", "granted", "granted"]);
  const [first, ...others] = await decisionsOf(page);
  assert.deepEqual([first.shown.control, others], ["accept", []]);
  assert.equal(await question(page).count(), 0);
  await assertNothingMoved(page);
});

test("a choice in the settings before the engine is there counts, too", async (t) => {
  const scene = await newBannerScene(t, browser);
  const wasm = scene.site.hold("waymark.wasm");
  const page = await scene.context.newPage();
  await page.goto(scene.site.url);
  await question(page).waitFor();
  await openSettings(page);
  await switchOf(page, "marketing").check();
  await part(page, "save").click();
  wasm.release();
  await page.evaluate(() => window.waymark.client.ready);
  const { analytics, marketing } = await statesOf(page);
  assert.deepEqual([analytics, marketing], ["denied", "granted"]);
});

test("the question gives way to the notice when the engine knows better", async (t) => {
  const regions = [{ match: ["US-CA"], model: "opt_out" }];
  const scene = await newBannerScene(t, browser, { change: (consent) => (consent.regions = regions) });
  const wasm = scene.site.hold("waymark.wasm");
  const page = await scene.context.newPage();
  await page.goto(scene.site.url);
  await question(page).waitFor();
  await page.evaluate(() => window.waymark("signal", "region", "US-CA"));
  wasm.release();
  await part(page, "notice").waitFor();
  await until(async () => (await question(page).count()) === 1);
});

test("an engine that cannot come leaves no question behind", async (t) => {
  const scene = await newBannerScene(t, browser);
  const page = await scene.context.newPage();
  await page.route("**/waymark.wasm", (route) => route.abort());
  await page.goto(scene.site.url);
  await page.evaluate(() => window.waymark.client.ready.catch(() => {}));
  await until(async () => (await page.locator("waymark-consent").count()) === 0);
  assert.equal(await page.evaluate(() => window.document.documentElement.getAttribute("style") || ""), "");
});

test("only what has changed is asked again, with the reason", async (t) => {
  const scene = await newBannerScene(t, browser);
  const page = await scene.visit();
  await part(page, "accept").click();
  await question(page).waitFor({ state: "detached" });
  const { consent } = scene.site.config;
  consent.revision = "2026-12-01";
  consent.purposes[2].version = 2;
  await scene.visit(page);
  await question(page).waitFor();
  assert.deepEqual(await part(page, "purpose-name").allInnerTexts(), ["Marketing"]);
  assert.match(await textOf(question(page)), /What we ask has changed since your last choice/);
  await part(page, "reject").click();
  const { analytics, marketing } = await statesOf(page);
  assert.deepEqual([analytics, marketing], ["granted", "denied"]);
});

test("where the account and the device differ the person is asked", async (t) => {
  const scene = await newBannerScene(t, browser);
  const page = await scene.visit();
  await part(page, "reject").click();
  await page.evaluate(() => window.waymark("consent.set", { analytics: "granted" }, { source: "account" }));
  await question(page).waitFor();
  assert.match(await textOf(question(page)), /Your account and this device hold different choices/);
  await part(page, "accept").click();
  assert.equal((await statesOf(page)).analytics, "granted");
  assert.equal(await question(page).count(), 0);
});

test("that a signal was honoured is said where it can be seen", async (t) => {
  const init = 'Object.defineProperty(Navigator.prototype, "globalPrivacyControl", { get: () => true })';
  const change = (consent) => (consent.regions = [{ match: ["*"], model: "opt_out", gpc: "opt_out" }]);
  const scene = await newBannerScene(t, browser, { init, change });
  scene.site.pages[""] = document().replace("data-config", 'data-region="US-CA" data-config');
  const page = await scene.visit();
  await until(async () => (await textOf(part(page, "icon"))) === "Opt-out signal honoured");
  assert.equal(await question(page).count(), 0);
  await part(page, "icon").click();
  assert.match(await textOf(centre(page)), /We honour that\./);
});

test("an address in the config that is none of the web is no link", async (t) => {
  const change = (consent) => (consent.controller.policy_url = "javascript:alert(1)");
  const scene = await newBannerScene(t, browser, { change });
  const page = await scene.visit();
  await question(page).waitFor();
  assert.equal(await part(page, "link").count(), 0);
});

test("a vendor can be refused by itself", async (t) => {
  const scene = await newBannerScene(t, browser);
  const page = await scene.visit();
  await part(page, "accept").click();
  await openSettings(page);
  await centre(page).getByText("Partners: 2").click();
  assert.equal(await switchOf(page, "vendor:mail").count(), 0, "nothing is sent to it");
  await switchOf(page, "vendor:ads").uncheck();
  await part(page, "save").click();
  const states = await statesOf(page);
  assert.deepEqual([states["vendor:ads"], states.marketing], ["denied", "granted"]);
});

test("each choice can be read again, taken back by itself, and had as a file", async (t) => {
  const scene = await newBannerScene(t, browser);
  const page = await scene.visit();
  await part(page, "accept").click();
  await openSettings(page);
  await centre(page).getByText("Your choices so far").click();
  assert.match(await textOf(part(page, "decision")), /2026-11-01.*Statistics: Allowed, Marketing: Allowed/);
  await centre(page).getByText("Withdraw: Marketing").click();
  await until(async () => (await part(page, "decision").count()) > 1);
  assert.equal(await textOf(part(page, "told")), "Your choice has been saved.");
  assert.equal(await centre(page).getByText("Withdraw: Marketing").count(), 0);
  const { analytics, marketing } = await statesOf(page);
  assert.deepEqual([analytics, marketing], ["granted", "denied"]);
  const file = async (form) => {
    const started = page.waitForEvent("download");
    await centre(page).getByText(`Download receipts (${form})`).click();
    return readFile(await (await started).path(), "utf8");
  };
  assert.match(await file("TXT"), /Receipt for your privacy choices[^]*- Marketing: not allowed/);
  const { receipts, anchor } = JSON.parse(await file("JSON"));
  assert.equal(receipts.at(-1).receipt_id, anchor);
  assert.equal(receipts[0].policy_revision, "2026-11-01");
});

test("receipts are in the language of the banner, with the owner's words", async (t) => {
  const texts = { el: { "receipt.title": "Το αποδεικτικό μας" } };
  const scene = await newBannerScene(t, browser, { change: ({ ui }) => (ui.texts = texts) });
  scene.site.pages[""] = document("el");
  const page = await scene.visit();
  await part(page, "reject").click();
  await openSettings(page);
  await centre(page).locator("#history").click();
  const started = page.waitForEvent("download");
  await part(page, "tools").locator("button").last().click();
  const { receipts } = JSON.parse(await readFile(await (await started).path(), "utf8"));
  assert.equal(receipts[0].language, "el");
  assert.match(receipts[0].text, /^Το αποδεικτικό μας\n[^]*- Στατιστικά: δεν επιτρέπεται/);
});

test("the page speaks first about the language, then the browser, and the owner's words come before ours", async (t) => {
  const texts = { de: { title: "Darf es etwas mehr sein?", "purposes.analytics": "Zählen" } };
  const scene = await newBannerScene(t, browser, { change: ({ ui }) => (ui.texts = texts) });
  const page = await scene.context.newPage();
  const titled = async (lang) => {
    scene.site.pages[""] = document(lang);
    await page.goto(scene.site.url);
    await question(page).waitFor();
    return [await part(page, "title").innerText(), await part(page, "reject").innerText()];
  };
  assert.deepEqual(await titled("fr-BE"), ["Vos choix de confidentialité", "Tout refuser"]);
  assert.deepEqual(await titled(""), ["Darf es etwas mehr sein?", "Alle ablehnen"]);
  assert.deepEqual(await part(page, "purpose-name").allInnerTexts(), ["Zählen", "Marketing", "Personalisierung"]);
  scene.site.config.consent.ui.languages = ["es", "it"];
  assert.deepEqual(await titled("fr"), ["Sus opciones de privacidad", "Rechazar todo"]);
  // A file that does not come: English is better than no question.
  await page.route("**/waymark-texts/*", (route) => route.abort());
  assert.deepEqual(await titled("it"), ["Your privacy choices", "Reject all"]);
  assert.equal(await part(page, "root").getAttribute("lang"), "en");
});

test("a page with the strictest policy has it all, and nothing is violated", async (t) => {
  const change = (consent, site) => {
    const { origin } = new URL(site.config.collectors[0].url);
    site.headers["Content-Security-Policy"] =
      `default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' ${origin}; base-uri 'none'; ` +
      "require-trusted-types-for 'script'; trusted-types 'none'";
    site.pages[""] = document("de");
  };
  const scene = await newBannerScene(t, browser, { change });
  const page = await scene.visit();
  await question(page).waitFor();
  assert.equal(await question(page).evaluate((bar) => getComputedStyle(bar).position), "fixed");
  await openSettings(page);
  await switchOf(page, "analytics").check();
  await part(page, "save").click();
  await openSettings(page);
  await centre(page).locator("[part=history] summary").click();
  const started = page.waitForEvent("download");
  await centre(page).getByText("(TXT)").click();
  assert.match(await readFile(await (await started).path(), "utf8"), /Beleg über Ihre Datenschutz-Auswahl/);
  assert.deepEqual(await page.evaluate(() => window.violations), []);
});

test("the page may put the element where it likes, with words of its own, and hears what happens", async (t) => {
  const scene = await newBannerScene(t, browser);
  scene.site.pages[""] = document(
    "en",
    `<aside id="place"><waymark-consent><p slot="text">Our own words.</p></waymark-consent></aside>
     <script>heard = []; for (const name of ["shown", "hidden", "decided", "opened", "closed"])
       document.addEventListener("waymark:" + name, ({ detail }) => heard.push([name, detail]));</script>`,
  );
  const page = await scene.visit();
  await question(page).waitFor();
  assert.equal(await page.locator("waymark-consent").count(), 1);
  assert.equal(await page.locator("#place [slot=text]").isVisible(), true);
  assert.equal(await part(page, "text").isVisible(), false);
  await openSettings(page);
  await part(page, "reject").last().click();
  await centre(page).waitFor({ state: "detached" });
  const heard = await until(() => page.evaluate(() => window.heard.length > 4 && window.heard));
  const denied = { analytics: "denied", marketing: "denied", personalization: "denied" };
  assert.deepEqual(heard.map(([name]) => name), ["shown", "opened", "hidden", "decided", "closed"]);
  assert.deepEqual(heard[3][1], denied);
  await page.evaluate(() => window.waymark("close"));
  assert.equal(await page.evaluate(() => window.document.querySelector("waymark-consent").shadowRoot.childElementCount), 0);
});

test("with a registered CMP the second layer says what the global vendor list says", async (t) => {
  const list = JSON.parse(await readFile(new URL("vendor_list.json", import.meta.url), "utf8"));
  const change = (consent, site) => {
    consent.iab = { cmp_id: 300, cmp_version: 1, publisher_cc: "DE", gvl_url: "/vendor-list.json", vendor_list_version: 7 };
    consent.purposes[1].tcf = [1, 8, 9];
    consent.purposes[2].tcf = [1, 2, 3, 4];
    consent.purposes.push({ id: "effect", basis: "legitimate_interest", tcf: [7] });
    Object.assign(consent.vendors[0], { tcf_id: 12, purposes: ["marketing", "effect"] });
    consent.vendors[1].tcf_id = 34;
    consent.vendors.push({ id: "reach", name: "Lantern Reach", purposes: ["analytics"], tcf_id: 56 });
    site.files["vendor-list.json"] = list;
  };
  const scene = await newBannerScene(t, browser, { change });
  const hold = scene.site.hold("vendor-list.json");
  const page = await scene.visit();
  await question(page).waitFor();
  assert.match(await textOf(question(page)), /We and our 3 partners store and read information on your device/);
  await question(page).getByText("Partners: 3").click();
  await centre(page).waitFor();
  const partners = centre(page).locator("#partners-marketing");
  await partners.click();
  hold.release();  // neither layer waits for the list
  await centre(page).getByText("Special purposes: 2").waitFor();
  assert.equal(await partners.locator("..").getAttribute("open"), "", "what was unfolded before the list came stays so");
  assert.equal(await partners.evaluate((summary) => summary === summary.getRootNode().activeElement), true, "and keeps the focus");
  for (const summary of await centre(page).locator("summary").all()) {
    if (!(await summary.evaluate(({ parentElement }) => parentElement.open))) await summary.click();
  }
  const text = await textOf(centre(page));
  for (const part of [
    "Purposes: 4 Store and/or access information on a device",
    "You are shown lanterns.",
    "Special purposes: 2 Ensure security",
    "Features: 2 Identify devices based on information transmitted automatically",
    "Legitimate interest: Measure advertising performance",
    "Categories of data: IP addresses, Device identifiers, Browsing and interaction data",
    "Stored on your device: at most 30 days, renewed at each visit",
    "Stored on your device: other storage than cookies",
    "Kept for 180 days",
    "Based on legitimate interest. You can object.",
  ]) {
    assert.ok(text.includes(part), `${part} in ${text}`);
  }
  const links = await centre(page).locator("a").evaluateAll((all) => all.map(({ href }) => href));
  for (const path of ["privacy", "interest", "storage.json"]) assert.ok(links.includes(`https://v12.example/${path}`), path);
  assert.equal(await switchOf(page, "effect").isChecked(), true, "an interest holds until somebody objects");
  await switchOf(page, "effect").uncheck();
  await part(page, "save").click();
  const { effect, marketing } = await statesOf(page);
  assert.deepEqual([effect, marketing], ["denied", "denied"]);
});

test("a vendor list that does not come, or is none, costs no question and no answer", async (t) => {
  const change = (consent) => (consent.iab = { cmp_id: 300, cmp_version: 1, publisher_cc: "DE", gvl_url: "/none.json" });
  const scene = await newBannerScene(t, browser, { change });
  const page = await scene.visit();
  for (const list of [undefined, 7, { vendors: 1, purposes: [] }]) {
    if (list !== undefined) scene.site.files["none.json"] = list;
    await scene.visit(page);
    await openSettings(page);
    assert.equal(await switchOf(page, "marketing").isVisible(), true);
  }
  await switchOf(page, "marketing").check();
  await part(page, "save").click();
  assert.equal((await statesOf(page)).marketing, "granted");
});

// Where nobody is asked before anything runs: the notice at the first visit, in a real browser.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { findings, focused, misfits, narrow, still } from "./banner_access.mjs";
import { languages } from "./banner_texts.mjs";
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
} from "./banner_scene.mjs";

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

const regions = [
  { match: ["US"], model: "opt_out", gpc: "opt_out" },
  { match: ["BR"], model: "notice" },
  { match: ["EU"], model: "opt_in" },
];
const notice = (page) => part(page, "notice");
const pageIn = (region, lang = "en") => document(lang).replace("<script async", `<script async data-region="${region}"`);

/** A visitor in a place of these rules. */
async function newNoticeScene(t, { region = "US-CA", lang, change = () => {}, ...options } = {}) {
  const adapt = (consent, site) => {
    consent.regions = regions;
    // Statistics are nothing that is sold.
    consent.purposes[1].signals = ["dnt"];
    site.pages[""] = pageIn(region, lang);
    change(consent, site);
  };
  return newBannerScene(t, browser, { change: adapt, ...options });
}

/** Once more, when the engine has said all that it has to say. */
async function visitAgain(scene, page) {
  await scene.visit(page);
  await part(page, "icon").waitFor();
  await page.evaluate(() => window.waymark("consent.records"));
}

/** What the person has decided: that they are in such a place stands in the log, too. */
const theirsOf = async (page) => (await decisionsOf(page)).filter(({ by }) => by === "person");

const now = (page) => page.evaluate(() => window.waymark("consent.get").purposes.marketing);

test("who reads it has agreed to nothing, and reads it once for each revision", async (t) => {
  const scene = await newNoticeScene(t);
  const page = await scene.visit();
  await notice(page).waitFor();
  assert.equal(await part(page, "title").innerText(), "Your privacy choices");
  assert.match(await part(page, "text").innerText(), /opt out of the sale and sharing/);
  assert.deepEqual(await part(page, "purpose-name").allInnerTexts(), ["Statistics", "Marketing", "Personalisation"]);
  const before = await statesOf(page);
  assert.equal(before.marketing, "granted");
  const kept = await page.evaluate(() => ({ ...localStorage }));
  assert.ok(Object.keys(kept).every((key) => key.startsWith("waymark.consent/")), "where people are is in the record, no more");
  await part(page, "ok").click();
  await notice(page).waitFor({ state: "detached" });
  assert.deepEqual(await statesOf(page), before);
  assert.deepEqual(await now(page), { state: "granted", why: "default" });
  const [{ shown, purposes }, ...others] = await theirsOf(page);
  assert.deepEqual([shown.layer, shown.control, others], ["notice", "ok", []]);
  assert.match(shown.text_sha256, /^[0-9a-f]{64}$/);
  assert.equal(purposes.marketing.why, "default");
  await assertNothingMoved(page);
  await visitAgain(scene, page);
  assert.equal(await question(page).count(), 0);
  assert.equal(await part(page, "icon").innerText(), "Your privacy choices");
  // Another revision is another notice.
  scene.site.config.consent.revision = "2026-12-01";
  await scene.visit(page);
  await notice(page).waitFor();
  // And where consent is needed it has not been given.
  scene.site.pages[""] = pageIn("DE");
  await scene.visit(page);
  await part(page, "accept").waitFor();
  assert.equal((await statesOf(page)).marketing, "unknown");
});

test("one press opts out of what is sold, shared or used to target", async (t) => {
  const scene = await newNoticeScene(t);
  const page = await scene.visit();
  await part(page, "reject").filter({ hasText: "Do not sell or share my personal information" }).click();
  await notice(page).waitFor({ state: "detached" });
  const { analytics, marketing, personalization } = await statesOf(page);
  assert.deepEqual([analytics, marketing, personalization], ["granted", "denied", "denied"]);
  assert.deepEqual((await theirsOf(page)).map(({ shown }) => [shown.layer, shown.control]), [["notice", "reject"]]);
  assert.equal(await part(page, "status").innerText(), "Your choice has been saved.");
  await visitAgain(scene, page);
  assert.equal(await question(page).count(), 0);
  await openSettings(page);
  assert.equal(await page.locator("#switch-marketing").isChecked(), false);
});

test("whoever has decided in the settings needs no notice; whoever only looked still does", async (t) => {
  const scene = await newNoticeScene(t);
  const page = await scene.visit();
  await notice(page).waitFor();
  await openSettings(page);
  await page.keyboard.press("Escape");
  assert.equal(await notice(page).isVisible(), true);
  await openSettings(page);
  await part(page, "save").click();
  await notice(page).waitFor({ state: "detached" });
  await visitAgain(scene, page);
  assert.equal(await question(page).count(), 0);
});

test("where only a notice is due there is nothing to opt out of, but a way to the settings", async (t) => {
  const scene = await newNoticeScene(t, { region: "BR" });
  const page = await scene.visit();
  await notice(page).waitFor();
  assert.match(await part(page, "text").innerText(), /You can change what we may do at any time/);
  assert.equal(await part(page, "reject").count(), 0);
  await notice(page).getByText("Settings").click();
  await centre(page).waitFor();
  await page.keyboard.press("Escape");
  await part(page, "ok").click();
  await visitAgain(scene, page);
  assert.equal(await question(page).count(), 0);
});

test("a signal that was honoured is confirmed in it", async (t) => {
  const scene = await newNoticeScene(t, { init: () => Object.defineProperty(navigator, "globalPrivacyControl", { value: true }) });
  const page = await scene.visit();
  await notice(page).waitFor();
  assert.match(await part(page, "note").innerText(), /asks us not to sell or share/);
  assert.deepEqual(await part(page, "purpose-name").allInnerTexts(), ["Statistics"]);
  assert.equal(await part(page, "reject").count(), 0, "that is done already");
});

test("other places load nothing of it, and its words that do not come leave the way back", async (t) => {
  const asked = [];
  const scene = await newNoticeScene(t, { region: "DE" });
  const page = await scene.context.newPage();
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await scene.visit(page);
  await part(page, "reject").click();
  assert.deepEqual(asked.filter((path) => /notice|texts/.test(path)), []);
  const other = await newNoticeScene(t);
  const bare = await other.context.newPage();
  const refused = [];
  await bare.route("**/waymark-texts/*", (route) => (refused.push(route.request().url()), route.abort()));
  await other.visit(bare);
  await until(() => refused.length > 0);
  await bare.evaluate(() => window.waymark("consent.records"));
  await part(bare, "icon").waitFor();
  assert.equal(await notice(bare).count(), 0);
});

test("it is for everybody: axe, keyboard, 320 px, light and dark, from right to left", async (t) => {
  for (const [region, lang, visitor] of [
    ["US-CA", "en", {}],
    ["US-CA", "ar", { colorScheme: "dark" }],
    ["US-CA", "de", { viewport: narrow }],
    ["BR", "pt-BR", { colorScheme: "dark", viewport: narrow }],
  ]) {
    const scene = await newNoticeScene(t, { region, lang, visitor });
    const page = await scene.visit();
    await notice(page).waitFor();
    await still(page);
    const name = `${region}, ${lang}`;
    assert.deepEqual(await findings(page), [], name);
    assert.deepEqual(await misfits(page, "notice"), [], name);
    const { bottom, height } = await notice(page).evaluate((box) => box.getBoundingClientRect());
    assert.ok(bottom <= (await page.evaluate(() => innerHeight)), name);
    assert.ok(height < 0.75 * (await page.evaluate(() => innerHeight)), `${name}: the page stays in sight`);
    assert.equal(await focused(page), "body", "it takes no focus");
    if (process.env.WAYMARK_SHOTS) await page.screenshot({ path: `${process.env.WAYMARK_SHOTS}/notice-${region}-${lang}.png` });
    const passed = [];
    while (!passed.includes("button primary ok")) {
      await page.keyboard.press("Tab");
      passed.push(await focused(page));
      assert.ok(passed.length < 8, passed.join(", "));
    }
    await page.keyboard.press("Enter");
    await notice(page).waitFor({ state: "detached" });
    await until(async () => (await focused(page)) === "icon");
    await assertNothingMoved(page);
    await scene.context.close();
  }
});

test("at 320 px it fits in every language", async (t) => {
  const scene = await newNoticeScene(t, { visitor: { viewport: narrow } });
  const page = await scene.visit();
  for (const lang of languages) {
    scene.site.pages[""] = pageIn("US-CA", lang);
    await page.goto(scene.site.url);
    await notice(page).waitFor();
    assert.deepEqual(await misfits(page, "notice"), [], lang);
  }
});

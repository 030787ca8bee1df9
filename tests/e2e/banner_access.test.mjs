// The banner for everybody: axe, keyboard, narrow windows, colours, motion, direction, languages. WCAG 2.2, AA.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { findings, focused, misfits, narrow, still } from "./banner_access.mjs";
import { launch, until } from "./browser.mjs";
import { languages } from "./banner_texts.mjs";
import { assertNothingMoved, centre, document, newBannerScene, openSettings, part, question, statesOf, switchOf } from "./banner_scene.mjs";

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

const layout = (name) => (consent) => (consent.ui.layout = name);

test("axe finds nothing, in any layer, layout and theme", async (t) => {
  for (const name of ["bar", "box", "modal"]) {
    for (const visitor of [{}, { colorScheme: "dark", viewport: narrow }]) {
      const scene = await newBannerScene(t, browser, { change: layout(name), visitor });
      const page = await scene.visit();
      await question(page).waitFor();
      await still(page);
      assert.deepEqual(await findings(page), [], `question, ${name}`);
      await openSettings(page);
      await switchOf(page, "analytics").check();
      for (const summary of await centre(page).locator("summary").all()) await summary.click();
      await still(page);
      assert.deepEqual(await findings(page), [], `settings, ${name}`);
      await part(page, "save").click();
      await part(page, "icon").waitFor();
      assert.deepEqual(await findings(page), [], `icon, ${name}`);
      await scene.context.close();
    }
  }
});

async function pressUntil(page, key, name) {
  const passed = [];
  while (!(passed.at(-1) ?? "").split(" ").includes(name)) {
    assert.ok(passed.length < 20, `no ${name} in ${passed}`);
    await page.keyboard.press(key);
    passed.push(await focused(page));
  }
  return passed;
}

test("by keyboard the question comes first, is no trap, and gives the focus back", async (t) => {
  const scene = await newBannerScene(t, browser);
  const page = await scene.visit();
  await question(page).waitFor();
  assert.equal(await question(page).evaluate(({ localName }) => localName), "section");
  assert.equal(await focused(page), "body", "a question beside the page takes no focus");
  const passed = await pressUntil(page, "Tab", "settings");
  assert.deepEqual(passed, ["plain", "link", "button primary reject", "button primary accept", "button secondary settings"]);
  await page.keyboard.press("Tab");
  assert.equal(await focused(page), "a", "then comes the page");
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Enter");
  await centre(page).waitFor();
  assert.equal(await focused(page), "centre", "its title");
  const round = await pressUntil(page, "Tab", "save");
  assert.equal(round.includes("a"), false, "the page behind it is out of reach");
  await page.keyboard.press("Escape");
  assert.equal(await focused(page), "button secondary settings");
  await page.keyboard.press("Enter");
  await pressUntil(page, "Tab", "switch-analytics");
  await page.keyboard.press("Space");
  await pressUntil(page, "Tab", "save");
  await page.keyboard.press("Enter");
  await centre(page).waitFor({ state: "detached" });
  assert.equal((await statesOf(page)).analytics, "granted");
  await until(async () => (await focused(page)) === "icon");
  assert.equal(await part(page, "status").innerText(), "Your choice has been saved.");
});

test("who came from the page goes back to where they were", async (t) => {
  const scene = await newBannerScene(t, browser);
  const page = await scene.visit();
  await question(page).waitFor();
  await page.locator("#own").focus();
  await part(page, "reject").focus();
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => window.document.activeElement.id), "own");
  await page.keyboard.press("Enter");
  await centre(page).waitFor();
  await page.keyboard.press("Escape");
  assert.equal(await page.evaluate(() => window.document.activeElement.id), "own");
});

test("what has the focus is never behind the question", async (t) => {
  for (const [name, viewport] of [["bar", { width: 1200, height: 700 }], ["box", { width: 500, height: 600 }], ["bar", narrow]]) {
    const scene = await newBannerScene(t, browser, { change: layout(name), visitor: { viewport } });
    const page = await scene.visit();
    await question(page).waitFor();
    await page.locator("#own").focus();
    const links = await page.locator("main a").count();
    for (let i = 1; i < links; i += 1) {
      await page.keyboard.press("Tab");
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
      const seen = await page.evaluate(() => {
        const { activeElement: link } = window.document;
        // It may stand on two lines.
        const [{ left, top, width, height }] = link.getClientRects();
        return link === window.document.elementFromPoint(left + width / 2, top + height / 2);
      });
      assert.ok(seen, `link ${i} of ${links}, ${name}, ${viewport.width} px`);
    }
    await assertNothingMoved(page);
    await scene.context.close();
  }
});

test("where it blocks it is a dialog, and can be left without an answer", async (t) => {
  const scene = await newBannerScene(t, browser, { change: layout("modal") });
  const page = await scene.visit();
  await question(page).waitFor();
  assert.equal(await question(page).evaluate((dialog) => dialog.matches("dialog:modal")), true);
  assert.equal(await focused(page), "title");
  await assert.rejects(page.locator("#own").click({ trial: true, timeout: 300 }), /intercepts pointer events/);
  await page.keyboard.press("Escape");
  await question(page).waitFor({ state: "detached" });
  assert.equal((await statesOf(page)).analytics, "unknown");
  await page.evaluate(() => window.waymark("track", "a"));
  assert.equal(await question(page).count(), 0, "not again on this page");
  await page.locator("#own").click({ trial: true });
  await scene.visit(page);
  await question(page).waitFor();
});

test("in a wide window no language has a word broken", async (t) => {
  const scene = await newBannerScene(t, browser);
  const page = await scene.visit();
  for (const lang of languages) {
    scene.site.pages[""] = document(lang);
    await page.goto(scene.site.url);
    await question(page).waitFor();
    assert.deepEqual(await misfits(page, "question"), [], lang);
  }
});

test("at 320 px every language fits, and the answers are in sight", async (t) => {
  const scene = await newBannerScene(t, browser, { visitor: { viewport: narrow, reducedMotion: "reduce" } });
  const page = await scene.visit();
  assert.equal(languages.length, 34);
  for (const lang of languages) {
    scene.site.pages[""] = document(lang);
    await page.goto(scene.site.url);
    await question(page).waitFor();
    assert.deepEqual(await misfits(page, "question"), [], lang);
    for (const name of ["reject", "accept", "settings"]) {
      const { y, height } = await part(page, name).boundingBox();
      assert.ok(y >= 0 && y + height <= narrow.height, `${name} in ${lang}`);
    }
    await openSettings(page);
    for (const summary of await centre(page).locator("summary").all()) await summary.click();
    assert.deepEqual(await misfits(page, "centre"), [], lang);
  }
});

test("at four times the size the answers can still be reached", async (t) => {
  const scene = await newBannerScene(t, browser, { visitor: { viewport: { width: 320, height: 256 } } });
  const page = await scene.visit();
  await question(page).waitFor();
  await still(page);
  for (const name of ["reject", "accept"]) {
    const { y, height } = await part(page, name).boundingBox();
    assert.ok(y >= 0 && y + height <= 256, name);
  }
  await openSettings(page);
  await switchOf(page, "marketing").check();
  await part(page, "save").click();
  assert.equal((await statesOf(page)).marketing, "granted");
});

test("from right to left everything is mirrored", async (t) => {
  const scene = await newBannerScene(t, browser);
  scene.site.pages[""] = document("ar");
  const page = await scene.visit();
  await question(page).waitFor();
  const words = await part(page, "words").boundingBox();
  const buttons = await part(page, "buttons").first().boundingBox();
  assert.ok(words.x > buttons.x);
  await openSettings(page);
  await switchOf(page, "analytics").check();
  const input = await switchOf(page, "analytics").boundingBox();
  const label = await centre(page).locator("label").first().boundingBox();
  assert.ok(input.x < label.x);
  assert.deepEqual(await part(page, "root").evaluate(({ dir, lang }) => [dir, lang]), ["rtl", "ar"]);
});

test("with forced colours every control has an edge, and a switch shows how it stands", async (t) => {
  const scene = await newBannerScene(t, browser, { visitor: { forcedColors: "active" } });
  const page = await scene.visit();
  await question(page).waitFor();
  const edge = (locator) => locator.evaluate((element) => parseFloat(getComputedStyle(element).borderTopWidth));
  for (const name of ["question", "reject", "accept", "settings"]) assert.ok((await edge(part(page, name))) >= 1, name);
  await openSettings(page);
  const colour = () => switchOf(page, "marketing").evaluate((input) => getComputedStyle(input).backgroundColor);
  const off = await colour();
  await switchOf(page, "marketing").check();
  await still(page);
  assert.notEqual(await colour(), off);
  assert.ok((await edge(centre(page))) >= 1);
});

test("who wants less motion gets none", async (t) => {
  const scene = await newBannerScene(t, browser, { visitor: { reducedMotion: "reduce" } });
  const page = await scene.visit();
  await openSettings(page);
  assert.equal(await centre(page).evaluate((dialog) => getComputedStyle(dialog).animationName), "none");
});

test("the theme is the system's unless the policy says otherwise, and the page's colours come before ours", async (t) => {
  const scene = await newBannerScene(t, browser, { visitor: { colorScheme: "dark" } });
  const page = await scene.visit();
  const colour = () => question(page).evaluate((bar) => getComputedStyle(bar).backgroundColor);
  assert.equal(await colour(), "rgb(23, 27, 33)");
  await page.emulateMedia({ colorScheme: "light" });
  await page.locator("waymark-consent[theme=light]").waitFor({ state: "attached" });  // it follows with the next frame
  assert.equal(await colour(), "rgb(255, 255, 255)");
  scene.site.config.consent.ui.theme = "dark";
  scene.site.pages[""] = `${document()}<style>waymark-consent { --waymark-background: rgb(1, 2, 3) }
    waymark-consent::part(accept) { text-transform: uppercase }</style>`;
  await scene.visit(page);
  assert.equal(await colour(), "rgb(1, 2, 3)");
  assert.equal(await page.locator("waymark-consent").getAttribute("theme"), "dark");
  assert.equal(await part(page, "accept").evaluate((button) => getComputedStyle(button).textTransform), "uppercase");
});

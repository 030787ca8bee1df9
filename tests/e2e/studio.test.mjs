// A walk through the studio: the policy on one side, what it does on the other, and nothing that leaves the browser.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { launch, newVisitor, onDevice, until } from "./browser.mjs";
import { assertAccessible, placeBehind, startStudio, textIn, valid } from "./studio_site.mjs";

let browser, site;

before(async () => {
  browser = await launch();
  site = await startStudio();
});
after(async () => {
  await browser?.close();
  await site?.stop();
});

/** The studio in a browser that has never seen it; whatever is asked of another host fails the test. */
async function open(t, options = {}) {
  const visitor = await newVisitor(browser, { locale: "en-GB", viewport: { width: 1440, height: 900 }, ...options });
  const { context, page, faults } = visitor;
  const elsewhere = [];
  context.on("request", (request) => {
    if (!request.url().startsWith(site.url) && !/^(blob|data):/.test(request.url())) elsewhere.push(request.url());
  });
  t.after(async () => {
    await context.close();
    assert.deepEqual(faults, [], "what the studio threw");
    assert.deepEqual(elsewhere, [], "what was asked of other hosts");
  });
  await page.goto(site.url);
  await page.locator(valid).waitFor();
  return visitor;
}

const tab = (page, name) => page.getByRole("tab", { name }).click();
const preview = (page) => page.frameLocator(".stage iframe");
const question = (page) => preview(page).locator('waymark-consent [part~="question"]');
const steps = (page) => page.locator(".step");

/** What became of the touchpoint of a step, by collector. */
const outcomes = (page, at) =>
  steps(page).nth(at).evaluate((step) =>
    Object.fromEntries([...step.querySelectorAll(".lane")].map((lane) => [
      lane.querySelector(".who").textContent,
      lane.querySelector(".badge").textContent,
    ])),
  );

test("opens with an example, keeps nothing, and may ask nobody else", async (t) => {
  const { page } = await open(t);
  await question(page).waitFor();
  const { caches, ...device } = await onDevice(page);
  assert.deepEqual(device, { cookies: "", localStorage: {}, sessionStorage: {}, databases: [] });
  assert.deepEqual(caches.filter((name) => name !== "waymark-studio"), []);
  const refused = await page.evaluate(async () => {
    const violation = new Promise((resolve) => document.addEventListener("securitypolicyviolation", resolve, { once: true }));
    const failed = await fetch("https://elsewhere.example/").then(() => false, () => true);
    return [failed, (await violation).effectiveDirective];
  });
  assert.deepEqual(refused, [true, "connect-src"]);
});

test("says what is wrong at its place, and how to go there", async (t) => {
  const { page } = await open(t);
  const before = await textIn(page);
  await placeBehind(page, '"before_answer": "hold"');
  await page.keyboard.type(', "colour": 1');
  await page.getByText("1 problem", { exact: true }).waitFor();
  await page.locator(".stale-note").waitFor();
  const row = page.locator(".problems button");
  assert.match(await row.innerText(), /\/consent\/purposes\/1\/colour/);
  await page.locator("#editor .cm-lintRange-error").waitFor();
  await page.keyboard.press("Control+Home");
  await row.click();
  const focused = await page.evaluate(() => document.activeElement.className);
  assert.match(focused, /cm-content/);
  // What is shown goes on being that of the last policy without problems.
  await question(page).waitFor();
  for (let undone = 0; (await textIn(page)) !== before && undone < 20; undone += 1) {
    await page.getByRole("button", { name: "Undo" }).click();
  }
  await page.locator(valid).waitFor();
  assert.equal(await textIn(page), before);
  await page.getByRole("button", { name: "Redo" }).click();
  assert.notEqual(await textIn(page), before);
});

test("says where a text stops being JSON", async (t) => {
  const { page } = await open(t);
  await placeBehind(page, '"before_answer": "hold"');
  await page.keyboard.type(",");
  await page.getByText("Not JSON: line 28").waitFor();
  assert.match(await page.locator(".problems").innerText(), /Line 28, column 7: found }; expected a name in double quotes/);
});

test("offers what may stand at a place, from the schema and from the policy", async (t) => {
  const { page } = await open(t);
  await placeBehind(page, '"before_answer": "hold"');
  await page.keyboard.type(', "req');
  const list = page.locator(".cm-tooltip-autocomplete li");
  await list.first().waitFor();
  assert.deepEqual(await list.locator(".cm-completionLabel").allInnerTexts(), ["requires"]);
  // It takes no key before it has been seen for a moment.
  await until(async () => {
    await page.keyboard.press("Enter");
    return /"requires": \["/.test(await textIn(page));
  });
  await page.keyboard.type("mark");
  await until(async () => (await list.locator(".cm-completionLabel").allInnerTexts()).includes("marketing"));
});

test("shows the real banner in each language and theme, at the size of a phone and of a desktop", async (t) => {
  const { page } = await open(t);
  await question(page).waitFor();
  await page.locator(".preview select").selectOption("de");
  await preview(page).getByRole("button", { name: "Alle ablehnen" }).waitFor();
  await page.locator(".preview select").selectOption("ar");
  await until(() => preview(page).locator("html").evaluate(({ dir }) => dir === "rtl"));
  await page.getByLabel("Dark", { exact: true }).check();
  await preview(page).locator('waymark-consent[theme="dark"]').waitFor({ state: "attached" });
  const width = () => preview(page).locator("html").evaluate(() => innerWidth);
  assert.equal(await width(), 390);
  await page.getByLabel("Desktop").check();
  await until(async () => (await width()) === 1280);
  await page.locator(".preview select").selectOption("en");
  await page.getByRole("button", { name: "Preference centre" }).click();
  await preview(page).locator('waymark-consent [part~="centre"]').waitFor();
});

test("an answer in the banner is one in the simulator", async (t) => {
  const { page } = await open(t);
  // By keyboard: where a frame is drawn smaller than it is, clicks of the driver miss.
  await preview(page).getByRole("button", { name: "Accept all" }).press("Enter");
  await tab(page, "Simulator");
  await page.getByText("Answer: analytics granted, marketing granted").waitFor();
});

test("shows what is held, dropped, de-identified and sent, to whom, why, and with which fields", async (t) => {
  const { page } = await open(t);
  await tab(page, "Simulator");
  const fire = async (name) => {
    const count = await steps(page).count();
    await page.getByRole("button", { name, exact: true }).click();
    await until(async () => (await steps(page).count()) === count + 1);
  };
  await fire("order_completed");
  assert.deepEqual(await outcomes(page, 0), { warehouse: "held", ads: "dropped", counts: "de-identified" });
  assert.match(await steps(page).nth(0).innerText(), /marketing unknown: nobody has answered/);
  await page.getByRole("button", { name: "Accept all" }).click();
  await until(async () => (await outcomes(page, 0)).warehouse === "held, then sent");
  await fire("order_completed");
  assert.deepEqual(await outcomes(page, 2), { warehouse: "sent", ads: "sent", counts: "de-identified" });
  const ads = steps(page).nth(2).locator("details").nth(1);
  await ads.locator("summary").click();
  const fields = await ads.innerText();
  assert.match(fields, /Withheld or changed[^]*\/properties\/coupon\s+dropped, by \/collectors\/1\/fields\/0/);
  assert.match(fields, /\/properties\/total\s+49/);
  assert.match(fields, /To https:\/\/ads\.fingerpost\.example\/v1\/batch/);
  // The same visit, by somebody else.
  await page.getByLabel("Region").fill("US-CA");
  await until(async () => (await outcomes(page, 0)).ads === "sent");
  await page.getByLabel("Global Privacy Control").check();
  await until(async () => (await outcomes(page, 0)).ads === "dropped");
  assert.match(await steps(page).nth(0).innerText(), /marketing denied: Global Privacy Control/);
  // And by another policy.
  await page.getByLabel("Global Privacy Control").uncheck();
  await placeBehind(page, '"basis": "consent",\n        "storage": true,\n        "before_answer": "drop"');
  await page.keyboard.type(', "requires": ["analytics"]');
  await page.locator(valid).waitFor();
  await page.getByRole("button", { name: "Take out step 2," }).click();
  await until(async () => (await steps(page).count()) === 2);
});

test("shows the decision table, and proves a claim or gives the case against it", async (t) => {
  const { page } = await open(t);
  await tab(page, "Decisions");
  await page.locator(".tables table").first().waitFor();
  assert.equal(await page.locator(".tables table").count(), 3);
  await page.locator(".decisions > .tools select").selectOption("ads");
  assert.equal(await page.locator(".tables table").count(), 1);
  assert.match(await page.locator(".tables").innerText(), /marketing denied/);
  await page.getByRole("button", { name: "Prove" }).click();
  await page.locator(".claim .note.holds, .claim .note.fails").waitFor();
  assert.match(await page.locator(".claim .note").innerText(), /^Holds in all \d+ cases/);
  await page.getByLabel("without").selectOption("marketing");
  await page.getByRole("button", { name: "Prove" }).click();
  await page.locator(".claim .note.fails").waitFor();
  assert.match(await page.locator(".claim .note").innerText(), /Does not hold: .*analytics granted/);
});

test("says what a change means for those who come back", async (t) => {
  const { page } = await open(t);
  await tab(page, "Changes");
  await page.getByRole("button", { name: "Compare with what stands here now" }).click();
  await page.getByText("Nobody is asked anew.").waitFor();
  await placeBehind(page, '"before_answer": "hold"');
  await page.keyboard.type(', "version": 2');
  await page.getByText("analytics (the question has changed)").waitFor();
  const said = await page.locator(".changes").innerText();
  assert.match(said, /who accepted everything/);
  assert.match(said, /\/consent\/purposes\/analytics\/version\s+not set\s+2/);
  await page.locator(".compared .cm-changedText, .compared .cm-insertedLine, .compared .cm-changedLine").first().waitFor();
  await page.getByLabel("The deployed policy").fill('{ "waymark": 2 }');
  await page.locator(".changes-panel > .note").filter({ hasText: "/waymark Found 2. Allowed: 1." }).waitFor();
});

test("writes the privacy notice, in the languages of the site", async (t) => {
  const { page } = await open(t);
  await tab(page, "Notice");
  await page.locator(".notice table").first().waitFor();
  assert.match(await page.locator(".notice").innerText(), /Trail Ads/);
  await page.locator("#panel-notice select").selectOption("de");
  await page.locator(".notice").filter({ hasText: "Besuche zählen" }).waitFor();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Save as Markdown" }).click()]);
  assert.match(await readFile(await download.path(), "utf8"), /Besuche zählen/);
  await assertAccessible(page, "notice");
});

test("goes out as a file and comes back from one, and undo undoes that, too", async (t) => {
  const { page } = await open(t);
  const first = await textIn(page);
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Save as file" }).click()]);
  assert.equal(download.suggestedFilename(), "waymark.json");
  assert.equal(await readFile(await download.path(), "utf8"), first);
  const file = join(tmpdir(), `waymark-studio-${process.pid}.json`);
  const other = first.replace("2026-11-01", "2026-12-01");
  await writeFile(file, `\ufeff${other}`);
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.getByRole("button", { name: "Open…" }).click()]);
  await chooser.setFiles(file);
  await until(async () => (await textIn(page)) === other);
  await page.getByRole("button", { name: "Undo" }).click();
  assert.equal(await textIn(page), first);
  await page.getByLabel("Begin with an example").selectOption("smallest");
  await until(async () => (await textIn(page)).includes("my-site"));
});

test("keeps the policy only when told to, and forgets it when told to", async (t) => {
  const { page } = await open(t);
  await placeBehind(page, '"2026-11-01');
  await page.keyboard.type("b");
  const keep = page.getByLabel("Keep my policy in this browser");
  await keep.check();
  await page.keyboard.press("Tab");
  await placeBehind(page, '"2026-11-01b');
  await page.keyboard.type("c");
  await until(() => page.evaluate(() => localStorage["waymark-studio/policy"]?.includes("2026-11-01bc")));
  await page.reload();
  await page.locator(valid).waitFor();
  assert.match(await textIn(page), /2026-11-01bc/);
  await keep.uncheck();
  assert.deepEqual(await page.evaluate(() => ({ ...localStorage })), {});
  await page.reload();
  await page.locator(valid).waitFor();
  assert.doesNotMatch(await textIn(page), /2026-11-01bc/);
});

test("works without a network once it was there", async (t) => {
  const { page, context } = await open(t);
  await page.evaluate(async () => {
    const { active, installing, waiting } = await navigator.serviceWorker.ready;
    const worker = active ?? waiting ?? installing;
    if (worker.state === "activated") return;
    await new Promise((resolve) => worker.addEventListener("statechange", () => worker.state === "activated" && resolve()));
  });
  await context.setOffline(true);
  await page.reload();
  await page.locator(valid).waitFor();
  await question(page).waitFor();
  await tab(page, "Simulator");
  await page.getByRole("button", { name: "Play an example visit" }).click();
  await until(async () => (await steps(page).count()) === 6);
});

for (const colorScheme of ["light", "dark"]) {
  test(`can be used by everybody, ${colorScheme}`, async (t) => {
    const { page } = await open(t, { colorScheme });
    await assertAccessible(page, "preview");
    await page.getByRole("tab", { name: "Preview" }).focus();
    await page.keyboard.press("ArrowRight");
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "Simulator");
    await page.getByRole("button", { name: "Play an example visit" }).click();
    await steps(page).nth(5).waitFor();
    await steps(page).nth(0).locator("summary").first().click();
    await assertAccessible(page, "simulator");
    await tab(page, "Decisions");
    await page.locator(".tables table").first().waitFor();
    await assertAccessible(page, "decisions");
    await tab(page, "Changes");
    await page.getByRole("button", { name: "Compare with what stands here now" }).click();
    await placeBehind(page, '"before_answer": "hold"');
    await page.keyboard.type(', "version": 2, "colour": 1');
    await page.locator(".problems button").waitFor();
    await assertAccessible(page, "changes, with a problem");
  });
}

test("speaks the browser's language, and another when told to, without losing anything", async (t) => {
  const { page } = await open(t, { locale: "de-AT" });
  assert.equal(await page.evaluate(() => document.documentElement.lang), "de");
  await page.getByRole("tab", { name: "Vorschau" }).waitFor();
  await page.getByText("Gültig", { exact: true }).waitFor();
  await tab(page, "Simulator");
  await page.getByRole("button", { name: "Einen Beispielbesuch abspielen" }).click();
  await until(async () => (await steps(page).count()) === 6);
  assert.equal((await outcomes(page, 0)).counts, "ohne Person");
  const text = await textIn(page);
  await page.getByLabel("Sprache des Studios").selectOption("fr");
  await page.getByRole("tab", { name: "Simulateur", selected: true }).waitFor();
  // The same visit, and the same text, in other words.
  await until(async () => (await steps(page).count()) === 6);
  assert.equal((await outcomes(page, 0)).counts, "désidentifié");
  assert.equal(await textIn(page), text);
  await assertAccessible(page, "in French");
  await page.reload();
  await page.getByRole("tab", { name: "Aperçu" }).waitFor();
});

test("fits a phone: nothing is wider than the window", async (t) => {
  const { page } = await open(t, { viewport: { width: 320, height: 640 } });
  for (const name of ["Preview", "Simulator", "Decisions", "Changes", "Notice"]) {
    await tab(page, name);
    if (name === "Simulator") {
      await page.locator(".empty button").first().click();
      await steps(page).nth(5).waitFor();
    }
    // What a frame cuts off makes the window no wider.
    const wide = await page.evaluate(() => Math.max(document.documentElement.scrollWidth,
      ...Array.from(document.querySelectorAll(".step, .lane .badge"), (one) => one.getBoundingClientRect().right)) - innerWidth);
    assert.ok(wide <= 0, `${name} is ${wide} px too wide`);
  }
});

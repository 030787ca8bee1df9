// Tags of others in a real browser: nothing of theirs runs, loads or is asked for before consent, all of it in the right order
// after, and nothing after a withdrawal.
import axe from "axe-core";
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launch, onDevice, until } from "./browser.mjs";
import { choose, configWith, newSite, ready, stub } from "./consent_site.mjs";

let browser;

before(async () => (browser = await launch()));
after(() => browser?.close());

const foreign = /(tags|stats|pixel|video|cdn)\.localhost$/;
const script = '<script async src="/waymark.js" data-config="/waymark.json"></script>';
const services = [
  {
    id: "stats",
    name: "Stats Inc.",
    purposes: ["analytics"],
    cookies: ["_st", "_st_*"],
    local_storage: ["st.*"],
    session_storage: ["st"],
    indexed_db: ["st-*"],
    caches: ["st"],
    origins: ["*.stats.localhost"],
  },
  { id: "ads", purposes: ["marketing"], origins: ["pixel.localhost"], on_withdraw: "event" },
];

// Twelve tags as their makers write them, marked or not.
const tags = (at) => `
  <script type="text/plain" data-consent="analytics" data-src="${at("/one.js?slow=300", "tags.localhost")}"></script>
  <script type="text/plain" data-consent="analytics">(window.ran ||= []).push("inline after " + window.ran.at(-1))</script>
  <script type="text/plain" data-consent="analytics" src="${at("/two.js", "tags.localhost")}"></script>
  <script type="text/plain" data-consent="analytics" defer data-src="${at("/deferred.js", "tags.localhost")}"></script>
  <script type="text/plain" data-consent="analytics" data-type="module" data-src="${at("/module.mjs", "tags.localhost")}"></script>
  <script type="text/plain" data-consent="analytics" data-type="module">
    import one from "${at("/imported.mjs", "cdn.localhost")}"; (window.ran ||= []).push("inline module");
  </script>
  <script type="text/plain" data-consent="marketing" async data-src="${at("/async.js", "tags.localhost")}"></script>
  <script type="text/plain" data-consent="analytics marketing" data-src="${at("/both.js", "tags.localhost")}"></script>
  <iframe data-consent="marketing" data-src="${at("/film.html", "video.localhost")}" title="Trailer" width="480" height="270"></iframe>
  <img data-consent="marketing" data-src="${at("/pixel.gif", "pixel.localhost")}" data-srcset="${at("/pixel2.gif", "pixel.localhost")} 2x" alt="">
  <link data-consent="analytics" rel="stylesheet" data-href="${at("/style.css", "cdn.localhost")}">
  <video data-consent="marketing" data-poster="${at("/poster.gif", "video.localhost")}" width="200" height="100"><source data-src="${at("/film.gif", "video.localhost")}"></video>
  <script>
    // As a tag manager loads what nobody marked.
    window.manage = () => {
      const script = document.createElement("script");
      script.onload = () => (window.ran ||= []).push("managed");
      script.src = "${at("/managed.js", "a.stats.localhost")}";
      document.head.append(script);
      const results = {};
      const pixel = new Image();
      pixel.onerror = () => (results.pixel = "failed");
      pixel.src = "${at("/hit.gif", "pixel.localhost")}";
      const other = document.createElement("img");
      other.setAttribute("src", "${at("/attribute.gif", "pixel.localhost")}");
      fetch("${at("/fetch", "stats.localhost")}", { mode: "no-cors" }).then(() => (results.fetch = "sent"), ({ name }) => (results.fetch = name));
      const request = new XMLHttpRequest();
      request.onerror = () => (results.xhr = "failed " + request.readyState);
      request.onload = () => (results.xhr = "sent");
      request.open("GET", "${at("/xhr", "stats.localhost")}");
      request.send();
      results.beacon = navigator.sendBeacon("${at("/beacon", "stats.localhost")}", "x");
      return new Promise((resolve) => setTimeout(() => resolve(results), 300));
    };
  </script>`;

const pageOf = (at, head = "") => `<!doctype html><html lang="en"><title>Shop</title><script>${stub}</script>${head}${script}
  <body>${tags(at)}</body></html>`;

async function newShop(t, consent = { services }, head) {
  const scene = await newSite(t, browser, { config: configWith(consent), pages: {} });
  scene.hosts.pages["/"] = pageOf(scene.hosts.url, head);
  return scene;
}

const manage = (page) => page.evaluate(() => window.manage());
const ran = (page) => page.evaluate(() => window.ran ?? []);
/** Until the request rules have begun. */
const guarded = async (page) => {
  await ready(page);
  await page.waitForFunction(() => window.waymarkRequests && document.querySelector("iframe").previousElementSibling?.shadowRoot);
};

test("before consent nothing of others is asked for; then all of it, in order; after a withdrawal nothing", async (t) => {
  const { page, hosts } = await newShop(t);
  await page.goto(hosts.url());
  await guarded(page);
  assert.deepEqual(await manage(page), { pixel: "failed", fetch: "TypeError", xhr: "failed 4", beacon: false });
  assert.deepEqual(hosts.askedOf(foreign), []);
  assert.deepEqual(await ran(page), []);

  await choose(page, { analytics: "granted", marketing: "denied" });
  await until(async () => (await ran(page)).includes("inline module"));
  const order = await ran(page);
  const of = (...names) => order.filter((name) => names.includes(name));
  const inOrder = ["one.js", "inline after one.js", "two.js", "deferred.js", "module.mjs", "inline module"];
  assert.deepEqual(of(...inOrder), inOrder);
  assert.ok(order.includes("managed.js"), "what was held is made up for");
  assert.deepEqual(of("async.js", "both.js"), []);
  assert.deepEqual(hosts.askedOf(/^(video|pixel)/), []);
  assert.ok(hosts.askedOf(foreign).includes("cdn.localhost/style.css"));

  await choose(page, { marketing: "granted" });
  await until(async () => (await ran(page)).includes("both.js") && (await ran(page)).includes("async.js"));
  await until(() => hosts.askedOf(/^(video|pixel)/).length >= 4);
  assert.deepEqual(hosts.askedOf(/^(video|pixel)/).sort(), [
    "pixel.localhost/pixel.gif", "video.localhost/film.gif", "video.localhost/film.html", "video.localhost/poster.gif",
  ]);
  assert.equal((await manage(page)).fetch, "sent");

  // What ran cannot be taken back: the page is loaded anew.
  await page.evaluate(() => (window.before = true));
  await choose(page, { analytics: "denied", marketing: "denied" });
  await page.waitForFunction(() => !window.before);
  await guarded(page);
  hosts.asked.length = 0;
  assert.equal((await manage(page)).fetch, "TypeError");
  await page.goto(hosts.url());
  await guarded(page);
  await manage(page);
  assert.deepEqual(hosts.askedOf(foreign), []);
  assert.deepEqual(await ran(page), []);
});

test("what a service kept on the device goes when it is refused, and nothing else", async (t) => {
  const { page, hosts, context } = await newShop(t);
  hosts.pages["/de/cart"] = hosts.pages["/"];
  await page.goto(hosts.url("/de/cart", "www.shop.localhost"));
  await guarded(page);
  await choose(page, { analytics: "granted" });
  await page.evaluate(async () => {
    document.cookie = "_st=host";
    document.cookie = "_st_a=dot; Domain=shop.localhost; Path=/";
    document.cookie = "_st_b=path; Path=/de; Secure; SameSite=None";
    document.cookie = "_st_c=deep; Path=/de/cart";
    document.cookie = "_stay=1";
    Object.assign(localStorage, { "st.a": 1, "st.b": 1, stay: 1 });
    Object.assign(sessionStorage, { st: 1, stay: 1 });
    for (const name of ["st-1", "stay"]) await new Promise((done) => (indexedDB.open(name).onsuccess = ({ target }) => done(target.result.close())));
    for (const name of ["st", "stay"]) await caches.open(name);
  });
  await page.evaluate(() => {
    document.addEventListener("waymark:withdrawn", (event) => {
      sessionStorage.heard = JSON.stringify(event.detail);
      event.preventDefault();
    });
  });
  await choose(page, { analytics: "denied" });
  await until(async () => !(await onDevice(page)).databases.includes("st-1"));
  await until(async () => !(await onDevice(page)).caches.includes("st"));
  const device = await onDevice(page);
  assert.equal(device.cookies, "_stay=1");
  assert.deepEqual((await context.cookies()).map(({ name }) => name), ["_stay"]);
  assert.deepEqual(Object.keys(device.localStorage).filter((key) => !key.startsWith("waymark.")), ["stay"]);
  assert.ok("waymark.consent/record" in device.localStorage);
  assert.deepEqual(device.sessionStorage, { stay: "1", heard: '{"purposes":["analytics"],"services":["stats"]}' });
  assert.ok(device.databases.includes("stay"));
  assert.deepEqual(device.caches, ["stay"]);
});

const film = (at) => at("/film.html", "video.localhost");
const placeholder = (page, selector = "iframe") => page.locator(`${selector} >> xpath=preceding-sibling::div[1]`);

/** A page with this body alone. */
async function newPage(t, body, { consent = { services }, head = "", headers, visitor, html = "" } = {}) {
  const scene = await newSite(t, browser, { config: configWith(consent), pages: {} }, visitor);
  const at = scene.hosts.url;
  scene.hosts.pages["/"] = [`<!doctype html><html lang="en" ${html}><title>Shop</title>${head}${script}<body>${body(at)}</body></html>`, headers];
  scene.open = async () => {
    await scene.page.goto(at());
    await scene.page.waitForFunction(() => window.waymark?.client);
  };
  return scene;
}

test("a placeholder speaks the page's language, and calls purposes as the banner does", async (t) => {
  const body = (at) => `<iframe style="width: 60%; height: 220px" data-consent="marketing analytics" data-src="${film(at)}" title="Film"></iframe>`;
  const { page, hosts, open } = await newPage(t, body);
  const [english] = hosts.pages["/"];
  const said = async (lang) => {
    hosts.pages["/"] = [english.replace('lang="en"', `lang="${lang}"`)];
    await open();
    return placeholder(page).getByRole("group").innerText();
  };
  assert.match(await said("en"), /comes from video\.localhost[^]*Always allow: Marketing, Statistics/);
  assert.match(await said("uk"), /Джерело цього вмісту — video\.localhost[^]*Завжди дозволяти: Маркетинг, Статистика/);
  // Where nobody has words in the page's language the browser's counts, and it says which that is.
  assert.match(await said("tlh"), /Dieser Inhalt kommt von/);
  assert.equal(await placeholder(page).getByRole("group").getAttribute("lang"), "de");
});

/** Whether no frame shows another site: its document could not be read. What the driver lists may lag behind. */
const areEmpty = (page) => page.evaluate(() => [...document.querySelectorAll("iframe")].every((frame) => frame.contentDocument));

test("what is refused while it loads does not come", async (t) => {
  const films = Array.from({ length: 12 }, (_, i) => `/film.html?slow=${i * 10}`);
  const body = (at) => films.map((path) => `<iframe data-consent="marketing" data-src="${at(path, "video.localhost")}"></iframe>`).join("");
  const { page, hosts, open } = await newPage(t, body);
  await open();
  await ready(page);
  for (let round = 1; round <= 6; round += 1) {
    hosts.asked.length = 0;
    await choose(page, { marketing: "granted" });
    await until(() => hosts.askedOf(/^video/).length >= round);
    await choose(page, { marketing: "denied" });
    await page.waitForTimeout(500);
    assert.equal(await areEmpty(page), true, `round ${round}`);
  }
});

test("a placeholder loads once, or always, by mouse and by keyboard, and nothing moves", async (t) => {
  const frames = (at) => ["a", "b", "c"].map((id) =>
    `<p><iframe id=${id} style="width: 60%; height: 220px; border: 0" data-consent="marketing" data-src="${film(at)}" title="Film ${id}"></iframe></p>`).join("");
  const watch = `<script>window.shift = 0; new PerformanceObserver((list) => {
    for (const { value } of list.getEntries()) window.shift += value; }).observe({ type: "layout-shift", buffered: true })</script>`;
  const { page, hosts, open } = await newPage(t, (at) => `${frames(at)}<p>below</p>`, { head: watch, visitor: { locale: "fr-FR" } });
  await open();
  await page.evaluate(() => window.waymark.client.ready);
  await placeholder(page, "#c").getByRole("button").first().waitFor();
  const box = await placeholder(page, "#a").boundingBox();
  assert.equal(box.height, 220);
  // The page is English, whatever the browser speaks.
  assert.match(await placeholder(page, "#a").getByRole("group", { name: "Film a" }).innerText(), /comes from video\.localhost/);
  assert.deepEqual(hosts.askedOf(foreign), []);

  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await until(() => hosts.askedOf(foreign).length === 1);
  assert.equal(await page.evaluate(() => document.activeElement.id), "a");
  assert.equal(await page.evaluate(() => window.waymark("consent.get").answered), false);
  assert.deepEqual(await page.locator("#a").boundingBox(), box);
  assert.equal(await page.locator("#b").isVisible(), false);

  await placeholder(page, "#b").getByRole("button", { name: "Always allow: Marketing" }).click();
  await until(() => hosts.askedOf(foreign).length === 3);
  assert.deepEqual(await page.evaluate(() => window.waymark("consent.get").purposes.marketing), { state: "granted", why: "person" });
  const { entries } = await page.evaluate(() => window.waymark("consent.records"));
  const { layer, control, language, text } = entries[0].shown;
  assert.deepEqual([layer, control, language], ["placeholder", "always", "en"]);
  assert.match(text, /Always allow: Marketing/);
  assert.equal(await page.evaluate(() => window.shift), 0);

  // Frames are taken out without loading the page anew.
  await page.evaluate(() => (window.same = true));
  await choose(page, { marketing: "denied" });
  await placeholder(page, "#c").getByRole("button").first().waitFor();
  assert.equal(await areEmpty(page), true, "also what was loaded once");
  assert.equal(await page.evaluate(() => window.same), true);
  assert.equal(await page.locator("iframe[src]").count(), 0);
});

test("axe finds nothing in a placeholder of any size, in light and dark", async (t) => {
  for (const colorScheme of ["light", "dark"]) {
    const frames = (at) => [[560, 315], [320, 200], [240, 120]].map(([width, height]) =>
      `<iframe width=${width} height=${height} data-consent="marketing" data-src="${film(at)}" title="Film ${width}"></iframe>`).join("");
    const { page, open } = await newPage(t, (at) => `<main><h1>Shop</h1>${frames(at)}</main>`, { visitor: { colorScheme } });
    await open();
    await page.evaluate(() => window.waymark.client.ready);
    await placeholder(page, "iframe >> nth=2").getByRole("button").first().waitFor();
    await page.evaluate(axe.source);
    const found = await page.evaluate(async () => {
      const options = { contrastRatio: { normal: { expected: 5 }, large: { expected: 5 } } };
      window.axe.configure({ checks: [{ id: "color-contrast", options }] });
      const { violations, passes } = await window.axe.run("main", { resultTypes: ["violations", "passes"] });
      return { violations: violations.map(({ id, nodes }) => [id, nodes[0].html]), looked: passes.some(({ id }) => id === "color-contrast") };
    });
    assert.deepEqual(found, { violations: [], looked: true }, colorScheme);
    const heights = await page.evaluate(() => Array.from(document.querySelectorAll("main > div"), ({ shadowRoot }) =>
      Array.from(shadowRoot.querySelectorAll("button"), (button) => button.getBoundingClientRect().height)).flat());
    assert.ok(heights.length === 6 && heights.every((height) => height >= 24), `${heights}`);
  }
});

test("what comes into the page later is marked like the rest, and a new address is followed", async (t) => {
  const { page, hosts, open } = await newPage(t, () => "<main></main>");
  await open();
  await page.evaluate(([script, frame]) => {
    const marked = document.createElement("script");
    Object.assign(marked, { type: "text/plain" });
    Object.assign(marked.dataset, { consent: "analytics", src: script });
    document.querySelector("main").innerHTML = `<section><iframe data-consent="marketing" data-src="${frame}"></iframe></section>`;
    document.querySelector("main").append(marked);
  }, [hosts.url("/late.js", "tags.localhost"), film(hosts.url)]);
  await placeholder(page).getByRole("group").waitFor();
  assert.deepEqual(hosts.askedOf(foreign), []);
  await choose(page, { analytics: "granted", marketing: "granted" });
  await until(async () => (await ran(page)).includes("late.js"));
  // The driver's list of frames may lag behind for ever where one address follows on another.
  await until(() => hosts.askedOf(/^video/).length === 1);
  await page.evaluate(() => (document.querySelector("iframe").dataset.src += "?next"));
  await until(() => hosts.askedOf(/^video/).length === 2);
  assert.match(await page.locator("iframe").getAttribute("src"), /[?]next$/);
  // Allowed from the first: it loads as it comes.
  await page.evaluate((src) => {
    document.body.insertAdjacentHTML("beforeend", `<img data-consent="marketing" data-src="${src}">`);
  }, hosts.url("/new.gif", "pixel.localhost"));
  await until(() => hosts.askedOf(/^pixel/).includes("pixel.localhost/new.gif"));
});

test("strict policies: nonces are kept, Trusted Types are met, and smuggled markup does not run", async (t) => {
  const policy = ["default-src 'self'", "script-src 'nonce-abc' 'strict-dynamic' 'wasm-unsafe-eval'", "style-src 'self'", "img-src 'self'",
    "frame-src http://video.localhost:*", "require-trusted-types-for 'script'", "trusted-types waymark"].join("; ");
  const body = (at) => `
    <script type="text/plain" nonce="abc" data-consent="analytics" data-src="${at("/nonce.js", "tags.localhost")}"></script>
    <script type="text/plain" nonce="abc" data-consent="analytics">(window.ran ||= []).push("inline")</script>
    <script type="text/plain" nonce="abc" data-consent="analytics" data-type="module">(window.ran ||= []).push("inline module")</script>
    <script type="text/plain" data-consent="necessary" data-src="${at("/smuggled.js", "tags.localhost")}"></script>
    <script type="text/plain" data-consent="necessary">(window.ran ||= []).push("smuggled")</script>
    <iframe data-consent="necessary" data-src="javascript:parent.ran=['address']" data-placeholder="none"></iframe>
    <iframe data-consent="analytics" data-src="${film(at)}" style="height: 200px"></iframe>`;
  const { page, hosts, open, logged } = await newPage(t, body, { head: "", headers: { "Content-Security-Policy": policy } });
  hosts.pages["/"][0] = hosts.pages["/"][0].replaceAll('<script async src="/waymark.js"', '<script nonce="abc" src="/waymark.js"');
  await open();
  await page.evaluate(() => window.waymark.client.ready);
  await placeholder(page, "iframe:last-of-type").getByRole("button").first().waitFor();
  const shown = await placeholder(page, "iframe:last-of-type").locator("section").evaluate((section) => getComputedStyle(section).display);
  assert.equal(shown, "grid", "its style stands");
  await choose(page, { analytics: "granted" });
  await until(async () => (await ran(page)).length >= 3);
  await until(() => hosts.askedOf(/^video/).length >= 1);
  assert.deepEqual(await ran(page), ["nonce.js", "inline", "inline module"]);
  const warnings = logged.filter((text) => text.includes("without the page's nonce"));
  assert.equal(warnings.length, 2, logged.join("\n"));
  // The style attribute is the page's own, written here to give the frame a size.
  const violations = logged.filter((text) => /violates|Trusted/.test(text) && !/style/.test(text));
  assert.deepEqual(violations, []);
});

test("the request rules stand before every other script where the page puts them first", async (t) => {
  const head = '<script src="/waymark-requests.js" data-origins="*.stats.localhost"></script>';
  const body = (at) => `<script>
    window.first = fetch("${at("/early", "stats.localhost")}", { mode: "no-cors" }).then(() => "sent", ({ name }) => name);
    const script = document.createElement("script");
    script.src = "${at("/early.js", "a.stats.localhost")}";
    document.body.append(script);
  </script>`;
  const { page, hosts, open } = await newPage(t, body, { head });
  await open();
  assert.equal(await page.evaluate(() => window.first), "TypeError");
  await page.evaluate(() => window.waymark.client.ready);
  assert.deepEqual(hosts.askedOf(foreign), []);
  await choose(page, { analytics: "granted" });
  await until(async () => (await ran(page)).includes("early.js"));
});

for (const late of ["config", "engine"]) test(`without an engine nothing optional runs, and the page goes on: the ${late} is late`, async (t) => {
  const body = (at) => `<script type="text/plain" data-consent="analytics" data-src="${at("/a.js", "tags.localhost")}"></script>
    <script type="text/plain" data-consent="necessary">(window.ran ||= []).push("necessary")</script>
    <iframe data-consent="marketing" data-src="${film(at)}"></iframe>`;
  const { page, hosts, open } = await newPage(t, body);
  hosts.pages["/"][0] = hosts.pages["/"][0].replace("data-config", 'data-wasm="/nothing.wasm" data-config');
  await page.route(late === "config" ? "**/waymark.json" : "**/nothing.wasm", async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 300));
    await route.continue();
  });
  await open();
  assert.equal(await page.evaluate(() => window.waymark.client.ready.catch(({ code }) => code)), "wasm_unreachable");
  await placeholder(page).getByRole("group").waitFor();
  assert.equal(await placeholder(page).getByRole("button").count(), 0, "nobody could take an answer");
  await choose(page, { analytics: "granted", marketing: "granted" });
  await page.waitForTimeout(300);
  assert.deepEqual(hosts.askedOf(foreign), []);
  assert.deepEqual(await ran(page), ["necessary"]);
});

test("an owner who stops tags himself keeps the page: by config, by attribute, or by the event", async (t) => {
  const body = (at) => `<script type="text/plain" data-consent="ads" data-src="${at("/ads.js", "tags.localhost")}"></script>
    <script type="text/plain" data-consent="analytics" data-on-withdraw="event" data-src="${at("/stats.js", "tags.localhost")}"></script>
    <script>document.addEventListener("waymark:withdrawn", ({ detail }) => (window.told = [...(window.told ?? []), detail]))</script>`;
  const { page, hosts, open } = await newPage(t, body);
  await open();
  await choose(page, { analytics: "granted", marketing: "granted" });
  await until(async () => (await ran(page)).length === 2);
  await choose(page, { marketing: "denied" });
  await choose(page, { analytics: "denied" });
  assert.deepEqual(await page.evaluate(() => window.told), [
    { purposes: ["marketing"], services: ["ads"] },
    { purposes: ["analytics"], services: ["stats"] },
  ]);
  await page.waitForTimeout(200);
  assert.equal((await ran(page)).length, 2, "it is the same page");
  hosts.asked.length = 0;
  const sent = page.evaluate((url) => fetch(url, { mode: "no-cors" }).then(() => "sent", () => "refused"), hosts.url("/x", "pixel.localhost"));
  assert.equal(await sent, "refused");
  assert.deepEqual(hosts.askedOf(foreign), []);
});

/** The file comes only when the answer is called. */
async function holdBack(page, file) {
  let let_go;
  const held = new Promise((resolve) => (let_go = resolve));
  await page.route(`**/${file}`, async (route) => {
    await held;
    await route.continue();
  });
  return let_go;
}

test("a refusal that the page gave before the engine came is heard before anything runs", async (t) => {
  const body = (at) => `<script type="text/plain" data-consent="analytics" data-src="${at("/one.js", "tags.localhost")}"></script>
    <script type="text/plain" data-consent="necessary" data-src="${at("/needed.js", "tags.localhost")}"></script>`;
  const { page, hosts, open } = await newPage(t, body, { head: `<script>${stub}</script>` });
  hosts.pages["/two"] = hosts.pages["/"].map((text) => text?.replace(script, `<script>waymark("consent.withdraw", "analytics")</script>${script}`));
  await open();
  await ready(page);
  await choose(page, { analytics: "granted" });
  await until(async () => (await ran(page)).includes("one.js"));
  hosts.asked.length = 0;
  const let_go = await holdBack(page, "waymark.wasm");
  await page.goto(hosts.url("/two"));
  // The guard is there, and what it obeys is not.
  await until(async () => (await ran(page)).includes("needed.js"));
  let_go();
  await ready(page);
  await page.waitForTimeout(200);
  assert.deepEqual(hosts.askedOf(/^tags/), ["tags.localhost/needed.js"]);
});

test("a mark that cannot be read is a problem of its own: it runs nothing, and all others are obeyed", async (t) => {
  const listen = `<script>${stub}; window.problems = []; waymark("on", "problem", ({ code, found }) => problems.push([code, found]))</script>`;
  const body = (at) => `<img data-consent="analytics" data-src="https://{{host}}/x"><iframe id=bad data-consent="analytics" data-src="https://%%x%%/" width=300 height=200></iframe>
    <iframe id=odd data-consent="constructor" data-src="/x" width=300 height=200></iframe>
    <script type="text/plain" data-consent="" data-src="${at("/empty.js", "tags.localhost")}"></script>
    <script type="text/plain" data-consent=" , " data-src="${at("/comma.js", "tags.localhost")}"></script>
    <iframe id=good data-consent="marketing" data-src="${film(at)}" width=300 height=200></iframe>`;
  const { page, hosts, open } = await newPage(t, body, { head: listen });
  await open();
  await ready(page);
  for (const id of ["bad", "odd", "good"]) await placeholder(page, `#${id}`).getByRole("group").waitFor();
  await choose(page, { analytics: "granted", marketing: "granted" });
  await until(() => hosts.askedOf(/^video/).length === 1);
  await choose(page, { marketing: "denied" });
  await placeholder(page, "#good").getByRole("group").waitFor();
  assert.equal(await page.locator("#good[src]").count(), 0);
  assert.deepEqual(hosts.askedOf(/^tags/), []);
  const problems = await page.evaluate(() => window.problems.filter(([code]) => code === "mark_refused").map(([, found]) => found));
  assert.deepEqual(problems, ['data-consent=""', 'data-consent=" , "']);
});

test("once is for what was shown: not for another address or other names, and not against a refusal", async (t) => {
  const consent = { services: [{ id: "video", purposes: ["marketing"], origins: ["video.localhost"] }] };
  const body = (at) => `<iframe data-consent="video" data-src="${film(at)}" width=400 height=300></iframe>`;
  const { page, hosts, open } = await newPage(t, body, { consent });
  const load = async () => {
    await placeholder(page).getByRole("button", { name: "Load once" }).click();
    await page.locator("iframe[src]").waitFor();
  };
  const change = async (name, value) => {
    await page.evaluate(([name, value]) => (document.querySelector("iframe").dataset[name] = value), [name, value]);
    await placeholder(page).getByRole("button").first().waitFor();
    assert.equal(await page.locator("iframe[src]").count(), 0);
  };
  await open();
  await ready(page);
  await page.waitForFunction(() => window.waymarkRequests);
  await load();
  await until(() => hosts.askedOf(/^video/).length === 1);
  await change("src", hosts.url("/other.html", "video.localhost"));
  await load();
  await change("consent", "analytics");
  assert.match(await placeholder(page).getByRole("group").innerText(), /Always allow: Statistics/);
  await change("consent", "marketing");
  await load();
  await choose(page, { analytics: "granted" });
  assert.equal(await page.locator("iframe[src]").count(), 1, "nothing that it needs was refused");
  await choose(page, { marketing: "denied" });
  await placeholder(page).getByRole("button").first().waitFor();
  assert.equal(await page.locator("iframe[src]").count(), 0);
  await load();
  assert.deepEqual(hosts.askedOf(/^video/).length, 4, "who refused may still look once");
});

test("always grants what is missing when it is chosen, not what was when it was drawn", async (t) => {
  const listen = `<script>${stub}; window.problems = []; waymark("on", "problem", ({ code }) => problems.push(code))</script>`;
  const body = (at) => `<iframe data-consent="vendor:tube" data-src="${film(at)}" width=400 height=300></iframe>`;
  const consent = { guard: {}, vendors: [{ id: "tube", purposes: ["marketing"] }] };
  const { page, hosts, open } = await newPage(t, body, { head: listen, consent });
  const let_go = await holdBack(page, "waymark.wasm");
  await open();
  await placeholder(page).getByRole("group").waitFor();
  let_go();
  await ready(page);
  await placeholder(page).getByRole("button", { name: "Always allow: Marketing", exact: true }).click();
  await until(() => hosts.askedOf(/^video/).length === 1);
  assert.deepEqual(await page.evaluate(() => window.waymark("consent.get").purposes.marketing), { state: "granted", why: "person" });
  const { entries } = await page.evaluate(() => window.waymark("consent.records"));
  assert.match(entries[0].shown.text, /Always allow: Marketing$/);
  assert.deepEqual(await page.evaluate(() => window.problems), []);
});

test("without an engine what needs no answer runs, however late it comes", async (t) => {
  const { page, hosts, open } = await newPage(t, () => "", { head: `<script>${stub}</script>` });
  await page.route("**/waymark.wasm", (route) => route.abort());
  await open();
  assert.equal(await page.evaluate(() => window.waymark.client.ready.catch(({ code }) => code)), "wasm_unreachable");
  await page.waitForFunction(() => window.waymarkRequests);
  await page.evaluate((urls) => Object.entries(urls).forEach(([consent, src]) => {
    const marked = Object.assign(document.createElement("script"), { type: "text/plain" });
    Object.assign(marked.dataset, { consent, src });
    document.body.append(marked);
  }), { analytics: hosts.url("/optional.js", "tags.localhost"), necessary: hosts.url("/needed.js", "tags.localhost") });
  await until(async () => (await ran(page)).includes("needed.js"));
  assert.deepEqual(hosts.askedOf(/^tags/), ["tags.localhost/needed.js"]);
});

test("a client that was closed sets nothing free any more", async (t) => {
  const { page, hosts, open } = await newPage(t, () => "");
  await open();
  await ready(page);
  await page.evaluate((src) => {
    window.waymark.client.close();
    return new Promise((resolve) => setTimeout(resolve)).then(() => {
      document.body.insertAdjacentHTML("beforeend", `<img data-consent="necessary" data-src="${src}">`);
    });
  }, hosts.url("/x.gif", "pixel.localhost"));
  await page.waitForTimeout(200);
  assert.deepEqual(hosts.askedOf(foreign), []);
});

test("a placeholder whose file does not come leaves the page alone, and is a problem", async (t) => {
  const listen = `<script>${stub}; window.problems = []; waymark("on", "problem", ({ code, allowed }) => problems.push([code, allowed]))</script>`;
  const { page, hosts, open } = await newPage(t, (at) => `<iframe data-consent="marketing" data-src="${film(at)}" width=300 height=200></iframe>`, { head: listen });
  await page.route("**/waymark-guard-placeholder.mjs", (route) => route.abort());
  await open();
  await ready(page);
  await until(() => page.evaluate(() => window.problems.length === 1));
  assert.deepEqual(await page.evaluate(() => window.problems), [["part_failed", "waymark-guard-placeholder.mjs beside this file"]]);
  await choose(page, { marketing: "granted" });
  await until(() => hosts.askedOf(/^video/).length === 1);
});

test("request rules: a newer address stands, lists and films are covered, and a rule that fails refuses", async (t) => {
  const { page, hosts, open } = await newPage(t, () => "<iframe></iframe>");
  await open();
  await ready(page);
  await page.waitForFunction(() => window.waymarkRequests);
  const at = (path) => hosts.url(path, "stats.localhost");
  const failed = await page.evaluate(([page, other, image, film]) => {
    document.querySelector("iframe").src = page;
    document.querySelector("iframe").src = other;
    const picture = new Image();
    const attribute = document.createElement("img");
    const results = [picture, attribute].map((one) => new Promise((resolve) => (one.onerror = () => resolve(one.srcset))));
    picture.srcset = `/ours.gif 1x, ${image} 2x`;
    attribute.setAttribute("srcset", `${image}, /ours.gif 2x`);
    window.film = Object.assign(document.createElement("video"), { src: film });
    return Promise.all(results);
  }, [at("/page.html"), "/ours.html", at("/list.gif"), at("/film.gif")]);
  assert.deepEqual(failed, ["", ""]);
  assert.deepEqual(hosts.askedOf(foreign), []);
  await choose(page, { analytics: "granted" });
  await until(() => hosts.askedOf(/^stats/).length === 1);
  assert.deepEqual(hosts.askedOf(/^stats/), ["stats.localhost/film.gif"]);
  assert.match(await page.evaluate(() => document.querySelector("iframe").src), /ours\.html$/);
  const sent = await page.evaluate((url) => {
    window.waymarkRequests.rule(() => { throw new Error("broken"); });
    return fetch(url, { mode: "no-cors" }).then(() => "sent", ({ name }) => name);
  }, at("/x"));
  assert.equal(sent, "TypeError");
  assert.deepEqual(hosts.askedOf(/^stats/), ["stats.localhost/film.gif"]);
});

// Capture on pages as they are: the sample shop, an app built with Vue and its router, a page with shadows and frames, a site
// of many pages. And that nothing of what a visitor types goes out or is kept.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";

import { startCollector, startShop } from "../../scripts/lib/servers.mjs";
import { launch, newVisitor, until } from "./browser.mjs";
import { all_kinds, markup, newScene } from "./capture_scene.mjs";
import { inEachEngine } from "./engines/index.mjs";
import { acceptAll, addFirstProduct, checkOut, collectorOf, questionShown } from "./shop.mjs";

let browser;

before(async () => (browser = await launch()));
after(() => browser?.close());

const modules = createRequire(import.meta.url);
const fileOf = (name, file) => readFile(modules.resolve(`${name}/package.json`).replace("package.json", file));

const quiet = { ...all_kinds, web_vitals: false, connection: false };
const path = ({ type, event, context }) => [event ?? type, context.page.path];

/** An app as its makers' guides show it: three routes, links, a form, a title for each route. */
const vue_app = `<div id="app"></div>
<script type="importmap">{ "imports": { "vue": "/vue.js", "vue-router": "/vue-router.js", "@vue/devtools-api": "/devtools.js" } }</script>
<script type="module">
  import { createApp, h } from "vue";
  import { createRouter, createWebHistory, RouterLink, RouterView } from "vue-router";
  const view = (title, ...more) => ({ mounted: () => (document.title = title), render: () => h("section", [h("h1", title), ...more.map((one) => one())]) });
  const product = () => h("button", { id: "add", onClick: (event) => (event.target.textContent = "Added") }, "Add");
  const form = () => h("form", { id: "pay", onSubmit: (event) => (event.preventDefault(), router.push("/done")) }, [h("input", { name: "card" }), h("button", { id: "send" }, "Pay")]);
  const routes = [
    { path: "/", component: view("Home") },
    { path: "/product", component: view("Product", product) },
    { path: "/pay", component: view("Pay", form) },
    { path: "/done", component: view("Done") },
  ];
  const router = createRouter({ history: createWebHistory(), routes });
  const links = () => ["product", "pay"].map((name) => h(RouterLink, { to: "/" + name, id: "to-" + name }, () => name));
  createApp({ render: () => h("main", [links(), h(RouterView)]) }).use(router).mount("#app");
</script>`;

test("an app with Vue and its router: each route is one page, and what happens there is told of it", async (t) => {
  const files = {
    "/vue.js": await fileOf("vue", "dist/vue.runtime.esm-browser.prod.js"),
    "/vue-router.js": await fileOf("vue-router", "dist/vue-router.esm-browser.prod.js"),
    "/devtools.js": "export const setupDevtoolsPlugin = () => {};",
  };
  const pages = (name) => (/^\/(product|pay|done)?$/.test(name) ? markup(vue_app) : undefined);
  const { page, open, mark, site } = await newScene(t, browser, { pages, files, capture: quiet });
  await open();
  await page.click("#to-product");
  await page.click("#add");
  await page.waitForTimeout(300);
  await page.click("#to-pay");
  await page.fill("[name=card]", "4111111111111111");
  await page.waitForTimeout(300);
  await page.click("#send");
  await page.waitForTimeout(300);
  await page.goBack();
  await page.waitForTimeout(300);
  await mark();
  const wanted = /^(page|page_left|element_clicked|form_started|form_submitted)$/;
  assert.deepEqual(site.events.map(path).filter(([name]) => wanted.test(name)), [
    ["page", "/"], ["element_clicked", "/"], ["page_left", "/"],
    ["page", "/product"], ["element_clicked", "/product"], ["element_clicked", "/product"], ["page_left", "/product"],
    ["page", "/pay"], ["form_started", "/pay"], ["element_clicked", "/pay"], ["form_submitted", "/pay"], ["page_left", "/pay"],
    ["page", "/done"], ["page_left", "/done"], ["page", "/pay"],
  ]);
  const titles = site.events.filter(({ type }) => type === "page").map(({ context }) => context.page.title);
  assert.deepEqual(titles.slice(1, 4), ["Product", "Pay", "Done"]);
  assert.doesNotMatch(site.requests.join(), /4111/);
});

test("shadows and frames of the same origin", async (t) => {
  const body = `<x-card></x-card><iframe src="/frame" title="f"></iframe><script>
    customElements.define("x-card", class extends HTMLElement {
      connectedCallback() {
        const root = this.attachShadow({ mode: "open" });
        root.innerHTML = '<p><button>Inside</button></p><form id="deep" onsubmit="return false"><input name="note"><button id="go">Go</button></form><div data-wm-private><button id="own">Own</button></div>';
      }
    });
  </script>`;
  const frame = `<!doctype html><title>f</title><button id="framed">Framed</button><form id="inner"><input name="wish"></form>`;
  const pages = { "/": markup(body), "/frame": frame };
  const { page, open, mark } = await newScene(t, browser, { pages, capture: { clicks: true, forms: true, rage_clicks: true } });
  await open();
  await page.click("text=Inside");
  await page.fill("[name=note]", "secret in a shadow");
  await page.click("#go");
  await page.click("#own");
  const inside = page.frameLocator("iframe");
  await inside.locator("#framed").click();
  await inside.locator("[name=wish]").fill("secret in a frame");
  await page.evaluate(() => document.querySelector("iframe").contentWindow.location.reload());
  await page.waitForTimeout(300);
  await inside.locator("#framed").click();
  const told = (await mark()).map(([name, { selector, form_id, field_name }]) => [name, selector ?? form_id, field_name].filter(Boolean).join(" "));
  assert.deepEqual(told, [
    "element_clicked html > body > x-card >>> p > button",
    "form_started deep note",
    "form_field_changed deep note",
    "element_clicked #go",
    "form_submitted deep",
    "element_clicked #framed",
    "form_started inner wish",
    "element_clicked #framed",
  ]);
});

test("a frame of another origin, and one that has Waymark itself, are left alone", async (t) => {
  const pages = (name) => ({ "/": markup('<iframe src="/own"></iframe><iframe id="far"></iframe>'), "/own": markup('<button id="b">B</button>') })[name];
  const { page, open, mark, site } = await newScene(t, browser, { pages, capture: { clicks: true } });
  await open();
  await page.evaluate((url) => (document.getElementById("far").src = url), `${site.url.replace("127.0.0.1", "localhost")}/own`);
  await page.waitForTimeout(1500);
  await page.frameLocator("iframe >> nth=0").locator("#b").click();
  assert.equal((await mark()).filter(([name]) => name === "element_clicked").length, 1);
});

inEachEngine((engine) => {
  test("a storm of replaceState and the same path again are one page, and a page that is left tells so", async (t) => {
    const capture = { page_views: true, engagement: true, search: true };
    const { page, open, mark, site } = await newScene(t, engine(), { pages: { "/": markup("") }, capture });
    await open();
    await page.evaluate(async () => {
      for (let i = 0; i < 50; i++) history.replaceState(null, "", `?filter=${i}`);
      history.pushState(null, "", location.href);
      history.pushState(null, "", "#here");
      await new Promise((resolve) => setTimeout(resolve, 200));
      history.pushState(null, "", "/cart");
      await new Promise((resolve) => setTimeout(resolve, 200));
      history.back();
    });
    await until(() => site.events.filter(({ type }) => type === "page").length === 3);
    await mark();
    const told = site.events.filter(({ event }) => !event?.startsWith("mark")).map(({ type, event, context }) => [event ?? type, context.page.path]);
    assert.deepEqual(told, [["page", "/"], ["page_left", "/"], ["page", "/cart"], ["page_left", "/cart"], ["page", "/"]]);
  });

  test("a site of many pages: each page is begun and left once, also when one comes back to it", async (t) => {
    const body = (name, to) => markup(`<h1>${name}</h1><a id="on" href="${to}">On</a>`);
    const pages = { "/": body("One", "/two"), "/two": body("Two", "/three"), "/three": body("Three", "/") };
    const capture = { page_views: true, engagement: true, clicks: true };
    const { page, open, settled, site } = await newScene(t, engine(), { pages, capture });
    await open();
    for (const name of ["/two", "/three"]) {
      await page.click("#on");
      await page.waitForURL(site.url + name);
      await settled();
    }
    // One from the back/forward cache does not load; and one that goes there answers when it is back.
    await page.evaluate(() => void setTimeout(() => history.back()));
    const count = (name) => site.events.filter(({ type, event }) => (event ?? type) === name).map(path).map(([, where]) => where).sort();
    await until(() => count("page").length >= 4 && count("page_left").length >= 3);
    assert.deepEqual(count("page"), ["/", "/three", "/two", "/two"]);
    assert.deepEqual(count("page_left"), ["/", "/three", "/two"]);
    assert.deepEqual(count("element_clicked"), ["/", "/two"]);
  });
});

const typed = {
  text: "Textgeheimnis", password: "Passwortgeheimnis", email: "mailgeheimnis@example.org", tel: "+49 170 5556677", number: "73195284", date: "1961-07-23",
  search: "Suchgeheimnis", url: "https://geheim.example/adresse", time: "03:47", month: "1987-05", week: "1993-W17", "datetime-local": "1979-02-11T04:38", color: "#a1b2c3", range: "7341",
};
const secrets = [
  ...Object.values(typed), "mailgeheimnis", "5556677", "Bereichsgeheimnis", "Notizgeheimnis", "Auswahlgeheimnis", "Kastengeheimnis", "Knopfgeheimnis", "dateigeheimnis", "Inhaltgeheimnis", "Klebegeheimnis",
  "Schattengeheimnis", "Rahmengeheimnis", "Verstecktgeheimnis",
];

const secret_form = `<form id="all" action="/next" method="post">${Object.keys(typed).map((type) => `<input type="${type}" name="f-${type}" id="f-${type}" ${type === "range" ? "min=0 max=10000" : ""}>`).join("")}
  <textarea name="area"></textarea><div id="note" contenteditable="true" role="textbox">x</div>
  <select name="choice"><option value="a">A</option><option value="Auswahlgeheimnis">Auswahlgeheimnis</option></select>
  <input type="checkbox" name="box" value="Kastengeheimnis"><input type="radio" name="radio" value="Knopfgeheimnis"><input type="file" name="file">
  <input type="hidden" name="h" value="Verstecktgeheimnis"><x-field></x-field><iframe src="/frame"></iframe>
  <label for="f-text">Name</label><button id="send">Send</button></form>
  <script>customElements.define("x-field", class extends HTMLElement { connectedCallback() {
    this.attachShadow({ mode: "open" }).innerHTML = '<input name="shadow">'; } });</script>`;

/** Everything that lies on the device, as one text. */
const kept = (page) =>
  page.evaluate(async () => {
    const rows = [];
    for (const { name } of await indexedDB.databases()) {
      const database = await new Promise((resolve) => (indexedDB.open(name).onsuccess = ({ target }) => resolve(target.result)));
      for (const store of database.objectStoreNames) {
        const all = await new Promise((resolve) => (database.transaction(store).objectStore(store).getAll().onsuccess = ({ target }) => resolve(target.result)));
        const text = (one) => (one instanceof Uint8Array || one instanceof ArrayBuffer ? new TextDecoder("latin1").decode(one) : JSON.stringify(one, (_, inner) => (inner instanceof Uint8Array ? new TextDecoder("latin1").decode(inner) : inner)));
        rows.push(...all.map(text));
      }
      database.close();
    }
    return [...rows, JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage }), document.cookie].join("\n");
  });

test("what a visitor types, chooses, pastes or uploads is in no request and in no store", async (t) => {
  const frame = '<!doctype html><form id="framed"><input name="framed"></form>';
  const faults = [typed.text, `${typed.password} and ${typed.number}`, "Schattengeheimnis"].map((text) => `bad value ${text}`);
  const pages = { "/": markup(secret_form), "/next": markup("Thanks"), "/frame": frame };
  const capture = { ...all_kinds, clicks: { text: true }, links: { text: true }, element_views: { text: true, selector: "input,button,label,#note,form" } };
  const { page, open, mark, site } = await newScene(t, browser, { pages, capture, expected_faults: faults });
  await open();
  for (const [type, value] of Object.entries(typed)) {
    await page.click(`#f-${type}`);
    await page.locator(`#f-${type}`).fill(value);
  }
  await page.fill("textarea", "Bereichsgeheimnis");
  await page.click("#note");
  await page.keyboard.type("Notizgeheimnis");
  await page.selectOption("select", "Auswahlgeheimnis");
  await page.check("[name=box]");
  await page.check("[name=radio]");
  await page.setInputFiles("[name=file]", { name: "dateigeheimnis.txt", mimeType: "text/plain", buffer: Buffer.from("Inhaltgeheimnis") });
  await page.fill("[name=shadow]", "Schattengeheimnis");
  await page.frameLocator("iframe").locator("[name=framed]").fill("Rahmengeheimnis");
  await page.evaluate(() => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", "Klebegeheimnis");
    const options = { clipboardData, bubbles: true, composed: true };
    for (const type of ["paste", "copy", "cut"]) document.querySelector("textarea").dispatchEvent(new ClipboardEvent(type, options));
    const value = (name) => document.getElementById(`f-${name}`).value;
    setTimeout(() => { throw new Error(`bad value ${value("text")}`); });
    setTimeout(() => { throw new Error(`bad value ${value("password")} and ${value("number")}`); });
    setTimeout(() => { throw new Error(`bad value ${document.querySelector("x-field").shadowRoot.querySelector("input").value}`); });
  });
  await page.click("#f-text");
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Control+c");
  await page.click("label");
  const told = (await mark()).map(([name]) => name);
  for (const name of ["form_started", "form_field_changed", "file_upload_started", "error_occurred", "content_copied", "element_clicked"]) assert.ok(told.includes(name), `${name} in ${told}`);
  const device = await kept(page);
  await page.click("#send");
  await page.waitForURL(`${site.url}/next`);
  await until(() => site.events.some(({ event }) => event === "form_submitted"));
  const sent = site.requests.filter((request) => !request.startsWith("POST /next")).join("\n");
  const after = await kept(page);
  for (const secret of secrets) {
    assert.ok(!sent.includes(secret) && !decodeURIComponent(sent.replace(/%(?![\da-f]{2})/gi, "")).includes(secret), `${secret} was sent`);
    assert.ok(!device.includes(secret) && !after.includes(secret), `${secret} is on the device`);
  }
});

test("the sample shop: all kinds on, a purchase, and every event of it as it was", async (t) => {
  const collectorServer = await startCollector(0);
  const shop = await startShop(0, collectorServer.url);
  const { page, context, faults } = await newVisitor(browser);
  t.after(async () => {
    await context.close();
    await shop.stop();
    await collectorServer.stop();
  });
  await page.route("**/waymark.json", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), capture: { ...quiet, json_ld: false } } });
  });
  await page.goto(shop.url);
  await questionShown(page);
  await acceptAll(page);
  await addFirstProduct(page);
  const order = await checkOut(page);
  const collector = collectorOf(collectorServer.url);
  const named = async (name) => (await collector.events()).filter((event) => event.protocol === "segment" && event.name === name).map(({ event }) => event.properties);
  await page.goto("about:blank");
  // What could not go with a page goes with the next visit.
  await page.goto(shop.url);
  await until(async () => (await named("Order Completed"))[0] && (await named("page_left"))[3]);
  const orders = await named("Order Completed");
  assert.equal(orders.length, 1);
  assert.ok(order.includes(orders[0].order_id));
  const clicked = (await named("element_clicked")).map(({ selector }) => selector);
  assert.ok(clicked.length >= 5, String(clicked));
  assert.deepEqual(faults, []);
});

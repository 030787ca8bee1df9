// What a page tells by itself, kind by kind: the event, what it says, and that it comes once.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launch, onDevice, until } from "./browser.mjs";
import { all_kinds, markup, newScene } from "./capture_scene.mjs";

let browser;

before(async () => (browser = await launch()));
after(() => browser?.close());

const tall = '<div style="height: 4000px"></div>';
const scene = (t, capture, body, more = {}, visitor = {}) => newScene(t, browser, { pages: { "/": markup(body), "/next": markup("<h1>Next</h1>") }, capture, ...more }, visitor);

/** Of the events that are not page views. */
const rest = (events) => events.filter(([name]) => name !== "page");

test("a kind that is not wanted is not there: no file, no event", async (t) => {
  const { page, open, mark, site } = await scene(t, { page_views: true }, `<button>Buy</button>${tall}`);
  await open();
  await page.click("button");
  assert.deepEqual((await mark()).map(([name]) => name), ["page"]);
  assert.deepEqual(site.asked.filter((path) => /capture/.test(path)), []);
});

test("clicks: where, and what the owner has declared; text only when it is asked for", async (t) => {
  const body = `<main data-wm-property-area="shop"><button id="buy">Buy <b>now</b></button><p>Not this</p>
    <div data-wm-event="plan_chosen" data-wm-property-plan="pro">Choose</div>
    <div data-wm-private><button id="secret">My name</button></div></main>`;
  const { page, open, mark } = await scene(t, { clicks: true }, body);
  await open();
  await page.click("b");
  await page.click("p");
  await page.click("#secret");
  await page.click("[data-wm-event]");
  assert.deepEqual(await mark(), [
    ["element_clicked", { area: "shop", selector: "#buy", tag: "button" }],
    ["plan_chosen", { area: "shop", plan: "pro", selector: "html > body > main > div", tag: "div" }],
  ]);
});

test("clicks with text: of buttons and links, never of what somebody wrote or chose", async (t) => {
  const body = `<button id="buy">Buy  <b>now</b></button><div contenteditable="true" role="button" id="note">mine</div>
    <label id="wish">Wish <input value="secret wish"></label><input id="name" value="Jo Doe"><button id="hello">Hello Jo Doe</button>`;
  const { page, open, mark } = await scene(t, { clicks: { text: true } }, body);
  await open();
  for (const id of ["buy", "note", "wish", "hello"]) await page.click(`#${id}`, { position: { x: 3, y: 3 } });
  const told = (await mark()).map(([, { selector, text }]) => [selector, text]);
  assert.deepEqual(told.filter(([, text]) => text), [["#buy", "Buy now"], ["#hello", "Hello Jo …"]]);
});

test("links: outbound and downloads, without query and fragment", async (t) => {
  const links = { away: "https://other.example/path?who=joe#x", own: "/next", file: "/files/Price%20list.PDF?token=1", mail: "mailto:joe@example.org", sister: "https://www.sister.example/" };
  const body = Object.entries(links).map(([id, href]) => `<a id="${id}" href="${href}">x</a> `).join("") + '<script>addEventListener("click", (event) => event.preventDefault())</script>';
  const { page, open, mark } = await scene(t, { links: { domains: ["sister.example"] } }, body);
  await open();
  for (const id in links) await page.click(`#${id}`);
  assert.deepEqual(
    (await mark()).map(([name, { link_url, link_domain, file_name, file_extension }]) => [name, link_url.replace(/http:..127[^/]*/, ""), link_domain, file_name, file_extension]),
    [
      ["link_clicked", "https://other.example/path", "other.example", undefined, undefined],
      ["file_downloaded", "/files/Price%20list.PDF", undefined, "Price%20list", "PDF"],
      ["link_clicked", "mailto:", undefined, undefined, undefined],
    ],
  );
});

test("a click that leaves the page is told", async (t) => {
  const { page, open, site, events } = await scene(t, { clicks: true, links: true }, `<a id="out" href="http://localhost:1/gone">Out</a><a id="next" href="/next">Next</a>`);
  await open();
  await page.click("#next");
  assert.equal((await events("element_clicked"))[0][1].selector, "#next");
  assert.ok(site.events.length > 0);
});

test("rage, dead and error clicks", async (t) => {
  const body = `<button id="dead">Dead</button><button id="live" onclick="this.title += 'x'">Live</button>
    <button id="broken" onclick="throw new TypeError('no')">Broken</button>`;
  const options = { rage_clicks: true, dead_clicks: { after_ms: 500 }, error_clicks: true };
  const { page, open, mark, events } = await scene(t, options, body, { expected_faults: ["no"] });
  await open();
  await page.click("#dead");
  assert.deepEqual(await events("dead_clicked"), [["dead_clicked", { selector: "#dead", tag: "button" }]]);
  await page.click("#live");
  await page.click("#broken");
  const [[, failed]] = await events("error_clicked");
  assert.deepEqual([failed.selector, failed.error_type], ["#broken", "TypeError"]);
  for (let i = 0; i < 7; i++) await page.mouse.click(600, 700);
  const raged = (await mark()).filter(([name]) => name === "rage_clicked");
  assert.equal(raged.length, 1);
  assert.equal(raged[0][1].clicks, 4);
  assert.deepEqual((await events("dead_clicked")).map(([, { selector }]) => selector).filter((one) => one === "#live"), []);
});

test("forms: begun, changed, faulty, sent, left behind", async (t) => {
  const body = `<form id="signup" action="/next?secret=1" onsubmit="event.preventDefault()"><input name="mail" type="email" required><input name="city"><button>Send</button></form>
    <form data-wm-form="search"><input name="term"></form>`;
  const { page, open, events, site, mark } = await scene(t, { forms: true }, body);
  await open();
  await page.click("[name=mail]");
  await page.click("button");
  await page.fill("[name=mail]", "joe@example.org");
  await page.click("[name=city]");
  await page.click("button");
  await page.click("[name=term]");
  await page.goto(`${site.url}/next`);
  await events("form_abandoned");
  await mark();
  const at = { form_id: "signup", field_name: "mail", field_type: "email" };
  const told = rest(await mark()).map(([name, { duration_ms, form_url, ...more }]) => [name, more]);
  assert.deepEqual(told, [
    ["form_started", at],
    ["form_field_failed", { ...at, reason: "valueMissing" }],
    ["form_field_changed", at],
    ["form_submitted", { form_id: "signup", fields_changed: 1 }],
    ["form_started", { form_id: "search", field_name: "term", field_type: "text" }],
    ["form_abandoned", { form_id: "search", field_name: "term", field_type: "text", fields_changed: 0 }],
  ]);
  const [[, { form_url, duration_ms }]] = await events("form_submitted");
  assert.equal(form_url, `${site.url}/next`);
  assert.ok(duration_ms > 0);
});

test("uploads: how many and how large, not what they are called", async (t) => {
  const { page, open, mark, site } = await scene(t, { uploads: true }, `<form id="cv"><input type="file" name="file" multiple></form>`);
  await open();
  const file = (name, text) => ({ name, mimeType: "text/plain", buffer: Buffer.from(text) });
  await page.setInputFiles("input", [file("joe-doe.txt", "12345"), file("secret.txt", "123")]);
  assert.deepEqual(await mark(), [["file_upload_started", { form_id: "cv", field_name: "file", files: 2, size_bytes: 8 }]]);
  assert.doesNotMatch(site.requests.join(), /joe-doe|secret\.txt/);
});

test("engagement and scroll: how long, how far, and how it was left", async (t) => {
  const { page, open, events, site } = await scene(t, { engagement: true, scroll: { percents: [10, 50, 90] } }, tall);
  await open();
  await page.mouse.move(100, 100);
  await page.mouse.wheel(0, 1800);
  await page.waitForTimeout(400);
  await page.mouse.move(200, 100);
  await page.goto(`${site.url}/next`);
  const [[, left]] = await events("page_left");
  assert.equal(left.reason, "closed");
  assert.ok(left.engaged_ms >= 400 && left.engaged_ms <= left.visible_ms, JSON.stringify(left));
  assert.ok(left.scroll_percent >= 50 && left.scroll_percent < 90, JSON.stringify(left));
  assert.deepEqual(await events("scroll_depth_reached"), [["scroll_depth_reached", { percent: 50 }]]);
});

test("elements in sight: once, when they were for long enough, also those that come later", async (t) => {
  const body = `<p data-wm-view="top">Top</p>${tall}<p data-wm-view="bottom" data-wm-property-row="2">Bottom</p>`;
  const { page, open, events, mark } = await scene(t, { element_views: true }, body);
  await open();
  assert.equal((await events("element_viewed"))[0][1].name, "top");
  await page.evaluate(() => document.body.insertAdjacentHTML("afterbegin", '<p data-wm-view="late">Late</p>'));
  assert.equal((await events("element_viewed", 2))[1][1].name, "late");
  await page.evaluate(() => scrollTo(0, 9999));
  const [, , [, bottom]] = await events("element_viewed", 3);
  assert.deepEqual([bottom.name, bottom.row], ["bottom", "2"]);
  await page.evaluate(() => scrollTo(0, 0));
  await page.waitForTimeout(300);
  assert.equal((await mark()).length, 3);
});

// A sound of two seconds that needs no codec: 8-bit samples at 8 kHz.
function silence() {
  const samples = 16000;
  const bytes = Buffer.alloc(44 + samples, 128);
  bytes.write("RIFF", 0);
  bytes.writeUInt32LE(36 + samples, 4);
  bytes.write("WAVEfmt ", 8);
  [16, 0x10001, 8000, 8000, 0x80001].forEach((value, i) => bytes.writeUInt32LE(value, 16 + 4 * i));
  bytes.write("data", 36);
  bytes.writeUInt32LE(samples, 40);
  return bytes;
}

test("media: begun, how far, stopped, to the end", async (t) => {
  const files = { "/sound.wav": silence() };
  const { page, open, events } = await scene(t, { media: true }, '<audio src="/sound.wav?user=1" title="Jingle" data-wm-property-spot="7"></audio>', { files });
  await open();
  await page.evaluate(async () => {
    const audio = document.querySelector("audio");
    audio.muted = true;
    await audio.play();
    await new Promise((resolve) => setTimeout(resolve, 600));
    audio.pause();
    await new Promise((resolve) => setTimeout(resolve, 100));
    await audio.play();
  });
  const [[, done]] = await events("media_completed");
  assert.deepEqual([done.media_name, done.media_type, done.spot, done.duration_s, done.position_s], ["Jingle", "audio", "7", 2, 2]);
  assert.match(done.media_url, /sound\.wav$/);
  assert.equal((await events("media_started")).length, 1);
  assert.equal((await events("media_paused")).length, 1);
  assert.deepEqual((await events("media_progressed", 3)).map(([, { percent }]) => percent), [25, 50, 75]);
});

test("errors: each once, without what is personal", async (t) => {
  const body = `<input id="name" value="Winterbottom"><img src="/gone.png?user=joe">`;
  const faults = Array.from({ length: 3 }, () => "joe@example.org 4111111111111111 Winterbottom 'quoted'");
  const { page, open, mark } = await scene(t, { errors: true }, body, { expected_faults: [...faults, "refused"] });
  await open();
  await page.evaluate((text) => {
    for (let i = 0; i < 3; i++) setTimeout(() => { throw new RangeError(text); });
    setTimeout(() => Promise.reject(new Error("refused")));
  }, faults[0]);
  await page.waitForTimeout(200);
  const told = await mark();
  assert.deepEqual(told.map(([, { error_type, message, handled }]) => [error_type, message, handled]), [
    ["RangeError", "… … … “…”", false],
    ["Error", "refused", false],
  ]);
  assert.match(told[0][1].stack, /at /);
});

test("search, print, copy", async (t) => {
  const { page, open, mark } = await scene(t, { search: true, print: true, copy: true }, '<p id="text">A text</p>');
  await open("/?utm_source=x&q=%20red%20%20lamp");
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  await page.evaluate(() => getSelection().selectAllChildren(document.getElementById("text")));
  await page.keyboard.press("Control+c");
  const [search, print, copy] = await mark();
  assert.deepEqual([search, print], [["search_performed", { query: "red lamp", parameter: "q" }], ["page_printed", {}]]);
  assert.deepEqual([copy[0], copy[1].selector], ["content_copied", "#text"]);
});

test("connection", async (t) => {
  const { context, open, events } = await scene(t, { connection: true }, "");
  await open();
  await context.setOffline(true);
  await context.setOffline(false);
  const told = await events("connection_changed", 2);
  assert.deepEqual(told.map(([, { online }]) => online).slice(0, 2), [false, true]);
});

test("web vitals", async (t) => {
  const { page, open, events, site } = await scene(t, { web_vitals: true }, `<h1>Large</h1><button>x</button>`);
  await open();
  await page.click("button");
  await page.goto(`${site.url}/next`);
  const seen = () => new Set(site.events.map(({ properties }) => properties?.metric));
  await until(() => ["TTFB", "FCP", "LCP", "CLS"].every((metric) => seen().has(metric)));
  const told = await events("web_vital_measured");
  for (const [, { value, rating }] of told) assert.ok(value >= 0 && /good|poor|needs/.test(rating));
});

test("the data layer: what was pushed before and after, by the page and by gtag, an order once", async (t) => {
  const items = [{ item_id: "c-1", item_name: "Compass", price: 49, quantity: 2, item_brand: "North", secret: "x" }];
  const head = `<script>dataLayer = []; function gtag() { dataLayer.push(arguments) }
    dataLayer.push({ event: "view_item", ecommerce: { currency: "EUR", value: 49, items: ${JSON.stringify(items)} }, user_mail: "joe@example.org" });</script>`;
  const { page, open, mark, site } = await scene(t, { data_layer: true }, "", { pages: { "/": markup("", head) } });
  await open();
  await page.evaluate((items) => {
    const order = { transaction_id: "T1", value: 98, tax: 5.5, shipping: "4", currency: "EUR", items };
    gtag("event", "purchase", order);
    window.dataLayer.push({ ecommerce: null }, { event: "purchase", ecommerce: order }, { event: "other" });
  }, items);
  const product = { product_id: "c-1", name: "Compass", brand: "North", price: 49, quantity: 2 };
  assert.deepEqual(await mark(), [
    ["Product Viewed", { currency: "EUR", ...product }],
    ["Order Completed", { order_id: "T1", revenue: 98, total: 107.5, tax: 5.5, shipping: "4", currency: "EUR", products: [product] }],
  ]);
  assert.doesNotMatch(site.requests.join(), /joe@|secret/);
});

test("JSON-LD: a product, a list", async (t) => {
  const ld = (document) => `<script type="application/ld+json">${JSON.stringify(document)}</script>`;
  const product = { "@type": "Product", sku: "c-1", name: "Compass", brand: { "@type": "Brand", name: "North" }, offers: { price: "49.00", priceCurrency: "EUR" } };
  const pages = {
    "/": markup(ld({ "@context": "https://schema.org", "@graph": [{ "@type": "WebPage" }, product] }) + '<script type="application/ld+json">{broken</script>'),
    "/list": markup(ld({ "@type": "ItemList", itemListElement: [{ "@type": "ListItem", item: product }, { "@type": "ListItem", item: { ...product, sku: "c-2" } }] })),
  };
  const { open, mark } = await scene(t, { json_ld: true }, "", { pages });
  await open();
  const compass = { product_id: "c-1", name: "Compass", brand: "North", price: 49, currency: "EUR" };
  assert.deepEqual(await mark(), [["Product Viewed", compass]]);
  await open("/list");
  const [, [name, { products }]] = await mark();
  assert.equal(name, "Product List Viewed");
  assert.deepEqual(products, [{ ...compass, position: 1 }, { ...compass, product_id: "c-2", position: 2 }]);
});

test("the data layer and JSON-LD of one page: each thing once, and what only one of them says", async (t) => {
  const product = (sku) => ({ "@type": "Product", sku, name: sku, offers: { price: 49, priceCurrency: "EUR" } });
  const view = (item_id) => ({ event: "view_item", ecommerce: { currency: "EUR", items: [{ item_id, price: 49 }] } });
  const page = (documents, entries) => markup(
    documents.map((one) => `<script type="application/ld+json">${JSON.stringify(one)}</script>`).join(""),
    `<script>dataLayer = ${JSON.stringify(entries)}</script>`);
  const order = { event: "purchase", ecommerce: { transaction_id: "T1", value: 9, items: [] } };
  const pages = {
    "/both": page([product("c-1")], [view("c-1")]),
    "/late": page([product("c-1")], []),
    "/ordered": page([{ "@type": "Order", orderNumber: "T1", price: 9 }], [order]),
    "/document": page([product("c-2")], [{ event: "other" }]),
  };
  // Whichever of the kinds stands first.
  for (const capture of [{ data_layer: true, json_ld: true }, { json_ld: true, data_layer: true }]) {
    const { page, open, mark } = await newScene(t, browser, { pages, capture });
    await open("/both");
    assert.deepEqual((await mark()).map(([name, { product_id }]) => [name, product_id]), [["Product Viewed", "c-1"]]);
    await open("/late");
    await mark();
    await page.evaluate((entries) => window.dataLayer.push(...entries), [view("c-1"), view("c-9"), view("c-1")]);
    assert.deepEqual((await mark()).slice(1).map(([, { product_id }]) => product_id), ["c-1", "c-9", "c-1"]);
    await open("/ordered");
    assert.deepEqual((await mark()).slice(4).map(([name, { order_id }]) => [name, order_id]), [["Order Completed", "T1"]]);
    await open("/document");
    assert.deepEqual((await mark()).slice(5).map(([, { product_id }]) => product_id), ["c-2"]);
  }
});

test("all kinds together, and each file alone: no error, no event twice", async (t) => {
  const body = `<h1>All</h1><form id="signup"><input name="mail"></form><button id="b" onclick="this.title='x'">B</button><p data-wm-view="offer">An offer</p>${tall}`;
  const use = async ({ page, open, mark }) => {
    await open("/?q=lamp");
    await page.click("#b");
    await page.fill("input", "joe@example.org");
    await page.keyboard.press("Tab");
    await page.mouse.wheel(0, 3500);
    await page.waitForTimeout(400);
    return mark();
  };
  const together = await newScene(t, browser, { pages: { "/": markup(body) }, capture: all_kinds });
  const all = await use(together);
  const wanted = ["page", "search_performed", "element_clicked", "form_started", "form_field_changed", "scroll_depth_reached", "element_viewed"];
  for (const name of wanted) assert.ok(all.some(([one]) => one === name), `${name} in ${all.map(([one]) => one)}`);
  assert.equal(all.filter(([name]) => name === "element_clicked").length, 1);
  assert.deepEqual(together.problems.filter((text) => !/404/.test(text)), []);
  for (const kind of ["clicks", "forms", "scroll", "element_views", "search"]) {
    const alone = rest(await use(await newScene(t, browser, { pages: { "/": markup(body) }, capture: { [kind]: true } })));
    const inAll = all.filter(([name]) => alone.some(([one]) => one === name));
    assert.deepEqual(alone.map(([name]) => name).sort(), inAll.map(([name]) => name).sort(), kind);
  }
});

test("a kind waits for what it needs, and goes when that is withdrawn", async (t) => {
  const configured = (config) => {
    config.consent.purposes.push({ id: "marketing", basis: "consent", storage: true, before_answer: "drop" });
    return config;
  };
  const capture = { clicks: { needs: ["marketing"] }, scroll: true };
  const { page, open, mark, site, settled } = await scene(t, capture, '<button id="b">B</button>', { configured });
  await open();
  const files = () => site.asked.filter((path) => /capture-/.test(path));
  assert.deepEqual(files(), ["/waymark-capture-page.mjs"]);
  const click = async () => {
    await page.click("#b");
    return (await mark()).length;
  };
  assert.equal(await click(), 0);
  await page.evaluate(() => window.waymark("consent.set", { marketing: "granted" }));
  await settled();
  assert.equal(await click(), 1);
  await page.evaluate(() => window.waymark("consent.withdraw", "marketing"));
  assert.equal(await click(), 1);
  assert.equal(site.events.filter(({ event }) => event === "element_clicked").length, 1);
});

test("page views by the route in the fragment, where the config says so", async (t) => {
  const { page, open, mark, site } = await scene(t, { page_views: { hash: true } }, "");
  await open("/#/cart?step=1");
  for (const hash of ["#/pay", "#/pay", "#/pay?again"]) {
    await page.evaluate((hash) => (location.hash = hash), hash);
    await page.waitForTimeout(100);
  }
  await mark();
  const pages = site.events.filter(({ type }) => type === "page").map(({ context }) => [context.page.path, context.page.url.replace(site.url, ""), context.page.referrer.replace(site.url, "")]);
  assert.deepEqual(pages, [["/#/cart", "/#/cart", ""], ["/#/pay", "/#/pay", "/#/cart"]]);
});

test("robots are flagged, or kept out", async (t) => {
  const robot = { userAgent: "Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/156.0" };
  const flagged = await scene(t, { page_views: true, bots: true }, "", {}, robot);
  await flagged.open();
  await flagged.mark();
  assert.deepEqual(flagged.site.events[0].type, "page");
  assert.deepEqual(flagged.site.events[0].context.bot, { webdriver: true, headless: true });
  const dropped = await scene(t, { page_views: true, bots: { headless: "drop" } }, "", {}, robot);
  await dropped.page.goto(dropped.site.url);
  const why = await dropped.page.waitForFunction(() => window.waymark?.client).then(() => dropped.page.evaluate(() => window.waymark.client.ready.catch(({ code }) => code)));
  assert.equal(why, "closed");
  await dropped.page.evaluate(() => window.waymark("track", "hello"));
  await dropped.page.waitForTimeout(300);
  assert.deepEqual(dropped.site.requests, []);
});

test("a browser that is driven: flagged by navigator.webdriver alone, or kept out, as the config says", async (t) => {
  const person = { userAgent: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36" };
  const capture = { page_views: true, clicks: true };
  const flagged = await scene(t, { ...capture, bots: true }, '<button id="b">B</button>', {}, person);
  await flagged.open();
  await flagged.page.click("#b");
  await flagged.events(["page", "element_clicked"], 2);
  assert.deepEqual(flagged.site.events.map(({ type, event, context }) => [event ?? type, context.bot]), [
    ["page", { webdriver: true }],
    ["element_clicked", { webdriver: true }],
  ]);

  const dropped = await scene(t, { ...capture, bots: { webdriver: "drop" } }, '<button id="b">B</button>', {}, person);
  await dropped.page.goto(dropped.site.url);
  await dropped.page.waitForFunction(() => window.waymark?.client);
  assert.equal(await dropped.page.evaluate(() => window.waymark.client.ready.catch(({ code }) => code)), "closed");
  await dropped.page.click("#b");
  await dropped.page.waitForTimeout(1000);
  assert.deepEqual(dropped.site.requests, []);
  assert.deepEqual(await onDevice(dropped.page), { cookies: "", localStorage: {}, sessionStorage: {}, databases: [], caches: [] });

  // The same browser, were it a person's.
  const admitted = await scene(t, { ...capture, bots: { webdriver: "drop" } }, "", {}, person);
  await admitted.page.addInitScript(() => Object.defineProperty(Navigator.prototype, "webdriver", { get: () => false }));
  await admitted.open();
  assert.equal((await admitted.events("page")).length, 1);
  assert.equal(admitted.site.events[0].context.bot, undefined);
});

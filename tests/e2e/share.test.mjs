// One decision on several hosts, in a real browser: subdomains, another domain, an app's web view, and the own server.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launch, until } from "./browser.mjs";
import { choose, configWith, newSite, ready, stateOf, stub } from "./consent_site.mjs";
import { tokenOf } from "../../js/dist/waymark-share-links.mjs";
import { readConsent } from "../../js/dist/share-server.mjs";

let browser;

before(async () => (browser = await launch()));
after(() => browser?.close());

const www = "www.shop.localhost";
const blog = "blog.shop.localhost";
const outlet = "outlet.localhost";
const both = { analytics: "granted", marketing: "denied" };
const markup = `<!doctype html><html lang="en"><title>Shop</title><script>${stub}</script>
  <script async src="/waymark.js" data-config="/waymark.json"></script>`;

async function newHosts(t, share = { cookie_domain: "shop.localhost" }, { init, consent } = {}) {
  const sites = ["shop.localhost", outlet, "evil.localhost"];
  const config = configWith({ share, ...consent });
  const scene = await newSite(t, browser, { config, sites, pages: { "/": markup } });
  if (init) await scene.context.addInitScript(init);
  scene.visit = async (host, { page = scene.page, path = "/" } = {}) => {
    await page.goto(scene.hosts.url(path, host));
    await atWork(page);
    return page;
  };
  scene.shared = async () => (await scene.context.cookies()).find(({ name }) => name === "waymark_consent");
  return scene;
}

const atWork = async (page) => {
  await page.waitForFunction(() => window.waymark?.client);
  await ready(page);
};
const states = async (page) => {
  const { purposes } = await page.evaluate(() => window.waymark("consent.get"));
  return { analytics: purposes.analytics.state, marketing: purposes.marketing.state };
};
const untilStates = (page, expected) => until(async () => JSON.stringify(await states(page)) === JSON.stringify(expected));
const record = (page) => page.evaluate(() => JSON.parse(localStorage["waymark.consent/record"] ?? "null"));
const unasked = { analytics: "unknown", marketing: "unknown" };

test("a decision on one subdomain counts on the next, from when it was given, and the server can read it", async (t) => {
  const { page, hosts, visit, shared } = await newHosts(t);
  await visit(www);
  assert.equal(await shared(), undefined, "nothing is kept before an answer");
  const decided = Date.now();
  await choose(page, both);
  await until(shared);
  const cookie = await shared();
  assert.deepEqual([cookie.domain, cookie.path, cookie.secure, cookie.sameSite, cookie.httpOnly], [".shop.localhost", "/", true, "Lax", false]);
  assert.ok(cookie.value.length <= 400);
  const at = await record(page);
  for (const [what, value] of Object.entries({ subject: at.subject, hash: at.log?.hash })) {
    if (value) assert.ok(!cookie.value.includes(value), `the cookie tells ${what}`);
  }
  const days = (cookie.expires * 1000 - decided) / 86_400_000;
  assert.ok(days > 179 && days < 181, `${days}`);

  await visit(blog);
  await untilStates(page, both);
  const here = await record(page);
  assert.equal(here.at?.analytics ?? here.time_ms, at.time_ms, "the answer is not a younger one here");
  assert.deepEqual(await stateOf(page, "analytics"), { state: "granted", why: "person" });
  const { entries } = await page.evaluate(() => window.waymark("consent.records"));
  assert.deepEqual(entries[0].shown, { by: "cookie", revision: "1", decided_ms: at.time_ms });
  assert.equal((await shared()).value, cookie.value, "and neither is the cookie");
  assert.deepEqual(await page.evaluate(() => window.waymark("consent.get").due ?? []), []);

  const header = hosts.asked.findLast(({ host, path }) => host === blog && path === "/").headers.cookie;
  assert.deepEqual(readConsent(header), { revision: "1", time_ms: at.time_ms, choices: both });
});

test("a withdrawal counts everywhere, also in a page that was open; an older grant brings nothing back", async (t) => {
  const { page, context, visit, shared } = await newHosts(t);
  await visit(www);
  await choose(page, { analytics: "granted", marketing: "granted" });
  await until(shared);
  const old = await shared();
  const other = await visit(blog, { page: await context.newPage() });
  await untilStates(other, { analytics: "granted", marketing: "granted" });
  await choose(other, { marketing: "denied" });
  await until(async () => (await shared()).value !== old.value);
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await untilStates(page, both);

  await context.addCookies([{ ...old, name: "waymark_consent" }]);
  await page.reload();
  await atWork(page);
  assert.deepEqual(await states(page), both);
  assert.notEqual((await shared()).value, old.value, "what is newer is put back");
});

test("a page that writes knows what another wrote meanwhile: no refusal is lost", async (t) => {
  const { page, context, visit, shared } = await newHosts(t);
  await visit(www);
  await choose(page, { analytics: "granted", marketing: "granted" });
  await until(shared);
  const { value } = await shared();
  const other = await visit(blog, { page: await context.newPage() });
  await untilStates(other, { analytics: "granted", marketing: "granted" });
  await choose(other, { marketing: "denied" });
  await until(async () => (await shared()).value !== value);
  await choose(page, { analytics: "denied" });
  const none = { analytics: "denied", marketing: "denied" };
  await untilStates(page, none);
  await until(async () => JSON.stringify(readConsent(`waymark_consent=${(await shared()).value}`).choices) === JSON.stringify(none));
  await visit("third.shop.localhost", { page: other });
  await untilStates(other, none);
});

test("an older grant from another host does not undo what was refused here before the engine was there", async (t) => {
  const { page, hosts, visit, shared } = await newHosts(t);
  hosts.pages["/early"] = markup.replace("</script>", `;waymark("consent.withdraw", ["analytics", "marketing"])</script>`);
  await visit(www);
  await choose(page, { analytics: "granted", marketing: "granted" });
  await until(shared);
  const { value } = await shared();
  await visit(blog, { path: "/early" });
  await untilStates(page, { analytics: "denied", marketing: "denied" });
  await until(async () => (await shared()).value !== value);
  assert.deepEqual(await states(page), { analytics: "denied", marketing: "denied" });
});

test("nobody hears of an old grant that another host has taken back, however late the part comes", async (t) => {
  const { page, context, hosts, visit, shared } = await newHosts(t);
  hosts.pages["/heard"] = markup.replace("</script>", `;window.heard = []; waymark("on", "ready", () =>
    window.heard.push(waymark("consent.get").purposes.analytics.state))</script>`);
  await visit(www);
  await choose(page, { analytics: "granted", marketing: "granted" });
  await until(shared);
  const { value } = await shared();
  const other = await visit(blog, { page: await context.newPage() });
  await untilStates(other, { analytics: "granted", marketing: "granted" });
  await choose(other, { analytics: "denied" });
  await until(async () => (await shared()).value !== value);
  let asked = false;
  await page.route("**/waymark-share.mjs", async (route) => {
    asked = true;
    await new Promise((resolve) => setTimeout(resolve, 700));
    await route.continue();
  });
  await visit(www, { path: "/heard" });
  assert.ok(asked);
  assert.deepEqual(await page.evaluate(() => window.heard), ["denied"]);
});

test("a part that cannot be had keeps nobody waiting", async (t) => {
  const { page, visit } = await newHosts(t);
  await page.route("**/waymark-share.mjs", (route) => route.abort());
  await visit(www);
  await choose(page, both);
  await untilStates(page, both);
});

test("nor does one that hangs; what it brings in the end counts then", async (t) => {
  const { page, context, visit, shared } = await newHosts(t);
  await visit(www);
  await choose(page, { analytics: "granted", marketing: "granted" });
  await until(shared);
  const { value } = await shared();
  const other = await visit(blog, { page: await context.newPage() });
  await untilStates(other, { analytics: "granted", marketing: "granted" });
  await choose(other, { analytics: "denied" });
  await until(async () => (await shared()).value !== value);
  let release;
  const released = new Promise((resolve) => (release = resolve));
  await page.route("**/waymark-share.mjs", async (route) => {
    await released;
    await route.continue();
  });
  await visit(www);
  assert.equal((await states(page)).analytics, "granted", "nobody has heard of it yet");
  release();
  await untilStates(page, { analytics: "denied", marketing: "granted" });
});

test("who has answered on one host is not asked on the next, not even for a moment", async (t) => {
  const init = `window.asked = 0; const look = () => {
    if (document.querySelector("waymark-consent")?.shadowRoot?.querySelector('[part~="question"]')) window.asked += 1;
    requestAnimationFrame(look);
  }; look();`;
  const { page, visit, shared } = await newHosts(t, undefined, { init, consent: { ui: {} } });
  await visit(www);
  await page.waitForFunction(() => window.asked > 0);
  await choose(page, both);
  await until(shared);
  await visit(blog);
  await untilStates(page, both);
  await page.waitForTimeout(300);
  assert.equal(await page.evaluate(() => window.asked), 0);
});

test("another policy asks again, and takes a refusal for granted", async (t) => {
  const { page, hosts, visit, shared } = await newHosts(t);
  await visit(www);
  await choose(page, both);
  await until(shared);
  hosts.config.consent.revision = "2";
  await visit(blog);
  await untilStates(page, { analytics: "unknown", marketing: "denied" });
});

test("what is forgotten stays forgotten on the hosts that only heard of it", async (t) => {
  const { page, visit, shared } = await newHosts(t);
  await visit(www);
  await choose(page, both);
  await until(shared);
  const { value } = await shared();
  await page.evaluate(() => window.waymark("forget"));
  await until(async () => (await shared()).value !== value);
  await visit(blog);
  assert.deepEqual(await states(page), unasked);
  await visit(www);
  assert.deepEqual(await states(page), unasked);
});

test("a cookie that nobody wrote so is nothing, and does not stay", async (t) => {
  const { page, context, visit } = await newHosts(t);
  for (const value of ["x", "1~1~zzzzzzzz~1analytics", "1~1~a~1analytics", "1~%25~a", "1~1~a~1__proto__~1constructor", "1~1~zzzzzzzzz"]) {
    await context.addCookies([{ name: "waymark_consent", value, domain: ".shop.localhost", path: "/", secure: true }]);
    await visit(www);
    assert.deepEqual(await states(page), unasked, value);
  }
  await choose(page, both);
  await visit(blog);
  await untilStates(page, both);
});

test("a signal of this browser stands against a grant from elsewhere", async (t) => {
  const init = 'Object.defineProperty(Navigator.prototype, "globalPrivacyControl", { get: () => true })';
  const consent = { regions: [{ match: ["*"], model: "opt_in", gpc: "opt_out" }] };
  const { page, context, hosts, visit } = await newHosts(t, undefined, { init, consent });
  const value = `1~1~${(Date.now() - 1000).toString(36)}~1analytics~1marketing`;
  await context.addCookies([{ name: "waymark_consent", value, url: hosts.url("/", www) }]);
  await visit(www);
  assert.deepEqual(await states(page), { analytics: "denied", marketing: "denied" });
});

test("a link takes the decision to the owner's other domain, once, and leaves no trace", async (t) => {
  const { page, hosts, visit, context } = await newHosts(t, { domains: [outlet, "shop.localhost"] });
  hosts.pages["/"] = `${markup}<a id=there href="${hosts.url("/?x=1", outlet)}">outlet</a>
    <a id=place target=_blank href="${hosts.url("/#place", outlet)}">place</a> <a id=else href="${hosts.url("/other", "else.localhost")}">else</a>`;
  await visit(www);
  await choose(page, both);
  await page.click("#there");
  await page.waitForURL(/outlet/);
  await atWork(page);
  await untilStates(page, both);
  await until(() => page.url() === hosts.url("/?x=1", outlet));
  assert.deepEqual(await stateOf(page, "analytics"), { state: "granted", why: "account" });
  assert.ok(!hosts.asked.some(({ headers, path }) => `${path}${headers.referer}`.includes("waymark_consent")));

  await visit(www);
  const [opened] = await Promise.all([context.waitForEvent("page"), page.click("#place")]);
  await atWork(opened);
  await until(() => opened.url() === hosts.url("/#place", outlet));
  assert.equal(await page.getAttribute("#place", "href"), hosts.url("/#place", outlet), "the link in the page is as it was");
  await page.click("#else");
  await page.waitForURL(/else/);
  assert.equal(page.url(), hosts.url("/other", "else.localhost"));
});

test("a link of anybody grants nothing to who was never asked, and may refuse", async (t) => {
  const { page, hosts } = await newHosts(t, { domains: [outlet, "shop.localhost"] });
  const text = `1~1~${Date.now().toString(36)}~0marketing~1analytics`;
  const token = encodeURIComponent(tokenOf(text, www, Date.now()));
  for (const rel of ["noreferrer", ""]) {
    hosts.pages["/evil"] = `<!doctype html><a id=there rel="${rel}" href="${hosts.url("/", www)}#waymark_consent=${token}">win</a>`;
    await page.goto(hosts.url("/evil", rel ? outlet : "evil.localhost"));
    await page.click("#there");
    await page.waitForURL(/www/);
    await atWork(page);
    await untilStates(page, { analytics: "unknown", marketing: "denied" });
    await page.evaluate(() => window.waymark("forget"));
  }
});

test("nobody hears of a grant that a link takes back, however late its file comes", async (t) => {
  const { page, hosts, visit } = await newHosts(t, { domains: [outlet, "shop.localhost"] });
  hosts.pages["/heard"] = markup.replace("</script>", `;window.heard = []; waymark("on", "ready", () =>
    window.heard.push(waymark("consent.get").purposes.marketing.state))</script>`);
  await visit(www);
  await choose(page, { analytics: "granted", marketing: "granted" });
  await page.route("**/waymark-share-links.mjs", async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 500));
    await route.continue();
  });
  const token = encodeURIComponent(tokenOf(`1~1~${(Date.now() + 1).toString(36)}~0marketing`, www, Date.now()));
  await page.goto("about:blank");
  await visit(www, { path: `/heard#waymark_consent=${token}` });
  assert.deepEqual(await page.evaluate(() => window.heard), ["denied"]);
});

test("a token that is torn leaves the address, and links are marked all the same", async (t) => {
  const { page, hosts, visit } = await newHosts(t, { domains: [outlet, "shop.localhost"] });
  hosts.pages["/"] = `${markup}<a id=there href="${hosts.url("/", outlet)}">outlet</a>`;
  await visit(www, { path: "/#waymark_consent=%" });
  await until(() => page.url() === hosts.url("/", www));
  await choose(page, both);
  await page.click("#there");
  await page.waitForURL(/outlet/);
  await atWork(page);
  await untilStates(page, both);
});

test("a link never undoes a refusal; what it denies is denied until the person decides", async (t) => {
  const { page, hosts, visit } = await newHosts(t, { domains: [outlet, "shop.localhost"] });
  hosts.pages["/"] = `${markup}<a id=there href="${hosts.url("/", outlet)}">outlet</a>`;
  await visit(outlet);
  await choose(page, { analytics: "denied", marketing: "granted" });
  await visit(www);
  await choose(page, both);
  await page.click("#there");
  await page.waitForURL(/outlet/);
  await atWork(page);
  await untilStates(page, { analytics: "denied", marketing: "denied" });
  assert.deepEqual(await page.evaluate(() => window.waymark("consent.get").conflicts.sort()), ["analytics", "marketing"]);
});

// What an app does with addJavascriptInterface or a user script, and what it hears.
const bridge = (first) => `window.heard = [];
  window.WaymarkHost = { consent: ${first ? `() => ${JSON.stringify(JSON.stringify(first))}` : "undefined"}, postMessage: (text) => window.heard.push(JSON.parse(text)) };
  window.say = (message) => window.dispatchEvent(new CustomEvent("waymark:host", { detail: JSON.stringify(message) }))`;

test("a web view takes over what the app knows before anybody is asked, and tells what is decided in it", async (t) => {
  const time_ms = Date.now() - 60_000;
  const first = { waymark: 1, type: "consent", revision: "1", time_ms, choices: { analytics: "granted" }, facts: { region: "DE" } };
  const { page, visit } = await newHosts(t, { app: true }, { init: bridge(first) });
  await visit(www);
  await untilStates(page, { analytics: "granted", marketing: "unknown" });
  assert.equal(await page.evaluate(() => window.waymark("consent.get").region), "DE");
  await choose(page, { marketing: "denied" });
  await until(() => page.evaluate(() => window.heard.at(-1).choices?.marketing));
  const heard = await page.evaluate(() => window.heard);
  assert.deepEqual(heard[0], { waymark: 1, type: "hello" });
  const last = heard.at(-1);
  assert.deepEqual([last.waymark, last.type, last.revision, last.region, last.choices], [1, "consent", "1", "DE", both]);
  assert.equal(last.at.analytics, time_ms);
  assert.ok((last.at.marketing ?? last.time_ms) > time_ms);

  // The other way: a withdrawal in the app while the page is open, an older grant, and things that are no messages.
  const say = (message) => page.evaluate((message) => window.say(message), message);
  await say({ waymark: 1, type: "consent", revision: "1", time_ms: Date.now(), choices: { analytics: "denied" } });
  await untilStates(page, { analytics: "denied", marketing: "denied" });
  await say({ waymark: 1, type: "consent", revision: "1", time_ms, choices: { analytics: "granted", marketing: "granted" } });
  await say({ waymark: 1, type: "consent", revision: "1", time_ms: Date.now() + 9e9, choices: { analytics: "granted" } });
  for (const wrong of [null, 7, {}, { waymark: 1, type: "consent" }, { waymark: 1, type: "consent", revision: "1", time_ms: Date.now(), choices: null },
    { waymark: 1, type: "consent", revision: {}, time_ms: "x", choices: [], expired: 1, at: 1 }, { waymark: 1, facts: 5 }]) await say(wrong);
  assert.deepEqual(await states(page), { analytics: "denied", marketing: "denied" });
});

test("an app that answers only when it is asked is heard, too, and one that is not there is none", async (t) => {
  const { page, visit } = await newHosts(t, { app: true }, { init: bridge() });
  await visit(www);
  assert.deepEqual(await states(page), unasked);
  assert.deepEqual(await page.evaluate(() => window.heard), [{ waymark: 1, type: "hello" }]);
  await page.evaluate((time_ms) => window.say({ waymark: 1, type: "consent", revision: "1", time_ms, choices: { analytics: "granted" } }), Date.now() - 5);
  await untilStates(page, { analytics: "granted", marketing: "unknown" });
  const other = await newHosts(t, { app: true });
  await other.visit(www);
  await choose(other.page, both);
  await until(other.shared);
});

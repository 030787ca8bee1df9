// One journey on several hosts and devices, in a real browser: links between two domains, the cookie of subdomains, another
// browser, a frame, and the owner's server of samples/hand_over.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { after, before, test } from "node:test";

import { launch, newVisitor, onDevice, until } from "./browser.mjs";
import { choose, configWith, newSite, ready, stub } from "./consent_site.mjs";
import { rotate } from "../../samples/hand_over/server/keys.mjs";

let browser;

before(async () => (browser = await launch()));
after(() => browser?.close());

const www = "www.shop.localhost";
const blog = "blog.shop.localhost";
const outlet = "outlet.localhost";
const domains = ["shop.localhost", outlet];
const sites = [...domains, "evil.localhost"];
const parameter = "waymark_handover";

const configOf = (identity) => ({
  ...configWith(),
  identity: { link_domains: domains, ...identity },
  collectors: [{ id: "w", protocol: "segment", url: "http://c.localhost:1", needs: ["analytics"], options: { write_key: "k" } }],
});

/** `identity`: of the config, or what gives it for a host. */
async function newHosts(t, identity, body = () => "") {
  const ofHost = typeof identity === "function" ? identity : () => identity;
  const markup = (name) => `<!doctype html><html lang="en"><title>Shop</title>
    <script>window.landed = location.href; window.heard = []; addEventListener("waymark:handover", ({ detail }) => heard.push(detail), true);</script>
    <script>${stub}</script><script async src="/waymark.js" data-config="/here.json"></script>${body(scene, name)}`;
  const pages = { "/": markup, "/next": markup, "/here.json": (name) => JSON.stringify(configOf(ofHost(name))) };
  const scene = await newSite(t, browser, { sites, pages });
  scene.visit = async (host, { page = scene.page, path = "/" } = {}) => {
    await page.goto(scene.hosts.url(path, host));
    await atWork(page);
    return page;
  };
  /** Another device: a profile of its own, in another browser. */
  scene.newDevice = async (options = { userAgent: "Mozilla/5.0 (Phone) Test/1", locale: "fr-FR" }) => {
    const device = await newVisitor(browser, options);
    t.after(() => device.context.close());
    return device.page;
  };
  return scene;
}

const atWork = async (page) => {
  await page.waitForFunction(() => window.waymark?.client);
  await ready(page);
};
const granted = { analytics: "granted", marketing: "denied" };
const viewOf = (page) => page.evaluate(() => window.waymark("view"));
const idOf = async (page) => {
  await page.evaluate(() => window.waymark("track", "seen"));
  return until(async () => (await viewOf(page)).anonymous_id);
};
/** Says yes, and does something, so that there is an id. */
async function begin(page) {
  await choose(page, granted);
  return idOf(page);
}
/** What became of the token, once consent is no reason any more. */
const answerOf = async (page) => {
  const answer = await page.waitForFunction(() => window.heard.find(({ why }) => why !== "consent_missing"));
  return JSON.parse(JSON.stringify(await answer.jsonValue()));
};
const landed = (page) => page.evaluate(() => window.landed);
const tokenIn = (url) => new URLSearchParams(new URL(url).hash.slice(1)).get(parameter) ?? new URL(url).searchParams.get(parameter);
const reach = async (page, host) => {
  await page.waitForURL((url) => url.hostname === host);
  await atWork(page);
};

const links = ({ hosts }) => `<a id=there href="${hosts.url("/?x=1", outlet)}">outlet</a>
  <a id=tab target=_blank href="${hosts.url("/next", outlet)}">tab</a> <a id=blog href="${hosts.url("/", blog)}">blog</a>
  <a id=place href="${hosts.url("/#place", outlet)}">place</a>
  <a id=else href="${hosts.url("/other", "else.localhost")}">else</a>
  <a id=like href="${hosts.url("/", `my${outlet}`)}">like</a> <a id=evil href="${hosts.url("/", "evil.localhost")}">evil</a>
  <form id=get action="${hosts.url("/next", outlet)}"><input name=q value=1><button id=send>send</button></form>
  <form id=post method=post action="${hosts.url("/next", outlet)}"><input name=action value=1><button id=put>put</button>
  <button id=away formaction="${hosts.url("/other", "else.localhost")}">away</button></form>`;

test("a link to the other domain takes the id along, once, and leaves no trace", async (t) => {
  const { page, hosts, visit } = await newHosts(t, {}, links);
  await visit(www);
  const id = await begin(page);
  await page.click("#there");
  await reach(page, outlet);
  assert.ok(tokenIn(await landed(page)).length <= 120);
  await until(() => page.url() === hosts.url("/?x=1", outlet));
  await choose(page, granted);
  assert.deepEqual(await answerOf(page), { accepted: true });
  assert.equal(await idOf(page), id);
  assert.ok(!hosts.asked.some(({ headers, path }) => `${path}${headers.referer}`.includes(parameter)), "no server saw a token");

  // The one that came along again, by hand.
  const before = await landed(page);
  await page.goto("about:blank");
  await page.goto(before);
  await atWork(page);
  assert.equal(await idOf(page), id);
});

test("where there is an id already the two are told to belong together, and it stays", async (t) => {
  const { page, visit } = await newHosts(t, {}, links);
  await visit(outlet);
  const there = await begin(page);
  await visit(www);
  const id = await begin(page);
  assert.notEqual(id, there);
  await page.click("#there");
  await reach(page, outlet);
  assert.equal((await answerOf(page)).accepted, true);
  assert.equal(await idOf(page), there);
});

test("forms carry it, by GET and by POST", async (t) => {
  const { page, hosts, visit } = await newHosts(t, {}, links);
  await visit(www);
  const id = await begin(page);
  for (const [button, path] of [["#send", "/next?q=1"], ["#put", "/next"]]) {
    await visit(www);
    await page.click(button);
    await reach(page, outlet);
    await until(() => page.url() === hosts.url(path, outlet));
    assert.ok(tokenIn(await landed(page)), button);
    await choose(page, granted);
    await answerOf(page);
    assert.equal(await idOf(page), id);
  }
});

test("no link or form to anybody else carries it, and the page's own addresses stay as they are", async (t) => {
  const { page, hosts, visit } = await newHosts(t, {}, links);
  const seen = [];
  page.on("request", (request) => request.isNavigationRequest() && seen.push(request.url()));
  page.on("framenavigated", (frame) => seen.push(frame.url()));
  for (const selector of ["#else", "#like", "#evil", "#away"]) {
    await visit(www);
    if (selector === "#else") await begin(page);
    await page.hover(selector);
    await page.click(selector);
    await page.waitForURL((url) => url.hostname !== www);
    await page.waitForLoadState();
  }
  assert.deepEqual(seen.filter((url) => url.includes(parameter)), []);
  await visit(www);
  await page.evaluate(() => addEventListener("click", (event) => event.preventDefault()));
  for (const [selector, path] of [["#there", "/?x=1"], ["#place", "/#place"]]) {
    await page.click(selector);
    await page.click(selector, { button: "right" });
    await until(async () => (await page.getAttribute(selector, "href")) === hosts.url(path, outlet));
  }
});

test("a link with a fragment of its own keeps it", async (t) => {
  const { page, hosts, visit } = await newHosts(t, {}, links);
  await visit(www);
  const id = await begin(page);
  await page.click("#place");
  await reach(page, outlet);
  await until(() => page.url() === hosts.url("/#place", outlet));
  await choose(page, granted);
  await answerOf(page);
  assert.equal(await idOf(page), id);
});

test("nothing is handed over without consent, and what is brought waits for it", async (t) => {
  const { page, visit } = await newHosts(t, {}, links);
  await visit(www);
  await page.click("#there");
  await reach(page, outlet);
  assert.equal(tokenIn(await landed(page)), null);
  await visit(www);
  const id = await begin(page);
  await page.click("#there");
  await reach(page, outlet);
  await choose(page, { analytics: "denied", marketing: "denied" });
  assert.equal((await viewOf(page)).anonymous_id, undefined);
  assert.deepEqual(await page.evaluate(() => window.heard.map(({ why }) => why)), ["consent_missing"]);
  assert.equal(JSON.stringify(await onDevice(page)).includes(id), false);
  await choose(page, granted);
  assert.deepEqual(await answerOf(page), { accepted: true });
  assert.equal(await idOf(page), id);
  await visit(www);
  await choose(page, { analytics: "denied" });
  await page.click("#there");
  await reach(page, outlet);
  assert.equal(tokenIn(await landed(page)), null, "withdrawn is withdrawn");
});

test("two tabs: the id is one, and a token is good in one of them", async (t) => {
  const { page, context, visit } = await newHosts(t, {}, links);
  await visit(www);
  const id = await begin(page);
  const [tab] = await Promise.all([context.waitForEvent("page"), page.click("#tab")]);
  await reach(tab, outlet);
  const address = await landed(tab);
  await choose(tab, granted);
  await answerOf(tab);
  assert.equal(await idOf(tab), id);
  const other = await visit(www, { page: await context.newPage() });
  assert.equal(await idOf(other), id);
  await tab.evaluate(() => window.waymark("reset"));
  const fresh = await idOf(tab);
  assert.notEqual(fresh, id);
  await other.goto(address);
  await atWork(other);
  const { accepted, why } = await answerOf(other);
  assert.deepEqual([accepted, why], [false, "token_used"], "a reset is not undone by an old link");
  assert.equal(await idOf(other), fresh);
});

test("a copied link changes nothing in another browser", async (t) => {
  const { page, visit, newDevice } = await newHosts(t, {}, links);
  await visit(www);
  const id = await begin(page);
  await page.click("#there");
  await reach(page, outlet);
  const friend = await newDevice();
  await friend.goto(await landed(page));
  await atWork(friend);
  await choose(friend, granted);
  assert.deepEqual(await answerOf(friend), { accepted: false, why: "token_browser" });
  assert.notEqual(await idOf(friend), id);
});

test("from the phone to the laptop: an address for any device, on the same site", async (t) => {
  const { page, hosts, visit, newDevice } = await newHosts(t, {});
  await visit(www);
  const id = await begin(page);
  const { token, url } = await page.evaluate(() => window.waymark("handOver.create", { carry: { cart: "c-1" } }));
  assert.ok(token.length <= 300);
  assert.equal(tokenIn(url), token);
  const laptop = await newDevice();
  await laptop.goto(url);
  await atWork(laptop);
  await until(() => laptop.url() === hosts.url("/", www));
  await choose(laptop, granted);
  assert.deepEqual(await answerOf(laptop), { accepted: true, carry: { cart: "c-1" } });
  assert.equal(await idOf(laptop), id);
});

test("a token for one host is none for another, and one that is damaged none at all", async (t) => {
  const { page, hosts, visit } = await newHosts(t, {});
  await visit(www);
  await begin(page);
  const { token, url } = await page.evaluate((to) => window.waymark("handOver.create", { to }), hosts.url("/next?a=1", outlet));
  assert.ok(url.startsWith(hosts.url("/next?a=1#", outlet)));
  assert.deepEqual(await page.evaluate((token) => window.waymark("handOver.accept", token), token), { accepted: false, why: "token_foreign" });
  for (const wrong of ["", "x", "1.x", token.slice(0, -1), `${token}A`, "s.abc"]) {
    const { accepted, why } = await page.evaluate((token) => window.waymark("handOver.accept", token), wrong);
    assert.deepEqual([accepted, why], [false, "token_invalid"], wrong);
  }
});

test("subdomains share a cookie, without a token; it goes with the consent", async (t) => {
  const { page, context, visit } = await newHosts(t, (name) => (name === outlet ? {} : { cookie_domain: "shop.localhost" }), links);
  const shared = async () => (await context.cookies()).find(({ name }) => name === "waymark_id");
  await visit(www);
  assert.equal(await shared(), undefined);
  const id = await begin(page);
  await until(shared);
  const { value, sameSite, httpOnly, domain, path } = await shared();
  assert.ok(value.length <= 400);
  assert.deepEqual([sameSite, httpOnly, domain, path], ["Lax", false, ".shop.localhost", "/"]);
  await page.click("#blog");
  await reach(page, blog);
  assert.equal(tokenIn(await landed(page)), null);
  await choose(page, granted);
  assert.equal(await idOf(page), id);
  await choose(page, { analytics: "denied" });
  await until(async () => !(await shared()));
});

test("a frame of a subdomain is the same visitor; one of the other domain is not, and hands nothing out", async (t) => {
  const frames = ({ hosts }, name) =>
    name === www ? `<iframe name=same src="${hosts.url("/", blog)}"></iframe><iframe name=other src="${hosts.url("/next", outlet)}"></iframe>` : "";
  const { page, visit } = await newHosts(t, (name) => (name === outlet ? {} : { cookie_domain: "shop.localhost" }), frames);
  await visit(blog);
  const id = await begin(page);
  await visit(www);
  const same = page.frame({ name: "same" });
  const other = page.frame({ name: "other" });
  for (const frame of [same, other]) {
    await frame.waitForFunction(() => window.waymark?.client);
    await ready(frame);
  }
  assert.equal(await idOf(same), id);
  await choose(other, granted);
  assert.notEqual(await idOf(other), id);
  assert.equal(await other.evaluate(() => location.href.includes("waymark_")), false);
});

async function startServer(t, hosts_of_it = domains) {
  const folder = mkdtempSync(join(tmpdir(), "hand-over-"));
  rotate(join(folder, "keys.json"));
  writeFileSync(join(folder, "config.json"), JSON.stringify({ domains: hosts_of_it, keys: "keys.json" }));
  const script = fileURLToPath(new URL("../../samples/hand_over/serve.mjs", import.meta.url));
  const child = spawn(process.execPath, [script, "--config", join(folder, "config.json"), "--port", "0"], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit");
  const stop = async () => {
    child.kill();
    await ended;
  };
  t.after(async () => {
    await stop();
    rmSync(folder, { recursive: true });
  });
  const [line] = await once(child.stdout, "data");
  return { url: `${/http:\S+/.exec(String(line))[0]}/hand-over`, stop };
}

test("with the owner's server a token is sealed ahead, opened once, and nowhere a second time", async (t) => {
  const { url } = await startServer(t);
  const { page, visit, hosts, newDevice } = await newHosts(t, { hand_over: { url } }, links);
  await visit(www);
  const id = await begin(page);
  await Promise.all([page.waitForResponse(url), page.hover("#there")]);
  await page.click("#there");
  await reach(page, outlet);
  const token = tokenIn(await landed(page));
  assert.match(token, /^s\./);
  assert.equal(token.length, 113);
  await until(() => page.url() === hosts.url("/?x=1", outlet));
  await choose(page, granted);
  assert.deepEqual(await answerOf(page), { accepted: true });
  assert.equal(await idOf(page), id);

  await visit(www);
  const qr = await page.evaluate(() => window.waymark("handOver.create"));
  assert.match(qr.token, /^s\./);
  const [laptop, thief] = [await newDevice(), await newDevice()];
  for (const device of [laptop, thief]) {
    await device.goto(qr.url);
    await atWork(device);
    await choose(device, granted);
  }
  assert.deepEqual(await answerOf(laptop), { accepted: true });
  assert.deepEqual(await answerOf(thief), { accepted: false, why: "token_used" });
  assert.equal(await idOf(laptop), id);
  assert.notEqual(await idOf(thief), id);
});

test("a known user goes along sealed alone, and never becomes another", async (t) => {
  const { url } = await startServer(t);
  const { page, visit, newDevice } = await newHosts(t, { hand_over: { url } }, links);
  await visit(www);
  await begin(page);
  await page.evaluate(() => window.waymark("identify", "u1"));
  const { url: address, token } = await page.evaluate(() => window.waymark("handOver.create"));
  assert.ok(token.length <= 120, token);
  const laptop = await newDevice();
  await visit(www, { page: laptop });
  const there = await begin(laptop);
  await laptop.evaluate(() => window.waymark("identify", "u2"));
  await laptop.goto("about:blank");
  await laptop.goto(address);
  await atWork(laptop);
  assert.deepEqual(await answerOf(laptop), { accepted: false, why: "user_conflict" });
  assert.equal(await idOf(laptop), there);
  assert.equal((await viewOf(laptop)).user_id, "u2");
});

test("a server that is gone: a visitor goes on with a weak token, a known user without, and what is sealed stays shut", async (t) => {
  const { url, stop } = await startServer(t);
  const { page, visit, newDevice } = await newHosts(t, { hand_over: { url } }, links);
  await visit(www);
  await begin(page);
  const { url: address } = await page.evaluate(() => window.waymark("handOver.create"));
  await stop();
  const laptop = await newDevice();
  await laptop.goto(address);
  await atWork(laptop);
  await choose(laptop, granted);
  assert.deepEqual(await answerOf(laptop), { accepted: false, why: "server_unreachable" });

  await page.click("#there");
  await reach(page, outlet);
  assert.match(tokenIn(await landed(page)), /^1\./);
  await visit(www);
  await page.evaluate(() => window.waymark("identify", "u1"));
  await page.click("#there");
  await reach(page, outlet);
  assert.equal(tokenIn(await landed(page)), null);
});

test("the id of other software is taken once it may be looked at", async (t) => {
  const { page, context, hosts, visit } = await newHosts(t, { import: ["snowplow", "segment"] });
  const theirs = "3f0c7f2c-9d3a-4d3e-8a55-0b1f6e6f1c11";
  await context.addCookies([{ name: "ajs_anonymous_id", value: theirs, url: hosts.url("/", www) }]);
  await visit(www);
  assert.equal((await viewOf(page)).anonymous_id, undefined);
  assert.equal(await begin(page), theirs);
});

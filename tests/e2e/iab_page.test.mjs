// `__tcfapi` and `__gpp` in a real browser: from the stub to the last event, in the page and in frames of another origin,
// and before the published libraries of both frameworks.
import * as tcf from "@iabtechlabtcf/core";
import { CmpApi as GppReference } from "@iabgpp/cmpapi";
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "../../js/node_modules/esbuild/lib/main.js";

import { launch, until } from "./browser.mjs";
import { ALL, ask, consent, decide, newIabScene, NONE, RECORDER, show, vendorList } from "./iab_scene.mjs";

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

const statuses = (page) => page.evaluate(() => window.tcf.map(({ eventStatus }) => eventStatus));
const gppEvents = (page) =>
  page.evaluate(() => window.gpp.map(({ eventName, data, pingData }) => [eventName, data, pingData.signalStatus]));
const heard = (page, count) => until(() => page.evaluate((count) => window.tcf.length >= count, count));
const loaded = (page) =>
  until(() => page.evaluate(() => new Promise((resolve) => window.__gpp("ping", ({ cmpStatus }) => resolve(cmpStatus === "loaded")))));

/** A person who was here before. */
async function returning(t, choices = ALL, more = {}) {
  const scene = await newIabScene(t, browser, more);
  await scene.page.goto(scene.url);
  await loaded(scene.page);
  await decide(scene.page, choices);
  await until(() => scene.page.evaluate(() => localStorage["waymark.consent/record"]));
  await scene.page.goto(scene.url);
  await loaded(scene.page);
  return scene;
}

test("a new person: the question is shown, then the choice is told, in both orders of events", async (t) => {
  const { page, url } = await newIabScene(t, browser);
  await page.goto(url);
  await loaded(page);
  // Nothing is told of a string before people have seen what they are asked.
  assert.deepEqual(await page.evaluate(() => window.tcf.map(({ tcString, gdprApplies }) => [tcString, gdprApplies])), [[undefined, true]]);
  await show(page);
  await heard(page, 2);
  await decide(page, ALL);
  await heard(page, 3);
  assert.deepEqual(await statuses(page), [undefined, "cmpuishown", "useractioncomplete"]);
  assert.deepEqual(await gppEvents(page), [
    ["listenerRegistered", true, "not ready"],
    ["cmpStatus", "loaded", "not ready"],
    ["cmpDisplayStatus", "visible", "not ready"],
    ["cmpDisplayStatus", "hidden", "not ready"],
    ["sectionChange", "tcfeuv2", "not ready"],
    ["signalStatus", "ready", "ready"],
  ]);
});

test("cmpuishown has all legitimate interests and no consent; unlisted vendors are nowhere", async (t) => {
  const { page, url } = await newIabScene(t, browser);
  await page.goto(url);
  await loaded(page);
  await show(page);
  await heard(page, 2);
  const { tcString, vendor, purpose } = await page.evaluate(() => window.tcf[1]);
  const model = tcf.TCString.decode(tcString);
  assert.deepEqual([...model.vendorsDisclosed].filter(([, has]) => has).map(([id]) => id), [12, 31, 755]);
  assert.deepEqual(vendor.consents, { 12: false, 31: false, 755: false });
  // 31 has special purposes alone: it has been disclosed, which is what its bit says.
  assert.deepEqual(vendor.legitimateInterests, { 12: true, 31: true, 755: false });
  assert.deepEqual(Object.values(purpose.consents).includes(true), false);
  assert.equal(model.vendorListVersion, 48);
  assert.equal(model.consentLanguage, "DE");
});

test("a question that was there before the script is seen, whoever shows it", async (t) => {
  // As the banner draws it; and as a page's own, which says so again when it is asked.
  const drawn = `<script>
    const host = document.createElement("waymark-consent");
    host.attachShadow({ mode: "open" }).innerHTML = '<section part="question bar"></section>';
    document.documentElement.append(host);</script>`;
  const own = `<script>addEventListener("waymark:listening", () =>
    document.dispatchEvent(new CustomEvent("waymark:shown")), true)</script>`;
  for (const html of [drawn, own]) {
    const { page, url } = await newIabScene(t, browser, { html });
    await page.goto(url);
    await until(() => page.evaluate(() => window.tcf.at(-1)?.eventStatus === "cmpuishown"));
    assert.equal((await ask(page, "__tcfapi", "ping", 2)).value.displayStatus, "visible");
  }
});

test("a person who was here before: tcloaded, and ready at once; the question again: all three", async (t) => {
  const { page } = await returning(t);
  assert.deepEqual(await statuses(page), ["tcloaded"]);
  assert.deepEqual(await gppEvents(page), [
    ["listenerRegistered", true, "not ready"],
    ["cmpStatus", "loaded", "not ready"],
    ["signalStatus", "ready", "ready"],
  ]);
  await show(page);
  await heard(page, 2);
  await decide(page, NONE);
  await heard(page, 3);
  assert.deepEqual(await statuses(page), ["tcloaded", "cmpuishown", "useractioncomplete"]);
  assert.deepEqual((await gppEvents(page)).slice(3), [
    ["signalStatus", "not ready", "not ready"],
    ["cmpDisplayStatus", "visible", "not ready"],
    ["cmpDisplayStatus", "hidden", "not ready"],
    ["sectionChange", "tcfeuv2", "not ready"],
    ["signalStatus", "ready", "ready"],
  ]);
});

test("a page from the back/forward cache tells what was decided meanwhile, and says nothing when nothing was", async (t) => {
  const { page, context, url, elsewhere } = await returning(t);
  // A page that is made anew knows nothing of it.
  await page.evaluate(() => addEventListener("pageshow", ({ persisted }) => (window.returned = persisted)));
  const leaveAndReturn = async (meanwhile = () => {}) => {
    await page.goto(elsewhere);
    await meanwhile();
    await page.goBack({ waitUntil: "commit" });
    return until(() => page.evaluate(() => (window.returned === undefined ? "loading" : `${window.returned}`)).catch(() => ""));
  };
  if ((await leaveAndReturn()) !== "true") return t.skip("the browser has not kept the page");
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 300)));
  assert.deepEqual(await statuses(page), ["tcloaded"]);
  const gpp = (await gppEvents(page)).length;
  const returned = await leaveAndReturn(async () => {
    const other = await context.newPage();
    await other.goto(url);
    await loaded(other);
    await decide(other, NONE);
    await until(() => other.evaluate(() => window.tcf.at(-1).eventStatus === "useractioncomplete"));
    await other.close();
  });
  assert.equal(returned, "true");
  await heard(page, 2);
  assert.deepEqual(await statuses(page), ["tcloaded", "useractioncomplete"]);
  assert.ok(Object.values(await page.evaluate(() => window.tcf[1].purpose.consents)).every((allowed) => !allowed));
  assert.deepEqual((await gppEvents(page)).slice(gpp), [
    ["signalStatus", "not ready", "not ready"],
    ["sectionChange", "tcfeuv2", "not ready"],
    ["signalStatus", "ready", "ready"],
  ]);
});

test("on a page that is only prerendered nobody sees the question: it is told when the page is shown", async (t) => {
  const inline = RECORDER.replace("...data,", "...data, early: document.prerendering,");
  const init = () => {
    window.prerendering = true;
    Object.defineProperty(Document.prototype, "prerendering", { get: () => window.prerendering });
  };
  const { page, url } = await newIabScene(t, browser, { inline, init, policy: { ...consent(), ui: {} } });
  await page.goto(url);
  await loaded(page);
  await page.locator('waymark-consent [part~="question"]').waitFor();
  await page.evaluate(() => window.waymark("consent.records"));
  const events = () => page.evaluate(() => window.tcf.map(({ eventStatus, early }) => [eventStatus ?? "none", early]));
  assert.deepEqual(await events(), [["none", true]]);
  assert.equal((await ask(page, "__tcfapi", "ping", 2)).value.displayStatus, "hidden");
  await page.evaluate(() => {
    window.prerendering = false;
    document.dispatchEvent(new Event("prerenderingchange"));
  });
  await heard(page, 2);
  assert.deepEqual(await events(), [["none", true], ["cmpuishown", false]]);
});

test("calls before the script is there are answered in their order", async (t) => {
  const inline = `
    window.order = []; window.tcf = []; window.gpp = [];
    const note = (name) => (value, success) => order.push([name, success, value?.cmpStatus]);
    __tcfapi("ping", 2, note("ping"));
    __tcfapi("getTCData", 2, note("data"));
    __tcfapi("addEventListener", 2, note("listener"));
    __tcfapi("removeEventListener", 2, note("removed"), 99);
    __tcfapi("getInAppTCData", 2, note("app"));
    __tcfapi("unknown", 2, note("unknown"));
    __gpp("hasSection", note("has"), "tcfeuv2");
    __gpp("ping", note("gpp"));
    window.kept = __tcfapi;`;
  const { page, url } = await newIabScene(t, browser, { inline });
  await page.goto(url);
  await until(() => page.evaluate(() => window.order.length >= 8));
  assert.deepEqual(await page.evaluate(() => window.order), [
    ["ping", true, "stub"],
    ["has", true, undefined],
    ["gpp", true, "stub"],
    ["data", true, "loaded"],
    ["listener", true, "loaded"],
    ["removed", false, undefined],
    ["app", true, undefined],
    ["unknown", false, undefined],
  ]);
  // Whoever has kept the stub's function still reaches the interface.
  const status = await page.evaluate(() => new Promise((resolve) => window.kept("getTCData", 2, ({ cmpStatus }) => resolve(cmpStatus))));
  assert.equal(status, "loaded");
});

test("without a stub the script puts functions and frames there itself", async (t) => {
  const { page, url } = await newIabScene(t, browser, { stub: false });
  await page.goto(url);
  await until(() => page.evaluate(() => !!window.frames.__tcfapiLocator && !!window.frames.__gppLocator));
  await loaded(page);
  const { value } = await ask(page, "__tcfapi", "ping", 2);
  assert.deepEqual([value.cmpLoaded, value.cmpStatus, value.displayStatus, value.gvlVersion], [true, "loaded", "hidden", 48]);
});

test("gdprApplies is undefined until it is known, then what it is", async (t) => {
  const { page, url } = await newIabScene(t, browser, { region: "" });
  await page.goto(url);
  await loaded(page);
  const { value } = await ask(page, "__tcfapi", "ping", 2);
  assert.ok("gdprApplies" in value === false || value.gdprApplies === undefined);
  await page.evaluate(() => {
    window.answered = "not yet";
    window.__tcfapi("getTCData", 2, (data) => (window.answered = data));
  });
  assert.equal(await page.evaluate(() => window.answered), "not yet");
  await page.evaluate(() => window.waymark("signal", "region", "US-CA"));
  await until(() => page.evaluate(() => window.answered !== "not yet"));
  assert.deepEqual(await page.evaluate(() => window.answered), {
    gdprApplies: false,
    ...{ tcfPolicyVersion: 5, cmpId: 880, cmpVersion: 3 },
  });
  assert.deepEqual((await ask(page, "__tcfapi", "ping", 2)).value.displayStatus, "disabled");
  const ping = (await ask(page, "__gpp", "ping")).value;
  assert.deepEqual([ping.applicableSections, ping.signalStatus], [[7, 8], "ready"]);
});

test("a section of the United States says that the browser has opted out", async (t) => {
  const init = 'Object.defineProperty(Navigator.prototype, "globalPrivacyControl", { get: () => true })';
  const { page, url } = await newIabScene(t, browser, { region: "US-CA", init });
  await page.goto(url);
  await loaded(page);
  await until(async () => (await ask(page, "__gpp", "ping")).value.signalStatus === "ready");
  const { value: section } = await ask(page, "__gpp", "getSection", "usnat");
  assert.equal(section.length, 2);
  assert.deepEqual([section[0].Version, section[0].SaleOptOut, section[1]], [2, 1, { GpcSegmentType: 1, Gpc: true }]);
  assert.deepEqual(await ask(page, "__gpp", "getField", "usca.SaleOptOut"), { value: 1, success: true });
});

const FRAME = `<!doctype html><script>
  const answers = (window.answers = []);
  addEventListener("message", ({ data }) => {
    const value = typeof data === "string" ? JSON.parse(data) : data;
    answers.push({ text: typeof data === "string", ...(value.__tcfapiReturn ?? value.__gppReturn) });
  });
  const ask = (message) => parent.postMessage(message, "*");
  ask(JSON.stringify({ __tcfapiCall: { command: "ping", version: 2, callId: "a" } }));
  ask({ __tcfapiCall: { command: "addEventListener", version: 2, callId: 2 } });
  ask(JSON.stringify({ __gppCall: { command: "ping", callId: "g", version: "1.1" } }));
  ask({ __gppCall: { command: "hasSection", parameter: "tcfeuv2", callId: 4 } });
</script>`;

test("a frame of another origin asks by messages: text in, text out; objects in, objects out", async (t) => {
  const { page, url, elsewhere, site } = await newIabScene(t, browser, { files: { frame: FRAME } });
  site.page += `<iframe src="${elsewhere}frame"></iframe>`;
  await page.goto(url);
  const frame = await until(() => page.frames().find((frame) => frame.url() === `${elsewhere}frame`));
  await loaded(page);
  await until(() => frame.evaluate(() => window.answers.length >= 4));
  const answers = await frame.evaluate(() => window.answers);
  const byId = Object.fromEntries(answers.map((answer) => [answer.callId, answer]));
  assert.deepEqual([byId.a.text, byId.a.success, byId.a.returnValue.apiVersion], [true, true, "2.3"]);
  assert.deepEqual([byId[2].text, byId[2].success, byId[2].returnValue.gdprApplies], [false, true, true]);
  assert.deepEqual([byId.g.text, byId.g.returnValue.gppVersion], [true, "1.1"]);
  assert.equal(byId[4].text, false);
  assert.ok(await frame.evaluate(() => !!parent.frames.__tcfapiLocator && !!parent.frames.__gppLocator));
  // It hears of what people choose, as the page does.
  const before = answers.length;
  await show(page);
  await decide(page, ALL);
  await until(() => frame.evaluate((before) => window.answers.length > before, before));
  assert.equal(await frame.evaluate(() => window.answers.at(-1).returnValue.eventStatus), "useractioncomplete");
});

test("foreign messages of any shape change nothing and are answered by nothing", async (t) => {
  const { page, url } = await newIabScene(t, browser);
  await page.goto(url);
  await loaded(page);
  const replies = await page.evaluate(async () => {
    const replies = [];
    const frame = document.createElement("iframe");
    document.body.append(frame);
    frame.contentWindow.addEventListener("message", ({ data }) => replies.push(data));
    const nonsense = [
      ...[null, undefined, 0, NaN, "", "{", "null", "[]", '"x"', "{}", [], {}, true, new Date(0), new Map([[1, 2]])],
      ...[{ __tcfapiCall: null }, { __tcfapiCall: 1 }, { __tcfapiCall: "x" }, { __gppCall: [] }, { __gppCall: {} }],
      ...[{ __tcfapiCall: { command: {}, version: 2 } }, { __tcfapiCall: { command: "__proto__", version: 2, callId: 7 } }],
      ...[{ __gppCall: { command: "getField", parameter: "a.b.c", callId: 8 } }, { __gppCall: { command: "constructor", callId: 9 } }],
      ...[{ __gppCall: { command: "getSection", parameter: "constructor", callId: 10 } }, new ArrayBuffer(8), new Uint8Array(3)],
      '{"__tcfapiCall":{"command":"ping","version":{"toString":1},"callId":11}}',
    ];
    // Sent as if from the frame, so that answers would go there.
    const script = frame.contentDocument.createElement("script");
    script.textContent = "window.send = (message) => parent.postMessage(message, '*')";
    frame.contentDocument.body.append(script);
    for (const message of nonsense) frame.contentWindow.send(message);
    await new Promise((resolve) => setTimeout(resolve, 200));
    return replies.map((reply) => Object.values(typeof reply === "string" ? JSON.parse(reply) : reply)[0]);
  });
  // What is a call with a command gets the answer that there is none; the rest gets nothing.
  for (const reply of replies) assert.ok(reply.success === false || reply.returnValue === null, JSON.stringify(reply));
  assert.equal((await ask(page, "__tcfapi", "ping", 2)).value.cmpStatus, "loaded");
});

// The reference's own answers to the same string, from its own code in the same page.
async function referenceTcData(page, tcString) {
  const { outputFiles } = await build({
    stdin: {
      contents: 'export { CmpApi } from "@iabtechlabtcf/cmpapi"',
      resolveDir: fileURLToPath(new URL(".", import.meta.url)),
    },
    ...{ bundle: true, write: false, format: "iife", globalName: "reference" },
  });
  const code = outputFiles[0].text;
  return page.evaluate(
    ([code, tcString]) =>
      new Promise((resolve) => {
        const ours = window.__tcfapi;
        // Of its own name, so that both stand beside one another.
        delete window.__tcfapi;
        const { CmpApi } = new Function(`${code}; return reference;`)();
        new CmpApi(880, 3, true).update(tcString, false);
        const theirs = window.__tcfapi;
        window.__tcfapi = ours;
        theirs("getTCData", 2, (data, success) =>
          theirs("getInAppTCData", 2, (app) => theirs("ping", 2, (ping) => resolve({ data, success, app, ping }))),
        );
      }),
    [code, tcString],
  );
}

// Both sides by their ids that are true: what is not said and what is false means the same.
const onlyTrue = (flags) => Object.keys(flags).filter((id) => flags[id]);
const comparable = ({ purpose, vendor, specialFeatureOptins, publisher, ...rest }) => ({
  ...rest,
  purpose: [onlyTrue(purpose.consents), onlyTrue(purpose.legitimateInterests)],
  vendor: [onlyTrue(vendor.consents), onlyTrue(vendor.legitimateInterests), onlyTrue(vendor.disclosedVendors)],
  special: onlyTrue(specialFeatureOptins),
  publisher: [onlyTrue(publisher.consents), onlyTrue(publisher.legitimateInterests), publisher.restrictions],
});

for (const choices of [ALL, NONE, { analytics: "granted", marketing: "denied" }]) {
  test(`the TCF's own library says of our string what we say: ${JSON.stringify(choices)}`, async (t) => {
    const { page } = await returning(t, choices);
    const ours = (await ask(page, "__tcfapi", "getTCData", 2)).value;
    const theirs = await referenceTcData(page, ours.tcString);
    assert.equal(theirs.success, true);
    const { addtlConsent, eventStatus, ...told } = ours;
    assert.equal(addtlConsent, choices.marketing === "granted" ? "2~89~dv." : "2~~dv.89");
    assert.equal(eventStatus, "tcloaded");
    const { eventStatus: _status, outOfBand: _none, ...reference } = theirs.data;
    assert.deepEqual(comparable(told), comparable(reference));
    const app = (await ask(page, "__tcfapi", "getInAppTCData", 2)).value;
    const cut = (digits) => digits.replace(/0+$/, "");
    assert.equal(cut(theirs.app.vendor.consents), cut(app.vendor.consents));
    assert.equal(cut(theirs.app.purpose.consents), cut(app.purpose.consents));
    assert.deepEqual([app.gdprApplies, app.isServiceSpecific, app.tcString], [1, 1, ours.tcString]);
    const ping = (await ask(page, "__tcfapi", "ping", 2)).value;
    for (const name of ["cmpId", "cmpVersion", "gdprApplies", "tcfPolicyVersion", "cmpLoaded", "cmpStatus", "gvlVersion"]) {
      assert.deepEqual(ping[name], theirs.ping[name], name);
    }
  });
}

// Not a browser, but all that the library looks for in one.
function gppReference(text) {
  globalThis.window = { __gpp: () => [] };
  const reference = new GppReference(880, 3);
  reference.setGppString(text);
  return reference;
}

for (const region of ["US-CA", "DE"]) {
  test(`the GPP's own library reads our string and has the same sections in ${region}`, async (t) => {
    const { page } = await returning(t, ALL, { region });
    const { value: ping } = await ask(page, "__gpp", "ping");
    const reference = gppReference(ping.gppString);
    assert.deepEqual(Object.keys(reference.getObject()), Object.keys(ping.parsedSections));
    assert.deepEqual(reference.cmpApiContext.gppModel.getSectionIds(), ping.sectionList);
    const { cmpId, gppVersion, signalStatus, supportedAPIs } = ping;
    assert.deepEqual([cmpId, gppVersion, signalStatus], [880, "1.1", "ready"]);
    assert.deepEqual(supportedAPIs, ["2:tcfeuv2", "7:usnat", "8:usca"]);
    for (const [name, parts] of Object.entries(ping.parsedSections)) {
      const ours = JSON.parse(JSON.stringify(Object.assign({}, ...parts)));
      const theirs = JSON.parse(JSON.stringify(reference.getSection(name)));
      for (const [field, value] of Object.entries(ours)) {
        const sort = (list) => (Array.isArray(list) && /Vendor/.test(field) ? [...list].sort((a, b) => a - b) : list);
        assert.deepEqual(sort(value), sort(theirs[field]), `${name}.${field}`);
      }
    }
  });
}

test("the vendor list: by its version, the latest, older ones from the archive, and no nonsense", async (t) => {
  const files = { "gvl/archives/vendor-list-v47.json": vendorList({ version: 47 }) };
  const { page, asked } = await returning(t, ALL, { files });
  for (const version of [undefined, "LATEST", 48, "48"]) {
    const { value, success } = await ask(page, "__tcfapi", "getVendorList", 2, version);
    assert.deepEqual([success, value?.vendorListVersion, Object.keys(value.vendors)], [true, 48, ["12", "31", "755"]]);
  }
  assert.equal((await ask(page, "__tcfapi", "getVendorList", 2, 47)).value.vendorListVersion, 47);
  for (const version of [0, 1, -1, 1.5, "x", 46, {}, [], true]) {
    assert.deepEqual(await ask(page, "__tcfapi", "getVendorList", 2, version), { value: null, success: false }, String(version));
  }
  const [gpp] = [await ask(page, "__gpp", "tcfeuv2.getVendorList", "LATEST")];
  assert.equal(gpp.value.vendorListVersion, 48);
  assert.equal(asked.filter((file) => file === "gvl/vendor-list.json").length, 2, "once a page");
});

test("the list is asked for again only when its host's headers say so", async (t) => {
  const { page, url, asked, site } = await newIabScene(t, browser);
  site.caching = { "Cache-Control": "max-age=3600" };
  for (let visit = 0; visit < 3; ++visit) {
    await page.goto(url);
    await loaded(page);
  }
  assert.equal(asked.filter((file) => file === "gvl/vendor-list.json").length, 1);
  assert.equal((await ask(page, "__tcfapi", "ping", 2)).value.gvlVersion, 48);
});

test("a list that breaks the rules for lists is told of, and the TCF stands still; sections of states go on", async (t) => {
  const inline = `${RECORDER}; window.problems = []; waymark("on", "problem", (problem) => problems.push(problem));`;
  const files = { "gvl/vendor-list.json": { ...vendorList(), vendorListVersion: "48" } };
  const { page, url } = await newIabScene(t, browser, { files, region: "US-CA", inline });
  await page.goto(url);
  await loaded(page);
  assert.equal((await ask(page, "__tcfapi", "ping", 2)).value.cmpStatus, "error");
  assert.deepEqual((await ask(page, "__gpp", "ping")).value.sectionList, [7, 8]);
  assert.deepEqual(await page.evaluate(() => window.problems.map(({ code, pointer }) => [code, pointer])), [
    ["gvl_invalid", "/vendorListVersion"],
  ]);
  await page.evaluate(() => window.waymark("signal", "region", "DE"));
  await until(async () => (await ask(page, "__gpp", "ping")).value.sectionList.length === 0);
});

test("without the id of a registered CMP there is no __tcfapi, and sections of the United States all the same", async (t) => {
  const policy = consent();
  policy.iab = {};
  const { page, url } = await newIabScene(t, browser, { policy, region: "US-CA" });
  await page.goto(url);
  await loaded(page);
  assert.equal(await page.evaluate(() => typeof window.__tcfapi), "undefined");
  const { value } = await ask(page, "__gpp", "ping");
  assert.deepEqual([value.cmpId, value.sectionList, value.supportedAPIs], [1, [7, 8], ["7:usnat", "8:usca"]]);
});

test("when the engine cannot be had only ping is answered, with an error", async (t) => {
  const { page, url, asked } = await newIabScene(t, browser);
  // When the engine fails before the config is there no part is started, and the stub stays.
  await page.route("**/waymark.wasm", async (route) => {
    await until(() => asked.includes("waymark-iab.wasm"));
    await route.abort();
  });
  await page.goto(url);
  await until(async () => (await ask(page, "__tcfapi", "ping", 2)).value.cmpStatus === "error");
  assert.equal((await ask(page, "__gpp", "ping")).value.cmpStatus, "error");
  const answered = await page.evaluate(() => {
    let answered = 0;
    window.__tcfapi("getTCData", 2, () => ++answered);
    window.__tcfapi("addEventListener", 2, () => ++answered);
    return answered;
  });
  assert.equal(answered, 0);
});

test("a strict policy: the stub by nonce, or by its hash, or as a file; nothing is refused", async (t) => {
  const csp = "default-src 'none'; script-src 'nonce-n1' 'self' 'wasm-unsafe-eval'; connect-src 'self'; require-trusted-types-for 'script'";
  const { page, url, site } = await newIabScene(t, browser, { headers: { "Content-Security-Policy": csp } });
  const refused = [];
  page.on("console", (message) => /Content Security Policy|Trusted/.test(message.text()) && refused.push(message.text()));
  site.page = site.page.replaceAll("<script>", '<script nonce="n1">');
  await page.goto(url);
  await loaded(page);
  assert.equal((await ask(page, "__tcfapi", "ping", 2)).value.cmpStatus, "loaded");
  assert.deepEqual(refused, []);
});

// What `waymark stub` prints, run as a page runs it.

import { beforeAll, describe, expect, test } from "@jest/globals";
import { runInNewContext } from "node:vm";
import { brotliCompressSync } from "node:zlib";
import { file, waymark } from "./cli_terminal.ts";

const types = ["ad_storage", "ad_user_data", "ad_personalization"];
const config = (consent: object = {}) => ({
  waymark: 1,
  app: { id: "shop" },
  consent: {
    revision: "1",
    purposes: [
      { id: "necessary", basis: "exempt", consent_mode: ["security_storage"] },
      { id: "analytics", basis: "consent", tcf: [1, 7], consent_mode: ["analytics_storage"] },
      { id: "marketing", basis: "consent", tcf: [1, 2, 3, 4], consent_mode: types },
    ],
    regions: [
      { match: ["EU", "EEA", "GB"], model: "opt_in", gpp: ["tcfeuv2"] },
      { match: ["US"], model: "opt_in" },
      { match: ["US-CA", "US-CO"], model: "opt_out", gpc: "opt_out", gpp: ["usnat"] },
      { match: ["*"], model: "notice" },
    ],
    iab: { cmp_id: 880, gvl_url: "/gvl.json" },
    tags: { google: { wait_for_update_ms: 700, ads_data_redaction: true } },
    ...consent,
  },
  collectors: [
    { id: "w", protocol: "segment", url: "https://c.example", needs: ["analytics"], options: { write_key: "k" } },
  ],
});

async function stub(document: object, ...options: string[]): Promise<string> {
  const { code, out, err } = await waymark("stub", ...options, file("stub.json", document));
  expect([code, err]).toEqual([0, ""]);
  return out;
}

/** A page as far as the stub looks at one. */
function run(text: string, more: Record<string, unknown> = {}) {
  const listeners: Record<string, ((event: any) => void)[]> = {};
  const frames: any = {};
  const page: any = {
    ...{ frames, navigator: {}, localStorage: {}, performance: { now: () => 1 }, location: { href: "/" }, Date },
    document: {
      ...{ title: "", referrer: "" },
      createElement: () => ({ style: {} }),
      body: { appendChild: (frame: any) => (frames[frame.name] = frame) },
    },
    addEventListener: (name: string, listener: any) => (listeners[name] ??= []).push(listener),
    setTimeout: () => {},
    ...more,
  };
  page.window = page;
  runInNewContext(text, page);
  const say = (data: unknown, more: object = {}) => {
    const replies: any[] = [];
    const source = { postMessage: (message: unknown, origin: string) => replies.push([message, origin]) };
    for (const listener of listeners.message ?? []) listener({ data, source, origin: "https://ad.example", ...more });
    return replies;
  };
  // What the page's realm made, as ours.
  const layer = () => JSON.parse(JSON.stringify((page.dataLayer ?? []).map((entry: any) => Array.from(entry))));
  return { page, say, layer };
}

let whole: string;
beforeAll(async () => void (whole = await stub(config())));

describe("stub", () => {
  test("with everything it weighs no more than 1.5 KB", () => {
    expect(brotliCompressSync(whole).length).toBeLessThanOrEqual(1536);
  });

  test("has what the config asks for and no more", async () => {
    const { page } = run(whole);
    expect(["waymark", "gtag", "__tcfapi", "__gpp"].map((name) => typeof page[name])).toEqual(Array(4).fill("function"));
    expect(Object.keys(page.frames)).toEqual(["__tcfapiLocator", "__gppLocator"]);
    const purposes = [{ id: "analytics", basis: "consent" }];
    const bare = run(await stub(config({ purposes, iab: undefined, tags: undefined, regions: undefined })));
    expect([bare.page.gtag, bare.page.__tcfapi, bare.page.__gpp, bare.page.dataLayer]).toEqual(Array(4).fill(undefined));
    const unregistered = run(await stub(config({ iab: { cmp_id: 0 } })));
    expect([unregistered.page.__tcfapi, typeof unregistered.page.__gpp]).toEqual([undefined, "function"]);
  });

  test("Google's defaults: all seven, by region, the most exact one where it differs", () => {
    const [everywhere, ...rest] = run(whole).layer();
    const seven = { analytics_storage: "granted", functionality_storage: "denied", personalization_storage: "denied", security_storage: "granted" };
    const granted = Object.fromEntries(types.map((type) => [type, "granted"]));
    expect(everywhere).toEqual(["consent", "default", { ...granted, ...seven, wait_for_update: 700 }]);
    const [[, , strict], [, , states], redaction] = rest;
    expect(strict.region.length).toBe(32);
    expect(strict).toMatchObject({ ad_storage: "denied", analytics_storage: "denied", security_storage: "granted" });
    expect(strict.region).toEqual(expect.arrayContaining(["DE", "NO", "GB", "US"]));
    // Without them the state would have what its country has.
    expect(states).toMatchObject({ region: ["US-CA", "US-CO"], ad_storage: "granted", wait_for_update: 700 });
    expect(redaction).toEqual(["set", "ads_data_redaction", true]);
  });

  test.each([
    ["the browser opts out", { navigator: { globalPrivacyControl: true } }],
    ["the person has decided before", { localStorage: { "waymark.consent/record": "{}" } }],
    ["a decision waits for the engine", { localStorage: { "waymark.spill/1": "[]" } }],
    ["another host has a decision", { document: { cookie: "a=b; waymark_consent=1~1~a~0analytics" } }],
    ["a link brings one", { location: { href: "https://shop.example/#waymark_consent=x" } }],
    ["an app is around", { WaymarkHost: {} }],
    [
      "storage cannot be read and another host has a decision",
      { localStorage: null, document: { cookie: "waymark_consent=1~1~a~0analytics" } },
    ],
  ])("the strictest holds alone when %s", (_name, more) => {
    const defaults = run(whole, more).layer().filter(([, word]: string[]) => word === "default");
    expect(defaults).toHaveLength(1);
    expect(defaults[0][2]).toMatchObject({ ad_storage: "denied", analytics_storage: "denied", security_storage: "granted" });
    expect(defaults[0][2].region).toBeUndefined();
  });

  test("Do Not Track counts where the config honours it, and the cookie by its own name", async () => {
    const asked = async (consent: object, more: Record<string, unknown>) =>
      run(await stub(config(consent)), more).layer().filter(([, word]: string[]) => word === "default").length === 1;
    const dnt = { navigator: { doNotTrack: "1" } };
    const cookie = { document: { cookie: "ours=1~1~a~0analytics" } };
    expect(await asked({}, dnt)).toBe(false);
    expect(await asked({ signals: { dnt: "honour" } }, {})).toBe(false);
    expect(await asked({ signals: { dnt: "honour" } }, dnt)).toBe(true);
    expect(await asked({}, cookie)).toBe(false);
    const share = { cookie: "ours" };
    expect(await asked({ share }, cookie)).toBe(true);
    expect(await asked({ share }, { location: { href: "/#waymark_consent=x" } })).toBe(true);
  });

  test("where everybody is asked before, gdprApplies is known from the first moment; else it is not", async () => {
    const applies = (text: string) => {
      let answer: any;
      run(text).page.__tcfapi("ping", 2, (ping: any) => (answer = ping));
      expect(answer).toMatchObject({ cmpLoaded: false, cmpStatus: "stub", apiVersion: "2.3", displayStatus: "hidden" });
      return answer.gdprApplies;
    };
    expect(applies(whole)).toBeUndefined();
    expect(applies(await stub(config({ regions: undefined })))).toBe(true);
  });

  test("calls are kept in their order; what a page has already stays", () => {
    const { page } = run(whole);
    page.__tcfapi("getTCData", 2, 1);
    page.__tcfapi("addEventListener", 2, 2);
    expect(JSON.parse(JSON.stringify(page.__tcfapi()))).toEqual([["getTCData", 2, 1], ["addEventListener", 2, 2]]);
    const other = () => [];
    expect(run(whole, { __tcfapi: other }).page.__tcfapi).toBe(other);
  });

  test("generic commands of __gpp are answered at once", () => {
    const { page } = run(whole);
    const answers: any[] = [];
    const hear = (...answer: any[]) => answers.push(JSON.parse(JSON.stringify(answer)));
    page.__gpp("ping", hear);
    page.__gpp("addEventListener", hear);
    page.__gpp("addEventListener", hear);
    page.__gpp("removeEventListener", hear, 1);
    page.__gpp("removeEventListener", hear, 1);
    page.__gpp("hasSection", hear, "usnat");
    page.__gpp("getSection", hear, "usnat");
    const [[ping], [first], [second], [removed], [missing], has, section] = answers;
    expect(ping).toMatchObject({ gppVersion: "1.1", cmpStatus: "stub", signalStatus: "not ready", supportedAPIs: ["2:tcfeuv2", "7:usnat"], cmpId: 880 });
    expect([first.eventName, first.listenerId, second.listenerId]).toEqual(["listenerRegistered", 1, 2]);
    expect([removed.eventName, removed.listenerId, missing]).toEqual(["listenerRemoved", 1, false]);
    expect([has, section]).toEqual([[false, true], [null, true]]);
    expect(page.__gpp.events.map(({ id }: any) => id)).toEqual([2]);
  });

  test("messages: text in, text out; to the origin that asked", () => {
    const { say } = run(whole);
    const call = { __tcfapiCall: { command: "ping", version: 2, callId: "x" } };
    const [[text, origin]] = say(JSON.stringify(call));
    expect([JSON.parse(text).__tcfapiReturn.callId, origin]).toEqual(["x", "https://ad.example"]);
    expect(say(call)[0][0].__tcfapiReturn).toMatchObject({ success: true, callId: "x" });
    expect(say(call, { origin: "null" })[0][1]).toBe("*");
    expect(say(call, { source: null })).toEqual([]);
    expect(say({ __gppCall: { command: "ping", callId: 1 } })[0][0].__gppReturn).toMatchObject({ success: true, callId: 1 });
  });

  test("messages of any shape never throw, and nothing is answered that was not asked", () => {
    const { say } = run(whole);
    let seed = 7;
    const random = (below: number) => (seed = (seed * 48271) % 2147483647) % below;
    const names = ["__tcfapiCall", "__gppCall", "command", "parameter", "callId", "version", "toString", "__proto__", "x"];
    const shape = (depth: number): unknown => {
      const plain = [null, undefined, 0, NaN, "", "ping", "{", "getField", [], {}, true, () => 1, Symbol("s"), 1n];
      if (depth === 0 || random(3) === 0) return plain[random(plain.length)];
      const made: any = random(4) ? {} : [];
      for (let left = random(4); left >= 0; --left) made[names[random(names.length)]!] = shape(depth - 1);
      return made;
    };
    for (let count = 0; count < 3000; ++count) {
      const message: any = shape(4);
      let data = message;
      if (random(2)) {
        try {
          data = JSON.stringify(message) ?? "";
        } catch {}
      }
      const calls = message && (message.__tcfapiCall || message.__gppCall);
      const replies = say(data);
      if (!calls) expect(replies).toEqual([]);
    }
    for (const hostile of [{ get __tcfapiCall() { throw new Error("of a page"); } }, new Proxy({}, { get() { throw 1; } })]) {
      expect(say(hostile)).toEqual([]);
    }
  });

  test("other names, a tag of its own, and what a policy names it by", async () => {
    const { page } = run(await stub(config(), "--global", "w", "--prefix", "p."), { localStorage: { "p.consent/record": "{}" } });
    expect([typeof page.w, page.waymark]).toEqual(["function", undefined]);
    const html = await stub(config(), "--html");
    expect(html).toBe(`<script>${whole.trimEnd()}</script>\n`);
    const { createHash } = await import("node:crypto");
    const hash = createHash("sha256").update(whole.trimEnd()).digest("base64");
    expect(await stub(config(), "--hash")).toBe(`'sha256-${hash}'\n`);
    // Nothing in it can end the script.
    const hostile = await stub(config(), "--html", "--prefix", "</script><script>alert(1)//");
    expect(hostile.match(/<\/?script>/g)).toEqual(["<script>", "</script>"]);
  });

  test("a config that the engine refuses makes no stub", async () => {
    const { code, out, err } = await waymark("stub", file("bad.json", { ...config(), wayward: 1 }));
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain("/wayward");
  });
});

describe("lint", () => {
  const findings = async (consent: object) => {
    const { out } = await waymark("lint", "--json", file("iab.json", config(consent)));
    return JSON.parse(out)[0].findings.map(({ code, pointer }: any) => `${code} ${pointer}`);
  };

  test.each([
    ["no CMP", { iab: { cmp_id: 0 } }, "required /consent/iab/cmp_id"],
    ["the IAB's host", { iab: { cmp_id: 9, gvl_url: "https://vendor-list.consensu.org/v3/vendor-list.json" } }, "not_allowed /consent/iab/gvl_url"],
    ["no list", { iab: { cmp_id: 9 } }, "required /consent/iab/gvl_url"],
    ["an unknown section", { regions: [{ match: ["US"], model: "opt_out", gpp: ["usxx"] }] }, "not_allowed /consent/regions/0/gpp/0"],
  ])("says: %s", async (_name, consent, expected) => {
    expect(await findings(consent)).toContain(expected);
    expect(await findings({})).not.toContain(expected);
  });
});

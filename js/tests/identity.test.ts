// Identity between hosts, as far as the page carries it: calls, tokens in addresses, the owner's
// server, the cookie, and what is read of other software. The engine is a scripted one; the browser
// tests have the real one on several hosts.

import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { BrowserStore } from "../src/platform/browser/store.ts";
import { IdentityCookie } from "../src/platform/browser/identity_cookie.ts";
import { takeToken, withToken } from "../src/platform/browser/links.ts";
import type { Fact, StoreEffect } from "../src/platform/platform.ts";
import { foreignId, sources } from "../src/identity/foreign.ts";
import { accept, make, type Ask } from "../src/identity/hand_over.ts";
import { fakeNavigator, freshDevice } from "./browser_fakes.ts";
import { Client, config, engine, inputs, live, platform } from "./scripted_client.ts";

describe("the calls", () => {
  test("alias and group are events with the options of events", async () => {
    const client = await live();
    client.alias("u1", "old", { priority: "bulk" });
    client.group("acme", { plan: "pro" }, { needs: ["marketing"] });
    client.alias("u2");
    const now = platform.now();
    expect(inputs()).toEqual([
      { type: "alias", now, priority: "bulk", user_id: "u1", previous_id: "old" },
      { type: "group", now, needs: ["marketing"], group_id: "acme", traits: { plan: "pro" } },
      { type: "alias", now, user_id: "u2" },
    ]);
  });

  const answering = (answer: object) => {
    engine.script = ({ type, request_id }) =>
      /hand_over/.test(type)
        ? { effects: [{ type: "answer", request_id, answer }] as any }
        : undefined;
  };

  test("a token is asked of the engine with fresh entropy, also before the engine is there", async () => {
    answering({ token: "abc" });
    const client = new Client(platform, config as any);
    const made = client.handOver.create({ to: "outlet.example", carry: { cart: "c1" } });
    expect(await made).toEqual({ token: "abc" });
    expect(await client.handOver.create()).toEqual({ token: "abc" });
    const asked = inputs().filter(({ type }) => type === "hand_over");
    const entropy = { offset: 0, size: 32 };
    expect(asked).toMatchObject([
      { to: "outlet.example", carry: { cart: "c1" }, entropy, request_id: 1 },
      { to: "", entropy, request_id: 2 },
    ]);
  });

  test("what the engine refuses is a problem and no token", async () => {
    const problem = { code: "consent_missing", pointer: "", found: "no consent", allowed: "it" };
    answering({ problem });
    const client = await live();
    const heard = jest.fn();
    client.on("problem", heard);
    expect(await client.handOver.create()).toBe(undefined);
    expect(heard).toHaveBeenCalledWith(problem);
  });

  test("an answer to a token is the engine's", async () => {
    answering({ accepted: true, how: "joined", carry: { cart: "c1" } });
    const client = await live();
    const answer = { accepted: true, how: "joined", carry: { cart: "c1" } };
    expect(await client.handOver.accept("abc")).toEqual(answer);
    expect(inputs()[0]).toMatchObject({ type: "accept_hand_over", token: "abc" });
  });

  test("a client that is off has no token and takes none", async () => {
    const client = await live();
    const never = client.handOver.create();
    client.close();
    expect(await never).toBe(undefined);
    expect(await client.handOver.create()).toBe(undefined);
    expect(await client.handOver.accept("abc")).toEqual({ accepted: false, why: "off" });
    const refused = new Client(platform, "/nowhere");
    expect(await refused.handOver.create()).toBe(undefined);
    expect(await refused.handOver.accept("abc")).toEqual({ accepted: false, why: "off" });
  });
});

describe("an address", () => {
  const both = ["waymark_consent", "waymark_handover"] as const;
  test.each([
    ["https://o.example/a?b=1", "https://o.example/a?b=1#waymark_consent=x~1&waymark_handover=y-_"],
    ["https://o.example/a#p", "https://o.example/a?waymark_consent=x%7E1&waymark_handover=y-_#p"],
  ])("%s carries the tokens of two parts, and is what it was without", (address, expected) => {
    const marked = withToken(withToken(address, both[0], "x~1"), both[1], "y-_");
    expect(marked).toBe(expected);
    for (const [first, second] of [both, [both[1], both[0]]] as const) {
      const [, rest] = takeToken(marked, first)!;
      expect(takeToken(rest, first)).toBe(undefined);
      expect(takeToken(rest, second)![1]).toBe(address);
    }
    expect(takeToken(marked, both[0])![0]).toBe("x~1");
    expect(takeToken(marked, both[1])![0]).toBe("y-_");
  });
});

describe("the owner's server", () => {
  const { fetch } = globalThis;
  const requests: [url: string, body: any, request: any][] = [];
  const serve = (...answers: (object | number | undefined)[]) => {
    globalThis.fetch = (async (url: string, request: any) => {
      requests.push([url, JSON.parse(request.body), request]);
      const answer = answers.shift();
      if (answer === undefined) throw new TypeError("Failed to fetch");
      if (typeof answer === "number") return new Response("{}", { status: answer });
      const { status = 200, ...document } = answer as any;
      return new Response(JSON.stringify(document), { status });
    }) as typeof globalThis.fetch;
  };
  beforeEach(() => {
    requests.length = 0;
    fakeNavigator({ userAgent: "Test/1", language: "de" });
    Object.assign(globalThis, { location: new URL("https://outlet.example/") });
  });
  afterEach(() => void (globalThis.fetch = fetch));

  const asked: any[] = [];
  const engineOf =
    (...answers: any[]): Ask =>
    (input, answer) => {
      asked.push(input);
      answer(answers.shift());
    };
  beforeEach(() => void (asked.length = 0));

  const sealing = { token: "weak", to_seal: "2.whole", seal: "https://shop.example/hand-over" };
  const made = (ask: Ask) =>
    new Promise<any>((give) => {
      make(ask, { to: "outlet.example" }, async ({ sealed, ...it }) => {
        give({ ...it, sealed: await sealed });
      });
    });

  test("seals the engine's token, and is told for whom", async () => {
    serve({ token: "s.abc-_" });
    expect(await made(engineOf(sealing))).toEqual({ token: "weak", sealed: "s.abc-_" });
    const [url, body, { method, credentials, redirect }] = requests[0]!;
    expect([url, method, credentials, redirect]).toEqual([sealing.seal, "POST", "omit", "error"]);
    expect(body).toEqual({ token: "2.whole", to: "outlet.example" });
  });

  test.each([
    ["does not answer", undefined],
    ["refuses", 403],
    ["answers something else", { token: "weak" }],
    ["answers a text that is none", { token: "s.<script>" }],
    ["answers nothing", {}],
  ])("that %s leaves the weak token", async (_what, answer) => {
    serve(answer as any);
    expect(await made(engineOf(sealing))).toEqual({ token: "weak", sealed: undefined });
  });

  test("has to seal the token of a user who is known: unsealed none goes out", async () => {
    serve({ token: "s.abc-_" }, undefined);
    const { token: _, ...known_only } = sealing;
    const known = engineOf(known_only, known_only);
    expect(await made(known)).toEqual({ token: undefined, sealed: "s.abc-_" });
    expect(await made(known)).toEqual({ token: undefined, sealed: undefined });
  });

  test("is not asked where the engine names none", async () => {
    serve();
    expect(await made(engineOf({ token: "weak" }))).toEqual({ token: "weak" });
    expect(await made(engineOf({ problem: { code: "no_id" } }))).toEqual({
      problem: { code: "no_id" },
    });
    expect(await made(engineOf(undefined))).toEqual({});
    expect(requests).toEqual([]);
  });

  const open = { open: `${sealing.seal}/open` };
  test("opens what it has sealed, for this host, once consent allows", async () => {
    serve({ token: "payload" });
    const ask = engineOf(open, { accepted: true, how: "adopted" });
    expect(await accept(ask, "s.abc")).toEqual({ accepted: true, how: "adopted" });
    expect(requests[0]!.slice(0, 2)).toEqual([
      "https://shop.example/hand-over/open",
      { token: "s.abc", host: "outlet.example" },
    ]);
    expect(asked).toMatchObject([
      { type: "accept_hand_over", token: "s.abc", host: "outlet.example" },
      { type: "accept_hand_over", token: "payload", host: "outlet.example", opened: true },
    ]);
    expect(asked[0].browser).toMatch(/^Test\/1\|de\|/);
    expect(asked[0]).not.toHaveProperty("opened");
  });

  test.each([
    ["does not answer", undefined, "server_unreachable"],
    ["fails", 500, "server_unreachable"],
    ["says that it was used", { status: 409, why: "token_used" }, "token_used"],
    ["gives nothing back", {}, "server_unreachable"],
    ["gives no text back", { token: 7 }, "server_unreachable"],
  ])("that %s: nothing is accepted", async (_what, answer, why) => {
    serve(answer as any);
    expect(await accept(engineOf(open), "s.abc")).toEqual({ accepted: false, why });
    expect(asked).toHaveLength(1);
  });

  test("that gives back another sealed token is asked once", async () => {
    serve({ token: "s.other" }, { token: "payload" });
    expect(await accept(engineOf(open, open), "s.abc")).toEqual({
      accepted: false,
      why: "token_invalid",
    });
    expect(requests).toHaveLength(1);
  });

  test("is not asked where the engine needs nobody", async () => {
    serve();
    const no = { accepted: false, why: "token_expired" };
    expect(await accept(engineOf(no), "abc")).toEqual(no);
    expect(await accept(engineOf(undefined), "abc")).toEqual({ accepted: false, why: "off" });
    expect(requests).toEqual([]);
  });
});

/** Cookies as a page sees them, and as they were written. */
class FakeCookies {
  readonly written: string[] = [];
  readonly values = new Map<string, string>();
  get cookie(): string {
    return [...this.values].map(([name, value]) => `${name}=${value}`).join("; ");
  }
  set cookie(text: string) {
    this.written.push(text);
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(text)!;
    if (/; Max-Age=0/.test(text)) this.values.delete(name!);
    else this.values.set(name!, value!);
  }
}

describe("the key state/cookie", () => {
  const key = "state/cookie";
  const bytes = (text: string) => new TextEncoder().encode(text);
  let cookies: FakeCookies;
  let store: BrowserStore;
  let next_id = 1;

  beforeEach(() => {
    freshDevice();
    cookies = new FakeCookies();
    Object.assign(globalThis, { document: cookies, location: new URL("https://www.shop.example/") });
    store = new BrowserStore("w.");
    store.beside = new IdentityCookie("shop.example", "w.").beside;
  });

  async function run(...bodies: any[]): Promise<any[]> {
    const effects = bodies.map((body) => ({ ...body, effect_id: next_id++ })) as StoreEffect[];
    const facts: Fact[] = [];
    await new Promise<void>((resolve) => {
      store.run(effects, (fact) => facts.push(fact) === effects.length && resolve());
    });
    return effects.map(({ effect_id }) => facts.find((fact) => fact.effect_id === effect_id));
  }
  const put = (value: string, at = key) => ({ type: "store_put", key: at, value: bytes(value) });
  const get = (more: object = {}) => ({
    type: "store_get",
    prefix: "state/",
    bytes_max: 1000,
    ...more,
  });
  const read = (fact: any) =>
    fact.entries.map((entry: any) => [entry.key, new TextDecoder().decode(entry.value)]);

  test("is a cookie of all subdomains, with a mirror, and nothing in the database", async () => {
    expect((await run(put("1~a")))[0].type).toBe("store_done");
    expect(cookies.written).toEqual([
      "waymark_id=1~a; Domain=shop.example; Max-Age=34560000; Path=/; SameSite=Lax; Secure",
    ]);
    expect({ ...localStorage }).toEqual({ "w.state/cookie": "1~a" });
    expect(await indexedDB.databases()).toEqual([]);
  });

  test("is not for secure lines alone where the page is not on one", async () => {
    Object.assign(globalThis, { location: new URL("http://www.shop.example/") });
    await run(put("1~a"));
    expect(cookies.written[0]).not.toMatch(/Secure/);
  });

  test("is nothing and reads nothing before the engine asks", () => {
    expect([cookies.written, Object.keys(localStorage)]).toEqual([[], []]);
  });

  test("is read among the others, in its place: the cookie first, then the mirror", async () => {
    await run(put("x", "state/a"), put("y", "state/z"), put("1~a"));
    const all = [
      ["state/a", "x"],
      [key, "1~a"],
      ["state/z", "y"],
    ];
    expect(read((await run(get()))[0])).toEqual(all);
    cookies.values.set("waymark_id", "1~server");
    expect(read((await run(get()))[0])[1]).toEqual([key, "1~server"]);
    cookies.values.delete("waymark_id");
    expect(read((await run(get()))[0])).toEqual(all);
    localStorage.removeItem("w.state/cookie");
    expect(read((await run(get()))[0])).toEqual([all[0], all[2]]);
  });

  test("comes once in pages, whichever", async () => {
    await run(put("1~a"), ...["a", "b", "d", "e"].map((end) => put("12345", `state/${end}`)));
    for (const bytes_max of [1, 5, 10, 15, 1000]) {
      const seen: string[] = [];
      for (let more = true; more; ) {
        const after = seen[seen.length - 1];
        const [fact] = await run(get({ bytes_max, ...(after && { after }) }));
        seen.push(...fact.entries.map((entry: any) => entry.key));
        more = fact.more;
      }
      expect(seen).toEqual(["state/a", "state/b", key, "state/d", "state/e"]);
    }
  });

  test("is read where there is no database, and does not make one", async () => {
    cookies.values.set("waymark_id", "1~server");
    expect(read((await run(get()))[0])).toEqual([[key, "1~server"]]);
    expect(await indexedDB.databases()).toEqual([]);
  });

  test("stays for the other hosts when all of this one's state is deleted; the mirror goes", async () => {
    await run(put("1~a"), put("x", "state/a"), { type: "store_delete", prefix: "state/" });
    expect(cookies.values.get("waymark_id")).toBe("1~a");
    expect({ ...localStorage }).toEqual({});
  });

  test("is deleted in both places by its name", async () => {
    await run(put("1~a"), put("x", "state/a"));
    expect((await run({ type: "store_delete", key }))[0].type).toBe("store_done");
    expect(cookies.values.size).toBe(0);
    expect(cookies.written.pop()).toMatch(/^waymark_id=; Domain=shop.example; Max-Age=0; Path=\//);
    expect({ ...localStorage }).toEqual({});
    expect(read((await run(get()))[0]).map(([name]: any) => name)).not.toContain(key);
  });

  test("stays when something else is deleted", async () => {
    await run(put("1~a"), { type: "store_delete", prefix: "outbox/" });
    await run({ type: "store_delete", key: "state/cookie2" });
    expect(cookies.values.get("waymark_id")).toBe("1~a");
  });

  test("replaces only what is there", async () => {
    await run({ ...put("1~b"), replace: true });
    expect(cookies.values.size).toBe(0);
    await run(put("1~a"), { ...put("1~b"), replace: true });
    expect(cookies.values.get("waymark_id")).toBe("1~b");
  });

  test.each(["a b", "a;b", 'a"b', "a,b", "ü", "", "x".repeat(401)])(
    "%j is no cookie: it is stored like any other key",
    async (text) => {
      await run(put(text));
      expect([cookies.written, Object.keys(localStorage)]).toEqual([[], []]);
      expect(read((await run(get()))[0])).toEqual([[key, text]]);
    },
  );

  test("a cookie that cannot be one of ours is as if it were not there", async () => {
    cookies.values.set("waymark_id", 'a"b');
    expect(read((await run(get()))[0])).toEqual([]);
  });

  test("a device that refuses cookies is survived", async () => {
    Object.defineProperty(cookies, "cookie", {
      get: () => {
        throw new DOMException("no", "SecurityError");
      },
    });
    expect((await run(put("1~a")))[0].type).toBe("store_done");
    expect(read((await run(get()))[0])).toEqual([[key, "1~a"]]);
  });
});

describe("ids of other software", () => {
  const now = 1_793_817_970_000;
  const posthog = (document: object) => encodeURIComponent(JSON.stringify(document));
  const find = (kept: Record<string, string>) => (name: RegExp) =>
    kept[Object.keys(kept).find((one) => name.test(one)) ?? ""];

  test.each<[source: string, kept: Record<string, string>, id: string | undefined]>([
    ["segment", { ajs_anonymous_id: "8c1f-4" }, "8c1f-4"],
    ["segment", { ajs_anonymous_id: "%228c1f-4%22" }, "8c1f-4"],
    ["segment", { ajs_anonymous_id: '"8c1f-4"' }, "8c1f-4"],
    ["segment", { ajs_anonymous_id: "null" }, "null"],
    ["segment", { ajs_user_id: "8c1f-4" }, undefined],
    ["ga", { _ga: "GA1.1.1234567890.1600000000" }, "1234567890.1600000000"],
    ["ga", { _ga: "GA1.2.1234567890.1600000000" }, "1234567890.1600000000"],
    ["ga", { _ga: "GA1.1.amp-x" }, undefined],
    ["ga", { _ga_ABC: "GS1.1.1600000000.1.0.1600000000" }, undefined],
    ["snowplow", { "_sp_id.1fff": "d8b7-1.1600000000.2.1.1.s" }, "d8b7-1"],
    ["snowplow", { "_sp_ses.1fff": "*" }, undefined],
    ["matomo", { "_pk_id.1.1fff": "0123456789abcdef.1600000000." }, "0123456789abcdef"],
    ["matomo", { "_pk_id.1.1fff": "0123456789abcde.1600000000." }, undefined],
    ["posthog", { ph_k1_posthog: posthog({ distinct_id: "d1" }) }, "d1"],
    ["posthog", { ph_k1_posthog: posthog({ distinct_id: "d1", $device_id: "d0" }) }, "d0"],
    [
      "posthog",
      { ph_k1_posthog: posthog({ distinct_id: "user-1", $user_state: "identified" }) },
      undefined,
    ],
    ["posthog", { ph_k1_posthog: "{torn" }, undefined],
    ["posthog", { ph_k1_posthog: posthog({ distinct_id: 7 }) }, undefined],
  ])("%s: %j is %j", (source, kept, id) => {
    const found = foreignId(sources[source]!, "", find(kept), now);
    // What is a placeholder is the engine's to say.
    expect(found).toBe(id);
  });

  const id = "0123456789abcdef";
  const seconds = String(now / 1000);
  const base64 = btoa("1234567890.1600000000").replace(/=/g, ".");
  test.each<[source: string, search: string, id: string | undefined]>([
    ["segment", "?ajs_aid=8c1f-4", "8c1f-4"],
    ["segment", "?ajs_aid=a%20b", undefined],
    ["segment", "?ajs_aid=", undefined],
    ["snowplow", `?_sp=d8b7-1.${now - 1000}`, "d8b7-1"],
    ["snowplow", `?_sp=d8b7-1.${now - 1000}.sess.user.source`, "d8b7-1"],
    ["snowplow", `?_sp=d8b7-1.${now - 200_000}`, undefined],
    ["snowplow", "?_sp=d8b7-1", undefined],
    ["ga", `?_gl=1*abc12*_ga*${base64}*_ga_XYZ*MTYwMA..`, "1234567890.1600000000"],
    ["ga", "?_gl=1*abc12*_ga*%25%25", undefined],
    ["ga", "?_gl=1*abc12*_ga", undefined],
    ["matomo", `?pk_vid=${id}${seconds}a1b2c3`, id],
    ["matomo", `?pk_vid=${id}1600000000a1b2c3`, undefined],
    ["matomo", `?pk_vid=${id}`, undefined],
  ])("%s: a link with %s brings %j", (source, search, expected) => {
    expect(foreignId(sources[source]!, search, () => undefined, now)).toBe(expected);
  });

  test("a link that brings one goes before what is kept, one that brings none does not", () => {
    const kept = find({ ajs_anonymous_id: "kept" });
    expect(foreignId(sources.segment!, "?ajs_aid=brought", kept, now)).toBe("brought");
    expect(foreignId(sources.segment!, "?ajs_aid=%00", kept, now)).toBe("kept");
  });
});

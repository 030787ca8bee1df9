// What is shipped for a page without a bundler: the stub's text and the minified script, run as a
// page runs them, with the real engine. Only the page around them is a fake.

import { beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { build } from "esbuild";
import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import { readFileSync } from "node:fs";
import { createContext, type Module, runInContext, SyntheticModule } from "node:vm";
import { brotliCompressSync, gunzipSync } from "node:zlib";
// @ts-expect-error: plain JavaScript of the build
import { bundles } from "../bundles.mjs";
import { fakeLocalStorage } from "./browser_fakes.ts";
import { page_file } from "./raw_engine.ts";

let stub: string;
let script: string;

beforeAll(async () => {
  const text = async (bundle: object) =>
    (await build({ ...bundle, write: false })).outputFiles[0]!.text;
  stub = await text(bundles.stub);
  script = await text(bundles.script);
});

const config = {
  waymark: 1,
  app: { id: "shop" },
  consent: {
    revision: "1",
    purposes: [{ id: "analytics", basis: "consent", storage: true, before_answer: "hold" }],
    regions: [{ match: ["*"], model: "opt_in" }],
  },
  collectors: [
    {
      id: "w",
      protocol: "segment",
      url: "https://c.example",
      needs: ["analytics"],
      options: { write_key: "k" },
    },
  ],
  capture: { page_views: true },
};

class FakePage {
  readonly fetched: string[] = [];
  /** The events of the first request. */
  readonly delivery: Promise<any[]>;
  readonly logged: string[] = [];
  readonly window: any;
  deliver!: (events: any[]) => void;
  clock = 100;
  config: object = config;
  wasm = new Response(readFileSync(page_file), { headers: { "Content-Type": "application/wasm" } });
  dataset: Record<string, string> = { config: "/waymark.json" };
  /** What has to happen before the part at an address comes. */
  hold: (address: string) => Promise<void> | undefined = () => undefined;
  /** What the parts export, by address. */
  parts: Record<string, (page: any) => unknown> = {};

  constructor() {
    this.delivery = new Promise((resolve) => (this.deliver = resolve));
    const target = new EventTarget();
    const document = Object.assign(new EventTarget(), {
      title: "Shop",
      referrer: "",
      characterSet: "UTF-8",
      documentElement: { scrollWidth: 1, scrollHeight: 1 },
      currentScript: { src: "https://shop.example/js/waymark.js", dataset: this.dataset },
    });
    this.window = createContext({
      document,
      addEventListener: target.addEventListener.bind(target),
      removeEventListener: target.removeEventListener.bind(target),
      dispatchEvent: target.dispatchEvent.bind(target),
      location: new URL("https://shop.example/p/1"),
      history: { pushState() {}, replaceState() {} },
      navigator: { onLine: true, language: "en", userAgent: "Test/1" },
      screen: { width: 1, height: 1 },
      ...{ devicePixelRatio: 1, innerWidth: 1, innerHeight: 1 },
      localStorage: fakeLocalStorage(),
      performance: { now: () => this.clock + 0.7 },
      crypto: { getRandomValues: (bytes: Uint8Array) => bytes.fill(1) },
      console: { error: (...words: unknown[]) => this.logged.push(words.join(" ")) },
      fetch: (url: string | URL, request?: any) => this._fetch(String(url), request),
      ...{ URL, TextEncoder, TextDecoder, AbortController, Uint8Array },
      // A page that waits for its answer to run out keeps no test waiting.
      setTimeout: (run: () => void, ms: number) => setTimeout(run, ms).unref(),
      ...{ clearTimeout, indexedDB: new IDBFactory(), IDBKeyRange },
      // As in a browser: nobody else's method.
      queueMicrotask(this: unknown, run: () => void) {
        if (this && this !== page.window) throw new TypeError("Illegal invocation");
        queueMicrotask(run);
      },
    });
    this.window.window = this.window;
  }

  run(text: string): any {
    const importModuleDynamically = (address: string) => this._import(address);
    return runInContext(text, this.window, { importModuleDynamically });
  }

  private async _import(address: string): Promise<Module> {
    this.fetched.push(address);
    await this.hold(address);
    const start = this.parts[address];
    if (!start) throw new TypeError("Failed to fetch dynamically imported module");
    const { window: context } = this;
    const module = new SyntheticModule(
      ["start"],
      () => module.setExport("start", start),
      { context },
    );
    await module.link(() => module);
    await module.evaluate();
    return module;
  }

  private async _fetch(url: string, request?: any): Promise<Response> {
    this.fetched.push(url);
    if (url.endsWith(".wasm")) return this.wasm;
    if (url === "/waymark.json") return new Response(JSON.stringify(this.config));
    if (!request) return new Response("", { status: 404 });
    const packed = request.headers["Content-Encoding"] === "gzip";
    const body = packed ? gunzipSync(request.body) : Buffer.from(request.body);
    this.deliver(JSON.parse(body.toString()).batch);
    return new Response("{}");
  }
}

let page: FakePage;
beforeEach(() => {
  page = new FakePage();
});

describe("budgets, in bytes after brotli", () => {
  const size = (text: string) => brotliCompressSync(text).length;
  test("stub.js: 1 KB", () => expect(size(stub)).toBeLessThanOrEqual(1024));
  // 8 KB was for what it first did; with the API of consent it may grow to 9.
  test("waymark.js: 9 KB", () => expect(size(script)).toBeLessThanOrEqual(9216));
  test("waymark.js asks V8 to compile all of it where it was loaded", () => {
    expect(script.split("\n")[0]).toBe("//# allFunctionsCalledOnLoad");
  });
});

describe("the stub", () => {
  test("keeps calls with their time and page, and does nothing else", () => {
    page.run(stub);
    page.run(`waymark("track", "a", { n: 1 })`);
    const [[parameters, [wall, mono], url, title]] = page.window.waymark.q;
    expect(Array.from(parameters)).toEqual(["track", "a", { n: 1 }]);
    expect(page.window.waymark.q).toHaveLength(1);
    expect([mono, url, title]).toEqual([100.7, "https://shop.example/p/1", "Shop"]);
    expect(Math.abs(wall - Date.now())).toBeLessThan(60_000);
    expect(page.fetched).toEqual([]);
    expect(Object.keys(page.window.localStorage)).toEqual([]);
  });

  test("keeps 500 calls and counts the rest", () => {
    page.run(stub);
    page.run(`for (let i = 0; i < 503; i++) waymark("track", "a" + i)`);
    expect(page.window.waymark.q).toHaveLength(500);
    expect(page.window.waymark.q[499][0][1]).toBe("a499");
    expect(page.window.waymark.lost).toBe(3);
  });

  describe("on a page that goes away before the script is there", () => {
    const away = () => page.window.dispatchEvent(new Event("pagehide"));
    const spills = () =>
      Object.keys(page.window.localStorage).filter((name) => name.startsWith("waymark.spill/"));
    const record = (text: string) =>
      page.window.localStorage.setItem("waymark.consent/record", text);

    test("leaves its calls where the stored record says that they may stay", () => {
      record('{"spill":true}');
      page.run(stub);
      page.run(`waymark("track", "a", { n: 1 }); waymark("page", undefined, { x: 1 })`);
      away();
      away();
      const [name, ...others] = spills();
      expect(others).toEqual([]);
      expect(name).toMatch(/^waymark\.spill\/\d{13}(\.\d+)?$/);
      expect(JSON.parse(page.window.localStorage[name!])).toEqual([
        [["track", "a", { n: 1 }], [expect.any(Number), 100.7], "https://shop.example/p/1", "Shop", ""],
        [["page", null, { x: 1 }], [expect.any(Number), 100.7], "https://shop.example/p/1", "Shop", ""],
      ]);
      expect(page.window.waymark.q).toEqual([]);
    });

    test.each([["{}"], ['{"spill":false}'], ['{"spill":1}'], ["null"], ["{torn"], [""], [undefined]])(
      "leaves nothing where it is %j",
      (text) => {
        if (text !== undefined) record(text);
        page.run(stub);
        page.run(`waymark("track", "a")`);
        away();
        expect(spills()).toEqual([]);
        expect(page.window.waymark.q).toHaveLength(1);
      },
    );

    test("leaves nothing where nothing waits, or the device takes nothing", () => {
      record('{"spill":true}');
      page.run(stub);
      away();
      page.run(`waymark("track", "a", {}, (cycle = {}).self = cycle)`);
      away();
      page.window.waymark.q.pop();
      page.run(`Object.freeze(localStorage); waymark("track", "a")`);
      away();
      expect(spills()).toEqual([]);
    });

    test("leaves nothing once the script has taken over", () => {
      record('{"spill":true}');
      page.run(stub);
      page.run(`waymark("track", "a")`);
      const calls = page.window.waymark.q;
      page.run("waymark = () => {}");
      away();
      expect([spills(), calls.length]).toEqual([[], 1]);
    });
  });

  test("pasted twice keeps what the first has", () => {
    page.run(stub);
    page.run(`waymark("track", "a")`);
    page.run(stub);
    expect(page.window.waymark.q).toHaveLength(1);
  });
});

describe("the script", () => {
  test("finds the engine beside itself and fetches it once, with the config", async () => {
    page.run(script);
    await page.run("waymark.client.ready");
    expect(page.fetched.sort()).toEqual(["/waymark.json", "https://shop.example/js/waymark.wasm"]);
  });

  test("takes the engine from data-wasm and the name from data-global", async () => {
    Object.assign(page.dataset, { wasm: "/engine.wasm", global: "trail" });
    page.run(script);
    await page.run("trail.client.ready");
    expect(page.fetched).toContain("/engine.wasm");
    expect(page.window.waymark).toBeUndefined();
  });

  test("takes a wasm of a wrong Content-Type", async () => {
    page.wasm = new Response(readFileSync(page_file), { headers: { "Content-Type": "text/html" } });
    page.run(script);
    await page.run("waymark.client.ready");
  });

  test("delivers the stub's calls with their own time, after the page view", async () => {
    const before = Date.now();
    page.run(stub);
    page.run(`waymark("consent.set", { analytics: "granted" })`);
    page.run(`waymark("track", "early", { n: 1 })`);
    const after = Date.now();
    page.clock = 5000;
    page.run(script);
    page.run(`waymark("flush")`);
    await page.run("waymark.client.ready");
    const events = await page.delivery;
    expect(events.map(({ type, event }) => event ?? type)).toEqual(["page", "early"]);
    const time = Date.parse(events[1].timestamp);
    expect(time >= before && time <= after).toBe(true);
    expect(events[1].context.page.url).toBe("https://shop.example/p/1");
    expect(page.logged).toEqual([]);
  });

  test("delivers what the stub of an earlier page left, with its own time and page", async () => {
    const time = Date.now() - 60_000;
    const earlier = (...parameters: unknown[]) =>
      [parameters, [time, 9e9], "https://shop.example/before#x", "Before", "https://a.example/"];
    const left = [
      earlier("consent.set", { analytics: "granted" }),
      earlier("track", "left", { n: 1 }),
      ...[earlier("close"), earlier("on", "view", null), earlier("unheard"), earlier()],
    ];
    page.window.localStorage.setItem("waymark.spill/1", JSON.stringify(left));
    page.run(stub);
    page.run(`waymark("track", "early")`);
    page.run(script);
    page.run(`waymark("flush")`);
    await page.run("waymark.client.ready");
    const events = await page.delivery;
    expect(events.map(({ type, event }) => event ?? type)).toEqual(["left", "page", "early"]);
    expect(Date.parse(events[0].timestamp)).toBe(time);
    expect(events[0].context).toMatchObject({
      page: { url: "https://shop.example/before", title: "Before", referrer: "https://a.example/" },
      locale: "en",
    });
    expect(events[1].context.page).toMatchObject({ path: "/p/1", title: "Shop" });
    const names = Object.keys(page.window.localStorage);
    expect(names.filter((name) => name.includes("spill"))).toEqual([]);
    expect(page.logged).toEqual([]);
  });

  test("hands in the document of data-remote", async () => {
    page.dataset.remote = "/remote.json";
    page.run(script);
    page.run(`problems = []; waymark("on", "problem", (problem) => problems.push(problem))`);
    await page.run("waymark.client.ready");
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(page.fetched).toContain("/remote.json");
    expect(page.window.problems).toMatchObject([{ found: "the answer 404 from /remote.json" }]);
  });

  test.each([
    [{ region: "DE" }, ["DE", "opt_in", "unknown default"]],
    [{ region: "US-CA", age: "20" }, ["US-CA", "opt_out", "granted default"]],
    [{ region: "US-CA", age: "12" }, ["US-CA", "opt_out", "denied age"]],
    [{ region: "US-CA", age: "0" }, ["US-CA", "opt_out", "denied age"]],
    [{ region: "US-CA", age: "" }, ["US-CA", "opt_out", "granted default"]],
    [{ region: "", age: "unknown" }, [undefined, "opt_in", "unknown default"]],
  ])("tells the facts of data-region and data-age: %j", async (attributes, [region, model, state]) => {
    Object.assign(page.dataset, attributes);
    page.config = {
      ...config,
      consent: {
        ...config.consent,
        regions: [{ match: ["US"], model: "opt_out" }, ...config.consent.regions],
        age: { minimum: 13, unknown: "allow" },
      },
    };
    page.run(script);
    page.run(`problems = []; waymark("on", "problem", (problem) => problems.push(problem))`);
    await page.run(`waymark("ready")`);
    const consent = page.run(`waymark("consent.get")`);
    const { state: now, why } = consent.purposes.analytics;
    expect([consent.region, consent.model, `${now} ${why}`]).toEqual([region, model, state]);
    expect(Array.from(page.window.problems)).toEqual([]);
  });

  test("goes on once the device's store is open", async () => {
    page.run(script);
    page.run(`
      waymark("consent.set", { analytics: "granted" });
      opened = new Promise((resolve) =>
        waymark("on", "view", ({ store }) => store === "ok" && resolve()));
    `);
    await page.window.opened;
    page.run(`waymark("track", "a"); waymark("flush")`);
    await page.delivery;
    expect(page.logged).toEqual([]);
    expect(page.run(`waymark("view").losses.invalid`)).toBe(0);
  });

  test("gives values back and reaches nested methods", async () => {
    page.run(script);
    await page.run(`waymark("ready")`);
    page.run(`waymark("consent.set", { analytics: "denied" })`);
    expect(page.run(`waymark("consent.get").purposes.analytics.state`)).toBe("denied");
    expect(page.run(`waymark("view").refused`)).toBe(false);
    expect(page.run(`waymark("journey")`)).toBeUndefined(); // the config has none
    expect(page.window.problems ?? []).toEqual([]);
    page.run(`waymark("consent.withdraw", "analytics")`);
    const { entries } = await page.run(`waymark("consent.records")`);
    expect(entries[0].purposes.analytics).toMatchObject({ state: "denied", why: "person" });
    const { collectors } = page.run(`waymark("consent.explain", { type: "page" })`);
    expect(collectors.w.verdict).toBe("drop");
  });

  test("reports an unknown method, and reaches nothing private", async () => {
    page.run(script);
    page.run(`problems = []; waymark("on", "problem", (problem) => problems.push(problem.code))`);
    for (const name of ["nope", "constructor", "consent", "consent.constructor", "", undefined]) {
      page.run(`waymark(${JSON.stringify(name)})`);
    }
    expect(Array.from(page.window.problems)).toEqual(Array(6).fill("unknown_method"));
  });

  test("standing twice in the page opens one client", async () => {
    page.run(script);
    const { client } = page.window.waymark;
    page.run(script);
    expect(page.window.waymark.client).toBe(client);
  });

  test("tells how many calls the stub could not keep", async () => {
    page.run(stub);
    page.run(`problems = []; waymark("on", "problem", (problem) => problems.push(problem))`);
    page.run(`for (let i = 0; i < 502; i++) waymark("track", "a" + i)`);
    page.run(script);
    await page.run("waymark.client.ready");
    // Three for the stub, and one that gives way to the page's context and view.
    const told = page.window.problems.filter(({ code }: any) => code === "queue_full");
    expect(told).toMatchObject([{ found: "4 calls too many" }]);
  });

  test("without an engine says why, and the page goes on", async () => {
    page.wasm = new Response("", { status: 404 });
    page.run(stub);
    page.run(`codes = []; waymark("on", "problem", (problem) => codes.push(problem.code))`);
    page.run(script);
    const error = await page.run("waymark.client.ready.catch((error) => error)");
    expect(error.message).toMatch(/the answer 404 from https:\/\/shop\.example\/js\/waymark\.wasm/);
    expect(Array.from(page.window.codes)).toEqual(["wasm_unreachable"]);
    expect(page.logged).toHaveLength(1);
    page.run(`waymark("track", "a"); waymark("consent.set", {}); waymark("view")`);
  });
});

describe("the parts of the page", () => {
  const banner = "https://shop.example/js/waymark-banner.mjs";
  const withBanner = { ...config, consent: { ...config.consent, ui: {} } };
  const engine = "https://shop.example/js/waymark.wasm";

  test("are not even asked for where the config does not want them", async () => {
    page.run(script);
    await page.run("waymark.client.ready");
    expect(page.fetched.filter((url) => url.endsWith(".mjs"))).toEqual([]);
  });

  test("are started beside the engine, not after it, and end with the client", async () => {
    const heard: unknown[] = [];
    let compile!: (response: Response) => void;
    const { wasm } = page;
    (page as any).wasm = new Promise((resolve) => (compile = resolve));
    page.config = withBanner;
    page.dataset.theme = "x";
    const started = new Promise<any>((resolve) => {
      page.parts[banner] = (started) => (resolve(started), () => heard.push("end"));
    });
    page.run(script);
    const { client, config: parsed, options } = await started;
    await new Promise((resolve) => setTimeout(resolve)); // the engine is fetched in the next task
    expect(page.fetched).toContain(engine);
    expect(client).toBe(page.window.waymark.client);
    expect([parsed.consent.ui, options.theme]).toEqual([{}, "x"]);
    expect(client.view()).toBeUndefined();
    client.consent.set({ analytics: "denied" });
    compile(wasm);
    await client.ready;
    expect(client.consent.get().purposes.analytics).toEqual({ state: "denied", why: "person" });
    client.close();
    client.close();
    expect(heard).toEqual(["end"]);
  });

  describe("the one that hears of other hosts", () => {
    const share = "https://shop.example/js/waymark-share.mjs";
    beforeEach(() => {
      page.config = { ...config, consent: { ...config.consent, share: {} } };
    });

    test("starts before the engine is at work, and speaks before anybody knows that it is", async () => {
      let come!: () => void;
      const held = new Promise<void>((resolve) => (come = resolve));
      const { window } = page;
      page.hold = (address) => (address === share ? held : undefined);
      const heard: unknown[] = [];
      page.parts[share] = ({ client }) => {
        heard.push(["start", client.view()]);
        client._settled(() => heard.push(["settled", client.consent.get().purposes.analytics]));
        return () => {};
      };
      page.run(script);
      const { client } = window.waymark;
      client.on("ready", () => heard.push("ready"));
      client.consent.set({ analytics: "denied" });
      // Longer than the engine needs.
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect([client.view(), heard]).toEqual([undefined, []]);
      come();
      await client.ready;
      expect(heard).toEqual([
        ["start", undefined],
        ["settled", { state: "denied", why: "person" }],
        "ready",
      ]);
      client._settled(() => heard.push("at once"));
      expect(heard.at(-1)).toBe("at once");
    });

    test("holds nothing up when it cannot be loaded", async () => {
      page.run(script);
      page.run(`problems = []; waymark("on", "problem", (problem) => problems.push(problem))`);
      await page.run("waymark.client.ready");
      expect(page.window.problems.map(({ code }: any) => code)).toEqual(["part_failed"]);
    });
  });

  test("the question is there before the engine, which does not wait for it for ever", async () => {
    page.config = withBanner;
    const heard: string[] = [];
    page.parts[banner] = ({ client }) => {
      heard.push(client.view() ? "after" : "before");
      return () => {};
    };
    page.run(script);
    await page.run("waymark.client.ready");
    expect(heard).toEqual(["before"]);
  });

  test("a question that never comes keeps the engine for a second at the most", async () => {
    page.config = withBanner;
    page.hold = (address) => (address === banner ? new Promise<void>(() => {}) : undefined);
    page.run(script);
    await page.run("waymark.client.ready");
    expect(page.window.waymark.client.view().store).toBeDefined();
  });

  test.each([
    ["cannot be loaded", undefined, /Failed to fetch/],
    ["throws", () => JSON.parse("{torn"), /SyntaxError/],
    ["gives nothing that ends it", () => 7, undefined],
  ])("harm nothing when one %s", async (_, start, found) => {
    page.config = withBanner;
    if (start) page.parts[banner] = start;
    page.run(script);
    page.run(`problems = []; waymark("on", "problem", (problem) => problems.push(problem))`);
    await page.run("waymark.client.ready");
    await new Promise((resolve) => setTimeout(resolve, 5));
    const { problems } = page.window;
    const codes = problems.map(({ code }: any) => code);
    expect(codes).toEqual(found ? ["part_failed"] : []);
    if (found) expect(problems[0].found).toMatch(found);
    page.run(`waymark("consent.set", { analytics: "granted" }); waymark("track", "a")`);
    expect(page.run(`waymark("consent.get").purposes.analytics.state`)).toBe("granted");
    page.run(`waymark("close")`);
    expect(page.logged.join()).toMatch(found ? /^$/ : /is not a function/);
  });

  test.each([[null], [[]], [{ consent: null }], [{ consent: 7 }]])(
    "survive a config that is none: %j",
    async (document) => {
      page.config = document as any;
      page.run(script);
      const error = await page.run("waymark.client.ready.catch((error) => error)");
      expect(error.code).toBe("config_refused");
    },
  );
});

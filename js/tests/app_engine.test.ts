// A page in a web view whose app has the engine, behind a fake of the app's bridge. The app's engine
// is the real one, on a platform of its own; the page's platform must stay untouched.

import { beforeEach, describe, expect, jest, test } from "@jest/globals";
import { gunzipSync } from "node:zlib";
import { open } from "../src/app/index.ts";
import { Client } from "../src/core/client.ts";
import { appHasEngine, within } from "../src/platform/browser/app.ts";
import { MemoryPlatform } from "../src/platform/memory/index.ts";
import { fakeLocalStorage } from "./browser_fakes.ts";
import { page_file, wasmModule } from "./raw_engine.ts";

const config = {
  waymark: 1 as const,
  app: { id: "shop" },
  identity: { cookie_domain: "shop.example" },
  consent: {
    revision: "1",
    purposes: [{ id: "analytics", basis: "consent" as const, storage: true }],
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
};

const target = new EventTarget();
const say = (message: object) => {
  const detail = JSON.stringify({ waymark: 1, ...message });
  target.dispatchEvent(Object.assign(new Event("waymark:host"), { detail }));
};
let posted: any[];
/** What the app does with a message. */
let app: (message: any) => void;
let page_platform: MemoryPlatform;
const page_platform_writes = () => page_platform.store.transactions;

beforeEach(() => {
  posted = [];
  app = () => {};
  page_platform = new MemoryPlatform();
  const postMessage = (text: string) => {
    const message = JSON.parse(text);
    posted.push(message);
    app(message);
  };
  Object.assign(globalThis, {
    WaymarkHost: { engine: true, postMessage },
    addEventListener: target.addEventListener.bind(target),
    removeEventListener: target.removeEventListener.bind(target),
    localStorage: fakeLocalStorage(),
    indexedDB: { deleteDatabase: jest.fn() },
    location: new URL("https://www.shop.example/"),
    document: { cookie: "" },
  });
  console.error = () => {};
});

/** An app whose engine answers as the native half has to: sdk/docs/web_view.md. */
async function appWithEngine(): Promise<{ client: Client; platform: MemoryPlatform }> {
  const platform = new MemoryPlatform();
  platform.compiled = wasmModule(page_file);
  const client = new Client(platform, config as any);
  await client.ready;
  client.on("problem", (problem) => say({ type: "problem", problem }));
  let watched = false;
  app = ({ type, input }) => {
    if (type === "hello") {
      if (!watched) client.on("view", (view) => say({ type: "view", view }));
      watched = true;
    }
    if (type !== "input") return;
    const { request_id } = input;
    const answer = (document: unknown) => say({ type: "answer", request_id, answer: document });
    client._request(input, request_id && answer, true);
    platform.settle();
    say({ type: "view", view: client.view() });
  };
  return { client, platform };
}

async function newPage(): Promise<Client> {
  const client: Client = new Client(
    within(page_platform, async () => (start) => open(client, start)),
    config as any,
  );
  await client.ready;
  return client;
}

const told = () => posted.filter(({ type }) => type === "input").map(({ input }) => input);

test.each<[host: unknown, has: boolean]>([
  [undefined, false],
  [null, false],
  [{}, false],
  [{ engine: "yes" }, false],
  [{ engine: true }, true],
  [{ engine: () => true }, true],
  [{ engine: () => false }, false],
  [
    {
      engine: () => {
        throw new Error("Java");
      },
    },
    false,
  ],
])("an app has an engine when it says so: %#", (host, has) => {
  Object.assign(globalThis, { WaymarkHost: host });
  expect(appHasEngine()).toBe(has);
  expect(within(page_platform, async () => async () => ({}) as any) === page_platform).toBe(!has);
});

describe("the page of an app with an engine", () => {
  test("has the app's consent, ids and queue, and touches no store of its own", async () => {
    const { client, platform } = await appWithEngine();
    client.consent.set({ analytics: "granted" });
    platform.settle();
    const page = await newPage();
    expect(page.consent.get()!.purposes.analytics!.state).toBe("granted");
    page.track("in_page", { n: 1 });
    page.identify("u1");
    page_platform.settle();
    expect(page.view()).toEqual(client.view());
    expect(page.view()!.anonymous_id).toMatch(/^[0-9a-f-]{36}$/);
    expect(page.view()!.user_id).toBe("u1");
    client.track("in_app");
    client.flush();
    platform.settle();
    const [{ request }] = platform.exchanges as any;
    const { batch } = JSON.parse(gunzipSync(request.body).toString());
    expect(batch.map(({ event, type }: any) => event ?? type)).toEqual([
      ...["in_page", "identify", "in_app"],
    ]);
    expect(new Set(batch.map(({ anonymousId }: any) => anonymousId)).size).toBe(1);
    expect([page_platform_writes(), page_platform.exchanges, page_platform.claims]).toEqual([
      ...[[], [], []],
    ]);
    expect({ ...localStorage }).toEqual({});
  });

  test("hears of each decision, wherever it was taken", async () => {
    const { client, platform } = await appWithEngine();
    const page = await newPage();
    const states: string[] = [];
    page.on("view", ({ consent }) => states.push(consent.purposes.analytics!.state));
    page.consent.set({ analytics: "granted" });
    expect(client.consent.get()!.purposes.analytics!.state).toBe("granted");
    client.consent.withdraw("analytics");
    platform.settle();
    expect(states[0]).toBe("unknown");
    expect(states).toContain("granted");
    expect(states[states.length - 1]).toBe("denied");
  });

  test("gets answers, each its own, and problems", async () => {
    await appWithEngine();
    const page = await newPage();
    const problems: any[] = [];
    page.on("problem", (problem) => problems.push(problem));
    page.consent.set({ analytics: "granted" });
    const [one, two] = await Promise.all([page.consent.records(), page.consent.records()]);
    expect(one!.entries.length).toBeGreaterThan(0);
    expect(two).toEqual(one);
    page.track("");
    page_platform.settle();
    expect(problems).toMatchObject([{ pointer: "/name" }]);
  });

  test("hands calls over in their order, those made before it was there among them", async () => {
    await appWithEngine();
    const client: Client = new Client(
      within(page_platform, async () => (start) => open(client, start)),
      config as any,
    );
    client.track("a");
    client.consent.set({ analytics: "denied" });
    client.track("b");
    await client.ready;
    client.reset();
    page_platform.settle();
    const names = told().map(({ name, type }) => name ?? type);
    expect(names).toEqual(["a", "set_consent", "b", "reset"]);
  });

  test("tells its own context with its events, and nothing of its own life", async () => {
    await appWithEngine();
    page_platform.page = { page: { url: "https://shop.example/p" }, locale: "de" };
    const page = await newPage();
    page._context();
    page_platform.tell({ type: "lifecycle", state: "hidden" });
    page_platform.tell({ type: "connectivity", online: false });
    page_platform.tell({ type: "signal", name: "gpc", value: false, source: "navigator" });
    page.narrow({ off: true });
    page.signal("region", "DE");
    page.track("a", {}, { context: { locale: "en" } });
    page_platform.settle();
    const { wall_ms } = page_platform.now();
    expect(told()).toEqual([
      { type: "signal", name: "region", value: "DE", source: "page", now: { wall_ms } },
      {
        type: "track",
        name: "a",
        properties: {},
        context: { page: { url: "https://shop.example/p" }, locale: "en" },
        now: { wall_ms },
      },
    ]);
  });

  test("deletes what it kept before the app had an engine, and leaves nothing when it goes", async () => {
    localStorage.setItem("waymark.consent/record", '{"spill":true}');
    localStorage.setItem("waymark.spill/1", "[]");
    localStorage.setItem("other", "1");
    const client: Client = new Client(
      within(page_platform, async () => (start) => open(client, start)),
      config as any,
    );
    client.track("a");
    page_platform.away();
    expect(page_platform.spills).toEqual([]);
    await appWithEngine();
    await new Promise((resolve) => setTimeout(resolve));
    expect({ ...localStorage }).toEqual({ other: "1" });
    expect(indexedDB.deleteDatabase).toHaveBeenCalledWith("waymark");
    expect((document as any).cookie).toMatch(/^waymark_id=; Domain=shop.example; Max-Age=0/);
  });

  test("ignores what is no message of ours", async () => {
    await appWithEngine();
    const page = await newPage();
    const before = page.view();
    say({ type: "view" });
    say({ type: "view", view: null });
    say({ type: "answer", request_id: 99, answer: {} });
    say({ type: "answer" });
    say({ type: "problem" });
    say({ type: "consent", choices: { analytics: "granted" } });
    target.dispatchEvent(Object.assign(new Event("waymark:host"), { detail: "{" }));
    expect(page.view()).toEqual(before);
    await page.ready;
  });

  test("of one that does not answer says so, and is off", async () => {
    jest.useFakeTimers({ doNotFake: ["setImmediate", "queueMicrotask", "nextTick"] });
    const client: Client = new Client(
      within(page_platform, async () => (start) => open(client, start)),
      config as any,
    );
    const failed = client.ready.catch((error) => error);
    await new Promise((resolve) => setImmediate(resolve));
    jest.advanceTimersByTime(10_000);
    jest.useRealTimers();
    expect(await failed).toMatchObject({ code: "app_silent" });
    expect(client.view()).toBe(undefined);
  });

  test("that is closed hears no more", async () => {
    const { client } = await appWithEngine();
    const page = await newPage();
    page.close();
    const count = posted.length;
    client.consent.set({ analytics: "granted" });
    page.track("late");
    expect(posted).toHaveLength(count);
    expect(page.view()).toBe(undefined);
  });
});

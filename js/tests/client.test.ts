// The client: what reaches the engine, in which order and with which time, and what never reaches
// the page. The engine is a scripted one; `engine.test.ts` has the real one.

import { beforeEach, describe, expect, jest, test } from "@jest/globals";
import type { Fact } from "../src/platform/platform.ts";
import {
  Client,
  WaymarkError,
  config,
  engine,
  failure,
  inputs,
  live,
  logged,
  platform,
  start,
  types,
  with_page_views,
} from "./scripted_client.ts";

describe("opening", () => {
  test("starts the engine with config, time, entropy and the consent record", async () => {
    const record = new TextEncoder().encode('{"answered":true}');
    platform.store.values.set("consent/record", record);
    platform.advance(12);
    await live();
    expect(start).toEqual({
      now: { wall_ms: 1793817970012, mono_ms: 12 },
      entropy: { offset: 0, size: 32 },
      sdk: { name: "waymark-memory", version: expect.stringMatching(/^\d+\.\d+\.\d+$/) },
      config,
      consent: { answered: true },
    });
    expect(engine.inputs[0]).toMatchObject({ type: "wake", now: { mono_ms: 12 } });
  });

  test("tells the origin of a web page", async () => {
    Object.assign(platform, { origin: "https://shop.example" });
    await live();
    expect(start.origin).toBe("https://shop.example");
  });

  test("a consent record that is not JSON is as if there were none", async () => {
    platform.store.values.set("consent/record", new TextEncoder().encode("{torn"));
    await live();
    expect(start).not.toHaveProperty("consent");
  });

  test("reads the config from its address", async () => {
    platform.texts["/waymark.json"] = JSON.stringify(config);
    await live("/waymark.json" as any);
    expect(start.config).toEqual(config);
  });

  test("a config that is not JSON is refused in plain words", async () => {
    platform.texts["/waymark.json"] = "<html>";
    const client = new Client(platform, "/waymark.json");
    const problem = jest.fn();
    client.on("problem", problem);
    await expect(client.ready).rejects.toThrow(/a config that is not JSON/);
    expect(problem).toHaveBeenCalledWith(expect.objectContaining({ code: "config_invalid" }));
    expect(logged).toHaveLength(1);
  });

  test("a refused config gives every problem with its place", async () => {
    const problem = { code: "required", pointer: "/app", found: "nothing", allowed: "an object" };
    engine.script = () => ({ refused: true, problems: [problem] });
    const client = new Client(platform, config);
    const listener = jest.fn();
    client.on("problem", listener);
    const error: any = await client.ready.catch((error) => error);
    expect(error).toBeInstanceOf(WaymarkError);
    expect(error).toMatchObject({ code: "config_refused", problems: [problem] });
    expect(error.message).toContain("/app: found nothing; allowed: an object.");
    expect(listener.mock.calls).toEqual([[problem]]);
    client.track("a");
    expect(types()).toEqual(["wake"]);
  });

  test("a config that JSON cannot hold rejects and does not throw", async () => {
    const cycle: any = {};
    cycle.self = cycle;
    const client = new Client(platform, cycle);
    await expect(client.ready).rejects.toBeInstanceOf(WaymarkError);
  });

  test("tells the view as it stands to a listener that comes late", async () => {
    const client = new Client(platform, config);
    await client.ready;
    const late = jest.fn();
    client.on("view", late);
    expect(late.mock.calls).toEqual([[client.view()]]);
  });

  test("tells ready, also to a listener that comes late", async () => {
    const client = new Client(platform, config);
    const early = jest.fn();
    const late = jest.fn();
    client.on("ready", early);
    await client.ready;
    client.on("ready", late);
    expect([early.mock.calls.length, late.mock.calls.length]).toEqual([1, 1]);
  });
});

describe("calls", () => {
  test("become the inputs of the boundary", async () => {
    const client = await live();
    client.track("a", { n: 1, left: undefined, out: () => 1 }, { context: { locale: "de" } });
    client.track("b", {}, { priority: "bulk" });
    client.page("p");
    client.screen("s", { x: null });
    client.identify("u1", { plan: "pro" });
    client.identify(null, { plan: "free" });
    client.identify(7, undefined, { priority: "normal" });
    client.reset();
    client.consent.set({ analytics: "granted" });
    client.flush();
    client.narrow({ off: true });
    client.forget();
    const now = { wall_ms: 1793817970000, mono_ms: 0 };
    const entropy = { offset: 0, size: 32 };
    expect(inputs()).toEqual([
      { type: "track", now, name: "a", properties: { n: 1 }, context: { locale: "de" } },
      { type: "track", now, name: "b", properties: {}, priority: "bulk" },
      { type: "page", now, name: "p" },
      { type: "screen", now, name: "s", properties: { x: null } },
      { type: "identify", now, user_id: "u1", traits: { plan: "pro" } },
      { type: "identify", now, traits: { plan: "free" } },
      { type: "identify", now, user_id: "7", priority: "normal" },
      { type: "reset", now, entropy },
      { type: "set_consent", now, choices: { analytics: "granted" }, entropy },
      { type: "flush", now },
      { type: "narrow", now, document: { off: true } },
      { type: "forget", now, entropy },
    ]);
  });

  test("made early are kept in order, with the time at which they were made", async () => {
    const client = new Client(platform, config);
    const properties = { step: 1 };
    client.track("a", properties);
    properties.step = 2;
    platform.advance(40);
    client.track("b");
    platform.advance(40);
    await client.ready;
    client.track("c");
    const seen = inputs().map(({ name, now }) => [name, now.mono_ms]);
    expect(seen).toEqual([["a", 0], ["b", 40], ["c", 80]]);
    expect(inputs()[0].properties).toEqual({ step: 1 });
  });

  test("that a listener makes while the kept ones are sent come after them", async () => {
    engine.script = ({ name }) =>
      name === "a" ? { effects: [{ type: "notify", view: true }] } : undefined;
    const client = new Client(platform, config);
    client.on("view", () => client.track("from the listener"));
    client.track("a");
    client.track("b");
    await client.ready;
    expect(inputs().map(({ name }) => name)).toEqual(["a", "b", "from the listener"]);
  });

  test("beyond the bound are counted and told", async () => {
    const client = new Client(platform, config);
    const problem = jest.fn();
    client.on("problem", problem);
    for (let i = 0; i < 503; i++) client.track("a");
    await client.ready;
    expect(inputs().filter(({ type }) => type === "track")).toHaveLength(500);
    expect(inputs()[500]).toMatchObject({ type: "refused", lost: true, count: 3 });
    expect(problem).toHaveBeenCalledWith({
      code: "queue_full",
      pointer: "",
      found: "3 calls too many",
      allowed: "500 before ready",
    });
  });

  test("that JSON cannot say are refused with their place", async () => {
    const client = await live();
    const properties: any = { a: {} };
    properties.a.b = properties;
    client.track("a", properties);
    client.identify("u", { n: 1n });
    expect(inputs()).toMatchObject([
      { type: "refused", call: "track", pointer: "/properties/a/b", found: "a cycle" },
      { type: "refused", call: "identify", pointer: "/traits/n", found: "a BigInt" },
    ]);
  });

  test("with options that throw do no harm", async () => {
    const client = await live();
    const options = {
      get context(): object {
        throw new Error("no");
      },
    };
    client.track("a", {}, options as any);
    client.identify("a", {}, options as any);
    client.track("b");
    expect(inputs()).toMatchObject([{ name: "b" }]);
  });

  test("wait for the end of their task, or for what must come after them", async () => {
    const client = await live();
    client.track("a");
    client.page("b");
    expect(engine.inputs.filter(({ type }) => type !== "wake")).toEqual([]);
    client.consent.set({ analytics: "granted" });
    client.track("c");
    expect(engine.inputs.map(({ type }) => type).slice(-3)).toEqual(["track", "page", "set_consent"]);
    platform.settle();
    expect(engine.inputs.map(({ type }) => type).slice(-2)).toEqual(["set_consent", "track"]);
  });

  test("are in the view that is asked for after them", async () => {
    const client = await live();
    client.track("a");
    client.view();
    expect(engine.inputs.at(-1)).toMatchObject({ name: "a" });
  });

  test("of a task that never ends are handed over in between", async () => {
    const client = await live();
    for (let i = 0; i < 250; i++) client.track("a");
    expect(engine.inputs.filter(({ type }) => type === "track")).toHaveLength(200);
    expect(inputs()).toHaveLength(250);
  });

  test("facts of the platform are inputs, before and after ready", async () => {
    const client = new Client(platform, config);
    platform.tell({ type: "connectivity", online: true });
    await client.ready;
    platform.tell({ type: "connectivity", online: false });
    const value = new TextEncoder().encode("{}");
    platform.tell({ type: "store_changed", key: "consent/record", value } as Fact);
    expect(inputs()).toMatchObject([
      { type: "connectivity", online: true },
      { type: "connectivity", online: false },
      { type: "store_changed", value: { offset: 0, size: 2 } },
    ]);
  });
});

test("of the page's life before the engine came, the engine hears how it stands", async () => {
  const client = new Client(platform, config);
  for (const state of ["hidden", "closing", "frozen", "resumed", "visible", "hidden"]) {
    platform.tell({ type: "lifecycle", state });
  }
  client.track("a");
  await client.ready;
  platform.tell({ type: "lifecycle", state: "visible" });
  expect(inputs().map(({ name, state }) => name ?? state)).toEqual(["a", "hidden", "visible"]);
});

describe("listeners", () => {
  test("that throw are caught and reported once", async () => {
    const notify = { effects: [{ type: "notify" as const, view: true as const }] };
    engine.script = ({ type }) => (type === "flush" ? (notify as any) : undefined);
    const client = await live();
    const heard = jest.fn();
    client.on("view", () => {
      throw new Error("theirs");
    });
    client.on("view", heard);
    client.flush();
    client.flush();
    expect(heard).toHaveBeenCalledTimes(3); // once with what stood when it came
    expect(logged).toHaveLength(1);
  });

  test("can be taken off", async () => {
    const client = await live();
    const heard = jest.fn();
    client.on("problem", heard);
    client.off("problem", heard);
    engine.script = () => ({ problems: [{ code: "c", pointer: "", found: "", allowed: "" }] });
    client.track("a");
    expect(heard).not.toHaveBeenCalled();
  });
});

describe("after a fault inside", () => {
  test("the client is off, says so, and does not throw", async () => {
    const client = await live();
    const problem = jest.fn();
    client.on("problem", problem);
    engine.script = () => {
      throw new Error("unreachable");
    };
    client.track("a");
    client.track("b");
    client.consent.set({ analytics: "granted" });
    expect(client.view()).toBeUndefined();
    expect(inputs()).toHaveLength(1);
    expect(problem).toHaveBeenCalledTimes(1);
    expect(problem).toHaveBeenCalledWith(expect.objectContaining({ code: "internal" }));
  });

  test("while the kept calls are sent, ready rejects", async () => {
    engine.script = ({ type }) => {
      if (type === "track") throw new Error("unreachable");
      return undefined;
    };
    const client = new Client(platform, config);
    client.track("a");
    await expect(client.ready).rejects.toMatchObject({ code: "internal" });
  });

  test("in the view, the same", async () => {
    const client = await live();
    engine.view = () => {
      throw new Error("unreachable");
    };
    expect(client.view()).toBeUndefined();
    client.track("a");
    expect(inputs()).toEqual([]);
  });
});

describe("closing", () => {
  test("sends what can be sent and lets go of the engine", async () => {
    const client = await live();
    client.close();
    client.track("late");
    expect(inputs()).toMatchObject([{ type: "lifecycle", state: "closing" }]);
    expect(engine.open).toBe(false);
  });

  test("before ready, ready rejects quietly", async () => {
    const client = new Client(platform, config);
    client.close();
    await expect(client.ready).rejects.toMatchObject({ code: "closed" });
    expect(logged).toEqual([]);
  });
});

describe("a remote config", () => {
  const opened = async () => {
    const problems: unknown[] = [];
    const client = new Client(platform, config, { remote: "/remote.json" });
    client.on("problem", (problem) => problems.push(problem));
    await client.ready;
    expect(inputs()).toEqual([]);
    await new Promise(setImmediate);
    return problems;
  };

  test("is handed in once ready", async () => {
    platform.texts["/remote.json"] = '{"drop_events":["a"]}';
    expect(await opened()).toEqual([]);
    expect(inputs()).toMatchObject([{ type: "narrow", document: { drop_events: ["a"] } }]);
  });

  test("that is not JSON is one problem and no more", async () => {
    platform.texts["/remote.json"] = "<html>";
    expect(await opened()).toMatchObject([{ code: "config_invalid" }]);
    expect(inputs()).toEqual([]);
  });

  test("that does not come is one problem and no more", async () => {
    platform.text = () => Promise.reject(failure("config_unreachable", "no answer", "a file"));
    expect(await opened()).toMatchObject([{ code: "config_unreachable" }]);
    expect([inputs(), logged]).toEqual([[], []]);
  });
});

describe("page views", () => {
  const capture = (client: any) => {
    client._hold(() => client._page("https://other.example/"));
    return () => {};
  };
  beforeEach(() => {
    platform.page = { page: { title: "One" } };
  });

  test("wait for the next task, with the title that the page has then", async () => {
    await live(with_page_views, capture);
    expect(types()).not.toContain("page");
    platform.page = { page: { title: "Two" } };
    platform.advance(0);
    expect(inputs()).toMatchObject([
      { type: "set_context", context: { page: { title: "Two" } } },
      { type: "page" },
    ]);
  });

  test("come before the first call of the page, and once", async () => {
    const client = await live(with_page_views, capture);
    client.track("a");
    platform.advance(10);
    expect(types().filter((type) => /page|track/.test(type))).toEqual(["page", "track"]);
  });

  test("never carry a later time than what they come before", async () => {
    const client = new Client(platform, with_page_views, {}, capture);
    client.track("a");
    await client.ready;
    const times = inputs().map(({ now }) => now.mono_ms);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  test("are not sent unless the config asks for them", async () => {
    const client = new Client(platform, config, {}, capture);
    platform.advance(0);
    await client.ready;
    client.page("by hand");
    expect(inputs().filter(({ type }) => type === "page")).toMatchObject([{ name: "by hand" }]);
  });
});

test("calls of the stub and the first page view have the stub's time and page", async () => {
  platform.page = { page: { title: "now" } };
  const opened = { wall_ms: 1793817970000, mono_ms: 5 };
  platform.advance(900);
  const capture = (client: any) => {
    client._hold(() => client._page(""));
    return () => {};
  };
  const client = new Client(platform, with_page_views, {}, capture, opened);
  const context = { page: { title: "then" } };
  const early = { now: { wall_ms: 1793817970300, mono_ms: 305 }, context };
  client._as(early, () => client.track("a", {}, { context: { locale: "fr" } }));
  client.track("b");
  await client.ready;
  expect(start.now).toEqual(opened);
  expect(inputs().map(({ type, now, context }) => [type, now.mono_ms, context?.page])).toEqual([
    ["set_context", 305, { title: "now" }],
    ["page", 305, { title: "then" }],
    ["track", 305, { title: "then" }],
    ["track", 900, undefined],
  ]);
  expect(inputs()[2].context.locale).toBe("fr");
});

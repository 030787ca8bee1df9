// A page that goes before its engine is there: what it leaves on the device, and what the next one
// makes of it.

import { describe, expect, test } from "@jest/globals";
import {
  Client,
  config,
  engine,
  inputs,
  live,
  platform,
  types,
} from "./scripted_client.ts";

describe("a page that goes away before its engine is there", () => {
  const may_keep = (spill: unknown) =>
    platform.store.values.set("consent/record", new TextEncoder().encode(JSON.stringify({ spill })));
  const leaving = () => {
    platform.tell({ type: "lifecycle", state: "closing" });
    platform.away();
  };
  /** A page that is left: its engine never comes. */
  const dying = (use: (client: InstanceType<typeof Client>) => void, capture?: any) => {
    const { module } = platform;
    platform.module = () => new Promise(() => {});
    use(new Client(platform, config, {}, capture));
    leaving();
    platform.module = module;
  };
  const later = () => platform.advance(60_000);
  const left = () => platform.spills!.flatMap((text) => JSON.parse(text));

  test("leaves its calls where the stored record says that they may stay", async () => {
    may_keep(true);
    platform.page = { page: { title: "then" } };
    const capture = (client: any) => (client._context(), () => {});
    dying((client) => {
      client.identify("u1");
      client.track("a", { n: 1 });
      client.reset();
      client.flush();
    }, capture);
    platform.page = undefined;
    later();
    await live();
    const now = { wall_ms: 1793817970000, mono_ms: 60_000 };
    expect(inputs()).toEqual([
      { type: "set_context", now, context: { page: { title: "then" } } },
      { type: "identify", now, user_id: "u1" },
      { type: "track", now, name: "a", properties: { n: 1 } },
      { type: "reset", now, entropy: { offset: 0, size: 32 } },
    ]);
    expect(platform.spills).toEqual([]);
  });

  // So it is in Firefox and WebKit, which break off a page's requests when it begins to leave.
  test("leaves them too where its engine cannot be had", async () => {
    may_keep(true);
    const { module } = platform;
    platform.module = () => Promise.reject(new Error("broken off"));
    const client = new Client(platform, config);
    client.track("a");
    await expect(client.ready).rejects.toThrow("broken off");
    expect(left().map(([input]) => input.name)).toEqual(["a"]);
    leaving();
    expect(left()).toHaveLength(1);
    platform.module = module;
    await live();
    expect(inputs()).toMatchObject([{ type: "track", name: "a" }]);
  });

  test.each([[false], [undefined], ["true"], [1]])(
    "leaves its decisions only where it says %j",
    async (spill) => {
      may_keep(spill);
      dying((client) => {
        client.track("a");
        client.consent.set({ analytics: "granted" });
        client.reset();
      });
      expect(left()).toMatchObject([[{ type: "set_consent", choices: { analytics: "granted" } }, false]]);
      await live();
      const entropy = { offset: 0, size: 32 };
      expect(inputs()).toMatchObject([{ type: "set_consent", entropy }]);
    },
  );

  test.each([["null"], ["{torn"], [""]])("leaves only decisions when it is %j", (text) => {
    platform.store.values.set("consent/record", new TextEncoder().encode(text));
    dying((client) => client.track("a"));
    expect(platform.spills).toEqual([]);
  });

  test("leaves a decision where there is no record and no room for more", () => {
    may_keep(true);
    const { spill } = platform;
    platform.spill = (text) => !text.includes("track") && spill(text);
    dying((client) => {
      client.track("a");
      client.consent.set({ analytics: "denied" });
    });
    expect(left()).toMatchObject([[{ type: "set_consent" }, false]]);
  });

  test("delivers its calls once when it lives on", async () => {
    may_keep(true);
    let arrive = (_module: any) => {};
    platform.module = () => new Promise((resolve) => (arrive = resolve));
    const client = new Client(platform, config);
    client.track("a");
    leaving();
    leaving();
    platform.tell({ type: "lifecycle", state: "visible" });
    client.track("b");
    expect(left()).toHaveLength(1);
    arrive({});
    await client.ready;
    expect(inputs().map(({ type, name, state }) => name ?? state ?? type)).toEqual([
      ...["a", "b", "visible"],
    ]);
    expect(platform.spills).toEqual([]);
  });

  test("keeps what the device does not take", async () => {
    may_keep(true);
    platform.spills = undefined;
    const client = new Client(platform, config);
    client.track("a");
    client.consent.set({});
    leaving();
    await client.ready;
    expect(types()).toEqual(["wake", "track", "set_consent", "lifecycle"]);
  });

  test("leaves page views that count only if the next config wants them", async () => {
    may_keep(true);
    const capture = (client: any) => (client._page(""), () => {});
    dying(() => {}, capture);
    dying((client) => client.page("by hand"), capture);
    await live(config);
    expect(inputs()).toMatchObject([{ type: "page", name: "by hand" }]);
  });

  test("comes after the facts of the next page and before its calls", async () => {
    may_keep(true);
    dying((client) => client.track("before"));
    later();
    const { watch } = platform;
    platform.watch = (reply, away) => {
      reply({ type: "signal", name: "gpc", value: true, source: "navigator" });
      return watch(reply, away);
    };
    const client = new Client(platform, config);
    client.track("after");
    await client.ready;
    expect(inputs().map(({ type, name }) => name ?? type)).toEqual(["gpc", "before", "after"]);
    const times = inputs().map(({ now }) => now.mono_ms);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  test("has what it left counted where it is too much", async () => {
    may_keep(true);
    for (let i = 0; i < 2; i++) {
      dying((client) => {
        for (let n = 0; n < 300; n++) client.track("a");
      });
    }
    await live();
    expect(inputs().filter(({ type }) => type === "track")).toHaveLength(500);
    expect(inputs()[500]).toMatchObject({ type: "refused", lost: true, count: 100 });
  });

  test.each([
    ["no JSON", "{torn"],
    ["no list", '{"type":"track"}'],
    ["null", "null"],
    ["lists of nothing", "[[],null,0]"],
    ["inputs that are no calls", '[[{"type":"http_done","now":{}}],[{"type":"wake","now":{}}]]'],
    ["calls that no page would leave", '[[["close"],[1,2],"","",""],[["on"],[1,2]]]'],
    ["a call without a time", '[[{"type":"track"}]]'],
  ])("may have left %s, and the next one goes on", async (_name, text) => {
    platform.spills = [text, '[[{"type":"track","name":"good","now":{"wall_ms":1}}]]'];
    const client = await live();
    client.track("own");
    expect(inputs().map(({ name }) => name)).toEqual(["good", "own"]);
    expect(platform.spills).toEqual([]);
  });

  test("closed while they are fetched, ready rejects", async () => {
    let give = (_texts: string[]) => {};
    platform.spilled = () => new Promise((resolve) => (give = resolve));
    const client = new Client(platform, config);
    while (!engine.inputs.length) await null;
    client.close();
    give([]);
    await expect(client.ready).rejects.toMatchObject({ code: "closed" });
    expect(engine.open).toBe(false);
  });
});

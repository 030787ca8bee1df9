// The shell performs effects in order, answers each once, and keeps one timer.

import { describe, expect, jest, test } from "@jest/globals";
import { Shell } from "../src/core/shell.ts";
import { MemoryPlatform } from "../src/platform/memory/index.ts";
import type { Effect } from "../src/platform/platform.ts";
import { ScriptedEngine } from "./scripted_engine.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

const put = (effect_id: number, key = `k${effect_id}`): Effect => ({
  type: "store_put",
  effect_id,
  key,
  value: bytes("v"),
});

const send = (effect_id: number, transport: "fetch" | "beacon" = "fetch"): Effect => ({
  type: "http_send",
  effect_id,
  method: "POST",
  url: "https://c.example/",
  headers: {},
  body: bytes("b"),
  transport,
  timeout_ms: 1000,
  credentials: "omit",
});

function open(script: (input: any) => object | undefined) {
  const engine = new ScriptedEngine(script);
  const platform = new MemoryPlatform();
  const hooks = { view: jest.fn(), problems: jest.fn(), fault: jest.fn(), answer: jest.fn() };
  const shell = new Shell(engine, platform, hooks);
  const types = () => engine.inputs.map(({ type, effect_id }) => [type, effect_id]);
  return { engine, platform, hooks, shell, types };
}

const first = (output: object) => (input: any) => (input.type === "go" ? output : undefined);

describe("effects", () => {
  test("each is answered once, in order", () => {
    const { shell, types } = open(first({ effects: [put(1), put(2), send(3, "beacon")] }));
    shell.send('{"type":"go"}');
    expect(types()).toEqual([
      ["go", undefined],
      ["store_done", 1],
      ["store_done", 2],
      ["http_done", 3],
    ]);
  });

  test("neighbouring store effects are one transaction", () => {
    const script = first({ effects: [put(1), put(2), send(3), put(4)] });
    const { shell, platform } = open(script);
    shell.send('{"type":"go"}');
    const ids = platform.store.transactions.map((effects) => effects.map((e) => e.effect_id));
    expect(ids).toEqual([[1, 2], [4]]);
  });

  test("the store effects of outputs in one go are one transaction", () => {
    const { shell, platform } = open((input) => {
      if (input.type === "go") return { effects: [send(1, "beacon"), send(2, "beacon")] };
      if (input.type === "http_done") return { effects: [put(10 + input.effect_id)] };
      return undefined;
    });
    shell.send('{"type":"go"}');
    const ids = platform.store.transactions.map((effects) => effects.map((e) => e.effect_id));
    expect(ids).toEqual([[11, 12]]);
  });

  test("the engine is never entered while it is answered", () => {
    let depth = 0;
    const { shell, engine } = open((input) => {
      expect(++depth).toBe(1);
      const output = input.type === "go" ? { effects: [put(1)] } : undefined;
      depth--;
      return output;
    });
    shell.send('{"type":"go"}');
    expect(engine.inputs).toHaveLength(2);
  });

  test("a failed store is told with its reason", () => {
    const { shell, platform, engine } = open(first({ effects: [put(1)] }));
    platform.store.failing = "quota";
    shell.send('{"type":"go"}');
    expect(engine.inputs[1]).toMatchObject({ type: "store_failed", effect_id: 1, reason: "quota" });
  });

  test("an abort answers its target and has no answer of its own", () => {
    const { shell, types } = open((input) => {
      if (input.type === "go") return { effects: [send(1)] };
      if (input.type === "stop") {
        return { effects: [{ type: "http_abort", effect_id: 2, target: 1 }] };
      }
      return undefined;
    });
    shell.send('{"type":"go"}');
    shell.send('{"type":"stop"}');
    shell.send('{"type":"stop"}');
    expect(types().filter(([type]) => type === "http_done")).toEqual([["http_done", 1]]);
  });

  test("a changed view is told when the engine is at rest", () => {
    const effects = [{ type: "notify", view: true }, put(1)];
    const { shell, hooks, engine } = open(first({ effects }));
    hooks.view.mockImplementation(() => void expect(engine.inputs).toHaveLength(2));
    shell.send('{"type":"go"}');
    expect(hooks.view).toHaveBeenCalledTimes(1);
  });

  test("an input that a listener makes waits its turn", () => {
    const { shell, hooks, types } = open(first({ problems: [{ code: "x" }], effects: [put(1)] }));
    hooks.problems.mockImplementation(() => shell.send('{"type":"late"}'));
    shell.send('{"type":"go"}');
    expect(types().map(([type]) => type)).toEqual(["go", "late", "store_done"]);
  });
});

describe("what is sent later", () => {
  test("is handed over at the end of the task, and the wake it asks for comes right behind", () => {
    const now = { effects: [], wake_at_ms: 0 };
    const { shell, platform, types } = open(({ type }) => (type === "call" ? now : undefined));
    const later: string[] = [];
    shell.send_later('{"type":"call"}');
    shell.send_later('{"type":"call"}');
    platform.microtask(() => later.push(...types().map(([type]) => type)));
    expect(types()).toEqual([]);
    platform.settle();
    expect(later).toEqual(["call", "call", "wake"]);
  });

  test("by a listener at every view hangs no page", () => {
    const { shell, platform, hooks } = open(() => ({ effects: [{ type: "notify" }], wake_at_ms: 0 }));
    hooks.view.mockImplementation(() => shell.send_later('{"type":"call"}'));
    shell.send_later('{"type":"call"}');
    platform.settle();
    platform.advance(3);
    expect(hooks.view.mock.calls.length).toBeGreaterThan(2);
  });
});

describe("the lead", () => {
  const claim = (effect_id: number, writer: string) => ({ type: "claim", effect_id, writer });

  test("is asked for with the writer's name, and told as often as there is news", () => {
    const { shell, platform, engine } = open(first({ effects: [claim(1, "w1")] }));
    shell.send('{"type":"go"}');
    platform.lead("w1", "w2");
    expect(platform.claims).toEqual(["w1"]);
    expect(engine.inputs.slice(1)).toMatchObject([
      { type: "lead", live: [] },
      { type: "lead", live: ["w1", "w2"] },
    ]);
  });

  test("cuts no transaction in two", () => {
    const { shell, platform } = open(first({ effects: [put(1), claim(2, "w1"), put(3)] }));
    shell.send('{"type":"go"}');
    const ids = platform.store.transactions.map((effects) => effects.map((e) => e.effect_id));
    expect(ids).toEqual([[1, 3]]);
  });

  test("is let go of when the shell stops", () => {
    const { shell, platform } = open(first({ effects: [claim(1, "w1"), claim(2, "w2")] }));
    shell.send('{"type":"go"}');
    expect(platform.claims).toEqual(["w1", "w2"]);
    shell.stop();
    expect(platform.claims).toEqual([]);
  });
});

describe("wake", () => {
  test("comes at its time, once", () => {
    const { shell, platform, engine } = open(first({ wake_at_ms: 500 }));
    shell.send('{"type":"go"}');
    platform.advance(499);
    expect(engine.inputs).toHaveLength(1);
    platform.advance(2000);
    expect(engine.inputs.slice(1)).toMatchObject([{ type: "wake", now: { mono_ms: 500 } }]);
  });

  test("at the end of the task when its time is not after now", () => {
    const { shell, platform, engine } = open(first({ wake_at_ms: 0 }));
    shell.send('{"type":"go"}');
    shell.send('{"type":"go"}');
    expect(engine.inputs).toHaveLength(2);
    platform.settle();
    expect(engine.inputs.map(({ type }) => type)).toEqual(["go", "go", "wake"]);
  });

  test("an answer to a wake that asks for another at once goes to a timer", () => {
    const { shell, platform, engine } = open(() => ({ wake_at_ms: 0 }));
    shell.send('{"type":"go"}');
    platform.settle();
    expect(engine.inputs).toHaveLength(2);
    expect(platform.timers_ms).toEqual([1]);
  });

  test("only the newest time holds, and null takes it back", () => {
    const answers: Record<string, number | null> = { a: 900, b: 300, c: null };
    const { shell, platform, engine } = open((input) =>
      input.type in answers ? { wake_at_ms: answers[input.type]! } : undefined,
    );
    shell.send('{"type":"a"}');
    shell.send('{"type":"b"}');
    expect(platform.timers_ms).toEqual([300]);
    shell.send('{"type":"nothing to do"}');
    expect(platform.timers_ms).toEqual([300]);
    shell.send('{"type":"c"}');
    platform.advance(2000);
    expect(engine.inputs.some(({ type }) => type === "wake")).toBe(false);
  });

  test("a timer that fires early does not wake the engine early", () => {
    const { shell, platform, engine } = open(first({ wake_at_ms: 100 }));
    let fire = () => {};
    platform.timer = (run) => ((fire = run), () => {});
    shell.send('{"type":"go"}');
    fire();
    expect(engine.inputs).toHaveLength(1);
  });

  test("times beyond a browser's timers are reached in steps", () => {
    const far = 2 ** 31 + 5000;
    const { shell, platform, engine } = open(first({ wake_at_ms: far }));
    shell.send('{"type":"go"}');
    expect(platform.timers_ms).toEqual([2 ** 31 - 1]);
    platform.advance(far);
    expect(engine.inputs[1]).toMatchObject({ type: "wake", now: { mono_ms: far } });
  });
});

describe("a fault", () => {
  test("is told once, and the engine is left alone from then on", () => {
    const { shell, hooks, engine } = open((input) => {
      if (input.type === "go") throw new Error("unreachable");
      return undefined;
    });
    shell.send('{"type":"go"}');
    shell.send('{"type":"more"}');
    expect(hooks.fault).toHaveBeenCalledTimes(1);
    expect(engine.inputs).toHaveLength(1);
  });

  test("after stop, answers that still arrive are dropped", () => {
    const { shell, platform, engine } = open(first({ effects: [send(1)], wake_at_ms: 10 }));
    shell.send('{"type":"go"}');
    shell.stop();
    platform.exchanges[0]!.answer({ status: 200 });
    platform.advance(100);
    expect(engine.inputs).toHaveLength(1);
  });
});

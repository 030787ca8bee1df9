// A client on a scripted engine and the fake platform; made anew for each test of the file.

import { beforeEach, jest } from "@jest/globals";
import { MemoryPlatform } from "../src/platform/memory/index.ts";
import { ScriptedEngine } from "./scripted_engine.ts";

export let engine: ScriptedEngine;
export let start: any;

const bridge = await import("../src/core/bridge.ts");
jest.unstable_mockModule("../src/core/bridge.ts", () => ({
  ...bridge,
  openEngine: async (_module: unknown, [text]: [string]) => {
    start = JSON.parse(text);
    return engine;
  },
}));
export const { Client } = await import("../src/core/client.ts");
export const { failure, WaymarkError } = await import("../src/core/error.ts");

export const config = {
  waymark: 1 as const,
  app: { id: "t" },
  consent: { revision: "1", purposes: [] },
  collectors: [],
};
export const with_page_views = { ...config, capture: { page_views: true } };

export let platform: MemoryPlatform;
export let logged: unknown[][];

beforeEach(() => {
  engine = new ScriptedEngine(() => undefined);
  platform = new MemoryPlatform();
  platform.compiled = {} as WebAssembly.Module;
  logged = [];
  console.error = (...words: unknown[]) => void logged.push(words);
});

// What the engine was given by the end of the task.
export function inputs() {
  platform.settle();
  return engine.inputs.filter(({ type }) => type !== "wake");
}

export function types() {
  platform.settle();
  return engine.inputs.map(({ type }) => type);
}

export async function live(settings: object = config, capture?: any) {
  const client = new Client(platform, settings as any, {}, capture);
  await client.ready;
  return client;
}

// `waymark-app.mjs`: the app around this web view has the engine. What the page would hand to its
// own goes to the app, in order; views and answers come back. The messages are described in
// sdk/docs/web_view.md.
//
// Promise: one identity, one consent, one queue, and all of them the app's. What lay here from
// before the app had an engine is deleted. No decision is taken here.

import type { Engine, Frame, Output } from "../core/bridge.ts";
import type { Client } from "../core/client.ts";
import { failure } from "../core/error.ts";
import type { Problem, Properties, View } from "../core/types.ts";
import { deleteOwn } from "../platform/browser/own.ts";
import type { Effect } from "../platform/platform.ts";
import { findHost, type Host } from "../share/host.ts";

export interface Names {
  prefix?: string;
  database?: string;
}

// An app that has an engine answers at once.
const silence_ms = 10_000;

// The page's own life, clock and network are no facts about the app, and neither may a page narrow
// what the app does.
const stays = /^(wake|lifecycle|connectivity|lead|narrow|store_\w+|http_\w+)$/;
const is_event = /^(track|page|screen|identify|alias|group)$/;

/** Asks the app for its engine. */
export async function open(client: Client, [text]: Frame, names: Names = {}): Promise<Engine> {
  const { config } = JSON.parse(text);
  deleteOwn({ ...names, cookie_domain: config?.identity?.cookie_domain });
  const engine = new AppEngine(client, findHost(globalThis)!);
  await engine.there;
  return engine;
}

class AppEngine implements Engine {
  /** Fulfilled when the app has told its first view. */
  readonly there: Promise<void>;

  private readonly _host: Host;
  private readonly _client: Client;
  private _unlisten = () => {};
  private _view?: View;
  private _context: Properties = {};
  private _effects: Effect[] = [];
  private _problems: Problem[] = [];

  constructor(client: Client, host: Host) {
    this._client = client;
    this._host = host;
    this.there = new Promise((resolve, reject) => {
      const silent = () =>
        reject(failure("app_silent", "an app that does not answer", "a message of the type view"));
      const timer = setTimeout(silent, silence_ms);
      this._unlisten = host.listen((message) => {
        this._hear(message);
        if (!this._view) return;
        clearTimeout(timer);
        resolve();
      });
    });
    host.post({ type: "hello", engine: true });
  }

  handle(text: string): Output | undefined {
    const { now, entropy, ...input } = JSON.parse(text);
    if (input.type === "set_context") Object.assign(this._context, input.context);
    // What the browser says of itself the app says of the device.
    else if (!stays.test(input.type) && input.source !== "navigator" && input.type !== "heard") {
      // The app's own events have its own context.
      if (is_event.test(input.type)) input.context = { ...this._context, ...input.context };
      const { wall_ms } = now;
      this._host.post({ type: "input", input: { ...input, now: { wall_ms } } });
    }
    return this._take();
  }

  view(): View {
    return this._view!;
  }

  /** Nobody can wait here for what the app would say. */
  query(): undefined {}

  close(): void {
    this._unlisten();
  }

  private _hear(message: any): void {
    const { type, view, request_id, answer, problem } = message ?? {};
    if (type === "view" && view?.consent) {
      this._view = view;
      this._effects.push({ type: "notify", view: true });
    } else if (type === "answer") this._effects.push({ type, request_id, answer });
    else if (type === "problem" && problem?.code) this._problems.push(problem);
    else return;
    // What was heard is handed in like anything else that the engine says.
    this._client._request({ type: "heard" });
  }

  private _take(): Output | undefined {
    const [effects, problems] = [this._effects, this._problems];
    if (!effects.length && !problems.length) return undefined;
    this._effects = [];
    this._problems = [];
    return { effects, problems, wake_at_ms: null };
  }
}

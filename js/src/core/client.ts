// The public API: turns calls into inputs, and keeps what goes wrong away from the page.
//
// Promise: `open` gives a client at once; no method throws, blocks, or lets an error out. Calls
// made before the engine is there are kept in order, with the time and page at which they were
// made. After a fault inside, the client is off and says so through `problem`.

import type { Fact, Now, Platform } from "../platform/platform.ts";
import { encode, openEngine, type Engine, type Frame } from "./bridge.ts";
import { calls_max, refusal } from "./calls.ts";
import { failure, WaymarkError } from "./error.ts";
import { Shell } from "./shell.ts";
import type {
  CallOptions,
  Choices,
  Config,
  ConsentView,
  Events,
  OpenOptions,
  Problem,
  Properties,
  View,
} from "./types.ts";

declare const WAYMARK_VERSION: string;

/** When and on which page a call was made that reaches the client only now. */
export interface Early {
  now: Now;
  context?: Properties;
}

/** Watches the page, and tells the client its context and its page views. Gives what ends that. */
export type Capture = (client: Client) => () => void;

type Input = Fact & { now: Now };

const waiting = 0;
const live = 1;
const off = 2;

export class Client {
  /** Fulfilled when the engine is there, rejected with a `WaymarkError` when it cannot be. */
  readonly ready: Promise<void>;

  readonly consent = {
    /** A decision. Purposes that are not named keep their state. */
    set: (choices: Choices): void => {
      this._call({ type: "set_consent", now: this._now(), choices }, true);
    },
    /** The state of each purpose and why, or undefined before the engine is there. */
    get: (): ConsentView | undefined => this.view()?.consent,
  };

  private readonly _platform: Platform;
  private readonly _listeners: { [name: string]: Set<(value?: any) => void> } = {};
  private readonly _opened: Now;
  private readonly _unwatch: (() => void)[] = [];
  private _state: typeof waiting | typeof live | typeof off = waiting;
  private _kept: [frame: Frame, automatic?: boolean][] = [];
  private _lost = 0;
  private _page_views = true;
  private _refused?: Problem[];
  private _failure?: WaymarkError;
  private _reported = false;
  private _held?: () => void;
  private _early?: Early;
  private _engine?: Engine;
  private _shell?: Shell;

  /** @internal `opened`: the time of the first call, where that was made before this one. */
  constructor(
    platform: Platform,
    config: Config | string,
    options: OpenOptions = {},
    capture?: Capture,
    opened: Now = platform.now(),
  ) {
    this._platform = platform;
    this._opened = opened;
    this._as({ now: opened }, () => {
      this._unwatch.push(platform.watch((fact) => this._call({ ...fact, now: this._now() })));
      if (capture) this._unwatch.push(capture(this));
    });
    this.ready = this._open(config, options);
    this.ready.catch(() => {});
  }

  /** Something happened. */
  track(name: string, properties?: Properties, options?: CallOptions): void {
    this._event("track", name, properties, options);
  }

  /** A page was seen. */
  page(name?: string, properties?: Properties, options?: CallOptions): void {
    this._event("page", name, properties, options);
  }

  /** A screen of an app was seen. */
  screen(name: string, properties?: Properties, options?: CallOptions): void {
    this._event("screen", name, properties, options);
  }

  /** Who this is. Without a user id: traits of the unknown visitor. */
  identify(id?: string | number | null, traits?: Properties, options?: CallOptions): void {
    this._guard(() => {
      const now = this._now();
      const context = this._context_of(options);
      // Databases count their users: 7 is the user "7".
      const user_id = typeof id === "number" ? `${id}` : (id ?? undefined);
      this._call({ type: "identify", now, user_id, traits, context });
    });
  }

  /** The user has logged out. Consent stays. */
  reset(): void {
    this._call({ type: "reset", now: this._now() }, true);
  }

  /** Sends what is queued now. */
  flush(): void {
    this._call({ type: "flush", now: this._now() });
  }

  /** Deletes every identifier and everything queued; consent goes back to "never asked". */
  forget(): void {
    this._call({ type: "forget", now: this._now() }, true);
  }

  /** What the engine knows now, or undefined before it is there. */
  view(): View | undefined {
    try {
      return this._engine?.view();
    } catch (error) {
      this._fail(error);
    }
  }

  on<Name extends keyof Events>(name: Name, listener: Events[Name]): void {
    (this._listeners[name] ??= new Set()).add(listener);
    if (this._state !== live) return;
    // Who comes late hears what stands now.
    if (name === "ready") this._guard(listener as () => void);
    if (name === "view") this._guard(() => (listener as Events["view"])(this.view()!));
  }

  off<Name extends keyof Events>(name: Name, listener: Events[Name]): void {
    this._listeners[name]?.delete(listener);
  }

  /** Sends what can still be sent and ends this client. */
  close(): void {
    this._call({ type: "lifecycle", now: this._now(), state: "closing" });
    const engine = this._engine;
    this._end();
    this._guard(() => engine?.close());
    this._platform.store.close();
  }

  /** @internal For captures: runs `run` in the next task, or before the next call if sooner. */
  _hold(run: () => void): void {
    this._held = run;
    this._platform.timer(() => this._release(), 0);
  }

  /** @internal For captures: a page view, after the standing context as it is now. */
  _page(referrer: string): void {
    this._context(referrer);
    if (!this._page_views) return;
    this._call({ type: "page", now: this._now(), context: this._early?.context }, false, true);
  }

  /** @internal For captures. */
  _context(referrer?: string): void {
    const context = this._platform.context(referrer);
    if (context) this._call({ type: "set_context", now: this._now(), context });
  }

  /** @internal Runs `calls` as if at another time, on another page. */
  _as(early: Early, calls: () => void): void {
    this._early = early;
    this._guard(calls);
    this._early = undefined;
  }

  /** @internal Tells the listeners of `problem`. */
  _problem(code: string, pointer: string, found: string, allowed: string): void {
    this._emit("problem", { code, pointer, found, allowed });
  }

  private _event(type: string, name?: string, properties?: Properties, options?: CallOptions) {
    try {
      const now = this._now();
      const context = this._context_of(options);
      this._call({ type, now, name: name ?? undefined, properties, context });
    } catch (error) {
      this._report(error);
    }
  }

  private _context_of(options?: CallOptions): Properties | undefined {
    const context = options?.context;
    return this._early?.context ? { ...this._early.context, ...context } : context;
  }

  // What is held comes first: it happened before.
  private _now(): Now {
    if (this._held) this._release();
    return this._early?.now ?? this._platform.now();
  }

  private _release(): void {
    const run = this._held;
    this._held = undefined;
    if (run) this._guard(run);
  }

  private _call(input: Input, fresh_entropy = false, automatic = false): void {
    if (this._state === off) return;
    try {
      const frame = this._frame(input, fresh_entropy);
      if (this._state === live) this._shell!.send(...frame);
      // Decisions have no bound: only events may be too many.
      else if (fresh_entropy || this._kept.length < calls_max) this._kept.push([frame, automatic]);
      else this._lost++;
    } catch (error) {
      this._fail(error);
    }
  }

  private _frame(input: Input, fresh_entropy: boolean): Frame {
    if (fresh_entropy) input.entropy = this._platform.entropy();
    try {
      return fresh_entropy || input.value ? encode(input) : [JSON.stringify(input)];
    } catch {
      const { type: call, now } = input;
      return [JSON.stringify({ type: "refused", now, call, ...refusal(input), allowed: "JSON" })];
    }
  }

  private async _open(config: Config | string, options: OpenOptions): Promise<void> {
    try {
      const platform = this._platform;
      const [document, module] = await Promise.all([
        typeof config === "string" ? platform.text(config).then(parseConfig) : config,
        platform.module(options.wasm),
      ]);
      const engine = await openEngine(module, this._start_frame(document));
      if (this._state === off) throw failure("closed", "a call of close", "none before ready");
      this._start(engine);
      this._page_views = document.capture?.page_views === true;
      this._go_live();
    } catch (error) {
      throw this._fail(error);
    }
  }

  private _start_frame(config: Config): Frame {
    return encode({
      now: this._opened,
      entropy: this._platform.entropy(),
      sdk: { name: this._platform.sdk, version: WAYMARK_VERSION },
      config,
      consent: parseOrNothing(this._platform.consent()),
    });
  }

  private _start(engine: Engine): void {
    this._engine = engine;
    this._shell = new Shell(engine, this._platform, {
      view: () => this._listeners.view?.size && this._emit("view", this.view()),
      problems: (problems, refused) => {
        if (refused) this._refused = problems;
        else for (const problem of problems) this._emit("problem", problem);
      },
      fault: (error) => this._fail(error),
    });
    this._shell.wake(this._opened);
    if (this._refused) throw new WaymarkError("config_refused", this._refused);
  }

  // Calls that listeners make meanwhile join the end of the list: times never go back.
  private _go_live(): void {
    for (const [frame, automatic] of this._kept) {
      if (!automatic || this._page_views) this._shell!.send(...frame);
    }
    if (this._failure) throw this._failure;
    this._state = live;
    this._kept = [];
    if (this._lost) {
      this._problem("queue_full", "", `${this._lost} calls too many`, `${calls_max} before ready`);
    }
    this._emit("ready");
  }

  private _fail(error: unknown): WaymarkError {
    const known = (this._failure ??=
      error instanceof WaymarkError
        ? error
        : failure("internal", `an error inside (${error})`, "none"));
    if (this._state !== off) {
      this._end();
      this._report(known.message);
      for (const problem of known.problems) this._emit("problem", problem);
    }
    return known;
  }

  private _end(): void {
    this._state = off;
    this._engine = undefined;
    this._kept = [];
    this._shell?.stop();
    for (const unwatch of this._unwatch) this._guard(unwatch);
  }

  private _emit(name: keyof Events, value?: unknown): void {
    this._listeners[name]?.forEach((listener) => this._guard(() => listener(value)));
  }

  private _guard(run: () => void): void {
    try {
      run();
    } catch (error) {
      this._report(error);
    }
  }

  // Once: a listener that always throws must not fill the console.
  private _report(error: unknown): void {
    if (this._reported) return;
    this._reported = true;
    console.error("waymark:", error);
  }
}

function parseConfig(text: string): Config {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw failure("config_invalid", `a config that is not JSON (${error})`, "one JSON document");
  }
}

// What is not JSON was not written by us.
function parseOrNothing(text?: string): unknown {
  try {
    return JSON.parse(text!);
  } catch {
    return undefined;
  }
}

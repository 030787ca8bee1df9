// Performs what the engine asks for, and tells it what came of it.
//
// Promise: effects start in their order, each is answered exactly once, and the engine is never
// called while it is being answered: what happens meanwhile waits its turn.
//
// Invariant: no decision is taken here. The shell never looks at consent, at events or at answers
// of collectors; it does what the effect says.

import type { Fact, HttpSend, Platform, Reply, StoreEffect } from "../platform/platform.ts";
import { encode, type Engine, type Output } from "./bridge.ts";
import type { Problem } from "./types.ts";

export interface Hooks {
  /** The view has changed. Called when the engine is at rest. */
  view(): unknown;
  problems(problems: Problem[], refused?: boolean): void;
  /** To an input that asked: a document. */
  answer(request_id: number, document: unknown): void;
  /** The engine failed: it must not be called again. */
  fault(error: unknown): void;
}

type Waiting = [text: string, bodies?: Uint8Array[], wake?: boolean];

// A task that calls more often hands over in between: texts that wait have no other bound.
const waiting_max = 100;

// Longer timers fire at once in every browser.
const timer_ms_max = 2 ** 31 - 1;

const busy = 1;
const stopped = 2;

export class Shell {
  private readonly _engine: Engine;
  private readonly _platform: Platform;
  private readonly _hooks: Hooks;
  private readonly _waiting: Waiting[] = [];
  private readonly _aborts = new Map<number, () => void>();
  private _state: 0 | typeof busy | typeof stopped = 0;
  private _changed = false;
  private _store_effects: StoreEffect[] = [];
  private _wake_at: number | null = null;
  private _wake_soon = false;
  private _ends = false;
  private _cancel?: () => void;
  private _release?: () => void;

  constructor(engine: Engine, platform: Platform, hooks: Hooks) {
    this._engine = engine;
    this._platform = platform;
    this._hooks = hooks;
  }

  /** Hands one input to the engine, after those that wait, and starts what it answers. */
  send(text: string, bodies?: Uint8Array[], wake?: boolean): void {
    if (this._state !== stopped) this._waiting.push([text, bodies, wake]);
    this.drain();
  }

  /**
   * Hands one input over at the end of this task, or before the next one that is sent if that is
   * sooner: the engine's work for all calls of a task is done in one go, and none waits for it.
   */
  send_later(text: string): void {
    if (this._state === stopped) return;
    this._waiting.push([text]);
    if (this._waiting.length < waiting_max) this._at_end();
    else this.drain();
  }

  /** Hands over what waits. */
  drain(): void {
    if (this._state) return;
    this._state = busy;
    try {
      this._settle();
      if (this._state === busy) this._state = 0;
    } catch (error) {
      this.stop();
      this._hooks.fault(error);
    }
    if (this._changed) {
      this._changed = false;
      this._hooks.view();
    }
  }

  readonly reply: Reply = (fact: Fact) => {
    const input = { ...fact, now: this._platform.now() };
    // Few facts have bodies, and looking for them takes longer than writing the text.
    if (fact.entries || fact.body) this.send(...encode(input));
    else this.send(JSON.stringify(input));
  };

  /** Sends `wake`. */
  wake(now = this._platform.now()): void {
    this._wake_at = null;
    this._wake_soon = false;
    this.send(JSON.stringify({ type: "wake", now }), undefined, true);
  }

  /** Lets go of timer and lead, and takes nothing more; what is on its way is left alone. */
  stop(): void {
    this._state = stopped;
    this._cancel?.();
    this._release?.();
    this._waiting.length = 0;
    this._store_effects = [];
    this._changed = false;
  }

  private _run(text: string, bodies?: Uint8Array[], wake?: boolean): void {
    const output = this._engine.handle(text, bodies);
    if (output) this._perform(output, wake);
  }

  // Replies may come at once and bring new effects: on until nothing is left.
  private _settle(): void {
    while (this._waiting.length || this._store_effects.length) {
      const next = this._waiting.shift();
      if (next) this._run(...next);
      else this._commit();
    }
  }

  private _perform(output: Output, wake?: boolean): void {
    for (const effect of output.effects) {
      if (effect.type.startsWith("store")) {
        this._store_effects.push(effect as StoreEffect);
        continue;
      }
      if (effect.type === "claim") {
        this._release = this._platform.claim(effect.writer, this.reply);
        continue;
      }
      this._commit();
      if (effect.type === "http_send") this._http(effect);
      else if (effect.type === "http_abort") this._aborts.get(effect.target)?.();
      else if (effect.type === "answer") this._hooks.answer(effect.request_id, effect.answer);
      else this._changed = true;
    }
    if (output.problems.length) this._hooks.problems(output.problems, output.refused);
    this._schedule(output.wake_at_ms, wake);
  }

  // The store effects of all that is done in one go, as one transaction.
  private _commit(): void {
    const effects = this._store_effects;
    if (!effects.length) return;
    this._store_effects = [];
    this._platform.store.run(effects, this.reply);
  }

  private _http(request: HttpSend): void {
    let open = true;
    const abort = this._platform.send(request, (fact) => {
      open = false;
      this._aborts.delete(request.effect_id);
      this.reply(fact);
    });
    if (open) this._aborts.set(request.effect_id, abort);
  }

  private _schedule(at: number | null, after_wake?: boolean): void {
    if (at === this._wake_at) return;
    this._cancel?.();
    this._cancel = undefined;
    this._wake_at = at;
    if (at === null) return;
    const wait = at - this._platform.now().mono_ms;
    if (wait > 0 || after_wake) {
      const ms = Math.min(Math.max(wait, 1), timer_ms_max);
      this._cancel = this._platform.timer(() => this._time_up(), ms);
    } else {
      this._wake_soon = true;
      this._at_end();
    }
  }

  // At the end of the task: what waits, and then the wake. What listeners call meanwhile comes in
  // a task of its own: one that calls whenever it is called must not hang the page.
  private _at_end(): void {
    if (this._ends) return;
    this._ends = true;
    this._platform.microtask(() => {
      this.drain();
      if (this._wake_soon) this.wake();
      this._ends = false;
      if (this._waiting.length) this._platform.timer(() => this.drain(), 1);
    });
  }

  // Timers may fire early, and long ones are cut.
  private _time_up(): void {
    const at = this._wake_at;
    this._wake_at = null;
    if (at! > this._platform.now().mono_ms) this._schedule(at);
    else this.wake();
  }
}

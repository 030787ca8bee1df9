// The fake platform of the tests: a clock that moves when told, a store and a network that a test
// can look into and break. It owns no real timer and reaches nothing outside.

import type { Fact, HttpSend, Now, Platform, Reply, StoreEffect } from "../platform.ts";
import { MemoryStore } from "./store.ts";

// More than any task of a test has; a browser would hang.
const microtasks_max = 10_000;

interface Timer {
  at: number;
  run: () => void;
}

export interface Exchange {
  request: HttpSend;
  /** Answers the request, or nothing when it was answered before. */
  answer(fact: Partial<Fact>): void;
}

export class MemoryPlatform implements Platform {
  readonly sdk = "waymark-memory";
  readonly store = new FaultyStore();
  readonly exchanges: Exchange[] = [];
  page: Record<string, unknown> | undefined;
  texts: Record<string, string> = {};
  compiled: WebAssembly.Module | undefined;
  tell: Reply = () => {};
  /** Tells the client that the page may be gone soon. */
  away = (): void => {};
  /** The writers that are claimed now, newest last, and what tells of the lead. */
  claims: string[] = [];
  lead: (...live: string[]) => void = () => {};
  /** What was spilled for the next start; undefined: nothing can be. */
  spills: string[] | undefined = [];

  private _now: Now;
  private _timers: Timer[] = [];
  private _microtasks: (() => void)[] = [];

  constructor(wall_ms = 1793817970000) {
    this._now = { wall_ms, mono_ms: 0 };
  }

  now = (): Now => this._now;
  entropy = (): Uint8Array => new Uint8Array(32).fill(7);
  microtask = (run: () => void): void => void this._microtasks.push(run);
  context = (): Record<string, unknown> | undefined => this.page;
  text = async (url: string): Promise<string> => this.texts[url]!;
  module = async (): Promise<WebAssembly.Module> => this.compiled!;

  consent = (): string | undefined => {
    const value = this.store.values.get("consent/record");
    return value && new TextDecoder().decode(value);
  };

  claim = (writer: string, reply: Reply): (() => void) => {
    this.claims.push(writer);
    this.lead = (...live) => reply({ type: "lead", live });
    this.lead();
    return () => {
      this.claims = [];
      this.lead = () => {};
    };
  };

  watch = (reply: Reply, away: () => void): (() => void) => {
    this.tell = reply;
    this.away = away;
    return () => (this.tell = this.away = () => {});
  };

  spill = (text: string): boolean => !!this.spills?.push(text);
  spilled = async (): Promise<string[]> => this.spills?.splice(0) ?? [];

  timer = (run: () => void, ms: number): (() => void) => {
    const timer = { at: this._now.mono_ms + ms, run };
    this._timers.push(timer);
    return () => void (this._timers = this._timers.filter((other) => other !== timer));
  };

  send = (request: HttpSend, reply: Reply): (() => void) => {
    const { effect_id } = request;
    let open = true;
    const answer = (fact: Partial<Fact>) => {
      if (open) reply({ type: "http_done", effect_id, status: 0, ...fact });
      open = false;
    };
    this.exchanges.push({ request, answer });
    if (request.transport === "beacon") answer({ error: "queued" });
    return () => answer({ error: "aborted" });
  };

  /** Ends the current task. */
  settle(): void {
    let left = microtasks_max;
    for (let run = this._microtasks.shift(); run; run = this._microtasks.shift()) {
      if (!left--) throw new Error("a task without an end");
      run();
    }
  }

  /** Moves the clock by `ms`, running each timer at its time. */
  advance(ms: number): void {
    this.settle();
    const end = this._now.mono_ms + ms;
    for (let next = this._due(end); next; next = this._due(end)) {
      this._move(next.at);
      next.run();
      this.settle();
    }
    this._move(end);
  }

  get timers_ms(): number[] {
    return this._timers.map(({ at }) => at - this._now.mono_ms);
  }

  private _due(end: number): Timer | undefined {
    const [next] = this._timers.sort((a, b) => a.at - b.at);
    return next && next.at <= end ? this._timers.shift() : undefined;
  }

  private _move(mono_ms: number): void {
    const passed = mono_ms - this._now.mono_ms;
    this._now = { wall_ms: this._now.wall_ms + passed, mono_ms };
  }
}

/** Remembers what ran together, and refuses writes for the reason that a test sets. */
class FaultyStore extends MemoryStore {
  readonly transactions: StoreEffect[][] = [];
  failing: string | undefined;

  override run(effects: StoreEffect[], reply: Reply): void {
    this.transactions.push(effects);
    if (this.failing === undefined) return super.run(effects, reply);
    for (const { effect_id } of effects) {
      reply({ type: "store_failed", effect_id, reason: this.failing });
    }
  }
}

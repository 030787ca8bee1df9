// The one interface between the shell and the device: clock, entropy, store, http, timers,
// lifecycle, and facts about the surroundings.
//
// Promise of every implementation: nothing here throws, and each effect is answered through
// `reply` exactly once, at once or later. Only `shell.ts` calls what touches storage or network.

import type { Opener } from "../core/bridge.ts";

export interface Now {
  /** Unix time, whole milliseconds. */
  readonly wall_ms: number;
  /** Whole milliseconds of a clock that never goes back. */
  readonly mono_ms: number;
}

export interface StoreGet {
  type: "store_get";
  effect_id: number;
  prefix: string;
  after?: string;
  bytes_max: number;
}

export interface StorePut {
  type: "store_put";
  effect_id: number;
  key: string;
  value: Uint8Array;
  /** Only where the key exists: whoever took the data over meanwhile is not written over. */
  replace?: boolean;
}

export interface StoreDelete {
  type: "store_delete";
  effect_id: number;
  key?: string;
  prefix?: string;
}

export type StoreEffect = StoreGet | StorePut | StoreDelete;

export interface HttpSend {
  type: "http_send";
  effect_id: number;
  method: string;
  url: string;
  headers: Record<string, string>;
  /** Absent with the method GET. */
  body?: Uint8Array;
  transport: "fetch" | "keepalive" | "beacon";
  timeout_ms: number;
  credentials: "omit" | "include";
  /** How much of the answer's body is to be told. Absent: none. */
  answer_bytes_max?: number;
}

export type Effect =
  | StoreEffect
  | HttpSend
  | { type: "http_abort"; effect_id: number; target: number }
  | { type: "claim"; effect_id: number; writer: string }
  | { type: "answer"; request_id: number; answer: unknown }
  | { type: "notify"; view: true };

export interface Entry {
  key: string;
  value: Uint8Array;
}

/** What the world did. `now` is added by the shell. */
export type Fact = { type: string; [member: string]: unknown };
export type Reply = (fact: Fact) => void;

/** Takes out what it keeps elsewhere; gives the others, and who is to be told of them. */
export type Beside = (effects: StoreEffect[], reply: Reply) => [StoreEffect[], Reply];

export interface Store {
  /** Where the device has a better place for a key. */
  beside?: Beside | undefined;
  /** Performs the effects in order, as one transaction where the device has such a thing. */
  run(effects: StoreEffect[], reply: Reply): void;
  close(): void;
}

export interface PageContext {
  url: string;
  path: string;
  referrer: string;
  search: string;
  title: string;
}

export interface Platform {
  /** The name of this face. */
  readonly sdk: string;
  /** The origin of the page, where requests to others are subject to CORS. */
  readonly origin?: string;
  readonly store: Store;
  now(): Now;
  /** 32 bytes of the secure generator. */
  entropy(): Uint8Array;
  /** Starts a request; gives what aborts it. */
  send(request: HttpSend, reply: Reply): () => void;
  /** Runs `run` once after `ms`; gives what cancels it. */
  timer(run: () => void, ms: number): () => void;
  /** Runs `run` at the end of the current task. */
  microtask(run: () => void): void;
  /**
   * Lets other engines on the device see that `writer` lives, and asks for the lead. Answers with
   * `lead` as often as there may be something to take over, or never. Gives what lets go of all.
   */
  claim(writer: string, reply: Reply): () => void;
  /** The value of the key `consent/record`, read at once. */
  consent(): string | undefined;
  /** The standing context as it is now, or undefined where there is no page. */
  context(referrer?: string): Record<string, unknown> | undefined;
  /**
   * Reports lifecycle, connectivity, signals and changes of other tabs, first what holds now.
   * Calls `away` after it has told that the page may be gone soon.
   */
  watch(reply: Reply, away: () => void): () => void;
  /** Keeps a text on the device for the next start. False when it could not be kept. */
  spill(text: string): boolean;
  /** Takes what was spilled by this page and earlier ones, oldest first; each text once. */
  spilled(): Promise<string[]>;
  /** The text at an address. Rejects with a `WaymarkError`. */
  text(url: string): Promise<string>;
  /** The compiled engine. Rejects with a `WaymarkError`. */
  module(source: unknown): Promise<WebAssembly.Module | Opener>;
}


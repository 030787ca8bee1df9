// What the inspector has seen: calls with their verdicts, decisions and facts, requests with their
// answers, and the ids that came and went.
//
// Promise: it hears what goes into the engine and what comes out, changes neither, and holds a
// bounded number of each.

import type { Output } from "../core/bridge.ts";
import type { Explanation, Problem, View } from "../core/types.ts";
import type { HttpSend } from "../platform/platform.ts";
import { type Contents, contentsOf } from "./bodies.ts";
import { collectorsAt } from "./collectors.ts";

export type Verdict = Explanation["collectors"][string];

export interface Request {
  id: number;
  at_ms: number;
  method: string;
  url: string;
  transport: string;
  bytes: number;
  /** Who may be behind this address: more than one where their addresses are alike. */
  collectors: string[];
  contents?: Contents;
  status?: number;
  error?: string | undefined;
  answered_ms?: number;
}

export interface SeenEvent {
  kind: "event";
  number: number;
  at_ms: number;
  type: string;
  name?: string;
  /** The call as it was made. */
  call: Record<string, any>;
  off: boolean;
  verdicts: Record<string, Verdict>;
  /** By collector. */
  requests: Record<string, Request>;
  problems: Problem[];
}

export interface SeenNote {
  /** `silence`: nobody called it; the engine recorded that a customer dropped out. */
  kind: "decision" | "fact" | "silence";
  number: number;
  at_ms: number;
  text: string;
}

export type Seen = SeenEvent | SeenNote;

/** The ids of a moment, and what has led to them. */
export interface Person {
  at_ms: number;
  how: string;
  anonymous_id?: string;
  user_id?: string;
  group_id?: string;
  session_id?: string;
}

export interface Write {
  at_ms: number;
  key: string;
  /** Absent: deleted. */
  bytes?: number;
}

// A long visit of a busy page; older ones go.
const seen_max = 500;
const requests_max = 200;
const persons_max = 50;
const writes_max = 100;

const is_event = /^(track|page|screen|identify|alias|group)$/;
const is_person = /^(identify|alias|group|reset|forget|accept_hand_over|import_id|set_consent)$/;

export class Log {
  seen: Seen[] = [];
  requests: Request[] = [];
  persons: Person[] = [];
  writes: Write[] = [];
  /** How often anything here has changed. */
  changes = 0;

  private readonly _config: any;
  private readonly _changed: () => void;
  private _number = 0;
  /** How often a moment of silence went to a collector, and how many have been seen of it. */
  private readonly _silences = new Map<string, number>();
  private _how = "first seen";

  constructor(config: any, changed: () => void) {
    this._config = config;
    this._changed = () => {
      this.changes++;
      changed();
    };
  }

  /** An input, with what the engine said of such an event just before, and what it answered. */
  hear(input: any, before: Explanation | undefined, output: Output | undefined): void {
    const { type, now } = input;
    const at_ms: number = now?.wall_ms ?? 0;
    if (is_event.test(type)) this._event(input, at_ms, before, output?.problems ?? []);
    else if (type === "http_done") this._answer(input, at_ms);
    else this._note(input, at_ms);
    if (is_person.test(type)) this._how = howOf(input);
    for (const effect of output?.effects ?? []) {
      if (effect.type === "http_send") this._request(effect, at_ms);
      if (effect.type === "store_put") {
        this._write({ at_ms, key: effect.key, bytes: effect.value.length });
      }
      if (effect.type === "store_delete") {
        this._write({ at_ms, key: effect.key ?? `${effect.prefix}…` });
      }
    }
    this._changed();
  }

  /** The ids as they stand now. */
  look({ anonymous_id, user_id, session, ...more }: View & { group_id?: string }, at_ms: number) {
    const { group_id } = more;
    const ids = { anonymous_id, user_id, group_id, session_id: session?.id };
    const last = this.persons.at(-1);
    const names = Object.keys(ids) as (keyof typeof ids)[];
    if (names.every((name) => last?.[name] === ids[name])) return;
    const known = Object.fromEntries(Object.entries(ids).filter(([, id]) => id));
    push(this.persons, { at_ms, how: this._how, ...known }, persons_max);
    this._how = "went on";
  }

  private _event(call: any, at_ms: number, before: Explanation | undefined, problems: Problem[]) {
    const { off = false, collectors: verdicts = {} } = before ?? {};
    const { type, name } = call;
    const said = { type, ...(name && { name }), call, off, verdicts, requests: {}, problems };
    push(this.seen, { kind: "event", number: ++this._number, at_ms, ...said }, seen_max);
  }

  private _note(input: any, at_ms: number): void {
    const note = noteOf(input);
    if (note) push(this.seen, { number: ++this._number, at_ms, ...note }, seen_max);
  }

  private _request(effect: HttpSend, at_ms: number): void {
    const { effect_id: id, method, url, transport, body } = effect;
    const collectors = collectorsAt(url, this._config);
    const bytes = body?.length ?? 0;
    const request: Request = { id, at_ms, method, url, transport, bytes, collectors };
    push(this.requests, request, requests_max);
    void contentsOf(effect).then((contents) => {
      request.contents = contents;
      this._join(request, contents);
      this._changed();
    });
  }

  // Which events are in it: those of that time, in their order. Where the time is not told as it
  // was (in whole hours, of those that name nobody) none is found, and none is guessed.
  private _join(request: Request, { texts }: Contents): void {
    const waiting = this.seen.filter((one): one is SeenEvent => one.kind === "event");
    for (const text of texts) {
      this._silence(request, text);
      for (const collector of request.collectors) {
        const event = waiting.find(({ at_ms, requests, verdicts }) => {
          return verdicts[collector] && !requests[collector] && tellsTime(text, at_ms);
        });
        if (event) event.requests[collector] = request;
      }
    }
  }

  // No call told of it: it is seen when it goes out, at each collector once.
  private _silence({ at_ms, collectors }: Request, text: string): void {
    const rules: { name: string }[] = this._config?.journey?.silence ?? [];
    const rule = rules.find(({ name }) => text.includes(`"${name}"`));
    if (!rule) return;
    const { name } = rule;
    const key = `${name} ${collectors.join()}`;
    const count = (this._silences.get(key) ?? 0) + 1;
    this._silences.set(key, count);
    if (count <= (this._silences.get(name) ?? 0)) return;
    this._silences.set(name, count);
    const note = { kind: "silence", text: name } as const;
    push(this.seen, { number: ++this._number, at_ms, ...note }, seen_max);
  }

  private _answer({ effect_id, status, error }: any, at_ms: number): void {
    const request = this.requests.find(({ id }) => id === effect_id);
    if (request) Object.assign(request, { status, error, answered_ms: at_ms });
  }

  private _write(write: Write): void {
    push(this.writes, write, writes_max);
  }
}

function push<Item>(list: Item[], item: Item, max: number): void {
  list.push(item);
  if (list.length > max) list.shift();
}

const tellsTime = (text: string, ms: number) =>
  text.includes(new Date(ms).toISOString()) || text.includes(String(ms));

function noteOf(input: any): Pick<SeenNote, "kind" | "text"> | undefined {
  const { type, choices = {}, name, value, source, state } = input;
  if (type === "set_consent") {
    const words = Object.entries(choices).map(([id, choice]) => `${id} ${choice}`);
    return { kind: "decision", text: words.join(", ") || "seen, without a choice" };
  }
  if (type === "signal") return { kind: "fact", text: `${name}: ${value} (${source})` };
  if (type === "lifecycle") return { kind: "fact", text: `the page is ${state}` };
  if (type === "accept_hand_over") return { kind: "fact", text: "handed over from elsewhere" };
  if (/^(reset|forget|flush|narrow)$/.test(type)) return { kind: "fact", text: type };
  return undefined;
}

function howOf({ type, source }: any): string {
  if (type === "import_id") return `taken over from ${source}`;
  if (type === "accept_hand_over") return "handed over";
  return type === "set_consent" ? "consent" : type;
}

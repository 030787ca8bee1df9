// The public API: turns calls into inputs, and keeps what goes wrong away from the page.
//
// Promise: `open` gives a client at once; no method throws, blocks, or lets an error out. Calls
// made before the engine is there are kept in order, with the time and page at which they were
// made; a page that goes away before leaves them to the next one, where the visitor's decision
// allows that. After a fault inside, the client is off and says so through `problem`.

import type { Beside, Fact, Now, Platform } from "../platform/platform.ts";
import { encode, openEngine, type Engine, type Frame } from "./bridge.ts";
import { calls_max, isCall, isDecision, refusal } from "./calls.ts";
import { failure, WaymarkError } from "./error.ts";
import { Shell } from "./shell.ts";
import type {
  CallOptions,
  Choices,
  Config,
  ConsentView,
  DecisionLog,
  DecisionOptions,
  Events,
  ExplainedEvent,
  Explanation,
  HandOver,
  HandOverAnswer,
  HandOverToken,
  Inventory,
  JourneyView,
  Narrowing,
  OpenOptions,
  Problem,
  Properties,
  View,
} from "./types.ts";
import type { Vocabulary } from "./vocabulary.ts";

declare const WAYMARK_VERSION: string;

/** When and on which page a call was made that reaches the client only now. */
export interface Early {
  now: Now;
  context?: Properties;
}

/** Watches the page, and tells the client its context and its page views. Gives what ends that. */
export type Capture = (client: Client) => () => void;

type Input = Fact & { now: Now };

/** What waits for the engine. `automatic`: a page view, for a config that wants them. */
type Kept = [frame: Frame, automatic?: boolean];

const waiting = 0;
const live = 1;
const off = 2;

export class Client {
  /** Fulfilled when the engine is there, rejected with a `WaymarkError` when it cannot be. */
  readonly ready: Promise<void>;

  readonly consent = {
    /** A decision. Purposes that are not named keep their state. */
    set: (choices: Choices, { source, decided_ms, shown }: DecisionOptions = {}): void => {
      const decision = { choices, source, decided_ms, shown };
      this._call({ type: "set_consent", now: this._now(), ...decision }, true);
    },
    /** Takes back what was granted: what is queued, stored and known for these purposes goes. */
    withdraw: (purposes: string | string[], options?: DecisionOptions): void => {
      const choices: Choices = {};
      for (const purpose of [purposes].flat()) choices[purpose] = "denied";
      this.consent.set(choices, options);
    },
    /** What becomes of such an event now, at each collector, and why. */
    explain: (event: ExplainedEvent) => this._ask("explain", event) as Explanation | undefined,
    /** What lies on the device, for what, and until when. */
    inventory: () => this._ask("inventory") as Inventory | undefined,
    /**
     * The decision log of this device, and the hash at which its chain ends; undefined when the
     * client is off, or is before it has the answer.
     */
    records: (): Promise<DecisionLog | undefined> =>
      new Promise((answer) => this._request({ type: "records" }, answer)),
    /** The state of each purpose and why, or undefined before the engine is there. */
    get: (): ConsentView | undefined => this.view()?.consent,
  };

  readonly handOver = {
    /**
     * A token by which another host or device goes on with this journey; undefined where it may not
     * be, and `problem` says why.
     */
    create: async (wish?: HandOver): Promise<HandOverToken | undefined> => {
      const { problem, ...made } = await this._hand_over({ type: "hand_over", to: "", ...wish });
      if (problem) this._emit("problem", problem);
      return made.token && made;
    },
    /** Goes on with the journey of a token, where consent and evidence allow; never fails. */
    accept: (token: string): Promise<HandOverAnswer> =>
      this._hand_over({ type: "accept_hand_over", token }),
  };

  /** @internal Calls that were too many to be kept. */
  _lost = 0;
  /** @internal Makes a call again that a stub has left. */
  _replay?: (kept: any) => void;
  /**
   * @internal Hears of the config as soon as it is there, which is before the engine is. The engine
   * waits for what it gives.
   */
  _configured?: (config: Config) => unknown;

  /** @internal The inspector looks over its shoulder. */
  _engine?: Engine;

  /** @internal Hears that the view has changed, without one being made. */
  _viewed?: () => void;

  private readonly _platform: Platform;
  private readonly _listeners: { [name: string]: Set<(value?: any) => void> } = {};
  private readonly _opened: Now;
  // Who waits for an answer, at the place before the id of the request.
  private readonly _answers: ((document?: any) => void)[] = [];
  private readonly _unwatch: (() => void)[] = [];
  private _state: typeof waiting | typeof live | typeof off = waiting;
  /** @internal What waits for the engine; the part `capture` tells robots from people before. */
  _kept: Kept[] = [];
  // How many of the kept tell what held at the start.
  private _facts = 0;
  private _page_views = true;
  private _refused?: Problem[];
  private _failure?: WaymarkError;
  private _reported = false;
  private _held?: () => void;
  // What runs before anybody hears of `ready`.
  private readonly _first: (() => void)[] = [];
  private _early?: Early;
  private _lifecycle?: Fact;
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
      this._unwatch.push(platform.watch((fact) => this._tell(fact), () => this._leave()));
      const { age, region } = options;
      if (age! >= 0) this.signal("age", age);
      if (region) this.signal("region", region);
      this._facts = this._kept.length;
      if (capture) this._unwatch.push(capture(this));
    });
    this.ready = this._open(config, options);
    this.ready.catch(() => {});
  }

  /** Something happened: a touchpoint of the vocabulary, or whatever the site calls it. */
  track<Name extends keyof Vocabulary>(
    name: Name,
    properties: Vocabulary[Name],
    options?: CallOptions,
  ): void;
  track(name: string, properties?: Properties, options?: CallOptions): void;
  track(name: string, properties?: Properties, options?: CallOptions): void {
    this._event("track", { name, properties }, options);
  }

  /** A page was seen. */
  page(name?: string, properties?: Properties, options?: CallOptions): void {
    this._event("page", { name: name ?? undefined, properties }, options);
  }

  /** A screen of an app was seen. */
  screen(name: string, properties?: Properties, options?: CallOptions): void {
    this._event("screen", { name, properties }, options);
  }

  /** Who this is. Without a user id: traits of the unknown visitor. */
  identify(id?: string | number | null, traits?: Properties, options?: CallOptions): void {
    // Databases count their users: 7 is the user "7".
    const user_id = typeof id === "number" ? `${id}` : (id ?? undefined);
    this._event("identify", { user_id, traits }, options);
  }

  /** Another id of this user, or of `previous_id`. */
  alias(user_id: string, previous_id?: string, options?: CallOptions): void {
    this._event("alias", { user_id, previous_id }, options);
  }

  /** The group to which this user belongs: a company, a household. */
  group(group_id: string, traits?: Properties, options?: CallOptions): void {
    this._event("group", { group_id, traits }, options);
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

  /** Takes away from what is captured and sent, and never adds. Replaces what was said before. */
  narrow(document: Narrowing): void {
    this._call({ type: "narrow", now: this._now(), document });
  }

  /**
   * A fact for the consent policy: `region` (`DE`, `US-CA`), `age` (years), `gpc`, `dnt`, `att`.
   * `source`: where it comes from.
   */
  signal(name: string, value: unknown, source = "page"): void {
    this._call({ type: "signal", now: this._now(), name, value, source });
  }

  /** What the engine knows now, or undefined before it is there. */
  view(): View | undefined {
    try {
      this._shell?.drain();
      return this._engine?.view();
    } catch (error) {
      this._fail(error);
    }
  }

  /** Where this customer is, or undefined where the config has no journey. */
  journey(): JourneyView | undefined {
    return this.view()?.journey;
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

  /** @internal `end` runs when this client ends: at once, when it has. */
  _until(end: () => void): void {
    if (this._state === off) this._guard(end);
    else this._unwatch.push(end);
  }

  /**
   * @internal Runs `run` when the engine has heard all that was called before it was there, and
   * nobody knows that it is; at once when it is at work.
   */
  _settled(run: () => void): void {
    if (this._state === live) this._guard(run);
    else this._first.push(run);
  }

  /**
   * @internal An input that is answered: where the engine is at rest, before this returns; by
   * nothing when this client ends before.
   */
  _request(input: Fact, answer?: (document?: any) => void, fresh_entropy?: boolean): void {
    const request_id = answer && this._answers.push(answer);
    this._call({ ...input, now: this._now(), request_id }, fresh_entropy);
    if (this._state === off) answer?.();
  }

  /** @internal Tokens as the engine has them; the part `identity` puts the owner's server in. */
  _hands = (input: Fact) => new Promise<any>((give) => this._request(input, give, true));

  /** @internal Has keys of the store kept elsewhere. */
  _beside(beside: Beside): void {
    this._platform.store.beside = beside;
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

  private async _hand_over(input: Fact): Promise<any> {
    await this.ready.catch(() => {});
    return (await this._hands(input)) || { accepted: false, why: "off" };
  }

  private _ask(query: string, event?: ExplainedEvent): unknown {
    let answer: unknown;
    this._guard(() => {
      this._shell?.drain();
      answer = this._engine?.query(JSON.stringify({ query, event }));
    });
    return answer;
  }

  // What is big stands last: the engine walks the text from its beginning.
  private _event(type: string, event: object, options?: CallOptions): void {
    this._guard(() => {
      const now = this._now();
      const { priority, needs, context: own } = options || {};
      const context = this._early?.context ? { ...this._early.context, ...own } : own;
      this._call({ type, now, priority, needs, context, ...event }, false, false, true);
    });
  }

  // What is held comes first: it happened before.
  private _now(): Now {
    this._release();
    return this._early?.now ?? this._platform.now();
  }

  private _release(): void {
    const run = this._held;
    this._held = undefined;
    if (run) this._guard(run);
  }

  // An engine that comes late slept through nothing: of the page's life only how it stands counts.
  private _tell(fact: Fact): void {
    if (this._state === waiting && fact.state) this._lifecycle = fact;
    else this._call({ ...fact, now: this._now() });
  }

  private _call(input: Input, fresh_entropy = false, automatic = false, later = false): void {
    if (this._state === off) return;
    try {
      const frame = this._frame(input, fresh_entropy);
      if (this._state === live) {
        if (later) this._shell!.send_later(frame[0]);
        else this._shell!.send(...frame);
      }
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
      return fresh_entropy || input.key ? encode(input) : [JSON.stringify(input)];
    } catch {
      const { type: call, now } = input;
      return [JSON.stringify({ type: "refused", now, call, ...refusal(input), allowed: "JSON" })];
    }
  }

  private async _open(config: Config | string, options: OpenOptions): Promise<void> {
    try {
      const platform = this._platform;
      const [[text, document], module] = await Promise.all([
        this._read(config),
        platform.module(options.wasm),
      ]);
      const engine = await openEngine(module, this._start_frame(text));
      this._expect_open();
      this._start(engine);
      this._page_views = document.capture?.page_views === true;
      this._recall(await platform.spilled());
      this._expect_open();
      this._go_live();
      if (options.remote) this._narrow_from(options.remote);
    } catch (error) {
      throw this._fail(error);
    }
  }

  private async _read(config: Config | string): Promise<[text: string, document: Config]> {
    const text =
      typeof config === "string" ? await this._platform.text(config) : JSON.stringify(config);
    const document = parseConfig(text);
    // Also where the engine could not come: what has to wait for it must be told to wait.
    let begun: unknown;
    if (this._state !== off || this._failure) {
      this._guard(() => (begun = this._configured?.(document)));
    }
    await begun;
    return [text, document];
  }

  private _expect_open(): void {
    if (this._state !== off) return;
    throw this._failure ?? failure("closed", "a call of close", "none before ready");
  }

  private _start_frame(config: string): Frame {
    const [text, bodies] = encode({
      now: this._opened,
      entropy: this._platform.entropy(),
      sdk: { name: this._platform.sdk, version: WAYMARK_VERSION },
      origin: this._platform.origin,
      consent: parseOrNothing(this._platform.consent()),
    });
    return [`{"config":${config},${text.slice(1)}`, bodies];
  }

  private _start(engine: Engine): void {
    this._engine = engine;
    this._shell = new Shell(engine, this._platform, {
      answer: (request_id, document) => this._answers[request_id - 1]?.(document),
      view: () => {
        this._viewed?.();
        if (this._listeners.view?.size) this._emit("view", this.view());
      },
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
    if (this._lifecycle) this._tell(this._lifecycle);
    if (this._lost) this._report_lost(this._lost);
    this._first.forEach((run) => this._guard(run));
    this._emit("ready");
  }

  private _report_lost(count: number): void {
    const found = `${count} calls too many`;
    const allowed = `${calls_max} before ready`;
    const about = { call: "", pointer: "", found, allowed };
    this._call({ type: "refused", now: this._now(), ...about, lost: true, count });
    this._problem("queue_full", "", found, allowed);
  }

  // The page may be gone before the engine is there, or that may not be had: the calls are for the
  // next page then. Events may be left on the device only where the engine has put down that they
  // may; a decision always may, and is left where not all can be.
  private _leave(): void {
    if (!this._kept.length) return;
    const record: any = parseOrNothing(this._platform.consent());
    if (record?.spill !== true || !this._leave_all(isCall)) this._leave_all(isDecision);
  }

  // What is left is no longer kept here: should the page live on, its engine takes it from there.
  private _leave_all(which: RegExp): boolean {
    const left = this._kept.filter(([[text]]) => which.test(text));
    const texts = left.map(([[text], automatic]) => `[${text},${!!automatic}]`);
    if (!left.length || !this._platform.spill(`[${texts}]`)) return false;
    this._kept = this._kept.filter(([[text]]) => !which.test(text));
    return true;
  }

  // What earlier pages left comes behind the facts that held at the start and before all calls of
  // this page: with its own wall clock, and the time of the start on the other, which began anew.
  private _recall(texts: string[]): void {
    if (!texts.length) return;
    this._release();
    const kept = this._kept;
    this._kept = [];
    this._as({ now: this._opened }, () => this._context());
    for (const text of texts) {
      this._guard(() => JSON.parse(text).forEach((call: any) => this._call_again(call)));
    }
    kept.splice(this._facts, 0, ...this._kept);
    this._kept = kept;
  }

  private _call_again(call: any): void {
    const [input, automatic] = call;
    const { mono_ms } = this._opened;
    if (isCall.test(`{"type":"${input.type}"`)) {
      input.now.mono_ms = mono_ms;
      this._call(input, !!input.entropy, automatic);
    } else if (isCall.test(input[0])) {
      call[1][1] = mono_ms;
      this._replay?.(call);
    }
  }

  // Fails without harm: what the page's own config says then stands alone.
  private _narrow_from(url: string): void {
    const failed = (error: WaymarkError) => this._emit("problem", error.problems[0]);
    const narrow = (document: unknown) => this.narrow(document as Narrowing);
    this._platform.text(url).then(parseConfig).then(narrow, failed);
  }

  private _fail(error: unknown): WaymarkError {
    // One of a part has a class of its own.
    const known = (this._failure ??= (error as WaymarkError)?.problems
      ? (error as WaymarkError)
      : failure("internal", `an error inside (${error})`, "none"));
    if (this._state !== off) {
      // Firefox and WebKit break off what a page has asked for as soon as it begins to leave.
      if (!this._engine) this._leave();
      this._end();
      this._report(known.message);
      for (const problem of known.problems) this._emit("problem", problem);
    }
    return known;
  }

  private _end(): void {
    this._state = off;
    // Whoever has an answer already does not hear of it.
    this._answers.forEach((answer) => answer());
    this._engine = undefined;
    this._kept = [];
    this._shell?.stop();
    this._unwatch.splice(0).forEach((unwatch) => this._guard(unwatch));
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

function parseConfig(text: string): any {
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

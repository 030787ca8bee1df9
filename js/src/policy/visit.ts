// A visit to a page with this config that takes place in memory: the engine itself decides, and
// what it would store and send is kept for whoever looks. Nothing leaves, no clock runs by itself.
//
// Collectors get event documents (sdk/docs/record.md), in place of their own protocols: what is in
// them is what the engine lets each collector have, under the names that policies use.

import { Client } from "../core/client.ts";
import type { Choices, Config, Problem, Properties } from "../core/types.ts";
import { MemoryPlatform } from "../platform/memory/index.ts";
import type { PolicyDocument } from "./questions.ts";

export const touchpoint_types = ["track", "page", "screen", "identify", "alias", "group"] as const;

/** A call for an event, as a caller would make it. */
export interface Touchpoint {
  type: (typeof touchpoint_types)[number];
  name?: string;
  user_id?: string;
  previous_id?: string;
  group_id?: string;
  properties?: Properties;
  traits?: Properties;
  context?: Properties;
  needs?: string[];
}

/** What the host knows of the person. */
export interface Facts {
  region?: string;
  age?: number;
  gpc?: boolean;
  dnt?: boolean;
  att?: boolean | string;
}

/** An event as one collector gets it. */
export interface SentEvent {
  collector: string;
  at_ms: number;
  event: Properties & { type: string; name?: string; time_ms: number };
}

/** Something written to the device, or deleted there. */
export interface StoreChange {
  key: string;
  /** Bytes written; absent: deleted. */
  bytes?: number;
  /** The events in it. */
  events?: Properties[];
}

/** The order in which facts are told: what is known first never has to be taken back. */
const fact_names = ["gpc", "dnt", "att", "age", "region"] as const;

const members = [
  ...["type", "name", "message_id", "time_ms", "anonymous_id", "user_id"],
  ...["properties", "traits", "context", "delivery", "deidentified"],
];
const sessions = ["id", "index", "event_index", "started_ms"];
const by = (names: string[], path = "/") =>
  Object.fromEntries(names.map((name) => [name, { $: path + name }]));

/** The same policy, whose collectors get event documents. */
function mirrored(config: Config): Config {
  const collectors = config.collectors.map(({ options: _own, own_proxy: _secret, ...rest }) => ({
    ...rest,
    protocol: "generic",
    options: {
      headers: { "X-Collector": rest.id },
      event: { ...by(members), session: by(sessions, "/session/") },
    },
  }));
  return { ...config, collectors } as Config;
}

export interface VisitOptions {
  /** When it begins: Unix time. */
  start_ms?: number | undefined;
  /** Tells visitors apart: each number has ids of its own, and always the same. */
  visitor?: number;
}

class VisitPlatform extends MemoryPlatform {
  private readonly _visitor: number;
  private _drawn = 0;

  constructor({ start_ms, visitor = 0 }: VisitOptions) {
    super(start_ms);
    this._visitor = visitor;
  }

  // The engine mixes what it is given: numbers that were only counted up would undo each other.
  override entropy = (): Uint8Array => {
    let state = Math.imul(this._visitor + 1, 2654435761) + Math.imul(++this._drawn, 97) + 1;
    return new Uint8Array(32).map(() => (state = Math.imul(state, 48271) + 11) >>> 16);
  };
}

export class Visit {
  client!: Client;
  private readonly _platform: VisitPlatform;
  private _problems: Problem[] = [];
  private _answered = 0;
  private _seen = 0;

  private constructor(module: WebAssembly.Module, options: VisitOptions) {
    this._platform = new VisitPlatform(options);
    this._platform.compiled = module;
  }

  /** Opens the page; the config is one that the engine takes. */
  static async open(
    module: WebAssembly.Module,
    config: PolicyDocument,
    options: VisitOptions = {},
  ): Promise<Visit> {
    const visit = new Visit(module, options);
    await visit._open(config);
    return visit;
  }

  get now_ms(): number {
    return this._platform.now().wall_ms;
  }

  /** What lies on the device. */
  get store(): ReadonlyMap<string, Uint8Array> {
    return this._platform.store.values;
  }

  tell(facts: Facts, source = "scenario"): void {
    for (const name of fact_names) {
      if (facts[name] !== undefined) this.client.signal(name, facts[name], source);
    }
    this._rest();
  }

  answer(choices: Choices, source?: "person" | "account"): void {
    this.client.consent.set(choices, source && { source });
    this._rest();
  }

  touch(touchpoint: Touchpoint): void {
    const { type, name, user_id, properties, traits, context, needs } = touchpoint;
    const { client } = this;
    const options = { ...(context && { context }), ...(needs && { needs }) };
    if (type === "track") client.track(name!, properties, options);
    else if (type === "page") client.page(name, properties, options);
    else if (type === "screen") client.screen(name!, properties, options);
    else if (type === "identify") client.identify(user_id, traits, options);
    else if (type === "alias") client.alias(user_id!, touchpoint.previous_id, options);
    else client.group(touchpoint.group_id!, traits, options);
    this._rest();
  }

  /** Lets time pass; requests are answered with 200. */
  wait(ms: number): void {
    this._platform.advance(ms);
    this._rest();
  }

  /** Closes the page, and opens one with this config so much later, on the same device. */
  async comeBack(after_ms: number, config: PolicyDocument): Promise<void> {
    this.leave();
    this._platform.advance(after_ms);
    await this._open(config);
  }

  leave(): void {
    this.client.close();
    this._rest();
  }

  /** What has gone out since this was asked last. */
  sent(): SentEvent[] {
    const fresh = this._platform.exchanges.slice(this._seen);
    this._seen += fresh.length;
    return fresh.flatMap(({ request: { body, headers } }) => {
      const collector = (headers as Record<string, string>)["X-Collector"]!;
      const events = JSON.parse(new TextDecoder().decode(body)) as SentEvent["event"][];
      return events.map((event) => ({ collector, at_ms: this.now_ms, event }));
    });
  }

  /** What was written and deleted since this was asked last. */
  stored(): StoreChange[] {
    const { transactions } = this._platform.store;
    return transactions
      .splice(0)
      .flat()
      .flatMap((effect): StoreChange[] => {
        if (effect.type === "store_delete") return [{ key: effect.key ?? `${effect.prefix}*` }];
        if (effect.type !== "store_put") return [];
        const { key, value } = effect;
        const events = key.startsWith("outbox/") ? eventsIn(value) : undefined;
        return [{ key, bytes: value.length, ...(events && { events }) }];
      });
  }

  problems(): Problem[] {
    return this._problems.splice(0);
  }

  private async _open({ value }: PolicyDocument): Promise<void> {
    this._platform.texts.config = JSON.stringify(mirrored(value));
    this.client = new Client(this._platform, "config");
    this.client.on("problem", (problem) => this._problems.push(problem));
    await this.client.ready;
    this._rest();
  }

  // Until nothing is left to do in this task.
  private _rest(): void {
    const { exchanges } = this._platform;
    this.client.view();
    this._platform.settle();
    while (this._answered < exchanges.length) {
      exchanges[this._answered++]!.answer({ status: 200 });
      this._platform.settle();
    }
  }
}

const header_bytes = 28;
const kind_event = 1;

/** The event documents of a segment (sdk/docs/record.md). */
function eventsIn(segment: Uint8Array): Properties[] {
  const view = new DataView(segment.buffer, segment.byteOffset, segment.byteLength);
  const events: Properties[] = [];
  for (let at = 0; at + header_bytes <= segment.length;) {
    const end = at + header_bytes + view.getUint32(at + 4, true);
    const text = new TextDecoder().decode(segment.subarray(at + header_bytes, end));
    if (segment[at + 1] === kind_event) events.push(JSON.parse(text) as Properties);
    at = end;
  }
  return events;
}

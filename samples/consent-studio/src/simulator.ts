// Plays a visit through the engine: who comes from where, what they do and answer, and what becomes
// of it.
//
// Promise: what is shown is what the engine did. It runs in memory, its collectors are played by
// this file, and the clock is ours: the same visit always ends the same way.

import { Client } from "../../../js/src/core/client.ts";
import type { Choices, ConsentView, Explanation, Problem } from "../../../js/src/core/types.ts";
import { contentsOf, type Field } from "../../../js/src/inspector/bodies.ts";
import type { FieldFate } from "../../../js/src/policy/fields.ts";
import { type Scenario, type Step, touchpointIn } from "../../../js/src/policy/scenario.ts";
import { simulate } from "../../../js/src/policy/simulate.ts";
import type { Facts, Touchpoint } from "../../../js/src/policy/visit.ts";
import { type Exchange, MemoryPlatform } from "../../../js/src/platform/memory/index.ts";

/** What is known of a person before they do anything. */
export interface Visitor {
  region: string;
  age?: number | undefined;
  gpc: boolean;
  dnt: boolean;
}

/** What a collector got of a touchpoint. */
export interface Delivery {
  fields: Field[];
  /** The step after which it left. */
  at: number;
  url: string;
  bytes: number;
  opaque: boolean;
}

/** `left_out`: allowed, but not in the sample, or nothing that the protocol can carry. */
export type Outcome = "sent" | "deidentified" | "held" | "dropped" | "unwanted" | "left_out";

export interface Lane {
  outcome: Outcome;
  /** It waited in memory before. */
  waited: boolean;
  because: Explanation["collectors"][string]["because"];
  delivery?: Delivery;
  /** What became of each field that was called, by the rules of the policy. */
  fates: FieldFate[];
}

export interface Played {
  step: Step;
  consent: ConsentView;
  /** By collector, for a touchpoint. */
  lanes: Record<string, Lane>;
  problems: Problem[];
  /** How many waited in memory after this step. */
  held: number;
}

export interface Visit {
  /** Why there is none. */
  refused: Problem[];
  /** The consent before the first step. */
  consent?: ConsentView;
  steps: Played[];
}

const page = {
  page: {
    url: "https://shop.example/trails?utm_source=letter",
    path: "/trails",
    search: "?utm_source=letter",
    title: "Trails",
    referrer: "https://search.example/",
  },
  locale: "en-GB",
  timezone: "Europe/Berlin",
  userAgent: "Mozilla/5.0 (an example of a browser)",
};

/** Plays all steps; never rejects. */
export async function play(
  module: WebAssembly.Module,
  config: any,
  visitor: Visitor,
  steps: readonly Step[],
): Promise<Visit> {
  const visit = await playOnce(module, config, visitor, steps);
  const touched = steps.some(touchpointIn);
  if (touched && !visit.refused.length) await addFates(module, config, visitor, visit);
  return visit;
}

/** A visit as `waymark simulate` plays it. */
export function scenarioOf(visitor: Visitor, steps: readonly Step[]): Scenario {
  const { region, age, gpc, dnt } = visitor;
  const facts: Facts = {
    ...(gpc && { gpc }),
    ...(dnt && { dnt }),
    ...(age !== undefined && { age }),
    ...(region && { region }),
  };
  return { steps: [{ facts }, ...steps] };
}

/** The same visit once more, to collectors that get events under the names that policies use. */
async function addFates(
  module: WebAssembly.Module,
  value: any,
  visitor: Visitor,
  { steps }: Visit,
): Promise<void> {
  const scenario = scenarioOf(
    visitor,
    steps.map(({ step }) => step),
  );
  const { steps: reports } = await simulate(module, { text: "", value }, scenario);
  for (const { collector, step, fields } of reports.flatMap(({ sent }) => sent)) {
    // The first step there tells the facts.
    const lane = steps[step! - 2]?.lanes[collector];
    if (lane) lane.fates = fields;
  }
}

async function playOnce(
  module: WebAssembly.Module,
  config: any,
  visitor: Visitor,
  steps: readonly Step[],
): Promise<Visit> {
  const stage = new Stage(module, config);
  try {
    await stage.open(visitor);
    const consent = stage.consent();
    for (const step of steps) await stage.play(step);
    return { refused: [], consent, steps: stage.played };
  } catch (error) {
    const problems = (error as { problems?: Problem[] }).problems;
    const inside = { code: "internal", pointer: "", found: String(error), allowed: "none" };
    return { refused: problems ?? [inside], steps: [] };
  } finally {
    stage.close();
  }
}

// A host of its own for each collector: the engine does not say whose a request is.
const standIn = (index: number) => `https://collector-${index}.invalid`;

/** The config with collectors that this file plays, and whose words people can read. */
function staged(config: any): any {
  const collectors = (config.collectors ?? []).map((collector: any, index: number) => {
    if (!/^https?:\/\/[^/]/.test(collector.url)) return collector;
    const url = collector.url.replace(/^https?:\/\/[^/?#]+/, standIn(index));
    const { protocol, options } = collector;
    return protocol === "otlp" && options?.encoding === "protobuf"
      ? { ...collector, url, options: { ...options, encoding: "json" } }
      : { ...collector, url };
  });
  return { ...config, collectors };
}

// No protocol needs that many rounds to say what it has to say.
const rounds_max = 20;

class Stage {
  readonly played: Played[] = [];
  private readonly platform = new MemoryPlatform();
  private readonly config: any;
  private readonly client: Client;
  private problems: Problem[] = [];
  private seen = 0;

  constructor(module: WebAssembly.Module, config: any) {
    this.config = config;
    this.platform.compiled = module;
    this.platform.page = page;
    this.client = new Client(this.platform, staged(config));
    this.client.on("problem", (problem) => this.problems.push(problem));
  }

  // What is known first never has to be taken back: signals come before the region.
  async open({ region, age, gpc, dnt }: Visitor): Promise<void> {
    const { client, platform } = this;
    platform.tell({ type: "set_context", context: page });
    if (gpc) client.signal("gpc", true, "browser");
    if (dnt) client.signal("dnt", true, "browser");
    if (age !== undefined) client.signal("age", age, "account");
    if (region) client.signal("region", region, "server");
    await client.ready;
    await this.drain();
  }

  consent(): ConsentView {
    return this.client.consent.get()!;
  }

  close(): void {
    this.client.close();
  }

  // Each touchpoint leaves alone, before the next one comes: so it is known whose a request is.
  async play(step: Step): Promise<void> {
    this.problems = [];
    this.platform.advance(1000);
    const touchpoint = touchpointIn(step);
    const lanes = touchpoint ? this.lanesFor(touchpoint) : {};
    const played = { step, consent: this.consent(), lanes, problems: this.problems, held: 0 };
    this.played.push(played);
    if (touchpoint) this.call(touchpoint);
    else this.client.consent.set(step.answer as Choices);
    await this.drain();
    played.consent = this.consent();
    played.held = this.client.view()!.queue.held;
    this.settle();
  }

  private call({ type, name, user_id, properties, traits }: Touchpoint): void {
    const { client } = this;
    if (type === "identify") client.identify(user_id, traits);
    else if (type === "page") client.page(name, properties);
    else if (type === "screen") client.screen(name ?? "", properties);
    else client.track(name ?? "", properties);
  }

  private lanesFor({ type, name }: Touchpoint): Record<string, Lane> {
    const { collectors, off } = this.client.consent.explain({ type, ...(name && { name }) })!;
    const lanes: Record<string, Lane> = {};
    for (const [id, { wanted, verdict, because }] of Object.entries(collectors)) {
      const outcome: Outcome = off || !wanted ? "unwanted" : first[verdict]!;
      lanes[id] = { outcome, waited: outcome === "held", because, fates: [] };
    }
    return lanes;
  }

  // What has not left by now waits for an answer, or never will.
  private settle(): void {
    for (const { step, lanes } of this.played) {
      const touchpoint = touchpointIn(step);
      if (!touchpoint) continue;
      const now = this.lanesFor(touchpoint);
      for (const [id, lane] of Object.entries(lanes)) {
        if (lane.outcome === "held" && now[id]!.outcome !== "held") {
          lane.because = now[id]!.because;
          lane.outcome = now[id]!.outcome;
        }
        if (/^(sent|deid)/.test(lane.outcome) && !lane.delivery) lane.outcome = "left_out";
      }
    }
  }

  /** Lets all leave that will, and answers it. */
  private async drain(): Promise<void> {
    const { platform, client } = this;
    for (let round = 0; round < rounds_max; round++) {
      client.flush();
      platform.settle();
      const fresh = platform.exchanges.slice(this.seen);
      this.seen = platform.exchanges.length;
      if (!fresh.length) return;
      for (const exchange of fresh) await this.receive(exchange);
      platform.advance(20);
    }
  }

  private async receive({ request, answer }: Exchange): Promise<void> {
    const index = Number(/^https:\/\/collector-(\d+)\./.exec(request.url)?.[1]);
    const collector = this.config.collectors[index];
    const contents = await contentsOf(request);
    answer({ status: 200 });
    const url = request.url.replace(
      standIn(index),
      collector.url.replace(/^(\w+:\/\/[^/?#]+).*/, "$1"),
    );
    const rest = {
      at: this.played.length - 1,
      url,
      bytes: contents.bytes,
      opaque: contents.opaque,
    };
    const waiting = this.waitingFor(collector.id);
    // The engine keeps the order of events; what nobody can read is all of this step.
    const records = contents.opaque ? waiting.map((): Field[] => []) : contents.records;
    records.forEach((fields, at) => {
      const lane = waiting[at];
      if (!lane) return;
      if (lane.outcome === "held") this.release(lane, collector.id);
      lane.delivery = { fields, ...rest };
    });
  }

  private waitingFor(id: string): Lane[] {
    const lanes = this.played.map(({ lanes }) => lanes[id]);
    return lanes.filter((lane): lane is Lane => {
      return !!lane && !lane.delivery && /^(sent|held|deid)/.test(lane.outcome);
    });
  }

  private release(lane: Lane, id: string): void {
    const { step } = this.played.find(({ lanes }) => lanes[id] === lane)!;
    const now = this.lanesFor(touchpointIn(step)!)[id]!;
    lane.because = now.because;
    lane.outcome = now.outcome === "held" ? "sent" : now.outcome;
  }
}

const first: Record<string, Outcome> = {
  admit: "sent",
  deidentify: "deidentified",
  hold: "held",
  drop: "dropped",
};

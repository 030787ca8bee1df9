// A scripted visit: facts, answers and touchpoints, played through the engine, and what became of
// each. The form of a scenario: sdk/docs/scenario.schema.json.

import type { Choices, Config, Explanation, Problem, PurposeView } from "../core/types.ts";
import { documentOf, fatesOf, type FieldFate } from "./fields.ts";
import { choosable, type PolicyDocument } from "./questions.ts";
import {
  durationMs,
  type Expectation,
  type Scenario,
  type Step,
  touchpointIn,
} from "./scenario.ts";
import { type SentEvent, type StoreChange, type Touchpoint, Visit } from "./visit.ts";

export interface Delivery {
  collector: string;
  name: string;
  /** The step in which it was called; absent: the engine's own, for the owner's records. */
  step?: number;
  deidentified: boolean;
  event: SentEvent["event"];
  fields: FieldFate[];
}

export interface StepReport {
  /** From 1. */
  step: number;
  /** Since the beginning. */
  at_ms: number;
  does: string;
  /** Of a touchpoint: what becomes of it at each collector, when it is called. */
  verdicts?: Explanation["collectors"];
  /** What a purpose was before, and is now. */
  consent: Record<string, { before?: PurposeView; now: PurposeView }>;
  due: string[];
  stored: StoreChange[];
  sent: Delivery[];
  problems: Problem[];
  /** Of `expect`: what was otherwise. */
  unmet: string[];
}

export interface Simulation {
  title?: string;
  steps: StepReport[];
  /** What lies on the device at the end. */
  device: string[];
  unmet: number;
}

// Between two steps; times tell the steps apart.
const pause_ms = 1_000;

interface Called {
  step: number;
  at_ms: number;
  touchpoint: Touchpoint;
  /** The collectors that have had it. */
  by: Set<string>;
}

class Player {
  private readonly _visit: Visit;
  private readonly _config: PolicyDocument;
  private readonly _called: Called[] = [];
  private readonly _start_ms: number;
  private _unchecked: Delivery[] = [];
  private _purposes: Record<string, PurposeView> = {};

  constructor(visit: Visit, config: PolicyDocument) {
    this._visit = visit;
    this._config = config;
    this._start_ms = visit.now_ms;
  }

  async play(step: Step, number: number): Promise<StepReport> {
    const visit = this._visit;
    const at_ms = visit.now_ms - this._start_ms;
    const touchpoint = touchpointIn(step);
    const verdicts = touchpoint && visit.client.consent.explain(touchpoint)?.collectors;
    if (touchpoint) {
      this._called.push({ step: number, at_ms: visit.now_ms, touchpoint, by: new Set() });
      visit.touch(touchpoint);
    } else await this._do(step);
    // What may go goes at once, so that it stands beside what set it free.
    visit.client.flush();
    visit.wait(pause_ms);
    const sent = visit.sent().map((one) => this._delivery(one));
    this._unchecked.push(...sent);
    const report = { step: number, at_ms, does: wordsOf(step), ...(verdicts && { verdicts }) };
    const view = visit.client.consent.get();
    const due = view?.due ?? [];
    const unmet = step.expect ? this._unmet(step.expect, due) : [];
    const after = { stored: visit.stored(), sent, problems: visit.problems(), unmet };
    return { ...report, consent: this._changes(view?.purposes ?? {}), due, ...after };
  }

  private async _do(step: Step): Promise<void> {
    const visit = this._visit;
    if (step.facts) visit.tell(step.facts);
    else if (step.answer !== undefined) visit.answer(this._choices(step.answer), step.by);
    else if (step.wait !== undefined) visit.wait(durationMs(step.wait)!);
    else if (step.return !== undefined)
      await visit.comeBack(durationMs(step.return)!, this._config);
    else if (step.forget) visit.client.forget();
    else if (step.reset) visit.client.reset();
  }

  private _choices(answer: Choices | "accept" | "refuse"): Choices {
    if (typeof answer === "object") return answer;
    const choice = answer === "accept" ? "granted" : "denied";
    const purposes = this._visit.client.consent.get()?.purposes ?? {};
    const asked = choosable(this._config.value as Config);
    const open = asked.filter((id) => purposes[id]?.state !== "exempt");
    return Object.fromEntries(open.map((id) => [id, choice]));
  }

  private _delivery({ collector, event }: SentEvent): Delivery {
    const deidentified = !!event.deidentified;
    const called = this._called.find(({ touchpoint: { type, name }, at_ms, by }) => {
      const same = deidentified ? at_ms >= event.time_ms : at_ms === event.time_ms;
      const named = event.name === undefined || event.name === name;
      return same && type === event.type && named && !by.has(collector);
    });
    called?.by.add(collector);
    const config = this._config.value as Config;
    const fields = called && fatesOf(config, collector, documentOf(called.touchpoint), event);
    const name = [event.type, event.name].filter(Boolean).join(" ");
    const of = called && { step: called.step };
    return { collector, name, ...of, deidentified, event, fields: fields ?? [] };
  }

  private _changes(now: Record<string, PurposeView>): StepReport["consent"] {
    const before = this._purposes;
    this._purposes = now;
    const same = (a?: PurposeView, b?: PurposeView) => a?.state === b?.state && a?.why === b?.why;
    const changed = Object.keys(now).filter((id) => !same(before[id], now[id]));
    return Object.fromEntries(
      changed.map((id) => [id, { ...(before[id] && { before: before[id] }), now: now[id]! }]),
    );
  }

  // What was sent since the last time that this was asked.
  private _unmet({ sent, due }: Expectation, really_due: string[]): string[] {
    const unmet: string[] = [];
    const compare = (what: string, expected: string[], found: string[]) => {
      if (expected.join() === found.join()) return;
      const list = (names: string[]) => names.join(", ") || "nothing";
      unmet.push(`${what}: expected ${list(expected)}; found ${list(found)}`);
    };
    for (const [collector, names] of Object.entries(sent ?? {})) {
      const mine = this._unchecked.filter((one) => one.collector === collector);
      compare(
        `sent to ${collector}`,
        names,
        mine.map(({ event }) => event.name ?? event.type),
      );
    }
    if (due) compare("questions due", due, really_due);
    this._unchecked = [];
    return unmet;
  }
}

function wordsOf(step: Step): string {
  const touchpoint = touchpointIn(step);
  if (touchpoint) {
    const { type, name, user_id, group_id } = touchpoint;
    return [type, name ?? user_id ?? group_id].filter(Boolean).join(" ");
  }
  const [verb, value] = Object.entries(step).find(([name]) => name !== "by")!;
  const pairs = typeof value === "object" && verb !== "expect" ? Object.entries(value) : [];
  const said = pairs.map(([name, one]) => `${name} ${one}`).join(", ");
  const plain = typeof value === "string" ? ` ${value}` : "";
  return verb + (said ? `: ${said}` : plain) + (step.by === "account" ? " (account)" : "");
}

/** Plays a scenario that is one; the config is one that the engine takes. */
export async function simulate(
  module: WebAssembly.Module,
  config: PolicyDocument,
  { title, start, steps }: Scenario,
): Promise<Simulation> {
  const start_ms = start ? Date.parse(start) : undefined;
  const visit = await Visit.open(module, config, { start_ms });
  const player = new Player(visit, config);
  const reports: StepReport[] = [];
  for (const [index, step] of steps.entries()) reports.push(await player.play(step, index + 1));
  const device = [...visit.store.keys()].sort();
  const unmet = reports.reduce((sum, report) => sum + report.unmet.length, 0);
  visit.leave();
  return { ...(title && { title }), steps: reports, device, unmet };
}

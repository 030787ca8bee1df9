// The simulator: a visit, step by step, and what became of each touchpoint at each collector.

import { h } from "../../../js/src/banner/dom.ts";
import type { Choices } from "../../../js/src/core/types.ts";
import type { Field } from "../../../js/src/inspector/bodies.ts";
import type { FieldFate } from "../../../js/src/policy/fields.ts";
import { type Step, touchpointIn } from "../../../js/src/policy/scenario.ts";
import { badge, button, choice, field, save } from "./form.ts";
import { type Lane, type Played, play, scenarioOf, type Visitor } from "./simulator.ts";
import { models, outcomes, plural, reasonOf } from "./words.ts";

const product = { product_id: "compass-01", name: "Meridian compass", price: 49, currency: "EUR" };

/** What happens in most shops, with what usually goes along. */
const usual: Step[] = [
  { page: "Home" },
  { track: "product_viewed", properties: product },
  { track: "product_added", properties: { ...product, quantity: 1 } },
  { track: "checkout_started", properties: { value: 49, currency: "EUR" } },
  {
    track: "order_completed",
    properties: { order_id: "1017", total: 49, currency: "EUR", coupon: "AUTUMN" },
  },
  { identify: "customer-7", traits: { email: "kim@example.com", plan: "free" } },
];

function nameOf(step: Step): string {
  const { type, name, user_id } = touchpointIn(step)!;
  return type === "track" ? name! : [type, name ?? user_id].filter(Boolean).join(" ");
}

export class SimulatorPanel {
  readonly node: HTMLElement;
  steps: Step[] = [];

  private readonly module: Promise<WebAssembly.Module>;
  private readonly answers = h("div", { class: "answers" });
  private readonly palette = h("div", { class: "palette" });
  private readonly list = h("ol", { class: "steps" });
  private readonly status = h("p", { class: "note", role: "status" });
  private readonly again = h(
    "div",
    { class: "row end" },
    button("Save as scenario", () => this.save(), { title: "A file for `waymark simulate`" }),
    button("Begin anew", () => this.clear()),
  );
  private readonly open = new Set<string>();
  private config: any;
  private visitor: Visitor = { region: "", gpc: false, dnt: false };
  private choices: Choices = {};
  private run = 0;

  constructor(module: Promise<WebAssembly.Module>) {
    this.module = module;
    this.node = h(
      "section",
      { class: "panel simulator" },
      h("div", { class: "act" }, this.touchpointTools(), this.answerTools()),
      h("div", { class: "row" }, this.status, this.again),
      this.list,
    );
    this.offer([]);
  }

  /** Plays the same visit by this policy, for this visitor. */
  show(config: any, visitor: Visitor): void {
    this.config = config;
    this.visitor = visitor;
    const wanted: string[] = (config.collectors ?? []).flatMap(({ only }: any) => only ?? []);
    this.offer(wanted.filter((name) => !/^(page|screen|identify)$/.test(name)));
    this.drawAnswers();
    void this.play();
  }

  /** An answer from elsewhere: the banner in the preview. */
  choose(choices: Choices): void {
    this.add({ answer: choices });
  }

  private add(step: Step): void {
    this.steps.push(step);
    void this.play();
  }

  private clear(): void {
    this.steps = [];
    void this.play();
  }

  private save(): void {
    const scenario = { title: "A visit", ...scenarioOf(this.visitor, this.steps) };
    save("scenario.json", JSON.stringify(scenario, null, 2) + "\n");
  }

  private async play(): Promise<void> {
    const run = ++this.run;
    const visit = await play(await this.module, this.config, { ...this.visitor }, [...this.steps]);
    // A newer one is under way.
    if (run !== this.run) return;
    const [problem] = visit.refused;
    const { model = "opt_in", due = [] } = visit.consent ?? {};
    const asked = due.length ? `Asked about: ${due.join(", ")}.` : "Nothing is asked.";
    this.status.textContent = problem
      ? `The engine refuses this policy: ${problem.pointer} ${problem.found}.`
      : `${models[model]} ${asked}`;
    this.list.replaceChildren(...visit.steps.map((step, at) => this.stepNode(step, at)));
    this.again.hidden = !visit.steps.length;
    if (!visit.steps.length && !problem) this.list.append(this.hint());
  }

  private hint(): HTMLElement {
    const all = usual.slice(0, 5);
    const example = button("Play an example visit", () => {
      this.steps = [
        ...all.slice(0, 2),
        { answer: answersFor(this.config, "granted", true) },
        ...all.slice(2),
      ];
      void this.play();
    });
    const words = "Nobody has done anything yet. Fire a touchpoint above, or answer the question.";
    return h("li", { class: "empty" }, h("p", {}, words), example);
  }

  private touchpointTools(): HTMLElement {
    const name = h("input", { placeholder: "any_other_name", size: "16", spellcheck: "false" });
    const fire = () => {
      const named = name.value.trim();
      if (named) this.add({ track: named, properties: { ...product } });
      name.value = "";
    };
    const keydown = (event: KeyboardEvent) => event.key === "Enter" && fire();
    name.addEventListener("keydown", keydown);
    const other = h("div", { class: "other" }, field("Another", name), button("Fire", fire));
    return h(
      "fieldset",
      { class: "tool" },
      h("legend", {}, "Fire a touchpoint"),
      this.palette,
      other,
    );
  }

  private answerTools(): HTMLElement {
    return h("fieldset", { class: "tool" }, h("legend", {}, "Answer the question"), this.answers);
  }

  private offer(names: string[]): void {
    const known = usual.map(({ track }) => track);
    const more = [...new Set(names)].filter((name) => !known.includes(name)).slice(0, 8);
    const custom = more.map((track): Step => ({ track, properties: product }));
    const buttons = [...usual, ...custom].map((step) =>
      button(nameOf(step), () => this.add(structuredClone(step))),
    );
    this.palette.replaceChildren(...buttons);
  }

  private drawAnswers(): void {
    const asked = askedIn(this.config);
    this.choices = Object.fromEntries(asked.map((id) => [id, this.choices[id] ?? "granted"]));
    const answer = (choices: Choices) => () => this.add({ answer: { ...choices } });
    const all = (state: "granted" | "denied") => answer(answersFor(this.config, state));
    const rows = asked.map((id) =>
      h(
        "div",
        { class: "answer" },
        h("span", {}, id),
        choice(
          id,
          `answer-${id}`,
          [
            ["granted", "Yes"],
            ["denied", "No"],
          ],
          this.choices[id]!,
          (state) => {
            this.choices[id] = state;
          },
        ),
      ),
    );
    const buttons = h(
      "div",
      { class: "row" },
      button("Accept all", all("granted")),
      button("Reject all", all("denied")),
      button("Answer as chosen", () => this.add({ answer: { ...this.choices } })),
    );
    const none = h("p", { class: "note" }, "This policy asks about nothing.");
    this.answers.replaceChildren(...(asked.length ? [...rows, buttons] : [none]));
  }

  private stepNode(played: Played, at: number): HTMLElement {
    const { step, lanes, problems } = played;
    const touched = touchpointIn(step);
    const title = touched ? nameOf(step) : answerText(step.answer as Choices);
    const remove = button("×", () => this.remove(at), {
      class: "remove",
      "aria-label": `Take out step ${at + 1}, ${title}`,
    });
    const kind = touched ? "touchpoint" : "decision";
    const rows = Object.entries(lanes).map(([id, lane]) => this.laneNode(id, lane, at));
    return h(
      "li",
      { class: `step ${kind}` },
      h("div", { class: "head" }, h("b", {}, `${at + 1}`), h("h2", {}, title), remove),
      ...(rows.length ? [h("ul", { class: "lanes" }, ...rows)] : []),
      kind === "decision" && standing(played),
      touched &&
        !rows.length &&
        h("p", { class: "note" }, "There is no collector: nobody gets it."),
      ...problems.map(({ found, allowed, pointer }) =>
        h("p", { class: "problem" }, `${pointer} Found ${found}; allowed: ${allowed}.`),
      ),
    );
  }

  private remove(at: number): void {
    this.steps.splice(at, 1);
    void this.play();
  }

  private laneNode(id: string, lane: Lane, at: number): HTMLElement {
    const { outcome, waited, because, delivery } = lane;
    const label =
      waited && outcome !== "held" ? `held, then ${outcomes[outcome].label}` : undefined;
    const reasons = outcome === "unwanted" ? [outcomes.unwanted.text] : because.map(reasonOf);
    const head = [
      h("span", { class: "who" }, id),
      badge(outcome, label),
      h("span", { class: "why" }, reasons.join("; ") || "needs nothing that is asked"),
    ];
    if (!delivery) return h("li", { class: "lane" }, h("div", { class: "line" }, ...head));
    const key = `${at} ${id}`;
    const details = h(
      "details",
      { open: this.open.has(key) },
      h("summary", { class: "line" }, ...head, h("span", { class: "count" }, fieldCount(lane))),
      h("div", { class: "sent" }, ...contentsNodes(lane, at)),
    );
    details.addEventListener("toggle", () => {
      if (details.open) this.open.add(key);
      else this.open.delete(key);
    });
    return h("li", { class: "lane" }, details);
  }
}

const isLess = ({ fate }: FieldFate) => !/^(kept|added)$/.test(fate);

const fieldCount = ({ delivery, fates }: Lane) => {
  const less = fates.filter(isLess).length;
  const fields = delivery!.opaque ? "sent" : plural(delivery!.fields.length, "field");
  return fields + (less ? `, ${less} withheld or changed` : "");
};

function contentsNodes({ delivery, fates }: Lane, at: number): HTMLElement[] {
  const { url, bytes, fields, opaque } = delivery!;
  const later = delivery!.at > at ? `, after step ${delivery!.at + 1}` : "";
  const nodes: HTMLElement[] = [h("p", { class: "note" }, `To ${url}, ${bytes} bytes${later}.`)];
  const less = fates.filter(isLess);
  const why = ({ fate, rule, needs, note }: FieldFate) => [
    fate,
    note,
    rule && `by ${rule}`,
    needs?.length && `needs ${needs.join(", ")}`,
  ];
  const rows = less.map((one): Field => [one.path, why(one).filter(Boolean).join(", ")]);
  if (rows.length) nodes.push(fieldTable("Withheld or changed", rows));
  if (opaque)
    nodes.push(h("p", { class: "note" }, "The body is in a form that people do not read."));
  if (fields.length) nodes.push(fieldTable("What it got, in its own protocol", fields));
  return nodes;
}

function fieldTable(caption: string, fields: Field[]): HTMLElement {
  const rows = fields.map(([path, value]) =>
    h("tr", {}, h("th", { scope: "row" }, path), h("td", {}, value)),
  );
  const table = h("table", { class: "fields" }, h("caption", {}, caption), h("tbody", {}, ...rows));
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption }, table);
}

function standing({ consent, held }: Played): HTMLElement {
  const states = Object.entries(consent.purposes).map(([id, { state }]) =>
    h("span", { class: `state ${state}` }, `${id} ${state}`),
  );
  const waits = held > 0 && h("span", { class: "state" }, `${plural(held, "event")} still held`);
  return h("p", { class: "standing" }, ...states, waits);
}

export function askedIn(config: any): string[] {
  const asks = ({ basis, exempt_in }: any) => /^(consent|legit)/.test(basis) || exempt_in;
  return config.consent.purposes.filter(asks).map(({ id }: any) => id);
}

function answersFor(config: any, state: "granted" | "denied", first_only = false): Choices {
  const asked = askedIn(config);
  const choices: Choices = {};
  for (const id of first_only ? asked.slice(0, 1) : asked) choices[id] = state;
  return choices;
}

function answerText(choices: Choices): string {
  const words = Object.entries(choices).map(([id, state]) => `${id} ${state}`);
  return `Answer: ${words.join(", ") || "nothing"}`;
}

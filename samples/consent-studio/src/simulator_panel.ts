// The simulator: a visit, step by step, and what became of each touchpoint at each collector.

import { h } from "../../../js/src/banner/dom.ts";
import type { Choices } from "../../../js/src/core/types.ts";
import type { Field } from "../../../js/src/inspector/bodies.ts";
import type { FieldFate } from "../../../js/src/policy/fields.ts";
import { type Step, touchpointIn } from "../../../js/src/policy/scenario.ts";
import { badge, button, choice, field, save } from "./form.ts";
import { type Lane, type Played, play, scenarioOf, type Visitor } from "./simulator.ts";
import { counted, labelOf, modelOf, reasonOf, say, stateOf } from "./speech.ts";

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
  steps: Step[];

  private readonly module: Promise<WebAssembly.Module>;
  private readonly answers = h("div", { class: "answers" });
  private readonly palette = h("div", { class: "palette" });
  private readonly list = h("ol", { class: "steps" });
  private readonly status = h("p", { class: "note", role: "status" });
  private readonly again = h(
    "div",
    { class: "row end" },
    button(say("simulator.save"), () => this.save(), { title: say("simulator.save.for") }),
    button(say("simulator.clear"), () => this.clear()),
  );
  private readonly open = new Set<string>();
  private config: any;
  private visitor: Visitor = { region: "", gpc: false, dnt: false };
  private choices: Choices = {};
  private visible = false;
  private run = 0;

  constructor(module: Promise<WebAssembly.Module>, steps: Step[] = []) {
    this.module = module;
    this.steps = steps;
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

  /** A visit is played when somebody looks at it. */
  seen(visible: boolean): void {
    this.visible = visible;
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
    if (!this.visible || !this.config) return;
    const visit = await play(await this.module, this.config, { ...this.visitor }, [...this.steps]);
    // A newer one is under way.
    if (run !== this.run) return;
    const [problem] = visit.refused;
    const { model = "opt_in", due = [] } = visit.consent ?? {};
    this.status.textContent = problem
      ? say("problem.refused", { ...problem })
      : modelOf(model, due);
    this.list.replaceChildren(...visit.steps.map((step, at) => this.stepNode(step, at)));
    this.again.hidden = !visit.steps.length;
    if (!visit.steps.length && !problem) this.list.append(this.hint());
  }

  private hint(): HTMLElement {
    const all = usual.slice(0, 5);
    const example = button(say("simulator.example"), () => {
      this.steps = [
        ...all.slice(0, 2),
        { answer: answersFor(this.config, "granted", true) },
        ...all.slice(2),
      ];
      void this.play();
    });
    return h("li", { class: "empty" }, h("p", {}, say("simulator.hint")), example);
  }

  private touchpointTools(): HTMLElement {
    const placeholder = say("simulator.another.name");
    const name = h("input", { placeholder, size: "16", spellcheck: "false" });
    const fire = () => {
      const named = name.value.trim();
      if (named) this.add({ track: named, properties: { ...product } });
      name.value = "";
    };
    const keydown = (event: KeyboardEvent) => event.key === "Enter" && fire();
    name.addEventListener("keydown", keydown);
    const another = field(say("simulator.another"), name);
    const other = h("div", { class: "other" }, another, button(say("simulator.fire"), fire));
    return h(
      "fieldset",
      { class: "tool" },
      h("legend", {}, say("simulator.touchpoint")),
      this.palette,
      other,
    );
  }

  private answerTools(): HTMLElement {
    const legend = h("legend", {}, say("simulator.answer"));
    return h("fieldset", { class: "tool" }, legend, this.answers);
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
            ["granted", say("simulator.yes")],
            ["denied", say("simulator.no")],
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
      button(say("simulator.accept"), all("granted")),
      button(say("simulator.reject"), all("denied")),
      button(say("simulator.chosen"), () => this.add({ answer: { ...this.choices } })),
    );
    const none = h("p", { class: "note" }, say("simulator.unasked"));
    this.answers.replaceChildren(...(asked.length ? [...rows, buttons] : [none]));
  }

  private stepNode(played: Played, at: number): HTMLElement {
    const { step, lanes, problems } = played;
    const touched = touchpointIn(step);
    const title = touched ? nameOf(step) : answerText(step.answer as Choices);
    const remove = button("×", () => this.remove(at), {
      class: "remove",
      "aria-label": say("simulator.remove", { step: at + 1, title }),
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
        h("p", { class: "note" }, say("simulator.nobody")),
      ...problems.map((one) => h("p", { class: "problem" }, say("simulator.problem", { ...one }))),
    );
  }

  private remove(at: number): void {
    this.steps.splice(at, 1);
    void this.play();
  }

  private laneNode(id: string, lane: Lane, at: number): HTMLElement {
    const { outcome, waited, because, delivery } = lane;
    const gone = waited && outcome !== "held";
    const label = gone ? say("simulator.held_then", { label: labelOf(outcome) }) : undefined;
    const unwanted = outcome === "unwanted";
    const reasons = unwanted ? [say("outcome.unwanted.text")] : because.map(reasonOf);
    const head = [
      h("span", { class: "who" }, id),
      badge(outcome, label),
      h("span", { class: "why" }, reasons.join("; ") || say("simulator.free")),
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
  const { opaque, fields: got } = delivery!;
  const fields = opaque ? labelOf("sent") : counted("simulator.fields", got.length);
  return less ? say("simulator.less", { fields, count: less }) : fields;
};

function contentsNodes({ delivery, fates }: Lane, at: number): HTMLElement[] {
  const { url, bytes, fields, opaque } = delivery!;
  const later = delivery!.at > at;
  const values = { url, bytes, step: delivery!.at + 1 };
  const to = say(later ? "simulator.to.later" : "simulator.to", values);
  const nodes: HTMLElement[] = [h("p", { class: "note" }, to)];
  const less = fates.filter(isLess);
  const why = ({ fate, rule, needs, note }: FieldFate) => [
    say(`fate.${fate}`),
    note,
    rule && say("simulator.by", { rule }),
    needs?.length && say("simulator.needs", { purposes: needs.join(", ") }),
  ];
  const rows = less.map((one): Field => [one.path, why(one).filter(Boolean).join(", ")]);
  if (rows.length) nodes.push(fieldTable(say("simulator.withheld"), rows));
  if (opaque) nodes.push(h("p", { class: "note" }, say("simulator.opaque")));
  if (fields.length) nodes.push(fieldTable(say("simulator.got"), fields));
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
    h("span", { class: `state ${state}` }, `${id} ${stateOf(state)}`),
  );
  const waits = held > 0 && h("span", { class: "state" }, counted("simulator.held", held));
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
  const words = Object.entries(choices).map(([id, state]) => `${id} ${stateOf(state)}`);
  return say("simulator.given", { words: words.join(", ") || say("simulator.given.nothing") });
}

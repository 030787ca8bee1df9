// The decision table: who gets what, in as few rows as can be read; and a claim to be proven.

import { h } from "../../../js/src/banner/dom.ts";
import {
  collectorsIn,
  type PolicyCase,
  type PolicyDocument,
  purposesIn,
} from "../../../js/src/policy/questions.ts";
import { cellsOf, columns, rowsOf } from "../../../js/src/policy/table.ts";
import { asMarkdown, type Block } from "../../../js/src/policy/disclosure_text.ts";
import { badge, button, field, save, select, setOptions } from "./form.ts";
import type { Questions, Table } from "./questions.ts";
import { askedIn } from "./simulator_panel.ts";
import { cellWords, counted, type Name, outcome_of, reasonOf, say, stateOf } from "./speech.ts";

const all = "*";

export class DecisionsPanel {
  readonly node: HTMLElement;

  private readonly questions: Questions;
  private readonly collector = select([], "", () => this.draw());
  private readonly status = h("p", { class: "note", role: "status" });
  private readonly tables = h("div", { class: "tables" });
  private readonly claim: Claim;
  private taken: PolicyDocument | undefined;
  private answered: PolicyDocument | undefined;
  private answer: Table = { cases: [], whole: true };
  private visible = false;

  constructor(questions: Questions) {
    this.questions = questions;
    this.claim = new Claim(questions);
    this.node = h(
      "section",
      { class: "panel decisions" },
      this.claim.node,
      h(
        "div",
        { class: "tools" },
        field(say("collector"), this.collector),
        button(say("decisions.save"), () => this.save()),
      ),
      this.status,
      this.tables,
    );
  }

  show(taken: PolicyDocument): void {
    this.taken = taken;
    const ids = collectorsIn(taken);
    const options = ids.map((id): [string, string] => [id, id]);
    setOptions(this.collector, [[all, say("all")], ...options], this.collector.value);
    this.claim.offer(taken);
    this.ask();
  }

  /** The table of a big policy takes its time: it is made when somebody looks at it. */
  seen(visible: boolean): void {
    this.visible = visible;
    this.ask();
  }

  private ask(): void {
    const { taken } = this;
    if (!taken || !this.visible || this.answered === taken) return;
    this.answered = taken;
    this.status.textContent = say("decisions.trying");
    void this.questions.table(taken.text).then((answer) => {
      if (this.taken !== taken) return;
      this.answer = answer;
      this.draw();
    });
  }

  private save(): void {
    const { value } = this.taken!;
    const purposes = purposesIn(this.taken!);
    const heading = say("decisions.title", { revision: value.consent.revision });
    const tables = collectorsIn(this.taken!).flatMap((id): Block[] => {
      const mine = this.answer.cases.filter(({ collector }) => collector === id);
      const rows = cellsOf(rowsOf(id, mine, purposes), mine, cellWords());
      return [{ heading: id, level: 2 }, { rows: [columnNames(), ...rows] }];
    });
    save("decisions.md", asMarkdown([{ heading, level: 1 }, ...tables]), "text/markdown");
  }

  private draw(): void {
    const { cases, whole } = this.answer;
    const one = this.collector.value;
    const ids = collectorsIn(this.taken!).filter((id) => one === all || one === id);
    const cut = whole ? "" : say("decisions.cut");
    this.status.textContent = `${counted("decisions.cases", cases.length)} ${cut}`.trim();
    const purposes = purposesIn(this.taken!);
    this.tables.replaceChildren(
      ...ids.map((id) => {
        const mine = cases.filter(({ collector }) => collector === id);
        return tableNode(id, mine, purposes);
      }),
    );
  }
}

const columnNames = () => columns.map((name) => say(`column.${name}` as Name));

const verdict_at = columns.indexOf("events");

function tableNode(id: string, cases: PolicyCase[], purposes: string[]): HTMLElement {
  const rows = cellsOf(rowsOf(id, cases, purposes), cases, cellWords());
  const cell = (text: string, at: number) =>
    h("td", {}, at === verdict_at ? badge(outcome_of[text]!) : text);
  const body = rows.map((cells) => h("tr", {}, ...cells.map(cell)));
  const head = h("tr", {}, ...columnNames().map((name) => h("th", { scope: "col" }, name)));
  const table = h("table", { class: "decision" }, h("thead", {}, head), h("tbody", {}, ...body));
  const label = say("decisions.of", { collector: id });
  const names = { class: "scroll", tabindex: "0", role: "region", "aria-label": label };
  return h("section", {}, h("h2", {}, id), h("div", names, table));
}

/** "Does this collector ever get events without this purpose?" */
class Claim {
  readonly node: HTMLElement;
  private readonly questions: Questions;
  private readonly collector = select([], "", () => this.forget());
  private readonly purpose = select([], "", () => this.forget());
  private readonly path = h("input", {
    ...{ placeholder: say("prove.whole"), size: "14", spellcheck: "false" },
    input: () => this.forget(),
  });
  private readonly result = h("p", { class: "note", role: "status" });
  private taken: PolicyDocument | undefined;

  constructor(questions: Questions) {
    this.questions = questions;
    this.node = h(
      "fieldset",
      { class: "tool claim" },
      h("legend", {}, say("prove")),
      h(
        "div",
        { class: "row" },
        field(say("prove.nothing"), this.collector),
        field(say("prove.without"), this.purpose),
        field(say("prove.field"), this.path),
        button(say("prove.button"), () => void this.prove()),
      ),
      this.result,
    );
  }

  offer(taken: PolicyDocument): void {
    this.taken = taken;
    const named = (ids: string[]) => ids.map((id): [string, string] => [id, id]);
    setOptions(this.collector, named(collectorsIn(taken)), this.collector.value);
    const purposes = purposesIn(taken);
    const [asked = purposes[0]!] = askedIn(taken.value);
    setOptions(this.purpose, named(purposes), this.purpose.value || asked);
    this.forget();
  }

  private forget(): void {
    this.result.textContent = "";
    this.result.className = "note";
  }

  private async prove(): Promise<void> {
    const [collector, without] = [this.collector.value, this.purpose.value];
    const path = this.path.value.trim();
    const claim = { collector, without, ...(path && { field: path }) };
    const proof = await this.questions.prove(this.taken!.text, claim);
    const [problem] = proof.problems;
    const found = proof.counterexample as PolicyCase;
    this.result.className = `note ${problem || !proof.holds ? "fails" : "holds"}`;
    if (problem) this.result.textContent = say("problem.found", { ...problem });
    else if (proof.holds) this.result.textContent = say("prove.holds", { count: proof.cases });
    else if (!found.verdict) this.result.textContent = say("prove.many");
    else {
      const reasons = found.because.map(reasonOf).join(", ");
      const fails = { circumstances: circumstances(found), reasons };
      this.result.textContent = say("prove.fails", fails);
    }
  }
}

/** Where, who and what was answered, for a sentence. */
function circumstances({ region, signals = [], age, choices }: PolicyCase): string {
  const answers = Object.entries(choices).map(([id, choice]) => `${id} ${stateOf(choice)}`);
  return [
    region === "unknown" ? say("case.nowhere") : say("case.place", { region }),
    signals.length ? say("case.signals", { signals: signals.join(", ") }) : say("case.no_signal"),
    say(`case.age.${age}` as "case.age.unknown") || age,
    ...(answers.length ? answers : [say("case.no_answer")]),
  ].join(", ");
}

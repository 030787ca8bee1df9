// The decision table: who gets what, in as few rows as can be read; and a claim to be proven.

import { h } from "../../../js/src/banner/dom.ts";
import {
  circumstances,
  collectorsIn,
  type PolicyCase,
  type PolicyDocument,
  purposesIn,
  reasonText,
} from "../../../js/src/policy/questions.ts";
import { cellsOf, columns_shown, rowsOf } from "../../../js/src/policy/table.ts";
import { asMarkdown, type Block } from "../../../js/src/policy/disclosure_text.ts";
import { badge, button, field, save, select, setOptions } from "./form.ts";
import type { Questions, Table } from "./questions.ts";
import { askedIn } from "./simulator_panel.ts";
import { plural, verdicts } from "./words.ts";

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
        field("Collector", this.collector),
        button("Save as Markdown", () => this.save()),
      ),
      this.status,
      this.tables,
    );
  }

  show(taken: PolicyDocument): void {
    this.taken = taken;
    const ids = collectorsIn(taken);
    const options = ids.map((id): [string, string] => [id, id]);
    setOptions(this.collector, [[all, "All"], ...options], this.collector.value);
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
    this.status.textContent = "Every case is tried …";
    void this.questions.table(taken.text).then((answer) => {
      if (this.taken !== taken) return;
      this.answer = answer;
      this.draw();
    });
  }

  private save(): void {
    const { value } = this.taken!;
    const purposes = purposesIn(this.taken!);
    const heading = `Who gets what: revision ${value.consent.revision}`;
    const tables = collectorsIn(this.taken!).flatMap((id): Block[] => {
      const mine = this.answer.cases.filter(({ collector }) => collector === id);
      const rows = cellsOf(rowsOf(id, mine, purposes), mine);
      return [{ heading: id, level: 2 }, { rows: [columns_shown, ...rows] }];
    });
    save("decisions.md", asMarkdown([{ heading, level: 1 }, ...tables]), "text/markdown");
  }

  private draw(): void {
    const { cases, whole } = this.answer;
    const one = this.collector.value;
    const ids = collectorsIn(this.taken!).filter((id) => one === all || one === id);
    const cut = whole ? "" : " The table is cut: there are more than a million cases.";
    const made = "every region, signal, age and answer that makes a difference";
    this.status.textContent = `${plural(cases.length, "case")}: ${made}.${cut}`;
    const purposes = purposesIn(this.taken!);
    this.tables.replaceChildren(
      ...ids.map((id) => {
        const mine = cases.filter(({ collector }) => collector === id);
        return tableNode(id, mine, purposes);
      }),
    );
  }
}

function verdictBadge(verdict: string): HTMLElement {
  const { outcome, label } = verdicts[verdict]!;
  return badge(outcome, label);
}

const verdict_at = columns_shown.indexOf("Events");

function tableNode(id: string, cases: PolicyCase[], purposes: string[]): HTMLElement {
  const rows = cellsOf(rowsOf(id, cases, purposes), cases);
  const cell = (text: string, at: number) =>
    h("td", {}, at === verdict_at ? verdictBadge(text) : text);
  const body = rows.map((cells) => h("tr", {}, ...cells.map(cell)));
  const head = h("tr", {}, ...columns_shown.map((name) => h("th", { scope: "col" }, name)));
  const table = h("table", { class: "decision" }, h("thead", {}, head), h("tbody", {}, ...body));
  const names = { class: "scroll", tabindex: "0", role: "region", "aria-label": `Cases of ${id}` };
  return h("section", {}, h("h2", {}, id), h("div", names, table));
}

/** "Does this collector ever get events without this purpose?" */
class Claim {
  readonly node: HTMLElement;
  private readonly questions: Questions;
  private readonly collector = select([], "", () => this.forget());
  private readonly purpose = select([], "", () => this.forget());
  private readonly path = h("input", {
    ...{ placeholder: "the whole event", size: "14", spellcheck: "false" },
    input: () => this.forget(),
  });
  private readonly result = h("p", { class: "note", role: "status" });
  private taken: PolicyDocument | undefined;

  constructor(questions: Questions) {
    this.questions = questions;
    this.node = h(
      "fieldset",
      { class: "tool claim" },
      h("legend", {}, "Prove it"),
      h(
        "div",
        { class: "row" },
        field("Nothing reaches", this.collector),
        field("without", this.purpose),
        field("Field, as it is", this.path),
        button("Prove", () => void this.prove()),
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
    if (problem) this.result.textContent = `Found ${problem.found}; allowed: ${problem.allowed}.`;
    else if (proof.holds) this.result.textContent = `Holds in all ${proof.cases} cases.`;
    else if (!found.verdict) this.result.textContent = "There are too many cases to decide.";
    else {
      const because = found.because.map(reasonText).join(", ");
      this.result.textContent = `Does not hold: ${circumstances(found)}; because ${because}.`;
    }
  }
}

// What the policy does, beside it: the panels, what they have in common, and how they begin anew in
// another language.

import { h } from "../../../js/src/banner/dom.ts";
import type { ConsentView } from "../../../js/src/core/types.ts";
import { Tabs } from "../../../js/src/inspector/tabs.ts";
import type { PolicyDocument } from "../../../js/src/policy/questions.ts";
import { ChangesPanel } from "./changes_panel.ts";
import { DecisionsPanel } from "./decisions_panel.ts";
import { NoticePanel } from "./notice_panel.ts";
import { Preview } from "./preview.ts";
import type { Questions } from "./questions.ts";
import type { Visitor } from "./simulator.ts";
import { SimulatorPanel } from "./simulator_panel.ts";
import { modelOf, say } from "./speech.ts";
import { VisitorPanel } from "./visitor.ts";

export class Workbench {
  private readonly node: HTMLElement;
  private readonly questions: Questions;
  private readonly module: Promise<WebAssembly.Module>;
  private readonly preview: Preview;
  private readonly visitor: Visitor = { region: "DE", gpc: false, dnt: false };
  private taken: PolicyDocument | undefined;
  private shown = "preview";
  // Those that have words of their own: made anew when the language is another one.
  private visitors!: VisitorPanel;
  private simulator!: SimulatorPanel;
  private decisions!: DecisionsPanel;
  private changes!: ChangesPanel;
  private notice!: NoticePanel;

  constructor(node: HTMLElement, questions: Questions, module: Promise<WebAssembly.Module>) {
    this.node = node;
    this.questions = questions;
    this.module = module;
    this.preview = new Preview(module, {
      decided: (choices) => this.simulator.choose(choices),
      viewed: ({ model, due = [] }: ConsentView) => this.visitors.tell(modelOf(model, due)),
    });
    this.draw();
  }

  /** Shows what this policy does. */
  show(taken: PolicyDocument): void {
    this.taken = taken;
    this.visitors.offer(taken.value);
    this.decisions.show(taken);
    this.changes.show(taken);
    this.notice.show(taken);
    this.visit();
  }

  /** Says it all again, in the language as it is now. */
  name(): void {
    this.preview.name();
    this.draw();
    if (this.taken) this.show(this.taken);
  }

  /** The visitor comes anew, to the policy as it is. */
  private visit(): void {
    if (!this.taken) return;
    this.preview.show(this.taken.value, { ...this.visitor });
    this.simulator.show(this.taken.value, this.visitor);
  }

  private draw(): void {
    this.visitors = new VisitorPanel(this.visitor, () => this.visit());
    this.simulator = new SimulatorPanel(this.module, this.simulator?.steps);
    this.decisions = new DecisionsPanel(this.questions);
    this.changes = new ChangesPanel(this.questions, this.module, this.changes?.given);
    this.notice = new NoticePanel(this.module);
    const { preview, simulator, visitors, decisions, changes, notice } = this;
    const visited = h("div", {}, preview.node, simulator.node);
    const others = [decisions.node, changes.node, notice.node];
    const stale = h("p", { class: "stale-note" }, say("stale"));
    const list = this.tabs();
    this.node.replaceChildren(list, stale, visitors.node, visited, ...others);
  }

  private tabs(): HTMLElement {
    const { preview, simulator, decisions, changes, notice } = this;
    const panels = { preview, simulator, decisions, changes, notice };
    const all = Object.entries(panels).map(([id, { node: panel }]) => {
      return { id, label: say(`tab.${id as keyof typeof panels}`), panel };
    });
    const { shown } = this;
    const tabs = new Tabs(say("results"), all, (id) => this.look(id));
    tabs.show(shown);
    return tabs.list;
  }

  private look(id: string): void {
    this.shown = id;
    this.visitors.node.hidden = !/preview|simulator/.test(id);
    this.simulator.seen(id === "simulator");
    this.decisions.seen(id === "decisions");
    this.changes.seen(id === "changes");
    this.notice.seen(id === "notice");
  }
}

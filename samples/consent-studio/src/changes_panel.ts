// The diff against the policy that is deployed: what changes for visitors, and in the text.

import { unifiedMergeView } from "@codemirror/merge";
import { EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { h } from "../../../js/src/banner/dom.ts";
import { jsonError } from "../../../js/src/cli/json_error.ts";
import {
  diffPolicies,
  type PolicyDiff,
  type SettingChange,
  type Visitor,
} from "../../../js/src/policy/diff.ts";
import { reading, sentenceOf } from "./editor.ts";
import { button, openFile } from "./form.ts";
import type { PolicyDocument } from "../../../js/src/policy/questions.ts";
import type { Questions } from "./questions.ts";
import { brokenAt } from "./problems.ts";
import { plural, verdicts } from "./words.ts";

const people: Record<Visitor, string> = {
  new: "who has not answered yet",
  accepted: "who accepted everything",
  refused: "who refused everything",
  gpc: "whose browser sends Global Privacy Control",
};
const reasons: Record<string, string> = {
  new: "never asked before",
  changed: "the question has changed",
  expired: "the answer has run out",
};
const none = "is not there";

export class ChangesPanel {
  readonly node: HTMLElement;

  private readonly questions: Questions;
  private readonly module: Promise<WebAssembly.Module>;
  private readonly status = h("p", { class: "note", role: "status" });
  private readonly result = h("div", { class: "changes" });
  private readonly text = h("div", { class: "compared" });
  private readonly pasted = h("textarea", {
    ...{ rows: "5", spellcheck: "false", "aria-label": "The deployed policy" },
    placeholder: "Paste the policy that is deployed, or open its file",
  });
  private deployed: PolicyDocument | undefined;
  private taken: PolicyDocument | undefined;
  private compared: unknown[] = [];
  private visible = false;

  constructor(questions: Questions, module: Promise<WebAssembly.Module>) {
    this.questions = questions;
    this.module = module;
    this.pasted.addEventListener("input", () => void this.take(this.pasted.value));
    const take = (text: string) => {
      this.pasted.value = text;
      void this.take(text);
    };
    const open = () => openFile(take, (why) => this.tell(why));
    const current = () => this.taken && take(this.taken.text);
    this.node = h(
      "section",
      { class: "panel changes-panel" },
      h(
        "fieldset",
        { class: "tool" },
        h("legend", {}, "The deployed policy"),
        this.pasted,
        h(
          "div",
          { class: "row" },
          button("Open its file…", open),
          button("Compare with what stands here now", current),
        ),
      ),
      this.status,
      this.result,
      this.text,
    );
  }

  show(taken: PolicyDocument): void {
    this.taken = taken;
    void this.compare();
  }

  seen(visible: boolean): void {
    this.visible = visible;
    void this.compare();
  }

  private tell(text: string): void {
    this.status.textContent = text;
  }

  private async take(text: string): Promise<void> {
    this.deployed = undefined;
    this.result.replaceChildren();
    this.text.replaceChildren();
    const error = jsonError(text);
    if (!text.trim()) return this.tell("");
    if (error) return this.tell(brokenAt(error));
    const { problems } = await this.questions.lint(text);
    if (text !== this.pasted.value) return;
    const sentences = problems.map((one) => `${one.pointer} ${sentenceOf(one)}`.trim());
    if (sentences.length) return this.tell(sentences.join(" "));
    this.deployed = { text, value: JSON.parse(text) };
    await this.compare();
  }

  private async compare(): Promise<void> {
    const { deployed, taken } = this;
    if (!deployed || !taken || !this.visible) return;
    if (this.compared[0] === deployed && this.compared[1] === taken) return;
    this.compared = [deployed, taken];
    this.tell("Visitors of every kind come back to the new policy …");
    const diff = await diffPolicies(await this.module, deployed, taken);
    if (this.compared[1] !== taken) return;
    const count = diff.settings.length;
    const [before, after] = diff.revisions;
    const revisions =
      before === after ? `Both are revision ${before}.` : `Revision ${before} becomes ${after}.`;
    const settings = plural(count, "setting differs", "settings differ");
    this.tell(`${count ? settings : "No setting differs"}. ${revisions}`);
    this.result.replaceChildren(...sections(diff));
    this.drawText(deployed.text, taken.text);
  }

  private drawText(original: string, doc: string): void {
    const fixed = [EditorState.readOnly.of(true), EditorView.editable.of(false)];
    const names = EditorView.contentAttributes.of({
      "aria-label": "Both texts, compared",
      tabindex: "0",
    });
    const merge = unifiedMergeView({ original, mergeControls: false, collapseUnchanged: {} });
    const parent = h("div", {});
    new EditorView({
      state: EditorState.create({ doc, extensions: [reading, fixed, names, merge] }),
      parent,
    });
    this.text.replaceChildren(h("h2", {}, "In the text"), parent);
  }
}

function sections(diff: PolicyDiff): HTMLElement[] {
  const { settings, questions, withdrawals, verdicts: changed, notices } = diff;
  const asked = questions.map(({ visitor, regions, purposes }) => {
    const about = Object.entries(purposes).map(([id, why]) => `${id} (${reasons[why]})`);
    return [places(regions), people[visitor], about.join(", ")];
  });
  const gone = withdrawals.map(({ visitor, regions, purposes }) => [
    ...[places(regions), people[visitor], purposes.join(", ")],
  ]);
  const label = (verdict?: string) => (verdict ? verdicts[verdict]!.label : none);
  const got = changed.map(({ collector, visitor, regions, before, after }) => [
    ...[places(regions), people[visitor], `${collector}: ${label(before)} → ${label(after)}`],
  ]);
  const told = notices.map((region) => [
    places([region]),
    "everybody",
    "the notice is shown again",
  ]);
  return [
    section("Who is asked anew", [...asked, ...told], "Nobody is asked anew."),
    section("No longer allowed: what is kept for it is deleted", gone, "Nothing."),
    section("What collectors get", got, "As before."),
    section("Settings", settings.map(settingRow), "None differs.", ["Setting", "Before", "Now"]),
  ];
}

const shown_max = 200;
const shownValue = (value: unknown) =>
  value === undefined ? "not set" : JSON.stringify(value).slice(0, shown_max);

const settingRow = ({ pointer, before, after }: SettingChange) => [
  ...[pointer, shownValue(before), shownValue(after)],
];

const who = ["Where", "Visitors", "What"];

function section(title: string, rows: string[][], otherwise: string, names = who): HTMLElement {
  const heading = h("h2", {}, title);
  if (!rows.length) return h("section", {}, heading, h("p", { class: "note" }, otherwise));
  const body = rows.map((cells) => h("tr", {}, ...cells.map((cell) => h("td", {}, cell))));
  const head = names.map((name) => h("th", { scope: "col" }, name));
  const table = h(
    "table",
    { class: "decision" },
    h("thead", {}, h("tr", {}, ...head)),
    h("tbody", {}, ...body),
  );
  const scroll = { class: "scroll", tabindex: "0", role: "region", "aria-label": title };
  return h("section", {}, heading, h("div", scroll, table));
}

const places = (regions: string[]) =>
  regions.map((name) => ({ "*": "elsewhere", unknown: "place unknown" })[name] ?? name).join(", ");

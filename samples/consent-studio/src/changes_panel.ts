// The diff against the policy that is deployed: what changes for visitors, and in the text.

import { h } from "../../../js/src/banner/dom.ts";
import { jsonError } from "../../../js/src/cli/json_error.ts";
import { diffPolicies, type PolicyDiff, type SettingChange } from "../../../js/src/policy/diff.ts";
import { comparedNode } from "./compared.ts";
import { brokenAt, sentenceOf } from "./editor.ts";
import { button, openFile } from "./form.ts";
import type { PolicyDocument } from "../../../js/src/policy/questions.ts";
import type { Questions } from "./questions.ts";
import { counted, labelOf, type Name, outcome_of, say } from "./speech.ts";

export class ChangesPanel {
  readonly node: HTMLElement;

  private readonly questions: Questions;
  private readonly module: Promise<WebAssembly.Module>;
  private readonly status = h("p", { class: "note", role: "status" });
  private readonly result = h("div", { class: "changes" });
  private readonly text = h("div", { class: "compared" });
  private readonly pasted = h("textarea", {
    ...{ rows: "5", spellcheck: "false", "aria-label": say("changes.deployed") },
    placeholder: say("changes.paste"),
  });
  private deployed: PolicyDocument | undefined;
  private taken: PolicyDocument | undefined;
  private compared: unknown[] = [];
  private visible = false;

  constructor(questions: Questions, module: Promise<WebAssembly.Module>, pasted = "") {
    this.questions = questions;
    this.module = module;
    this.pasted.addEventListener("input", () => void this.take(this.pasted.value));
    const take = (text: string) => {
      this.pasted.value = text;
      void this.take(text);
    };
    const open = () => openFile(take, (why) => this.tell(why));
    const current = () => this.taken && take(this.taken.text);
    if (pasted) take(pasted);
    this.node = h(
      "section",
      { class: "panel changes-panel" },
      h(
        "fieldset",
        { class: "tool" },
        h("legend", {}, say("changes.deployed")),
        this.pasted,
        h(
          "div",
          { class: "row" },
          button(say("changes.open"), open),
          button(say("changes.current"), current),
        ),
      ),
      this.status,
      this.result,
      this.text,
    );
  }

  /** The deployed policy, as it was given. */
  get given(): string {
    return this.pasted.value;
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
    this.tell(say("changes.trying"));
    const diff = await diffPolicies(await this.module, deployed, taken);
    if (this.compared[1] !== taken) return;
    const count = diff.settings.length;
    const [before, after] = diff.revisions;
    const revisions = say(before === after ? "changes.revision" : "changes.revisions", {
      ...{ before, after },
    });
    const settings = count ? counted("changes.settings", count) : say("changes.settings.none");
    this.tell(`${settings} ${revisions}`);
    this.result.replaceChildren(...sections(diff));
    const text = comparedNode(deployed.text, taken.text);
    this.text.replaceChildren(h("h2", {}, say("changes.text")), text);
  }
}

function sections(diff: PolicyDiff): HTMLElement[] {
  const { settings, questions, withdrawals, verdicts: changed, notices } = diff;
  const asked = questions.map(({ visitor, regions, purposes }) => {
    const because = (why: string) => say(`question.${why}` as Name);
    const about = Object.entries(purposes).map(([id, why]) => `${id} (${because(why)})`);
    return [places(regions), say(`people.${visitor}`), about.join(", ")];
  });
  const gone = withdrawals.map(({ visitor, regions, purposes }) => [
    ...[places(regions), say(`people.${visitor}`), purposes.join(", ")],
  ]);
  const label = (verdict?: string) =>
    verdict ? labelOf(outcome_of[verdict]!) : say("changes.absent");
  const got = changed.map(({ collector, visitor, regions, before, after }) => [
    ...[places(regions), say(`people.${visitor}`)],
    `${collector}: ${label(before)} → ${label(after)}`,
  ]);
  const told = notices.map((region) => [
    places([region]),
    say("changes.everybody"),
    say("changes.told"),
  ]);
  return [
    section("changes.asked", [...asked, ...told]),
    section("changes.gone", gone),
    section("changes.got", got),
    section("changes.set", settings.map(settingRow), ["setting", "before", "now"]),
  ];
}

const shown_max = 200;
const shownValue = (value: unknown) =>
  value === undefined ? say("changes.unset") : JSON.stringify(value).slice(0, shown_max);

const settingRow = ({ pointer, before, after }: SettingChange) => [
  ...[pointer, shownValue(before), shownValue(after)],
];

const who = ["where", "who", "what"];

function section(name: Name, rows: string[][], columns = who): HTMLElement {
  const title = say(name);
  const heading = h("h2", {}, title);
  const none = () => h("p", { class: "note" }, say(`${name}.none` as Name));
  if (!rows.length) return h("section", {}, heading, none());
  const body = rows.map((cells) => h("tr", {}, ...cells.map((cell) => h("td", {}, cell))));
  const head = columns.map((one) => h("th", { scope: "col" }, say(`changes.${one}` as Name)));
  const table = h(
    "table",
    { class: "decision" },
    h("thead", {}, h("tr", {}, ...head)),
    h("tbody", {}, ...body),
  );
  const scroll = { class: "scroll", tabindex: "0", role: "region", "aria-label": title };
  return h("section", {}, heading, h("div", scroll, table));
}

const unnamed: Record<string, Name> = { "*": "changes.elsewhere", unknown: "changes.unknown" };
const places = (regions: string[]) =>
  regions.map((name) => (unnamed[name] ? say(unnamed[name]) : name)).join(", ");

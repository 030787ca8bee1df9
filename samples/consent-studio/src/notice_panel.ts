// What the privacy notice has to say, in the languages of the site: what is stored and for how
// long, who gets data, and for what.

import { h } from "../../../js/src/banner/dom.ts";
import { directionOf, languages, spokenIn } from "../../../js/src/platform/browser/language.ts";
import { readTexts } from "../../../js/src/platform/browser/part.ts";
import { disclose, type Disclosure } from "../../../js/src/policy/disclose.ts";
import {
  asHtml,
  asMarkdown,
  type Block,
  blocksOf,
  noticeWords,
} from "../../../js/src/policy/disclosure_text.ts";
import type { PolicyDocument } from "../../../js/src/policy/questions.ts";
import { button, field, languageName, save, select, setOptions } from "./form.ts";
import { say } from "./speech.ts";

export class NoticePanel {
  readonly node: HTMLElement;

  private readonly module: Promise<WebAssembly.Module>;
  private readonly language = select([], "", () => void this.draw());
  private readonly status = h("p", { class: "note", role: "status" });
  private readonly text = h("div", { class: "notice" });
  private taken: PolicyDocument | undefined;
  private disclosed: PolicyDocument | undefined;
  private found: Disclosure | undefined;
  private blocks: Block[] = [];
  private visible = false;

  constructor(module: Promise<WebAssembly.Module>) {
    this.module = module;
    const html = () => save("notice.html", asHtml(this.blocks, this.language.value), "text/html");
    const markdown = () => save("notice.md", asMarkdown(this.blocks), "text/markdown");
    this.node = h(
      "section",
      { class: "panel" },
      h(
        "div",
        { class: "tools" },
        field(say("language"), this.language),
        button(say("notice.html"), html),
        button(say("decisions.save"), markdown),
      ),
      this.status,
      this.text,
    );
  }

  show(taken: PolicyDocument): void {
    this.taken = taken;
    const offered: string[] = taken.value.consent.ui?.languages ?? languages;
    const known = offered.filter(spokenIn);
    const options = (known.length ? known : ["en"]).map((tag): [string, string] => [
      tag,
      languageName(tag),
    ]);
    setOptions(this.language, options, this.language.value);
    const left = offered.filter((tag) => !spokenIn(tag)).map((tag) => languageName(tag));
    const silent = { languages: left.join(", ") };
    this.status.textContent = left.length ? say("notice.silent", silent) : "";
    void this.ask();
  }

  seen(visible: boolean): void {
    this.visible = visible;
    void this.ask();
  }

  private async ask(): Promise<void> {
    const { taken } = this;
    if (!taken || !this.visible || this.disclosed === taken) return;
    this.disclosed = taken;
    this.found = await disclose(await this.module, taken);
    await this.draw();
  }

  private async draw(): Promise<void> {
    const { found, taken } = this;
    const language = this.language.value;
    if (!found || !taken) return;
    const file = spokenIn(language)!;
    const read = async (name: string) => (await readTexts("waymark-texts/", name)) ?? {};
    const [banner, notice] = await Promise.all([read(file), read(`disclosure/${file}`)]);
    const words = noticeWords(taken.value, language, notice, banner);
    // Somebody may have gone on meanwhile.
    if (this.language.value !== language || this.taken !== taken) return;
    this.blocks = blocksOf(found, words);
    this.text.lang = language;
    this.text.dir = directionOf(language);
    this.text.replaceChildren(...this.blocks.map(nodeOf));
  }
}

function nodeOf(block: Block): HTMLElement {
  if ("heading" in block) return h(block.level === 1 ? "h2" : "h3", {}, block.heading);
  if ("text" in block) return h("p", {}, block.text);
  const [head = [], ...rows] = block.rows;
  const cells = (row: string[]) => h("tr", {}, ...row.map((cell) => h("td", {}, cell)));
  const names = head.map((name) => h("th", { scope: "col" }, name));
  const table = h(
    "table",
    { class: "decision" },
    h("thead", {}, h("tr", {}, ...names)),
    h("tbody", {}, ...rows.map(cells)),
  );
  const label = head.join(", ");
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": label }, table);
}

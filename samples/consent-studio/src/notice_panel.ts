// What the privacy notice has to say, in the languages of the site: what is stored and for how
// long, who gets data, and for what.

import { h } from "../../../js/src/banner/dom.ts";
import { sayFrom, type Texts } from "../../../js/src/core/say.ts";
import { readTexts } from "../../../js/src/platform/browser/part.ts";
import { disclose, type Disclosure } from "../../../js/src/policy/disclose.ts";
import {
  asHtml,
  asMarkdown,
  type Block,
  blocksOf,
} from "../../../js/src/policy/disclosure_text.ts";
import type { PolicyDocument } from "../../../js/src/policy/questions.ts";
import { button, field, languageName, save, select, setOptions } from "./form.ts";

// Those of `waymark-texts/disclosure`.
const spoken = ["en", "de", "es", "fr", "it", "nl", "pl", "pt", "pt-BR"];

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
        field("Language", this.language),
        button("Save as HTML", html),
        button("Save as Markdown", markdown),
      ),
      this.status,
      this.text,
    );
  }

  show(taken: PolicyDocument): void {
    this.taken = taken;
    const offered: string[] = taken.value.consent.ui?.languages ?? spoken;
    const known = offered.filter((tag) => spoken.includes(tag));
    const options = (known.length ? known : ["en"]).map((tag): [string, string] => [
      tag,
      languageName(tag),
    ]);
    setOptions(this.language, options, this.language.value);
    const left = offered.filter((tag) => !spoken.includes(tag)).map(languageName);
    this.status.textContent = left.length ? `There are no words for it in ${left.join(", ")}.` : "";
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
    const read = async (name: string) => (await readTexts("waymark-texts/", name)) ?? {};
    const [banner, notice] = await Promise.all([read(language), read(`disclosure/${language}`)]);
    const { ui, services = [] } = taken.value.consent;
    const named = services.map(({ id, name }: any) => [`services.${id}`, name ?? id]);
    const own = onlyPurposes(ui?.texts?.[language] ?? {});
    const words = { ...Object.fromEntries(named), ...onlyPurposes(banner), ...own, ...notice };
    // Somebody may have gone on meanwhile.
    if (this.language.value !== language || this.taken !== taken) return;
    this.blocks = blocksOf(found, sayFrom(words));
    this.text.lang = language;
    this.text.replaceChildren(...this.blocks.map(nodeOf));
  }
}

const onlyPurposes = (texts: Texts): Texts =>
  Object.fromEntries(Object.entries(texts).filter(([name]) => name.startsWith("purposes.")));

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

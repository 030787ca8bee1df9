// The preview: the banner as visitors see it, at the size of their screen.

import { h } from "../../../js/src/banner/dom.ts";
import { languages } from "../../../js/src/platform/browser/language.ts";
import type { Choices, ConsentView } from "../../../js/src/core/types.ts";
import { button, choice, field, languageName, select, setOptions } from "./form.ts";
import type { Visitor } from "./simulator.ts";
import { say } from "./speech.ts";

/** What the page in the frame is told. */
export interface Shown {
  type: "show";
  config: any;
  module: WebAssembly.Module;
  language: string;
  visitor: Visitor;
}

/** And what it tells. */
export type Told =
  | { type: "ready" }
  | { type: "failed"; message: string }
  | { type: "view"; consent: ConsentView }
  | { type: "decided"; choices: Choices };

type Size = "phone" | "desktop";
type Theme = "auto" | "light" | "dark";

const sizes: Record<Size, [width: number, height: number]> = {
  phone: [390, 780],
  desktop: [1280, 800],
};

export interface PreviewHooks {
  decided(choices: Choices): void;
  viewed(consent: ConsentView): void;
}

export class Preview {
  readonly node: HTMLElement;

  private readonly frame = h("iframe");
  private readonly stage = h("div", { class: "stage" }, this.frame);
  private readonly note = h("p", { class: "note", role: "status" });
  private readonly bar = h("div", { class: "tools" });
  private readonly language = select([], "", () => this.draw());
  private readonly hooks: PreviewHooks;
  private readonly module: Promise<WebAssembly.Module>;
  private size: Size = "phone";
  private theme: Theme = "auto";
  private loaded = false;
  private config: any;
  private visitor: Visitor | undefined;

  constructor(module: Promise<WebAssembly.Module>, hooks: PreviewHooks) {
    this.module = module;
    this.hooks = hooks;
    this.node = h("section", { class: "panel preview" }, this.bar, this.note, this.stage);
    this.name();
    addEventListener("message", ({ data, source, origin }) => {
      if (source === this.frame.contentWindow && origin === location.origin) this.hear(data);
    });
    new ResizeObserver(() => this.fit()).observe(this.stage);
    this.frame.dataset.size = this.size;
  }

  /** Shows the banner of this policy to this visitor, who has not answered yet. */
  show(config: any, visitor: Visitor): void {
    const { ui = {} } = config.consent;
    const offered: string[] = ui.languages ?? languages;
    const named = offered.map((tag): [string, string] => [tag, languageName(tag)]);
    setOptions(this.language, named, this.language.value || offered[0]!);
    this.config = config;
    this.visitor = visitor;
    // The page in it is loaded when there is something to show.
    if (!this.frame.src) this.frame.src = "preview.html";
    this.draw();
  }

  /** Draws all that has words, in the language as it is now. */
  name(): void {
    this.frame.title = say("preview.frame");
    this.bar.replaceChildren(...this.tools());
  }

  private draw(): void {
    if (!this.config || !this.loaded) return;
    const { config, visitor } = this;
    this.note.textContent = config.consent.ui
      ? ""
      : say("preview.no_ui");
    const message = { type: "show", config: this.staged(), language: this.language.value, visitor };
    const post = (module: WebAssembly.Module) =>
      this.frame.contentWindow?.postMessage({ ...message, module }, location.origin);
    this.module.then(post, () => {});
  }

  // Nothing is fetched from anywhere else, also where the policy says so.
  private staged(): any {
    const { iab, ui = {}, share: _none, ...consent } = this.config.consent;
    const near = iab && !/^(\w+:)?\/\//.test(iab.gvl_url ?? "");
    const theme = this.theme === "auto" ? ui.theme : this.theme;
    const shown = { ...consent, ...(near && { iab }), ui: { ...ui, ...(theme && { theme }) } };
    return { ...this.config, consent: shown, collectors: [] };
  }

  private hear(told: Told): void {
    if (told.type === "ready") {
      this.loaded = true;
      this.draw();
    }
    if (told.type === "failed") this.note.textContent = told.message;
    if (told.type === "view") this.hooks.viewed(told.consent);
    if (told.type === "decided") this.hooks.decided(told.choices);
  }

  private tools(): HTMLElement[] {
    const screens: [Size, string][] = [
      ["phone", say("preview.phone")],
      ["desktop", say("preview.desktop")],
    ];
    const themes: [Theme, string][] = [
      ["auto", say("preview.auto")],
      ["light", say("preview.light")],
      ["dark", say("preview.dark")],
    ];
    const centre = () => this.frame.contentWindow?.postMessage({ type: "centre" }, location.origin);
    return [
      choice(say("preview.screen"), "size", screens, this.size, (size) => {
        this.size = size;
        this.frame.dataset.size = size;
        this.fit();
      }),
      choice(say("preview.theme"), "theme", themes, this.theme, (theme) => {
        this.theme = theme;
        this.draw();
      }),
      field(say("language"), this.language),
      button(say("preview.centre"), centre),
      button(say("preview.again"), () => this.draw()),
    ];
  }

  // As large as there is room for, and never larger than it is.
  private fit(): void {
    const [width, height] = sizes[this.size];
    const room = this.stage.getBoundingClientRect();
    if (!room.width) return;
    const edge = this.size === "phone" ? 16 : 2;
    const scale = Math.min(1, room.width / (width + edge), room.height / (height + edge));
    this.frame.style.cssText = `width:${width}px;height:${height}px;scale:${scale}`;
    this.stage.style.setProperty("--shown-width", `${(width + edge) * scale}px`);
  }
}

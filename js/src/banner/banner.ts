// The element on the page: it shows the question, the preference centre and the way back to it, and
// hides them, as the engine's view says.
//
// Promise: nothing on the page moves. What is shown is fixed; a page that goes on is never blocked,
// its focus is never covered, and what is left behind at the end is nothing.

import type { Client } from "../core/client.ts";
import type { Say } from "../core/say.ts";
import type { Choices, ConsentView } from "../core/types.ts";
import { directionOf } from "../platform/browser/language.ts";
import { askNow, isSignalHonoured, type Question } from "./asking.ts";
import styles from "./banner.css";
import { drawCentre } from "./centre.ts";
import { dress, h } from "./dom.ts";
import { drawQuestion } from "./question.ts";
import { makeRoom, type Room } from "./room.ts";
import type { ConsentPolicy, Duties, Layer, Scene } from "./scene.ts";

export const tag = "waymark-consent";

/** What the banner is made of. */
export interface Parts {
  client: Client;
  policy: ConsentPolicy;
  language: string;
  say: Say;
  /** Loads what the rules of the TCF want to be shown, where they apply. */
  duties?: () => Promise<Duties | undefined>;
  /** Hands the receipts over as a file. */
  download: (form: "txt" | "json") => void;
}

export class Banner implements Scene {
  readonly policy: ConsentPolicy;
  readonly language: string;
  readonly say: Say;
  readonly tcf: boolean;
  readonly download: (form: "txt" | "json") => void;
  duties?: Duties;

  private readonly _parts: Parts;
  private readonly _host: HTMLElement;
  private readonly _made: boolean;
  private readonly _shadow: ShadowRoot;
  private readonly _root: HTMLElement;
  private readonly _status = h("p", { part: "status", role: "status" });
  private readonly _label = h("span", {});
  private readonly _icon: HTMLElement;
  private readonly _ended = new AbortController();
  private _question?: HTMLElement;
  private _room?: Room;
  private _centre?: HTMLDialogElement;
  private _asked = "";
  private _told = false;
  private _touched = false;
  private _standing = "";
  private _dismissed = false;
  /** Where the focus was before it came to us. */
  private _before?: HTMLElement | null;
  /** The hash of what stands on each layer. */
  private readonly _hashes: Partial<Record<Layer, string>> = {};

  constructor(parts: Parts) {
    this._parts = parts;
    ({ policy: this.policy, language: this.language, say: this.say } = parts);
    this.download = parts.download;
    this.tcf = !!parts.duties;
    customElements.get(tag) || customElements.define(tag, class extends HTMLElement {});
    const own = document.querySelector<HTMLElement>(tag);
    this._made = !own;
    this._host = own ?? document.createElement(tag);
    const click = () => this.openCentre();
    const names = { part: "icon", type: "button", "aria-label": this.say("title") };
    this._icon = h("button", { ...names, click }, shield(), this._label);
    const dir = directionOf(this.language);
    this._root = h("div", { part: "root", lang: this.language, dir }, this._status, this._icon);
    this._shadow = this._host.shadowRoot ?? this._host.attachShadow({ mode: "open" });
    dress(this._shadow, styles);
    this._shadow.append(this._root);
    this._follow_theme();
    this._follow_focus();
    // First in the page, so that whoever comes by keyboard meets it first.
    if (this._made) document.body.prepend(this._host);
  }

  /** Shows a question, or none; the same again changes nothing. */
  ask(question: Question): void {
    const asked = JSON.stringify(question);
    if (asked === this._asked) return;
    this._drop_question();
    this._asked = asked;
    if (!question.purposes.length || this._dismissed) return;
    this.show(drawQuestion(this, question), "question");
  }

  /** Shows a question or a notice in the place of the way back. */
  show(shown: HTMLElement, layer: Layer): void {
    this._question = shown;
    this._icon.hidden = true;
    this._root.append(shown);
    if (shown instanceof HTMLDialogElement) this._block(shown);
    else this._room = makeRoom(shown);
    this._tell("title");
    void this._seal(layer, shown);
    this._emit("shown");
  }

  /** What the engine's view says now. */
  sync(view: ConsentView): void {
    this.ask(askNow(view));
    const honoured = isSignalHonoured(view);
    // Where nobody is asked the way back has words: it is all that tells people that they may.
    const label = honoured ? "gpc" : view.model === "opt_in" ? "" : "title";
    this._label.textContent = label && this.say(label);
    this._label.hidden = !label;
    const title = this.say("title");
    this._icon.setAttribute("aria-label", honoured ? `${this.say("gpc")}. ${title}` : title);
    if (honoured && !this._told) this._tell("gpc.text");
    this._told = honoured;
    const standing = JSON.stringify(view.purposes);
    if (standing !== this._standing) this._redraw();
    this._standing = standing;
  }

  get asks(): boolean {
    return !!this._question;
  }

  view(): ConsentView | undefined {
    return this._parts.client.consent.get();
  }

  records() {
    return this._parts.client.consent.records();
  }

  decide(choices: Choices, layer: Layer, control: string): void {
    const shown = {
      text_sha256: this._hashes[layer],
      version: this.policy.revision,
      language: this.language,
      layer,
      control,
    };
    this._parts.client.consent.set(choices, { shown });
    this._drop_question();
    if (control !== "withdraw") this.closeCentre();
    this._touched = false;
    this._redraw();
    if (control !== "ok") this._tell("saved");
    this._emit("decided", choices);
  }

  openCentre(): void {
    if (this._centre?.open) return;
    const named = { part: "centre", "aria-labelledby": "centre" };
    const centre = h("dialog", named, ...drawCentre(this));
    this._centre = centre;
    this._touched = false;
    centre.addEventListener("change", () => (this._touched = true));
    centre.addEventListener("close", () => {
      centre.remove();
      if (this._centre === centre) this._centre = undefined;
      // What opened it may have gone with the question.
      if (document.activeElement === document.body) this._icon.focus({ preventScroll: true });
      this._emit("closed");
    });
    this._root.append(centre);
    centre.showModal();
    void this._seal("centre", centre);
    this._emit("opened");
    if (this.duties) return;
    // The list may be long in coming: nobody waits for it.
    const add = (duties?: Duties) => {
      this.duties = duties;
      this._redraw();
    };
    void this._parts.duties?.().then(add);
  }

  closeCentre(): void {
    this._centre?.close();
  }

  /** Leaves nothing on the page. */
  end(): void {
    this._ended.abort();
    this._drop_question();
    this._centre?.close();
    this._root.remove();
    if (this._made) this._host.remove();
  }

  private _drop_question(): void {
    const question = this._question;
    this._asked = "";
    if (!question) return;
    this._question = undefined;
    const focused = question.contains(this._shadow.activeElement);
    if (question instanceof HTMLDialogElement) question.close();
    question.remove();
    this._room?.end();
    this._room = undefined;
    this._icon.hidden = false;
    // A dialog gives the focus back by itself.
    const back = this._before?.isConnected ? this._before : this._icon;
    if (focused && this._shadow.activeElement !== this._icon) back.focus({ preventScroll: true });
    this._emit("hidden");
  }

  // Whoever closes it without an answer has not answered, and is asked on the next page.
  private _block(question: HTMLDialogElement): void {
    question.addEventListener("close", () => {
      if (this._question !== question) return;
      this._dismissed = true;
      this._drop_question();
    });
    question.showModal();
  }

  // What stands there now; what is unfolded stays so. Whoever has begun to choose keeps what they
  // see.
  private _redraw(): void {
    const centre = this._centre;
    if (!centre || this._touched) return;
    const open = centre.querySelectorAll("details[open]>summary");
    const focused = this._shadow.activeElement;
    const now = (node?: Element | null) => this._shadow.getElementById(node?.id!);
    centre.replaceChildren(...drawCentre(this));
    for (const summary of open) now(summary)?.parentElement?.setAttribute("open", "");
    (now(focused) ?? now({ id: "centre" } as Element)!).focus();
    void this._seal("centre", centre);
  }

  // What is behind an open dialog is not read out: that has a place of its own for it.
  private _tell(name: string): void {
    const inside = this._centre?.open && this._centre.querySelector("[role=status]");
    (inside || this._status).textContent = this.say(name);
  }

  private _emit(name: string, detail?: unknown): void {
    const event = new CustomEvent(`waymark:${name}`, { bubbles: true, detail });
    this._host.dispatchEvent(event);
  }

  private async _seal(layer: Layer, node: Node): Promise<void> {
    this._hashes[layer] = undefined;
    const text = new TextEncoder().encode(`${node.textContent}${this._host.textContent}`);
    // Only secure pages have it; elsewhere the proof names the version alone.
    const digest = await crypto.subtle?.digest("SHA-256", text);
    if (!digest) return;
    const bytes = [...new Uint8Array(digest)];
    this._hashes[layer] = bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  private _follow_theme(): void {
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const { theme = "auto" } = this.policy.ui;
    const follow = () => {
      const shown = theme === "auto" ? (dark.matches ? "dark" : "light") : theme;
      this._host.setAttribute("theme", shown);
    };
    follow();
    dark.addEventListener("change", follow, { signal: this._ended.signal });
  }

  private _follow_focus(): void {
    const follow = ({ target, relatedTarget }: FocusEvent) => {
      if (target === this._host) this._before = relatedTarget as HTMLElement | null;
      else this._room?.uncover(target as Element);
    };
    document.addEventListener("focusin", follow, { signal: this._ended.signal });
  }
}

function shield(): SVGElement {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const path = document.createElementNS(space, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const outline = "M12 2.5 4.5 5.3v5.9c0 4.6 3.2 8.7 7.5 10.3 4.3-1.6 7.5-5.7 7.5-10.3V5.3Z";
  path.setAttribute("d", outline + "M8.6 12l2.4 2.4 4.4-4.8");
  svg.append(path);
  return svg;
}

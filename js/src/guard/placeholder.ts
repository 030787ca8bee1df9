// What stands in the place of a frame or video that may not be loaded: whose it is, and two
// buttons, "once" and "always". The element itself stays where it is, hidden.
//
// Promise: it takes the place and size of the element, so nothing moves. No markup is parsed and no
// style attribute is written: strict Content-Security-Policies and Trusted Types let it pass.

import type { Client } from "../core/client.ts";
import { nameOf, type Texts } from "../core/say.ts";
import type { Choices } from "../core/types.ts";
import { directionOf } from "../platform/browser/language.ts";
import { addressOf } from "../platform/browser/part.ts";
import css from "./placeholder.css";
import { serviceOf, type Policy, type Rules } from "./rules.ts";
import { wordsFor, type Words } from "./texts.ts";

// Not where it is used: bundlers take `new URL("…", import.meta.url)` for a file to bundle.
const here = import.meta.url;

/** Of whom the placeholder speaks, and to whom. */
export interface Setting {
  policy: Policy;
  rules: Rules;
  client: Client;
  /** Where the folder `waymark-texts` is, or what is in it; without it: beside this file. */
  texts?: string | Record<string, Texts>;
}

/** What one of them says. */
interface Lines {
  title: string;
  text: string;
  once: string;
  always: string;
  language: string;
}

export interface Placeholder {
  refresh(): void;
  remove(): void;
}

let sheet: CSSStyleSheet | undefined;
let words: Promise<Words> | undefined;

function make(tag: string, parent: ParentNode): HTMLElement {
  const element = document.createElement(tag);
  parent.append(element);
  return element;
}

/** Puts one there. `once`: the person wants this element alone. */
export async function placeholder(
  element: HTMLElement,
  setting: Setting,
  once: () => void,
): Promise<Placeholder> {
  const { policy, texts = new URL("waymark-texts/", here).href } = setting;
  return draw(element, setting, await (words ??= wordsFor(policy, texts)), once);
}

function draw(
  element: HTMLElement,
  { policy, rules, client }: Setting,
  spoken: Words,
  once: () => void,
): Placeholder {
  const host = document.createElement("div");
  const root = host.attachShadow({ mode: "open" });
  if (!sheet) (sheet = new CSSStyleSheet()).replaceSync(css);
  root.adoptedStyleSheets = [sheet];
  const group = make("section", root);
  const attributes = {
    part: "placeholder",
    role: "group",
    "aria-describedby": "text",
  };
  Object.entries(attributes).forEach((pair) => group.setAttribute(...pair));
  group.lang = spoken.language;
  group.dir = directionOf(spoken.language);
  const title = make("strong", group);
  title.dir = "auto";
  const text = make("p", group);
  text.id = "text";
  const buttons = make("div", group);
  const [only, always] = [make("button", buttons), make("button", buttons)];
  // What is missing changes with the view, and what the element is with its attributes.
  const refresh = () => {
    const names = element.dataset.consent!;
    const missing = rules.missing(names);
    const lines = linesOf(element, policy, missing, spoken);
    group.setAttribute("aria-label", (title.textContent = lines.title));
    text.textContent = lines.text;
    only.textContent = lines.once;
    always.textContent = lines.always;
    buttons.hidden = !rules.isOpen(names);
    host.toggleAttribute("dark", isDark(policy));
    return () => buttons.hidden || grant(client, missing, lines);
  };
  only.onclick = once;
  always.onclick = () => refresh()();
  refresh();
  const give_back = takePlace(host, element);
  return {
    refresh,
    remove() {
      const has_focus = root.activeElement;
      give_back();
      host.remove();
      if (has_focus) element.focus();
    },
  };
}

// As big as the element would be: by the page's rules for its classes, else by its size now.
function takePlace(host: HTMLElement, element: HTMLElement): () => void {
  const { style } = element;
  const { width, height } = element.getBoundingClientRect();
  host.className = element.className;
  host.style.cssText = style.cssText;
  const { display: kind, verticalAlign } = getComputedStyle(element);
  host.style.display = kind.replace(/^inline$/, "inline-block");
  host.style.verticalAlign = verticalAlign;
  element.before(host);
  const display = style.display;
  style.setProperty("display", "none", "important");
  const now = host.getBoundingClientRect();
  if (width && now.width !== width) host.style.width = `min(100%, ${width}px)`;
  if (height && now.height !== height) host.style.height = `${height}px`;
  return () => {
    style.display = "";
    style.display = display;
  };
}

function isDark({ ui }: Policy): boolean {
  if (ui?.theme && ui.theme !== "auto") return ui.theme === "dark";
  return matchMedia("(prefers-color-scheme: dark)").matches;
}

function grant(client: Client, purposes: string[], { language, text, always }: Lines): void {
  const choices: Choices = {};
  for (const id of purposes) choices[id] = "granted";
  const shown = { layer: "placeholder", control: "always", language, text: `${text} ${always}` };
  client.consent.set(choices, { shown });
}

function linesOf(
  element: HTMLElement,
  policy: Policy,
  missing: string[],
  { language, say }: Words,
): Lines {
  const { dataset, title } = element;
  const { src = element.querySelector("source")?.dataset.src ?? dataset.poster ?? "" } = dataset;
  const url = addressOf(src);
  // What is no address is of nobody, and never loads.
  const name = serviceOf(policy, dataset.consent!, url)?.name ?? url?.hostname ?? "?";
  const purposes = missing.map((id) => nameOf(say, id)).join(", ");
  const line = (key: string) => say(`placeholder.${key}`, { name, purposes });
  const [text, once, always] = ["text", "once", "always"].map(line) as [string, string, string];
  return { title: title || name, text, once, always, language };
}

// What may be told of an element: where it stands, and what the page's owner has declared of it.
//
// Invariant: never the value of a field. Text is told only where it was asked for, and neither of
// fields, nor of what a visitor can edit or choose, nor of anything inside `data-wm-private`.

import type { Properties } from "../core/types.ts";

const levels_max = 6;
const text_max = 100;
const url_max = 500;
const fields_max = 200;

const fields = "input:not([type=button],[type=submit],[type=reset],[type=image]),select,textarea";
const written = fields + ",[contenteditable]";
// Their text is what somebody has chosen or written.
const choices = written + ",option,[role=option],[role=textbox],[role=combobox]";

/** What a person takes for something that answers to a click. */
const clickable =
  "input,select,textarea,label,option,a,area,button,summary,[role=option],[role=button]," +
  "[role=link],[role=tab],[role^=menuitem],[role=switch],[role=checkbox],[onclick],[data-wm-event]";

// Made by people, not by a framework: letters, and at most one figure.
const stable_id = /^[a-z][a-z_-]*\d?$/i;

/** As much of a text as may be told; undefined: nothing. */
const clip = (text: unknown, size = text_max): string | undefined =>
  `${text ?? ""}`.trim().replace(/\s+/g, " ").slice(0, size) || undefined;

/** An address without what may be personal or secret: its query and its fragment. */
const bare = (url: string | URL): string => `${url}`.split(/[?#]/)[0]!.slice(0, url_max);

/** An element and all that it stands in, out of shadows and frames; empty: it is private. */
function climb(node: any): any[] {
  const path = [];
  for (; node; node = node.parentNode ?? node.host ?? node.defaultView?.frameElement) {
    if (node.dataset?.wmPrivate != null) return [];
    if (node.localName) path.push(node);
  }
  return path;
}

/** Of an element and what it stands in, that which a person has clicked. */
function clicked(path: any[]): any[] {
  while (path[0] && !path[0].matches(clickable)) path.shift();
  return path;
}

/** Where an element stands: from the nearest stable id, by tags and places. */
function selectorOf(path: any[]): string {
  let selector = "";
  for (const { id, localName, parentNode, previousElementSibling } of path.slice(0, levels_max)) {
    const fixed = stable_id.test(id);
    let place = 1;
    for (let other = previousElementSibling; other; other = other.previousElementSibling) {
      if (other.localName === localName) place++;
    }
    // The root of a shadow, and a frame's document, are no elements.
    const inner = selector && (selector.startsWith(">") ? " " : " > ") + selector;
    selector = (fixed ? "#" + id : localName + (place > 1 ? `:nth-of-type(${place})` : "")) + inner;
    if (fixed || localName === "html") break;
    if (!parentNode?.localName) selector = ">>> " + selector;
  }
  return selector.slice(0, url_max);
}

/** What `data-wm-property-…` says of it; what is around speaks where it is silent. */
function declared(path: any[]): Properties {
  const properties: Properties = {};
  for (const { attributes } of path) {
    for (const { name, value } of attributes) {
      const [, key] = name.split("data-wm-property-");
      if (key) properties[key] ??= value;
    }
  }
  return properties;
}

/** What every event about an element says. `text`: with its text, where that is no visitor's. */
function describe(path: any[], text?: unknown): Properties {
  const [element] = path;
  const free = text && !element.closest(choices) && !element.querySelector(choices);
  return {
    ...declared(path),
    selector: selectorOf(path),
    tag: element.localName,
    name: path.find(({ dataset }) => dataset?.wmName)?.dataset.wmName,
    text: free ? masked(clip(element.textContent)) : undefined,
  };
}

// Fields that somebody has filled in: also in shadows and frames, and when they are gone.
const touched = new Set<any>();

/** Remembers a field, to know its value whenever a text is masked. */
function touch(event: Event): void {
  if (touched.size < fields_max) touched.add(event.composedPath()[0]);
}

/** A text without what stands in the page's fields, should the page have put it in there. */
function masked(text?: string): string | undefined {
  for (const { value, textContent } of [...touched, ...document.querySelectorAll<any>(written)]) {
    for (const word of `${value ?? textContent}`.split(/\s+/)) {
      if (word.length > 2) text = text?.split(word).join("…");
    }
  }
  return text;
}

/** How much of the page has been above the lower edge of the window, in percent. */
function scrolled(): number {
  const { scrollTop, scrollHeight, clientHeight } = document.scrollingElement!;
  return Math.min(100, Math.round(((scrollTop + clientHeight) / scrollHeight) * 100));
}

/** The route that an app keeps in the fragment; what else may stand there can be secret. */
const routeOf = ({ hash }: URL | Location): string =>
  /^#!?\//.test(hash) ? hash.split("?")[0]! : "";

/** For all kinds. */
export const elements = {
  _bare: bare,
  _clicked: clicked,
  _climb: climb,
  _clip: clip,
  _declared: declared,
  _describe: describe,
  _fields: fields,
  _masked: masked,
  _route_of: routeOf,
  _scrolled: scrolled,
  _selector_of: selectorOf,
  _touch: touch,
};

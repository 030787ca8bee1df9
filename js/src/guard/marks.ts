// Elements with `data-consent`: what they show or run waits in `data-src`, `data-srcset`,
// `data-href` and `data-poster`, or in a script of the type text/plain, until all that they need is
// allowed; and goes again when it is not any more. A script cannot be taken back: see `ran`.
//
// Promise: nothing else of the page is touched; addresses other than of http(s) are left alone.

import { addressOf } from "../platform/browser/part.ts";
import type { Placeholder } from "./placeholder.ts";
import { namesIn, type Rules } from "./rules.ts";
import { Scripts, type Report } from "./scripts.ts";

const attributes = ["src", "srcset", "href", "poster"];
const watched = ["data-consent", ...attributes.map((name) => `data-${name}`)];
const embeds = /^(iframe|img|link|video|audio|source)$/;

// A smuggled `javascript:` would run in the page's name. A srcset is a list, and only of images.
const isWeb = (url: string, name: string) =>
  name === "srcset" || /^https?:$/.test(addressOf(url)?.protocol ?? "");

// What a person would miss: frames and videos that are no mere pixels; of others what asks for it.
function isSeen(element: HTMLElement): boolean {
  const { placeholder } = element.dataset;
  if (placeholder !== undefined) return placeholder !== "none";
  if (!/^(iframe|video)$/.test(element.localName)) return false;
  return !(element.offsetWidth < 2) && getComputedStyle(element).display !== "none";
}

/** What a script that runs needs, and what is to be done when that is withdrawn. */
export interface Ran {
  names: string;
  on_withdraw?: string;
}

// What a person wanted to see once: those names, from that address, and no more of it refused than
// was then.
interface Once {
  what: string;
  refused: string[];
}

/**
 * Puts something in the place of an element, if it can. `once`: the person wants this element
 * alone.
 */
export type Place = (element: HTMLElement, once: () => void) => Promise<Placeholder | void>;

export class Marks {
  /** The scripts that were set free. */
  ran: Ran[] = [];
  /** While an element is loaded that the person wanted: no rule for requests refuses that. */
  wanted = false;
  private readonly _rules: Rules;
  private readonly _place: Place;
  private readonly _scripts: Scripts;
  private readonly _report: Report;
  private readonly _embeds = new Map<HTMLElement, Promise<Placeholder | void> | undefined>();
  private readonly _waiting = new Set<HTMLScriptElement>();
  private readonly _taken = new WeakSet<HTMLScriptElement>();
  private readonly _once = new WeakMap<HTMLElement, Once>();
  private readonly _observer = new MutationObserver((records) => this._changed(records));

  constructor(rules: Rules, place: Place, report: Report) {
    this._rules = rules;
    this._place = place;
    this._report = report;
    this._scripts = new Scripts((script) => this._may_run(script), report);
    this._observer.observe(document, { childList: true, subtree: true, attributeFilter: watched });
    this._find(document);
  }

  /** Brings every element to what the rules say now. */
  settle(): void {
    for (const script of this._waiting) this._apart(script, () => this._try(script));
    for (const element of this._embeds.keys()) {
      if (element.isConnected) this._apart(element, () => this._settle(element));
      else this._embeds.delete(element);
    }
  }

  end(): void {
    this._observer.disconnect();
  }

  private _changed(records: MutationRecord[]): void {
    for (const { type, target, addedNodes } of records) {
      if (type === "attributes") this._take(target as HTMLElement);
      addedNodes.forEach((node) => {
        if (!(node instanceof HTMLElement)) return;
        this._take(node);
        this._find(node);
      });
    }
  }

  private _find(root: ParentNode): void {
    root.querySelectorAll<HTMLElement>("[data-consent]").forEach((element) => this._take(element));
  }

  // One that fails harms no other.
  private _apart(element: HTMLElement, run: () => void): void {
    try {
      run();
    } catch (error) {
      this._report(`a marked ${element.localName}: ${error}`, "one that takes addresses");
    }
    this.wanted = false;
  }

  private _take(element: HTMLElement): void {
    const { consent } = element.dataset;
    if (consent === undefined || !element.isConnected) return;
    if (!namesIn(consent)[0]) this._report(`data-consent="${consent}"`, "names of what it needs");
    this._apart(element, () => this._start(element));
  }

  private _start(element: HTMLElement): void {
    if (element instanceof HTMLScriptElement) {
      if (element.type === "text/plain") this._try(element);
      else this._report("a marked script that has run", 'type="text/plain"');
    } else if (embeds.test(element.localName)) this._settle(element);
  }

  private _allows({ dataset }: HTMLElement): boolean {
    return this._rules.allows(dataset.consent!);
  }

  private _try(script: HTMLScriptElement): void {
    if (this._taken.has(script)) return;
    if (!this._allows(script)) return void this._waiting.add(script);
    this._waiting.delete(script);
    this._taken.add(script);
    this._scripts.add(script);
  }

  // Asked when its turn has come: meanwhile it may have been withdrawn.
  private _may_run(script: HTMLScriptElement): boolean {
    const allowed = this._allows(script);
    const { consent: names = "", onWithdraw: on_withdraw } = script.dataset;
    if (allowed) this.ran.push({ names, on_withdraw });
    else {
      this._taken.delete(script);
      this._waiting.add(script);
    }
    return allowed;
  }

  private _settle(element: HTMLElement): void {
    let there = this._embeds.get(element);
    this.wanted = this._is_wanted(element);
    const shown = this.wanted || this._allows(element);
    put(element, shown);
    if (shown) {
      void there?.then((placeholder) => placeholder?.remove());
      there = undefined;
    } else if (there) void there.then((placeholder) => placeholder?.refresh());
    else if (isSeen(element)) there = this._ask(element);
    this._embeds.set(element, there);
  }

  private _ask(element: HTMLElement): Promise<Placeholder | void> {
    const once = () => {
      this._once.set(element, { what: whatOf(element), refused: this._refused(element) });
      this._apart(element, () => this._settle(element));
    };
    return this._place(element, once);
  }

  private _is_wanted(element: HTMLElement): boolean {
    const once = this._once.get(element);
    const refused = this._refused(element);
    const holds =
      once?.what === whatOf(element) && refused.every((name) => once.refused.includes(name));
    if (holds) once.refused = refused;
    else this._once.delete(element);
    return holds;
  }

  private _refused({ dataset }: HTMLElement): string[] {
    return this._rules.refused(dataset.consent!);
  }
}

const parts = (element: HTMLElement) => [
  element,
  ...Array.from(element.querySelectorAll<HTMLElement>("source")),
];

/** The names and addresses of an element. */
const whatOf = (element: HTMLElement) =>
  JSON.stringify(parts(element).map((part) => watched.map((name) => part.getAttribute(name))));

// Gives the element its addresses, or takes them away.
function put(element: HTMLElement, shown: boolean): void {
  let changed = false;
  for (const part of parts(element)) {
    for (const name of attributes) {
      const value = part.getAttribute(`data-${name}`);
      if (value === null || part.getAttribute(name) === (shown ? value : null)) continue;
      if (!shown) part.removeAttribute(name);
      else if (value && isWeb(value, name)) part.setAttribute(name, value);
      else continue;
      changed = true;
    }
  }
  if (!changed) return;
  if (element instanceof HTMLMediaElement) element.load();
  if (!shown && element instanceof HTMLIFrameElement) empty(element);
}

// Without an address a frame stays where it is; and one whose page is just coming is not stopped by
// another address: in Chromium that page came all the same. Put in anew it has none.
function empty(frame: HTMLIFrameElement): void {
  const { parentNode, nextSibling } = frame;
  frame.remove();
  parentNode?.insertBefore(frame, nextSibling);
}

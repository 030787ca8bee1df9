// `waymark/segments`: shows each customer the content that is meant for them.
//
//     <section data-wm-segment="gold" hidden>…</section>
//     <section data-wm-segment="new !gold" hidden>…</section>
//     <section data-wm-segment="" hidden>… for everybody else …</section>
//
// Of the elements beside each other the first one whose segments all hold is shown; `!` in front of
// one: it must not. The one that names none is for those whom no other is meant for.
//
// Promise: nothing flickers. What is shown is chosen once and stays until the page goes, save where
// an element says `data-wm-live`; and where the engine fails or does not answer in time, what is
// for everybody else is shown. Nothing is stored and nothing is sent: which segments hold is worked
// out on the device.

import type { View } from "../core/types.ts";
import type { End, Page } from "../entry/parts.ts";
import { follow } from "../entry/view.ts";

/** What is told when segments change. */
export interface SegmentsChange {
  segments: string[];
  entered: string[];
  left: string[];
}

const attribute = "data-wm-segment";
const live = "data-wm-live";
/** After this an empty place is worse than content for everybody. */
const patience_ms = 1000;

/** Starts to adapt the page; gives what ends it. */
export function start({ client }: Page): End {
  let known: string[] | undefined;
  const adapt = () => known && reveal(document, known);
  const tell = (segments: string[]) => {
    const before = known ?? [];
    const entered = segments.filter((id) => !before.includes(id));
    const left = before.filter((id) => !segments.includes(id));
    const same = known && !entered.length && !left.length;
    known = segments;
    adapt();
    if (same) return;
    const detail: SegmentsChange = { segments, entered, left };
    document.dispatchEvent(new CustomEvent("waymark:segments", { detail }));
  };
  const unfollow = follow(client, (view: View) => tell(view.segments ?? []));
  const timer = setTimeout(() => known || tell([]), patience_ms);
  const observer = new MutationObserver(adapt);
  observer.observe(document, { childList: true, subtree: true });
  return () => {
    unfollow();
    clearTimeout(timer);
    observer.disconnect();
    // The engine cannot be had, or has failed.
    if (!known) tell([]);
  };
}

/** Runs `listener` whenever the segments change, the first time too; gives what ends it. */
export function onSegments(listener: (change: SegmentsChange) => void): () => void {
  const hear = (event: Event) => listener((event as CustomEvent<SegmentsChange>).detail);
  document.addEventListener("waymark:segments", hear);
  return () => document.removeEventListener("waymark:segments", hear);
}

/** @internal */
export function reveal(root: ParentNode, segments: string[]): void {
  const places = new Map<Element | null, HTMLElement[]>();
  for (const element of root.querySelectorAll<HTMLElement>(`[${attribute}]`)) {
    const { parentElement: parent } = element;
    places.set(parent, [...(places.get(parent) ?? []), element]);
  }
  for (const elements of places.values()) choose(elements, segments);
}

function choose(elements: HTMLElement[], segments: string[]): void {
  const shown = elements.find((element) => !element.hidden);
  if (shown && !shown.hasAttribute(live)) return;
  const wishes = (element: HTMLElement) =>
    element.getAttribute(attribute)!.split(/\s+/).filter(Boolean);
  const fits = (id: string) =>
    id[0] === "!" ? !segments.includes(id.slice(1)) : segments.includes(id);
  const chosen =
    elements.find((element) => wishes(element).length && wishes(element).every(fits)) ??
    elements.find((element) => !wishes(element).length);
  if (chosen === shown) return;
  if (shown) shown.hidden = true;
  if (chosen) chosen.hidden = false;
}

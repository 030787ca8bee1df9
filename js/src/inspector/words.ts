// What the inspector calls things.

import type { PurposeView } from "../core/types.ts";

const whys: Record<PurposeView["why"], string> = {
  person: "they answered",
  account: "answered on another device",
  gpc: "Global Privacy Control",
  dnt: "Do Not Track",
  att: "the system does not allow it",
  age: "too young, or age unknown",
  region: "a signal, and the region is unknown",
  default: "nobody has answered",
  exempt: "needs no consent",
  expired: "the answer has run out",
  changed: "the question has changed",
};

/** `analytics granted: they answered` */
export const reasonOf = ({ purpose, state, why }: { purpose: string } & PurposeView) =>
  `${purpose} ${state}: ${whys[why] ?? why}`;

/** What a verdict means for an event. */
export const verdict_words: Record<string, string> = {
  admit: "admitted",
  deidentify: "de-identified",
  hold: "held",
  drop: "dropped",
};

export const plural = (count: number, one: string, many = `${one}s`) =>
  `${count} ${count === 1 ? one : many}`;

export const timeOf = (ms: number) => new Date(ms).toLocaleTimeString("en-GB");

export const whenOf = (ms: number) =>
  new Date(ms).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });

/** Enough of an id to tell it from others. */
export const short = (id: string) => (id.length > 13 ? `${id.slice(0, 8)}…` : id);

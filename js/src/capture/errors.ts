// Errors that nobody has caught: each once, and no more of a page than it takes to know that it is
// broken.
//
// Promise: what a person may have typed stays out. The values of the page's fields are cut out of
// the texts, and so is what stands in quotation marks, mail addresses, and whatever has figures or
// is too long for a word.

import type { Kind } from "./start.ts";

const errors_max = 20;
const message_max = 200;
const stack_max = 1000;
const frames_max = 9;

// As V8 writes them, and all others.
const frames = /^\s*at .*|^\S*@\S+:\d+$/gm;
const queries = /[?#][^\s:)]*/g;

/** A text of an error without what may be personal. */
export const scrub = (text: string) =>
  text
    .replace(/(^|\W)["'`‘“«].*?(["'`’”»](?!\w)|$)/g, "$1“…”")
    .replace(queries, "")
    .replace(/\S*@\S+|[\w+/=-]{25,}|\d{3,}/g, "…");

export const errors: Kind = (kit, { texts }) => {
  const told = new Set<string>();
  kit._on("input", kit._touch);
  kit._on("error unhandledrejection", (event) => {
    const { target, filename, lineno, colno, reason } = event;
    const error = event.error ?? reason;
    const failed = target.localName && (target.src ?? target.href);
    const text = `${error?.message ?? event.message ?? error ?? ""}`;
    const lines = `${error?.stack ?? ""}`.match(frames)?.slice(0, frames_max).join("\n");
    const wanted = texts !== false && !failed;
    const properties = {
      error_type: failed ? "resource" : (kit._clip(error?.name) ?? "Error"),
      message: wanted ? kit._clip(scrub(kit._masked(text)!), message_max) : undefined,
      source: kit._bare(filename || failed || "") || undefined,
      line: lineno || undefined,
      column: colno || undefined,
      stack: wanted ? lines?.replace(queries, "").slice(0, stack_max) : undefined,
      handled: false,
    };
    const key = JSON.stringify(properties);
    if (told.has(key) || told.size >= errors_max) return;
    told.add(key);
    kit._track("error_occurred", properties);
  });
};

// The few controls of which all panels are made.

import { h } from "../../../js/src/banner/dom.ts";
import type { Outcome } from "./simulator.ts";
import { labelOf, languageNow, say } from "./speech.ts";

export const button = (label: string, click: () => void, more: Record<string, string> = {}) =>
  h("button", { type: "button", class: "button", click, ...more }, label);

/** A label with its control. */
export const field = (label: string, control: HTMLElement) =>
  h("label", { class: "field" }, h("span", {}, label), control);

export function select(
  options: [value: string, label: string][],
  value: string,
  change: (value: string) => void,
): HTMLSelectElement {
  const list = h("select", { change: () => change(list.value) });
  setOptions(list, options, value);
  return list;
}

export function setOptions(
  list: HTMLSelectElement,
  options: [value: string, label: string][],
  value: string,
): void {
  list.replaceChildren(...options.map(([value, label]) => new Option(label, value)));
  list.value = options.some(([one]) => one === value) ? value : (options[0]?.[0] ?? "");
}

/** One of a few, all in sight. */
export function choice<Value extends string>(
  label: string,
  name: string,
  options: [value: Value, label: string][],
  value: Value,
  change: (value: Value) => void,
): HTMLElement {
  const radios = options.map(([one, text]) => {
    const input = h("input", {
      ...{ type: "radio", name, value: one, checked: one === value },
      change: () => change(one),
    });
    return h("label", {}, input, h("span", {}, text));
  });
  const names = { class: "segmented", role: "radiogroup", "aria-label": label };
  return h("div", names, ...radios);
}

export const tick = (label: string, checked: boolean, change: (checked: boolean) => void) =>
  h(
    "label",
    { class: "tick" },
    h("input", { type: "checkbox", checked, change: (event) => change(event.target.checked) }),
    h("span", {}, label),
  );

export const badge = (outcome: Outcome, label = labelOf(outcome)) =>
  h("span", { class: `badge ${outcome}`, title: say(`outcome.${outcome}.text`) }, label);

/** Hands a text over as a file. */
export function save(name: string, text: string, type = "application/json"): void {
  const href = URL.createObjectURL(new Blob([text], { type }));
  h("a", { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href));
}

// Far more than any policy, and no more than the engine takes.
const file_bytes_max = 4_000_000;

/** Asks for a file; `refused` says why it is not taken. Nothing happens when none is chosen. */
export function openFile(
  then: (text: string, name: string) => void,
  refused: (why: string) => void,
): void {
  const input = h("input", { type: "file", accept: ".json,application/json" });
  input.addEventListener("change", () => {
    const file = input.files?.[0];
    if (!file) return;
    const { name } = file;
    if (file.size > file_bytes_max) {
      return refused(say("file.large", { name, size: Math.ceil(file.size / 1e6) }));
    }
    const take = (text: string) => then(text.replace(/^\ufeff/, ""), name);
    file.text().then(take, () => refused(say("file.unreadable", { name })));
  });
  input.click();
}

/** `German (de)`, in the language of the studio or another; a tag that is none stays as it is. */
export function languageName(tag: string, language = languageNow()): string {
  try {
    const names = new Intl.DisplayNames([language], { type: "language" });
    return `${names.of(tag)} (${tag})`;
  } catch {
    return tag;
  }
}

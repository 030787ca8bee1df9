// Who comes: the same person for the preview and for the simulator.

import { h } from "../../../js/src/banner/dom.ts";
import { field, tick } from "./form.ts";
import type { Visitor } from "./simulator.ts";

const usual = "DE FR GB US-CA US-TX CA-QC BR JP".split(" ");

// The groups that a rule may name are no place where somebody is.
const place = /^[A-Z]{2}(-[A-Z0-9]{1,3})?$/;
const group = /^(EU|EEA|\*)$/;

export class VisitorPanel {
  readonly node: HTMLElement;
  readonly visitor: Visitor = { region: "DE", gpc: false, dnt: false };

  private readonly changed: () => void;
  private readonly regions = h("datalist", { id: "regions" });
  private readonly note = h("p", { class: "note", id: "region-note" });

  constructor(changed: () => void) {
    this.changed = changed;
    const region = h("input", {
      ...{ id: "region", list: "regions", value: "DE", size: "8", autocomplete: "off" },
      ...{ spellcheck: "false", placeholder: "unknown", "aria-describedby": "region-note" },
      input: ({ target }: any) => this.place(target),
    });
    const age = h("input", {
      ...{ id: "age", type: "number", min: "0", max: "120", placeholder: "unknown" },
      input: ({ target }: any) =>
        this.set({ age: target.value === "" ? undefined : +target.value }),
    });
    this.node = h(
      "fieldset",
      { class: "visitor" },
      h("legend", {}, "The visitor"),
      field("Region", region),
      this.regions,
      field("Age", age),
      tick("Global Privacy Control", false, (gpc) => this.set({ gpc })),
      tick("Do Not Track", false, (dnt) => this.set({ dnt })),
      this.note,
    );
  }

  /** Offers the places that the policy names. */
  offer(config: any): void {
    const matches: string[] = (config.consent.regions ?? []).flatMap(({ match }: any) => match);
    const named = matches.filter((name) => place.test(name) && !group.test(name));
    const all = [...new Set([...named, ...usual])];
    this.regions.replaceChildren(...all.map((value) => h("option", { value })));
  }

  /** What the engine says of the place. */
  tell(text: string): void {
    this.note.textContent = text;
  }

  private place(input: HTMLInputElement): void {
    const region = input.value.trim().toUpperCase();
    const known = region === "" || (place.test(region) && !group.test(region));
    input.setAttribute("aria-invalid", String(!known));
    if (known) this.set({ region });
    else this.tell("A region is a country (DE) or a part of one (US-CA).");
  }

  private set(change: Partial<Visitor>): void {
    Object.assign(this.visitor, change);
    this.changed();
  }
}

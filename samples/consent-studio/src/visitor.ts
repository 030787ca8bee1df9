// Who comes: the same person for the preview and for the simulator.

import { h } from "../../../js/src/banner/dom.ts";
import { field, tick } from "./form.ts";
import type { Visitor } from "./simulator.ts";
import { say } from "./speech.ts";

const usual = "DE FR GB US-CA US-TX CA-QC BR JP".split(" ");

// The groups that a rule may name are no place where somebody is.
const place = /^[A-Z]{2}(-[A-Z0-9]{1,3})?$/;
const group = /^(EU|EEA|\*)$/;

export class VisitorPanel {
  readonly node: HTMLElement;
  readonly visitor: Visitor;

  private readonly changed: () => void;
  private readonly regions = h("datalist", { id: "regions" });
  private readonly note = h("p", { class: "note", id: "region-note" });

  constructor(visitor: Visitor, changed: () => void) {
    this.visitor = visitor;
    this.changed = changed;
    const region = h("input", {
      ...{ id: "region", list: "regions", value: visitor.region, size: "8", autocomplete: "off" },
      ...{ spellcheck: "false", "aria-describedby": "region-note" },
      placeholder: say("visitor.unknown"),
      input: ({ target }: any) => this.place(target),
    });
    const age = h("input", {
      ...{ id: "age", type: "number", min: "0", max: "120", value: String(visitor.age ?? "") },
      placeholder: say("visitor.unknown"),
      input: ({ target }: any) =>
        this.set({ age: target.value === "" ? undefined : +target.value }),
    });
    this.node = h(
      "fieldset",
      { class: "visitor" },
      h("legend", {}, say("visitor")),
      field(say("visitor.region"), region),
      this.regions,
      field(say("visitor.age"), age),
      tick("Global Privacy Control", visitor.gpc, (gpc) => this.set({ gpc })),
      tick("Do Not Track", visitor.dnt, (dnt) => this.set({ dnt })),
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
    else this.tell(say("visitor.wrong"));
  }

  private set(change: Partial<Visitor>): void {
    Object.assign(this.visitor, change);
    this.changed();
  }
}

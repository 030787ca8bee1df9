// Tabs as the ARIA Authoring Practices have them: arrows move, one is in the order of the keyboard.

import { h } from "../banner/dom.ts";

export interface Tab {
  id: string;
  label: string;
  panel: HTMLElement;
  /** Shown beside the label. */
  count?: HTMLElement;
}

export class Tabs {
  readonly list: HTMLElement;
  private readonly tabs: { tab: Tab; button: HTMLElement }[];
  private readonly shown: (id: string) => void;

  constructor(label: string, tabs: Tab[], shown: (id: string) => void = () => {}) {
    this.shown = shown;
    this.tabs = tabs.map((tab) => ({ tab, button: this.buttonOf(tab) }));
    const keydown = (event: KeyboardEvent) => this.move(event);
    const names = { class: "tabs", role: "tablist", "aria-label": label, keydown };
    this.list = h("div", names, ...this.tabs.map(({ button }) => button));
    this.show(tabs[0]!.id);
  }

  show(id: string): void {
    for (const { tab, button } of this.tabs) {
      const selected = tab.id === id;
      button.setAttribute("aria-selected", String(selected));
      button.tabIndex = selected ? 0 : -1;
      tab.panel.hidden = !selected;
    }
    this.shown(id);
  }

  private buttonOf({ id, label, panel, count }: Tab): HTMLElement {
    panel.id = `panel-${id}`;
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", `tab-${id}`);
    const click = () => this.show(id);
    const names = {
      id: `tab-${id}`,
      role: "tab",
      type: "button",
      "aria-controls": panel.id,
      click,
    };
    return h("button", names, label, count);
  }

  private move(event: KeyboardEvent): void {
    const at = this.tabs.findIndex(({ button }) => button === event.target);
    const count = this.tabs.length;
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1 + count, Home: 0, End: count - 1 }[
      event.key
    ];
    if (at < 0 || next === undefined) return;
    event.preventDefault();
    const { tab, button } = this.tabs[next % count]!;
    this.show(tab.id);
    button.focus();
  }
}

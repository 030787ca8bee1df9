// The table of entries: keeps rows in step with what has arrived and with the filter.
import { byId } from "./dom.js";
import { ENTRIES_MAX, fits } from "./entries.js";
import { makeRow } from "./row.js";
import * as format from "./format.js";

export class Table {
  #entries = new Map(); // key -> entry, oldest first
  #rows = new Map(); // key -> row, of the entries that fit
  #filter = { text: "", protocol: "", kind: "" };
  #openKey = null;
  #tabStop = null;
  #body = byId("rows");
  #onOpen;

  constructor(onOpen) {
    this.#onOpen = onOpen;
    this.#body.addEventListener("click", (event) => this.#openRow(event.target.closest("tr")));
    this.#body.addEventListener("keydown", (event) => this.#move(event));
    this.#body.addEventListener("focusin", (event) => this.#setTabStop(event.target.closest("tr")));
  }

  get openKey() { return this.#openKey; }

  // All that the page knows, oldest first.
  entries() { return [...this.#entries.values()]; }

  // Takes a new entry, or a new version of one that is there.
  put(entry, isNews) {
    const known = this.#entries.has(entry.key);
    this.#entries.set(entry.key, entry);
    if (fits(entry, this.#filter)) this.#show(entry, isNews && !known);
    while (this.#entries.size > ENTRIES_MAX) this.#forget(this.#entries.keys().next().value);
    this.#updateFrame();
    if (entry.key === this.#openKey) this.#onOpen(entry);
  }

  clear() {
    this.#entries.clear();
    this.#rows.clear();
    this.#body.replaceChildren();
    this.markOpen(null);
    this.#updateFrame();
  }

  filter(filter) {
    this.#filter = filter;
    this.#rows.clear();
    const fitting = [...this.#entries.values()].filter((entry) => fits(entry, filter)).reverse();
    this.#body.replaceChildren(...fitting.map((entry) => this.#makeRow(entry)));
    this.#updateFrame();
  }

  // Marks the row whose event is open; null for none.
  markOpen(key) {
    this.#rows.get(this.#openKey)?.removeAttribute("data-open");
    this.#openKey = key;
    this.#rows.get(key)?.setAttribute("data-open", "");
  }

  focus(key) {
    (this.#rows.get(key)?.querySelector(".open") ?? this.#body).focus();
  }

  #makeRow(entry) {
    const row = makeRow(entry);
    if (entry.key === this.#openKey) row.setAttribute("data-open", "");
    this.#rows.set(entry.key, row);
    return row;
  }

  #show(entry, isNews) {
    const before = this.#rows.get(entry.key);
    const hadFocus = before?.contains(document.activeElement) ?? false;
    const row = this.#makeRow(entry);
    row.classList.toggle("arrived", isNews);
    if (before) before.replaceWith(row);
    else this.#body.prepend(row);
    if (hadFocus) row.querySelector(".open").focus();
  }

  #forget(key) {
    this.#entries.delete(key);
    this.#rows.get(key)?.remove();
    this.#rows.delete(key);
  }

  #openRow(row) {
    const entry = row && this.#entries.get(row.dataset.key);
    if (!entry) return;
    this.markOpen(entry.key);
    this.#onOpen(entry);
  }

  // Arrow keys walk the rows; while an event is open, it follows.
  #move(event) {
    const row = event.target.closest("tr");
    const next = { ArrowDown: row?.nextElementSibling, ArrowUp: row?.previousElementSibling,
      Home: this.#body.firstElementChild, End: this.#body.lastElementChild }[event.key];
    if (!next) return;
    event.preventDefault();
    next.querySelector(".open").focus();
    if (this.#openKey !== null) this.#openRow(next);
  }

  // Keeps exactly one row in the tab order: the one last focused, else the newest.
  #setTabStop(row) {
    const button = row?.querySelector(".open");
    if (!button || button === this.#tabStop) return;
    if (this.#tabStop) this.#tabStop.tabIndex = -1;
    button.tabIndex = 0;
    this.#tabStop = button;
  }

  #updateFrame() {
    if (!this.#tabStop?.isConnected) this.#setTabStop(this.#body.firstElementChild);
    const all = this.#entries.size;
    const shown = this.#rows.size;
    byId("table").hidden = shown === 0;
    byId("empty").hidden = all > 0;
    byId("none").hidden = all === 0 || shown > 0;
    byId("shown").textContent = all === 0 ? "" : shown === all ? format.plural(all, "row", "rows") : `${format.number(shown)} of ${format.plural(all, "row", "rows")}`;
  }
}

// The second view: one touchpoint, and how it reads in every protocol, side by side.
import { byId, copyFrom, element } from "./dom.js";
import { marksOf } from "./marks.js";
import { payloadText, payloadView } from "./payload.js";
import { problemList } from "./problems.js";
import { PROTOCOLS, dialectOf, titleOf } from "./protocols.js";
import { touchpointsOf } from "./touchpoints.js";
import * as format from "./format.js";

const nameOf = (touchpoint) => touchpoint.name ?? `a ${touchpoint.kind}`;

// --- the list of touchpoints ------------------------------------------------------------------------

function listItem(touchpoint, isOpen) {
  const button = element(
    "button",
    { type: "button", className: "touchpoint", dataset: { key: touchpoint.entries[0].key } },
    element("span", { className: "touchpoint-name" }, nameOf(touchpoint)),
    element("span", { className: "touchpoint-time" }, format.time(touchpoint.time_ms, true)),
    element("span", { className: "touchpoint-count" }, format.plural(touchpoint.dialects, "dialect", "dialects"),
      touchpoint.order_id ? ` · ${format.shortId(touchpoint.order_id)}` : ""),
    touchpoint.problems > 0 ? element("span", { className: "note problem" }, format.plural(touchpoint.problems, "problem", "problems")) : null,
  );
  if (isOpen) button.setAttribute("aria-current", "true");
  return element("li", {}, button);
}

// --- one touchpoint ---------------------------------------------------------------------------------

function legend(marks) {
  return element("p", { className: "legend" }, "The same everywhere: ",
    ...marks.map(({ kind, value }) => element("mark", { className: `same ${kind}`, title: value }, `${kind} ${format.shortId(value)}`)));
}

// All dialects at a glance: what each calls it, and a bar as long as it is heavy beside the heaviest.
function tile(entry, heaviest) {
  const bar = element("span", { className: "weight" });
  bar.style.setProperty("--share", String(entry.wire_bytes / heaviest));
  const link = element(
    "a",
    { href: "#dialects", className: "tile" },
    element("span", { className: "tile-title" }, dialectOf(entry)),
    element("span", { className: "native", title: entry.name ?? entry.kind }, entry.name ?? entry.kind),
    element("span", { className: "tile-bytes" }, format.bytes(entry.wire_bytes)),
    bar,
  );
  if (entry.problems.length > 0) link.append(element("span", { className: "note problem" }, format.plural(entry.problems.length, "problem", "problems")));
  link.addEventListener("click", (event) => {
    event.preventDefault();
    const target = document.getElementById(cardId(entry));
    target.scrollIntoView({ block: "start", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
    target.querySelector(".json").focus({ preventScroll: true });
  });
  return element("li", {}, link);
}

const cardId = (entry) => `dialect-${entry.key}`;

function card(entry, { marks, raw, guessed }) {
  const copy = element("button", { type: "button", className: "quiet" }, "Copy");
  copy.addEventListener("click", async () => copyFrom(copy, await payloadText(entry, raw)));
  const facts = [format.bytes(entry.wire_bytes), entry.encoding === "identity" ? entry.form : `${entry.form}, ${entry.encoding}`];
  if (guessed) facts.push("by name and time");
  if (entry.duplicates > 0) facts.push(`+${entry.duplicates} again`);
  return element(
    "article",
    { className: "dialect", id: cardId(entry), dataset: { protocol: entry.protocol } },
    element("header", {},
      element("h3", {}, dialectOf(entry)),
      copy,
      element("p", { className: "native", title: entry.name ?? entry.kind }, entry.name ?? entry.kind),
      element("p", { className: "dialect-facts" }, facts.join(" · "))),
    entry.problems.length > 0 ? problemList(entry.problems) : null,
    payloadView(entry, raw, marks),
  );
}

// Protocols that send something, but not this.
function absent(touchpoint, entries) {
  const here = new Set(touchpoint.entries.map(({ protocol }) => protocol));
  const missing = Object.keys(PROTOCOLS).filter((protocol) => !here.has(protocol) && entries.some((entry) => entry.protocol === protocol && entry.event));
  if (missing.length === 0) return null;
  return element("p", { className: "absent" }, `Not told by ${missing.map(titleOf).join(", ")}, which sent other events.`);
}

export class Dialects {
  #table;
  #openKey = null; // of an entry of the open touchpoint: touchpoints grow as events arrive
  #raw = false;
  #waiting = false;

  constructor(table) {
    this.#table = table;
    byId("touchpoints").addEventListener("click", (event) => this.open(event.target.closest("button")?.dataset.key));
    byId("touchpoints").addEventListener("keydown", (event) => this.#move(event));
    for (const radio of document.querySelectorAll('input[name="payload"]')) {
      radio.addEventListener("change", () => { this.#raw = radio.value === "raw"; this.#showOpen(touchpointsOf(this.#table.entries())); });
    }
  }

  open(key) {
    if (!key) return;
    this.#openKey = key;
    this.refresh();
  }

  // Draws again, once in a frame, and only while the view is there to be seen.
  refresh() {
    if (this.#waiting || byId("dialects-view").hidden) return;
    this.#waiting = true;
    requestAnimationFrame(() => { this.#waiting = false; this.#draw(); });
  }

  #draw() {
    const touchpoints = touchpointsOf(this.#table.entries());
    const open = this.#find(touchpoints);
    const focused = document.activeElement?.closest("#touchpoints button")?.dataset.key;
    byId("touchpoints").replaceChildren(...touchpoints.map((touchpoint) => listItem(touchpoint, touchpoint === open)));
    if (focused) byId("touchpoints").querySelector(`[data-key="${focused}"]`)?.focus();
    byId("dialects-none").hidden = touchpoints.length > 0;
    byId("touchpoint").hidden = touchpoints.length === 0;
    this.#showOpen(touchpoints);
  }

  // The open touchpoint; while nobody has chosen one, the latest of those with the most dialects, an order first.
  #find(touchpoints) {
    const chosen = touchpoints.find(({ entries }) => entries.some(({ key }) => key === this.#openKey));
    const most = Math.max(...touchpoints.map(({ dialects }) => dialects));
    const widest = touchpoints.filter(({ dialects }) => dialects === most);
    return chosen ?? widest.find(({ order_id }) => order_id) ?? widest[0];
  }

  #showOpen(touchpoints) {
    const open = this.#find(touchpoints);
    if (!open) return;
    const marks = marksOf(open);
    const heaviest = Math.max(...open.entries.map(({ wire_bytes }) => wire_bytes));
    byId("touchpoint-title").textContent = nameOf(open);
    byId("touchpoint-facts").textContent = `${format.dateTime(open.time_ms)} · ${format.plural(open.dialects, "dialect", "dialects")}`;
    byId("touchpoint-legend").replaceChildren(legend(marks));
    byId("tiles").replaceChildren(...open.entries.map((entry) => tile(entry, heaviest)));
    const cards = open.entries.map((entry) => card(entry, { marks, raw: this.#raw, guessed: open.guessed.has(entry) }));
    byId("dialect-cards").replaceChildren(...cards, ...[absent(open, this.#table.entries())].filter(Boolean));
  }

  #move(event) {
    const item = event.target.closest("li");
    const next = { ArrowDown: item?.nextElementSibling, ArrowUp: item?.previousElementSibling }[event.key];
    if (!next) return;
    event.preventDefault();
    const button = next.querySelector("button");
    button.focus();
    this.open(button.dataset.key);
  }
}

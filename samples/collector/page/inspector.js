// The opened event: what it says about itself, what the request said, and all of it as JSON.
import { byId, copyFrom, element } from "./dom.js";
import { jsonView } from "./json_view.js";
import { consentParts, nameless } from "./row.js";
import * as format from "./format.js";
import { titleOf } from "./protocols.js";

function facts(pairs) {
  const list = element("dl", { className: "facts" });
  for (const [name, value, mono] of pairs) {
    if (value === null || value === undefined || value === "") continue;
    list.append(element("dt", {}, name), element("dd", { className: mono ? "mono" : "" }, ...[value].flat()));
  }
  return list;
}

function section(title, ...children) {
  return element("section", {}, element("h3", {}, title), ...children);
}

function problems(entry) {
  if (entry.problems.length === 0) return null;
  const items = entry.problems.map(({ where, found, allowed }) =>
    element("li", {}, element("code", {}, where), ` found ${found}; allowed: ${allowed}`));
  const list = element("ul", { className: "problems" }, ...items);
  return section(entry.kind === "refused" ? "Why it was refused" : "Problems", list);
}

function eventFacts(entry) {
  if (entry.kind === "refused") return null;
  return section("Event", facts([
    ["Happened", format.dateTime(entry.time_ms)],
    ["Message id", entry.message_id, true],
    ["User", entry.user_id, true],
    ["Anonymous", entry.anonymous_id, true],
    ["Session", entry.session_id, true],
    ["Consent", entry.consent === null ? "not stated" : consentParts(entry.consent)],
    ["On the wire", format.bytes(entry.wire_bytes)],
    ["Received again", entry.duplicates > 0 ? format.plural(entry.duplicates, "time", "times") : null],
  ]));
}

function requestFacts(request) {
  return facts([
    ["Request", `${request.method} ${request.path}`, true],
    ["Answer", request.status === 0 ? "none, the connection was closed" : String(request.status)],
    ["Received", format.dateTime(request.received_ms)],
    ["Content type", request.content_type, true],
    ["Encoding", request.encoding],
    ["Body", request.events > 0 ? `${format.number(request.body_bytes)} B for ${format.plural(request.events, "event", "events")}` : `${format.number(request.body_bytes)} B`],
  ]);
}

async function loadRequest(id, place) {
  try {
    const answer = await fetch(`/requests.json?after=${id - 1}&limit=1`);
    const [request] = await answer.json();
    place.append(request?.id === id ? requestFacts(request) : "The request is no longer kept.");
  } catch {
    place.append("The collector does not answer.");
  }
}

function jsonSection(entry) {
  if (entry.event === null) return null;
  const copy = element("button", { type: "button", className: "quiet" }, "Copy");
  copy.addEventListener("click", () => copyFrom(copy, JSON.stringify(entry.event, null, 2)));
  return element("section", {}, element("div", { className: "bar" }, element("h3", {}, "As received"), copy), jsonView(entry.event));
}

export class Inspector {
  #panel = byId("inspector");
  #onClose;

  constructor(onClose) {
    this.#onClose = onClose;
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !this.#panel.hidden && !document.querySelector("dialog[open]")) this.close();
    });
  }

  open(entry) {
    const close = element("button", { type: "button", className: "quiet" }, "Close");
    close.addEventListener("click", () => this.close());
    const title = element("div", {}, element("h2", {}, entry.name ?? nameless(entry)), element("p", {}, `${titleOf(entry.protocol)} · ${entry.kind}`));
    const request = section("Request");
    this.#panel.replaceChildren(...[element("header", {}, title, close), problems(entry), eventFacts(entry), request, jsonSection(entry)].filter(Boolean));
    this.#panel.hidden = false;
    this.#panel.scrollTop = 0;
    // Where the event covers the list, focus must not stay under it.
    if (getComputedStyle(this.#panel).position === "fixed") close.focus();
    loadRequest(entry.request_id, request);
  }

  close() {
    this.#panel.hidden = true;
    this.#panel.replaceChildren();
    this.#onClose();
  }
}

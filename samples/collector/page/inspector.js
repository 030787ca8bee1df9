// The opened event: what it says about itself, what the request said, and all of it as JSON.
import { byId, copyFrom, element } from "./dom.js";
import { payloadText, payloadView } from "./payload.js";
import { problemList } from "./problems.js";
import { dialectOf } from "./protocols.js";
import { consentParts, nameless } from "./row.js";
import * as format from "./format.js";

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
  const refused = entry.kind === "refused";
  if (entry.problems.length === 0 && !refused) return null;
  const title = refused ? "Why it was turned away" : "Problems";
  if (entry.problems.length === 0) return section(title, element("ul", { className: "problems" }, element("li", {}, entry.problem)));
  return section(title, problemList(entry.problems));
}

function eventFacts(entry) {
  if (entry.kind === "refused") return null;
  return section("Event", facts([
    ["Happened", format.dateTime(entry.time_ms)],
    ["Message id", entry.message_id, true],
    ["Order", entry.order_id, true],
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
    ["Turned away", request.rejected + request.retry > 0 ? `${request.rejected} for good, ${request.retry} to be sent again` : null],
    ["Received", format.dateTime(request.received_ms)],
    ["Content type", request.content_type, true],
    ["Encoding", request.encoding],
    ["Body", request.events > 0 ? `${format.number(request.body_bytes)} B for ${format.plural(request.events, "event", "events")}` : `${format.number(request.body_bytes)} B`],
  ]);
}

// The beginnings of body and answer, which are kept where something went wrong.
function exchange(request) {
  return [["Was sent", request.body], ["Was answered", request.answer]]
    .filter(([, text]) => text)
    .flatMap(([title, text]) => [element("h4", {}, title), element("pre", { className: "json raw", tabIndex: 0 }, text)]);
}

async function loadRequest(id, place) {
  try {
    const answer = await fetch(`/requests.json?after=${id - 1}&limit=1`);
    const [request] = await answer.json();
    if (request?.id === id) place.append(requestFacts(request), ...exchange(request));
    else place.append("The request is no longer kept.");
  } catch {
    place.append("The collector does not answer.");
  }
}

// The event, read or as sent; the button says what it would show.
function payloadSection(entry) {
  if (entry.event === null) return null;
  let raw = false;
  let view = payloadView(entry, raw);
  const title = element("h3", {}, "Read");
  const turn = element("button", { type: "button", className: "quiet" }, "As sent");
  const copy = element("button", { type: "button", className: "quiet" }, "Copy");
  turn.addEventListener("click", () => {
    raw = !raw;
    const next = payloadView(entry, raw);
    view.replaceWith(next);
    view = next;
    [title.textContent, turn.textContent] = raw ? ["As sent", "Read"] : ["Read", "As sent"];
  });
  copy.addEventListener("click", async () => copyFrom(copy, await payloadText(entry, raw)));
  return element("section", {}, element("div", { className: "bar" }, title, element("span", { className: "actions" }, turn, copy)), view);
}

function compareButton(entry, compare) {
  if (entry.kind === "refused") return null;
  const button = element("button", { type: "button", className: "quiet" }, "Compare");
  button.title = "This touchpoint in every dialect";
  button.addEventListener("click", () => compare(entry.key));
  return button;
}

export class Inspector {
  #panel = byId("inspector");
  #onClose;
  #compare;

  // `compare` is called with the key of the event whose dialects are to be shown.
  constructor(onClose, compare) {
    this.#onClose = onClose;
    this.#compare = compare;
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !this.#panel.hidden && !document.querySelector("dialog[open]")) this.close();
    });
  }

  open(entry) {
    const close = element("button", { type: "button", className: "quiet" }, "Close");
    close.addEventListener("click", () => this.close());
    const title = element("div", {}, element("h2", {}, entry.name ?? nameless(entry)), element("p", {}, `${dialectOf(entry)} · ${entry.kind}`));
    const request = section("Request");
    const header = element("header", {}, title, compareButton(entry, this.#compare), close);
    this.#panel.replaceChildren(...[header, problems(entry), eventFacts(entry), request, payloadSection(entry)].filter(Boolean));
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

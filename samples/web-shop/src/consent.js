// The plain question, and the way back to it. Holds no state: reads the view, calls setConsent.

import { byId, h } from "./dom.js";
import { onView, setConsent } from "./tracking.js";

const PURPOSES = [
  { id: "analytics", label: "Count my visit", note: "analytics" },
  { id: "marketing", label: "Show me fitting ads", note: "marketing" },
];

let view;
let asked = false; // opened by hand
const bar = byId("consent");

const granted = (id) => view?.consent?.purposes[id]?.state === "granted";

function decide(choices) {
  asked = false;
  bar.hidden = true;
  setConsent(choices);
}

const answer = (yes) => (yes ? "granted" : "denied");
const all = (yes) => Object.fromEntries(PURPOSES.map(({ id }) => [id, answer(yes)]));
const chosen = () => Object.fromEntries(PURPOSES.map(({ id }) => [id, answer(byId(`consent-${id}`).checked)]));

const button = (name, text, choices) =>
  h("button.button.even", { type: "button", "data-testid": `consent-${name}`, onclick: () => decide(choices()) }, text);

function draw() {
  bar.replaceChildren(
    h("div.consent-text", {},
      h("h2", { id: "consent-title" }, "May we count your visit?"),
      h("p", {}, "Until you answer nothing is stored and nothing is sent. ", h("a", { href: "/privacy" }, "What we count"))),
    h("div.consent-switches", {}, PURPOSES.map(({ id, label, note }) =>
      h("label.switch", {}, h("input", { type: "checkbox", role: "switch", id: `consent-${id}`, checked: granted(id), "data-testid": `consent-${id}` }),
        h("span", {}, label, h("small", {}, ` ${note}`))))),
    h("div.consent-buttons", {}, button("refuse", "Refuse all", () => all(false)),
      button("save", "Save choice", chosen), button("accept", "Accept all", () => all(true))));
}

function show() {
  draw();
  bar.hidden = false;
}

/** Opens the question by hand, with the present state. */
export function askAgain() {
  asked = true;
  show();
  bar.querySelector("input").focus();
}

export function startConsent() {
  onView((next) => {
    view = next;
    if (asked) return;
    if (!view.consent || view.consent.answered) bar.hidden = true;
    else if (bar.hidden) show();
  });
}

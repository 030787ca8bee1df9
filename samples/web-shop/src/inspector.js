// "What Waymark sees": the engine's own view, for people who want to look behind the counter.

import { byId, h } from "./dom.js";
import { onProblem, onView } from "./tracking.js";

const drawer = byId("inspector");
let view;
let problem = "none";

const row = (name, value) => h("div.fact", {}, h("dt", {}, name), h("dd", {}, String(value)));
const short = (id) => (id ? `${id.slice(0, 8)}…` : "none");

function lost() {
  const counted = Object.entries(view.losses ?? {}).filter(([, count]) => count > 0);
  return counted.map(([reason, count]) => `${count} ${reason}`).join(", ") || "none";
}

function facts() {
  if (!view?.consent) return [row("Waymark", "is not there; the shop goes on without it")];
  const states = Object.entries(view.consent.purposes).map(([id, { state }]) => `${id}: ${state}`);
  return [
    row("Consent", states.join(", ")),
    row("Visitor", short(view.anonymous_id)),
    row("Session", view.session ? `number ${view.session.index}, event ${view.session.event_index}` : "none"),
    row("Held until you answer", view.queue.held),
    row("Waiting to be sent", view.queue.events),
    row("Stored on this device", view.store === "ok" ? "yes" : view.store),
    row("Given up", lost()),
    ...Object.entries(view.collectors).map(([id, lane]) => row(`To ${id}`, `${lane.acknowledged} acknowledged, ${lane.state}`)),
    row("Last problem", problem),
  ];
}

function draw() {
  if (drawer.hidden) return;
  drawer.replaceChildren(h("h2", {}, "What Waymark sees"), h("dl", {}, facts()));
}

export function toggleInspector(button) {
  drawer.hidden = !drawer.hidden;
  button.setAttribute("aria-expanded", String(!drawer.hidden));
  draw();
}

export function startInspector() {
  onView((next) => {
    view = next;
    draw();
  });
  onProblem((found) => {
    problem = found?.message ?? `${found?.pointer ?? ""} ${found?.found ?? "unknown"}`;
    draw();
  });
}

// Ties the parts of the live page together.
import { byId, copyFrom, element } from "./dom.js";
import { Dialects } from "./dialects.js";
import { entryOfEvent, entryOfRefused } from "./entries.js";
import { showFault, wireFaults } from "./faults.js";
import { Inspector } from "./inspector.js";
import { PROTOCOLS } from "./protocols.js";
import { openStream } from "./stream.js";
import { Table } from "./table.js";
import { wireViews } from "./views.js";
import * as format from "./format.js";

const STATES = { live: "Live", lost: "Connection lost, trying again" };

const inspector = new Inspector(() => {
  const key = table.openKey;
  table.markOpen(null);
  table.focus(key);
}, (key) => { dialects.open(key); location.hash = "#dialects"; });
const table = new Table((entry) => inspector.open(entry));
const dialects = new Dialects(table);
let catchingUp = true; // rows of the first moment are not news

function showTotals(totals) {
  byId("total-events").textContent = format.number(totals.events);
  byId("total-requests").textContent = format.number(totals.requests);
  byId("total-preflights").textContent = totals.preflights > 0 ? `+ ${format.plural(totals.preflights, "preflight", "preflights")}` : "";
  byId("total-bytes").textContent = totals.events > 0 ? format.bytes(totals.wire_bytes / totals.events) : "–";
  byId("total-duplicates").textContent = format.number(totals.duplicates);
  byId("total-problems").textContent = format.number(totals.problems);
  byId("total-problems").classList.toggle("some", totals.problems > 0);
  byId("total-refused").textContent = totals.refused > 0 ? `+ ${format.number(totals.refused)} refused` : "";
  catchingUp = false;
}

function wireFilters() {
  byId("filter-protocol").append(...Object.entries(PROTOCOLS).map(([value, title]) => element("option", { value }, title)));
  const read = () => table.filter({
    text: byId("filter-text").value.trim().toLowerCase(),
    protocol: byId("filter-protocol").value,
    kind: byId("filter-kind").value,
  });
  const form = byId("filters");
  form.addEventListener("input", read);
  form.addEventListener("submit", (event) => event.preventDefault());
  byId("filter-clear").addEventListener("click", () => { form.reset(); read(); });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, select, textarea, dialog");
    if (event.key === "/" && !typing) { event.preventDefault(); byId("filter-text").focus(); }
  });
}

function wireEmptyState() {
  byId("command").textContent = [
    `curl ${location.origin}/v1/batch \\`,
    "  -H 'Content-Type: application/json' \\",
    `  -d '{"writeKey":"any","batch":[{"type":"track",`,
    `        "event":"Hello","messageId":"try-1",`,
    `        "anonymousId":"someone"}]}'`,
  ].join("\n");
  byId("command-copy").addEventListener("click", () => copyFrom(byId("command-copy"), byId("command").textContent));
}

function showState(state) {
  byId("link-state").textContent = STATES[state];
  byId("link-state").dataset.state = state;
}

function put(entry) {
  table.put(entry, !catchingUp);
  dialects.refresh();
}

wireFilters();
wireFaults();
wireEmptyState();
wireViews(() => dialects.refresh());
byId("clear").addEventListener("click", () => fetch("/reset", { method: "POST" }));
openStream({
  state: showState,
  reset: () => { catchingUp = true; if (table.openKey !== null) inspector.close(); table.clear(); dialects.refresh(); },
  event: (event) => put(entryOfEvent(event)),
  refused: (request) => put(entryOfRefused(request)),
  totals: showTotals,
  faults: showFault,
});

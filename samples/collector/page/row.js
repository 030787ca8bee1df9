// One table row for one entry.
import { element } from "./dom.js";
import * as format from "./format.js";
import { dialectOf } from "./protocols.js";

function cell(name, ...children) {
  return element("td", { className: `c-${name}` }, ...children);
}

function profile(entry) {
  if (entry.user_id) return element("span", { className: "user", title: entry.user_id }, format.shortId(entry.user_id));
  if (entry.anonymous_id) return element("span", { title: entry.anonymous_id }, format.shortId(entry.anonymous_id));
  return "–";
}

function session(entry) {
  return entry.session_id ? element("span", { title: entry.session_id }, entry.session_id.slice(0, 8)) : "–";
}

// Members of Snowplow's gdpr entity, whose own names do not fit a column.
const SHORT_NAMES = { basisForProcessing: "basis", documentId: "document", documentVersion: "version" };

// Granted purposes by name, denied ones struck through; members with other values as "name: value".
export function consentParts(consent) {
  if (consent === null) return ["–"];
  const parts = [];
  for (const [purpose, value] of Object.entries(consent)) {
    const className = value === true ? "consent-yes" : value === false ? "consent-no" : "";
    if (parts.length > 0) parts.push(", ");
    const name = SHORT_NAMES[purpose] ?? purpose;
    const label = typeof value === "boolean" ? name : `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`;
    parts.push(element("span", { className, title: `${purpose}: ${JSON.stringify(value)}` }, label));
  }
  return parts.length > 0 ? parts : ["–"];
}

function notes(entry) {
  const list = [];
  if (entry.kind === "refused") {
    const answer = entry.status === 0 ? "no answer" : `status ${entry.status}`;
    list.push(element("span", { className: "note problem" }, entry.turned_away > 0 ? `${entry.turned_away} refused` : answer));
  } else if (entry.problems.length > 0) {
    list.push(element("span", { className: "note problem" }, format.plural(entry.problems.length, "problem", "problems")));
  }
  if (entry.duplicates > 0) list.push(element("span", { className: "note" }, `+${entry.duplicates} again`));
  return list;
}

// What an event without a name is best known by.
export function nameless(entry) {
  const event = entry.event ?? {};
  const context = event.context?.page ?? {};
  const known = { identify: event.userId, group: event.groupId, alias: event.userId, page: context.title || context.path || event.url }[entry.kind];
  return typeof known === "string" && known !== "" ? known : "no name";
}

// Only one row is in the tab order at a time (see Table); the arrow keys reach the others.
function nameButton(entry) {
  const label = entry.name ?? nameless(entry);
  const button = element("button", { type: "button", className: "open", title: label, tabIndex: -1 });
  button.append(entry.name ? label : element("span", { className: "unnamed" }, label));
  return button;
}

export function makeRow(entry) {
  const row = element(
    "tr",
    { dataset: { key: entry.key } },
    cell("time", element("time", { dateTime: new Date(entry.received_ms).toISOString() }, format.time(entry.received_ms, innerWidth <= 600))),
    cell("kind", element("span", { className: "kind", dataset: { kind: entry.kind } }, entry.kind)),
    cell("name", nameButton(entry)),
    cell("profile", profile(entry)),
    cell("session", session(entry)),
    cell("consent", ...consentParts(entry.consent)),
    cell("bytes", format.bytes(entry.wire_bytes)),
    cell("protocol", dialectOf(entry)),
    cell("problems", ...notes(entry)),
  );
  if (entry.problems.length > 0 || entry.kind === "refused") row.dataset.problem = "";
  return row;
}

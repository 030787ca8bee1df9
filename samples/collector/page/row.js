// One table row for one entry.
import { element } from "./dom.js";
import * as format from "./format.js";

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

// Granted purposes by name, denied ones struck through; other shapes by the names of their members.
export function consentParts(consent) {
  if (consent === null) return ["–"];
  const parts = [];
  for (const [purpose, value] of Object.entries(consent)) {
    const className = value === true ? "consent-yes" : value === false ? "consent-no" : "";
    if (parts.length > 0) parts.push(" ");
    parts.push(element("span", { className, title: `${purpose}: ${JSON.stringify(value)}` }, purpose));
  }
  return parts.length > 0 ? parts : ["–"];
}

function notes(entry) {
  const list = [];
  if (entry.kind === "refused") {
    list.push(element("span", { className: "note problem" }, entry.status === 0 ? "no answer" : `status ${entry.status}`));
  } else if (entry.problems.length > 0) {
    list.push(element("span", { className: "note problem" }, format.plural(entry.problems.length, "problem", "problems")));
  }
  if (entry.duplicates > 0) list.push(element("span", { className: "note" }, `+${entry.duplicates} again`));
  return list;
}

function nameButton(entry) {
  const label = entry.name ?? "no name";
  const button = element("button", { type: "button", className: "open", title: label });
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
    cell("protocol", entry.protocol === "segment" ? "Segment" : "Snowplow"),
    cell("problems", ...notes(entry)),
  );
  return row;
}

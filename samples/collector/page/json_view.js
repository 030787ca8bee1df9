// A JSON value as highlighted text: one span for each token that has a colour.
import { element } from "./dom.js";

const INDENT = "  ";

function token(kind, text) {
  return element("span", { className: kind }, text);
}

function scalar(value) {
  if (typeof value === "string") return token("string", JSON.stringify(value));
  if (typeof value === "number") return token("number", String(value));
  return token("word", String(value));
}

function appendMembers(parent, members, [open, close], indent) {
  if (members.length === 0) return parent.append(token("mark", open + close));
  parent.append(token("mark", open), "\n");
  members.forEach(([key, value], index) => {
    parent.append(indent + INDENT);
    if (key !== null) parent.append(token("key", JSON.stringify(key)), token("mark", ": "));
    appendValue(parent, value, indent + INDENT);
    parent.append(token("mark", index < members.length - 1 ? "," : ""), "\n");
  });
  parent.append(indent, token("mark", close));
}

function appendValue(parent, value, indent) {
  if (Array.isArray(value)) appendMembers(parent, value.map((item) => [null, item]), "[]", indent);
  else if (value !== null && typeof value === "object") appendMembers(parent, Object.entries(value), "{}", indent);
  else parent.append(scalar(value));
}

export function jsonView(value) {
  const view = element("pre", { className: "json", tabIndex: 0 });
  view.setAttribute("aria-label", "The event as JSON");
  appendValue(view, value, "");
  return view;
}

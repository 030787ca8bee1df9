// A JSON value as highlighted text: one span for each token that has a colour.
import { element } from "./dom.js";
import { markedText } from "./marks.js";

const INDENT = "  ";

function token(kind, text) {
  return element("span", { className: kind }, text);
}

function scalar(value, marks) {
  if (typeof value === "string") return element("span", { className: "string" }, ...markedText(JSON.stringify(value), marks));
  if (typeof value === "number") return element("span", { className: "number" }, ...markedText(String(value), marks));
  return token("word", String(value));
}

function appendMembers(parent, members, [open, close], indent, marks) {
  if (members.length === 0) return parent.append(token("mark", open + close));
  parent.append(token("mark", open), "\n");
  members.forEach(([key, value], index) => {
    parent.append(indent + INDENT);
    if (key !== null) parent.append(token("key", JSON.stringify(key)), token("mark", ": "));
    appendValue(parent, value, indent + INDENT, marks);
    parent.append(token("mark", index < members.length - 1 ? "," : ""), "\n");
  });
  parent.append(indent, token("mark", close));
}

function appendValue(parent, value, indent, marks) {
  if (Array.isArray(value)) appendMembers(parent, value.map((item) => [null, item]), "[]", indent, marks);
  else if (value !== null && typeof value === "object") appendMembers(parent, Object.entries(value), "{}", indent, marks);
  else parent.append(scalar(value, marks));
}

// `marks`: see marks.js.
export function jsonView(value, marks = []) {
  const view = element("pre", { className: "json", tabIndex: 0 });
  view.setAttribute("aria-label", "The event as JSON");
  appendValue(view, value, "", marks);
  return view;
}

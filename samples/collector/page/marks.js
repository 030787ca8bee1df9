// Values that stand in every dialect of a touchpoint, marked so that the eye finds them again.
import { element } from "./dom.js";

const KINDS = [
  ["message", "message_id"],
  ["order", "order_id"],
  ["person", "user_id"],
  ["device", "anonymous_id"],
  ["session", "session_id"],
];

// [{kind, value}] of a touchpoint. Very short values would be found everywhere.
export function marksOf(touchpoint) {
  return KINDS.map(([kind, member]) => ({ kind, value: touchpoint[member] })).filter(({ value }) => value && value.length > 3);
}

const mark = (kind, text) => element("mark", { className: `same ${kind}`, title: `${kind} id` }, text);

// `text` as nodes, with every mark in it.
export function markedText(text, marks) {
  let nodes = [text];
  for (const { kind, value } of marks) {
    nodes = nodes.flatMap((node) => {
      if (typeof node !== "string") return [node];
      const parts = node.split(value);
      return parts.flatMap((part, index) => (index === 0 ? [part] : [mark(kind, value), part]));
    });
  }
  return nodes.filter((node) => node !== "");
}

// Where in a text of JSON something stands, also while the text is being written: the parser takes
// what is there and goes on behind what is not.

import type { SyntaxNode, Tree } from "@lezer/common";
import { parser } from "@lezer/json";

export interface Range {
  from: number;
  to: number;
}

/** Where a cursor is: in the name of a member, or in a value. */
export interface Spot {
  kind: "name" | "value";
  /** The names and indices that lead to the object (of a name) or to the value. */
  path: string[];
  /** What is there already, quotation marks and all; empty: nothing is. */
  range: Range;
  quoted: boolean;
}

export const parse = (text: string): Tree => parser.parse(text);

export const pathOf = (pointer: string): string[] =>
  pointer
    .split("/")
    .slice(1)
    .map((part) => part.replace(/~1/g, "/").replace(/~0/g, "~"));

export const pointerOf = (path: readonly string[]): string =>
  path.map((part) => "/" + part.replace(/~/g, "~0").replace(/\//g, "~1")).join("");

const values = /^(Object|Array|String|Number|True|False|Null)$/;

function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) children.push(child);
  return children;
}

const valueIn = (node: SyntaxNode) => childrenOf(node).find(({ name }) => values.test(name));

function nameOf(property: SyntaxNode, text: string): string | undefined {
  const name = property.getChild("PropertyName");
  if (!name) return undefined;
  try {
    return JSON.parse(text.slice(name.from, name.to));
  } catch {
    return undefined;
  }
}

/** The names that an object has. */
export function namesIn(tree: Tree, text: string, path: readonly string[]): string[] {
  const { value, left } = walk(tree, text, path);
  if (!value || left) return [];
  const names = value.getChildren("Property").map((property) => nameOf(property, text));
  return names.filter((name): name is string => name !== undefined);
}

interface Found {
  value?: SyntaxNode | undefined;
  /** The name before the value. */
  name?: SyntaxNode | undefined;
  /** How much of the path leads nowhere. */
  left: number;
}

function walk(tree: Tree, text: string, path: readonly string[]): Found {
  let found: Found = { value: valueIn(tree.topNode), left: path.length };
  for (const part of path) {
    const { value } = found;
    if (!value) return found;
    const next =
      value.name === "Array"
        ? { value: childrenOf(value).filter(({ name }) => values.test(name))[Number(part)] }
        : memberOf(value, text, part);
    if (!next?.value) return found;
    found = { ...next, left: found.left - 1 };
  }
  return found;
}

function memberOf(object: SyntaxNode, text: string, member: string) {
  const property = object.getChildren("Property").find((one) => nameOf(one, text) === member);
  if (!property) return undefined;
  const name = property.getChild("PropertyName") ?? undefined;
  return { name, value: valueIn(property) ?? name };
}

const rangeOf = ({ from, to }: Range): Range => ({ from, to });

/**
 * What to mark for a pointer: the value itself when it is a short one, else the name before it or
 * the bracket with which it begins; for what is missing, that of what it is missing in.
 */
export function markFor(tree: Tree, text: string, pointer: string): Range {
  const { value, name, left } = walk(tree, text, pathOf(pointer));
  if (!value) return { from: 0, to: Math.min(1, text.length) };
  const long = value.name === "Object" || value.name === "Array";
  if (!left && !long) return rangeOf(value);
  return name ? rangeOf(name) : { from: value.from, to: value.from + 1 };
}

/** From the beginning of a name to the end of its value; of a missing one nothing. */
export function wholeOf(tree: Tree, text: string, pointer: string): Range | undefined {
  const { value, name, left } = walk(tree, text, pathOf(pointer));
  if (!value || left) return undefined;
  return { from: (name ?? value).from, to: value.to };
}

/** The path of what a node stands in. */
function pathTo(node: SyntaxNode, text: string): string[] {
  const path: string[] = [];
  for (let at: SyntaxNode = node; at.parent; at = at.parent) {
    if (at.parent.name === "Array") {
      const items = childrenOf(at.parent).filter(({ name }) => values.test(name));
      // One that is not there yet is behind all that begin before it.
      const index = values.test(at.name)
        ? items.findIndex(({ from }) => from === at.from)
        : items.filter(({ from }) => from < at.from).length;
      path.unshift(String(index));
    } else if (at.name === "Property") path.unshift(nameOf(at, text) ?? "");
  }
  return path;
}

/** What may be written at a place. */
export function spotAt(tree: Tree, text: string, at: number): Spot | undefined {
  const node = tree.resolveInner(at, -1);
  const inside = node.from < at && at <= node.to;
  if (node.name === "PropertyName" && inside) {
    const path = pathTo(node.parent!, text).slice(0, -1);
    return { kind: "name", path, range: rangeOf(node), quoted: true };
  }
  if (values.test(node.name) && !/^(Object|Array)$/.test(node.name) && inside) {
    const kind = node.parent?.name === "Object" ? "name" : "value";
    return { kind, path: pathTo(node, text), range: rangeOf(node), quoted: node.name === "String" };
  }
  return between(tree, text, at);
}

// Between two values: what comes before the cursor says what may follow.
function between(tree: Tree, text: string, at: number): Spot | undefined {
  const word = /"?[\w.-]*$/.exec(text.slice(0, at))![0];
  const from = at - word.length;
  const before = text.slice(0, from).trimEnd();
  const last = before.at(-1);
  const range = { from, to: at };
  const quoted = word.startsWith('"');
  const node = tree.resolveInner(before.length, -1);
  if (last === ":") {
    const property = up(node, "Property");
    return property && { kind: "value", path: pathTo(property, text), range, quoted };
  }
  const holder = up(
    tree.resolveInner(before.length, before.endsWith(",") ? 0 : -1),
    "Object|Array",
  );
  if (!holder || (last !== "," && last !== "{" && last !== "[")) return undefined;
  const path = pathTo(holder, text);
  if (holder.name === "Object") return { kind: "name", path, range, quoted };
  const index = childrenOf(holder).filter((one) => values.test(one.name) && one.from < from).length;
  return { kind: "value", path: [...path, String(index)], range, quoted };
}

function up(node: SyntaxNode, names: string): SyntaxNode | undefined {
  const pattern = new RegExp(`^(${names})$`);
  let at: SyntaxNode | null = node;
  while (at && !pattern.test(at.name)) at = at.parent;
  return at ?? undefined;
}

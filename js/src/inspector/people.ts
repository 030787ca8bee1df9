// The identity graph as a picture: which ids this page has seen, and what joined them.

import type { Person } from "./log.ts";
import { short } from "./words.ts";

export interface GraphNode {
  key: string;
  kind: "anonymous" | "user" | "group" | "session";
  id: string;
  /** It stands now. */
  current: boolean;
}

export interface GraphEdge {
  from: string;
  to: string;
  how: string;
}

export interface Graph {
  nodes: GraphNode[];
  edges: GraphEdge[];
}

const kinds = [
  ["session", "session_id"],
  ["anonymous", "anonymous_id"],
  ["user", "user_id"],
  ["group", "group_id"],
] as const;

/** Every id once, in the order in which they came; an edge wherever two stood together. */
export function graphOf(persons: readonly Person[]): Graph {
  const nodes = new Map<string, GraphNode>();
  const edges = new Map<string, GraphEdge>();
  const last = persons.at(-1);
  for (const person of persons) {
    const keys = kinds.map(([kind, member]) => {
      const id = person[member];
      if (!id) return undefined;
      const key = `${kind} ${id}`;
      nodes.set(key, { key, kind, id, current: last?.[member] === id });
      return key;
    });
    const [session, anonymous, user, group] = keys;
    // An id that came from elsewhere says so; most are this device's own.
    const brought = /^(handed|taken) over/.test(person.how);
    join(edges, session, anonymous, brought ? person.how : "visits");
    join(edges, anonymous, user, person.how);
    join(edges, user ?? anonymous, group, person.how);
  }
  return { nodes: [...nodes.values()], edges: [...edges.values()] };
}

function join(edges: Map<string, GraphEdge>, from?: string, to?: string, how = ""): void {
  if (!from || !to || edges.has(`${from} ${to}`)) return;
  edges.set(`${from} ${to}`, { from, to, how });
}

const namespace = "http://www.w3.org/2000/svg";

export function svg(tag: string, attributes: Record<string, string | number>, ...inner: Node[]) {
  const element = document.createElementNS(namespace, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...inner);
  return element;
}

export const svgText = (x: number, y: number, text: string, part: string) =>
  svg("text", { x, y, class: part }, document.createTextNode(text));

const [width, height, column, row] = [102, 42, 184, 74];

/** One column for each kind; what stands now is filled. */
export function drawGraph({ nodes, edges }: Graph): SVGElement {
  const used = kinds.map(([kind]) => kind).filter((kind) => nodes.some((one) => one.kind === kind));
  const at = new Map<string, [x: number, y: number]>();
  const rows = Math.max(...used.map((kind) => nodes.filter((one) => one.kind === kind).length));
  used.forEach((kind, index) => {
    const mine = nodes.filter((one) => one.kind === kind);
    const top = ((rows - mine.length) * row) / 2 + 26;
    mine.forEach(({ key }, place) => at.set(key, [index * column + 2, top + place * row]));
  });
  const heads = used.map((kind, index) => svgText(index * column + 2, 14, kind, "head"));
  const lines = edges.map((edge) => drawEdge(edge, at));
  const boxes = nodes.map((node) => drawNode(node, at.get(node.key)!));
  const size = [used.length * column - (column - width) + 4, rows * row + 14];
  const label = `${nodes.length} ids and what joined them`;
  const box = { viewBox: `0 0 ${size[0]} ${size[1]}`, width: size[0]!, height: size[1]! };
  return svg(
    "svg",
    { ...box, class: "graph", role: "img", "aria-label": label },
    ...heads,
    ...lines,
    ...boxes,
  ) as SVGElement;
}

function drawEdge({ from, to, how }: GraphEdge, at: Map<string, [number, number]>): Node {
  const [[x1, y1], [x2, y2]] = [at.get(from)!, at.get(to)!];
  const [start, end] = [x1 + width, x2];
  const [top, bottom] = [y1 + height / 2, y2 + height / 2];
  const middle = (start + end) / 2;
  const d = `M${start} ${top} C${middle} ${top} ${middle} ${bottom} ${end} ${bottom}`;
  const text = svgText(middle, (top + bottom) / 2 - 5, how, "how");
  return svg("g", {}, svg("path", { d, class: "edge" }), text);
}

function drawNode({ kind, id, current }: GraphNode, [x, y]: [number, number]): Node {
  const shape = svg("rect", { x, y, width, height, rx: kind === "user" ? 21 : 8 });
  const title = svg("title", {}, document.createTextNode(`${kind} ${id}`));
  const note = svgText(x + width / 2, y + 33, current ? "now" : "before", "small");
  const name = svgText(x + width / 2, y + 18, short(id), "id");
  return svg("g", { class: `node ${kind}${current ? " current" : ""}` }, title, shape, name, note);
}

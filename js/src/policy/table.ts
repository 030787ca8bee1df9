// The decision table of a policy, as few rows as can be read.
//
// A row is a box: any of its regions with any of its signals, ages and answers has its verdict.
// Boxes are merged while two differ in one column only, so each case stands in exactly one row.

import type { PolicyCase, Reason } from "./questions.ts";

export interface Row {
  collector: string;
  verdict: string;
  regions: string[];
  ages: string[];
  /** By signal: `on`, `off`, or both where it makes no difference. */
  signals: Record<string, string[]>;
  /** By purpose: `granted`, `denied`, `unanswered`. */
  answers: Record<string, string[]>;
  /** Who decided in the cases of this row. */
  because: Reason[];
  cases: number;
}

/** A row while it is made: the values of each column. */
interface Box {
  columns: string[][];
  because: Map<string, Reason>;
  cases: number;
  verdict: string;
}

/** What the values of a box mean: first region, then age, then signals, then answers. */
interface Columns {
  signals: string[];
  purposes: string[];
}

const verdicts = ["admit", "deidentify", "hold", "drop"];

/** The rows of one collector, what it gets first; answers in the order of `purposes`. */
export function rowsOf(collector: string, cases: PolicyCase[], purposes: string[]): Row[] {
  const columns: Columns = {
    signals: unique(cases.flatMap(({ signals = [] }) => signals)),
    purposes: purposes.filter((id) => cases.some(({ choices }) => choices[id])),
  };
  const boxes = merged(cases.map((one) => boxOf(one, columns)));
  const rows = boxes.map((box) => rowOf(collector, box, columns));
  return rows.sort((a, b) => verdicts.indexOf(a.verdict) - verdicts.indexOf(b.verdict));
}

function boxOf(one: PolicyCase, columns: Columns): Box {
  const { region, age, signals = [], choices, because, verdict } = one;
  const values = [
    ...[region, age],
    ...columns.signals.map((signal) => (signals.includes(signal) ? "on" : "off")),
    ...columns.purposes.map((purpose) => choices[purpose] ?? "unanswered"),
  ];
  const reasons = new Map(because.map((reason) => [JSON.stringify(reason), reason]));
  return { columns: values.map((value) => [value]), because: reasons, cases: 1, verdict };
}

// Signals first: most of them make no difference, so that regions are alike afterwards.
function merged(boxes: Box[]): Box[] {
  const width = boxes[0]?.columns.length ?? 0;
  const order = [...Array(width).keys()].sort((a, b) => (a < 2 ? 1 : 0) - (b < 2 ? 1 : 0));
  for (let before = -1; before !== boxes.length; ) {
    before = boxes.length;
    for (const column of order) boxes = mergedAlong(column, boxes);
  }
  return boxes;
}

function mergedAlong(column: number, boxes: Box[]): Box[] {
  const alike = new Map<string, Box>();
  for (const box of boxes) {
    const others = box.columns.map((values, at) =>
      at === column ? "" : [...values].sort().join(),
    );
    const key = JSON.stringify([box.verdict, others]);
    const first = alike.get(key);
    if (!first) alike.set(key, box);
    else {
      first.columns[column] = unique([...first.columns[column]!, ...box.columns[column]!]);
      first.cases += box.cases;
      for (const [text, reason] of box.because) first.because.set(text, reason);
    }
  }
  return [...alike.values()];
}

// In the order in which they came: regions stand as the policy has them.
const unique = (values: string[]): string[] => [...new Set(values)];

function rowOf(collector: string, { columns, because, cases, verdict }: Box, names: Columns): Row {
  const [regions, ages, ...rest] = columns as [string[], string[], ...string[][]];
  const from = (list: string[], at: number) =>
    Object.fromEntries(list.map((name, index) => [name, rest[at + index]!]));
  return {
    ...{ collector, verdict, regions, ages },
    signals: from(names.signals, 0),
    answers: from(names.purposes, names.signals.length),
    because: [...because.values()],
    cases,
  };
}

/** The columns of the table, and what they are called on the command line. */
export const columns = "region age signals answer events because cases".split(" ");
export const columns_shown = columns.map((name) => name[0]!.toUpperCase() + name.slice(1));

/** How cells are worded: a table is read in more than one language. */
export interface CellWords {
  any: string;
  or: string;
  /** An answer, an age, a signal that is `on` or `off`. */
  said: (value: string) => string;
  /** Who or what decided. */
  why: (why: string) => string;
}

const plain: CellWords = { any: "any", or: "or", said: (value) => value, why: (why) => why };

/** What a row says, in words, in the order of the columns; `cases`: all of its collector. */
export function cellsOf(rows: Row[], cases: PolicyCase[], words = plain): string[][] {
  const regions = unique(cases.map(({ region }) => region));
  const ages = unique(cases.map(({ age }) => age));
  const place = (region: string) => (region === "unknown" ? words.said(region) : region);
  return rows.map((row) => [
    listed(row.regions, regions, words, place),
    listed(row.ages, ages, words, words.said),
    conditions(row.signals, () => 2, words),
    conditions(row.answers, (purpose) => answersIn(row.regions, purpose, cases), words),
    ...[row.verdict, reasons(row.because, words), String(row.cases)],
  ]);
}

const listed = (
  values: string[],
  all: string[],
  { any }: CellWords,
  said: (value: string) => string,
) => (values.length === all.length ? any : values.map(said).join(", "));

/** How many answers about a purpose there are in these regions: not all ask about it. */
function answersIn(regions: string[], purpose: string, cases: PolicyCase[]): number {
  const there = cases.filter(({ region }) => regions.includes(region));
  return unique(there.map(({ choices }) => choices[purpose] ?? "unanswered")).length;
}

// What makes no difference is left out.
function conditions(
  values: Record<string, string[]>,
  count: (name: string) => number,
  { any, or, said }: CellWords,
): string {
  const parts = Object.entries(values).filter(([name, list]) => list.length < count(name));
  return parts.map(([name, list]) => `${name} ${list.map(said).join(` ${or} `)}`).join("; ") || any;
}

/** `analytics denied (gpc, person)` */
function reasons(because: Reason[], { said, why: worded }: CellWords): string {
  const whys = new Map<string, string[]>();
  for (const { purpose, state, why } of because) {
    const key = `${purpose} ${said(state)}`;
    whys.set(key, unique([...(whys.get(key) ?? []), worded(why)]));
  }
  return [...whys].map(([key, list]) => `${key} (${list.join(", ")})`).join("; ");
}

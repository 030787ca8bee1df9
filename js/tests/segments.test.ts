// Content by segments: what is shown, that it stays, and what is told.

import { expect, test } from "@jest/globals";
import { reveal } from "../src/segments/index.ts";

class FakeElement {
  parentElement = parent;
  private readonly _attributes: Record<string, string>;
  constructor(wish: string, public hidden = true, live = false) {
    this._attributes = { "data-wm-segment": wish, ...(live ? { "data-wm-live": "" } : {}) };
  }
  getAttribute(name: string): string | null {
    return this._attributes[name] ?? null;
  }
  hasAttribute(name: string): boolean {
    return name in this._attributes;
  }
}
const parent = {};

function shown(wishes: (string | FakeElement)[], ...rounds: string[][]): string[] {
  const elements = wishes.map((wish) => (typeof wish === "string" ? new FakeElement(wish) : wish));
  const root = { querySelectorAll: () => elements } as unknown as ParentNode;
  for (const segments of rounds) reveal(root, segments);
  return elements.filter(({ hidden }) => !hidden).map((element) => element.getAttribute("data-wm-segment")!);
}

test.each([
  [["gold", ""], ["gold"], ["gold"]],
  [["gold", ""], [], [""]],
  [["gold", "new", ""], ["new", "gold"], ["gold"]],
  [["gold new", ""], ["gold"], [""]],
  [["gold new", ""], ["gold", "new"], ["gold new"]],
  [["!gold", ""], [], ["!gold"]],
  [["!gold", ""], ["gold"], [""]],
  [["gold"], [], []],
])("of %j, with %j, is shown %j", (wishes, segments, wanted) => {
  expect(shown(wishes, segments)).toEqual(wanted);
});

test("what is shown stays, whatever changes", () => {
  expect(shown(["gold", ""], [], ["gold"])).toEqual([""]);
  expect(shown(["gold", ""], ["gold"], [])).toEqual(["gold"]);
});

test("what nothing was meant for before is shown as soon as something is", () => {
  expect(shown(["gold"], [], ["gold"])).toEqual(["gold"]);
});

test("live content follows", () => {
  const elements = [new FakeElement("gold", true, true), new FakeElement("", true, true)];
  expect(shown(elements, [], ["gold"])).toEqual(["gold"]);
  expect(shown(elements, [])).toEqual([""]);
});

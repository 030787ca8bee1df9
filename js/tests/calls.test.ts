// What JSON cannot say is found by its place, and never by its value.

import { expect, test } from "@jest/globals";
import { refusal } from "../src/core/calls.ts";

const cycle: Record<string, unknown> = { a: { b: {} } };
(cycle.a as any).b.c = cycle;

const refused = {
  get secret(): string {
    throw new Error("4111 1111 1111 1111");
  },
};

test.each<[string, unknown, string, string]>([
  ["a cycle", cycle, "/a/b/c", "a cycle"],
  ["a BigInt", { list: [1, { n: 5n }] }, "/list/1/n", "a BigInt"],
  ["a getter", { a: refused }, "/a/secret", "a getter that throws"],
  ["a toJSON", { a: { toJSON: () => refused.secret } }, "/a", "a toJSON that throws"],
  ["names that a pointer must escape", { "a/b": { "~": 1n } }, "/a~1b/~0", "a BigInt"],
  ["what a toJSON gives", { a: { toJSON: () => ({ b: 1n }) } }, "/a/b", "a BigInt"],
])("finds %s", (_name, value, pointer, found) => {
  expect(refusal(value)).toEqual({ pointer, found });
});

test("the same object twice is no cycle", () => {
  const shared = { a: 1 };
  expect(refusal({ one: shared, two: shared, three: 1n }).pointer).toBe("/three");
});

test("what is left out by JSON.stringify is passed over", () => {
  const value = { a: undefined, b: () => 1, c: Symbol("x"), d: new Date(0), e: 1n };
  expect(refusal(value)).toEqual({ pointer: "/e", found: "a BigInt" });
});

test("nesting without end is given up", () => {
  const deep: any = {};
  let at = deep;
  for (let i = 0; i < 10_000; i++) at = at.a = {};
  expect(refusal(deep).found).toBe("more than 99 levels");
});

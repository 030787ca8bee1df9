// What the banner asks: before the engine is there, and by the engine's view.

import { describe, expect, test } from "@jest/globals";
import {
  answerAll,
  askEarly,
  askNow,
  isImposed,
  isOpen,
  isSignalHonoured,
  type Facts,
  type Policy,
} from "../src/banner/asking.ts";
import type { ConsentView, PurposeView } from "../src/core/types.ts";

const policy: Policy = {
  revision: "1",
  purposes: [
    { id: "necessary", basis: "exempt" },
    { id: "analytics", basis: "consent" },
    { id: "fraud", basis: "legitimate_interest" },
    { id: "marketing", basis: "consent" },
  ],
  regions: [
    { match: ["US-CA", "US-CO"], model: "opt_out" },
    { match: ["CH"], model: "notice" },
    { match: ["*"], model: "opt_in" },
  ],
};
const asked = ["analytics", "marketing"];
const early = (change: Partial<Policy>, facts: Partial<Facts> = {}) =>
  askEarly({ ...policy, ...change }, { known: false, ...facts });

describe("before there is an engine", () => {
  test("asks whoever never answered, where the region is unknown or asks first", () => {
    expect(early({})).toEqual(asked);
    expect(early({}, { region: "DE" })).toEqual(asked);
    expect(early({ regions: undefined }, { region: "US-CA" })).toEqual(asked);
    expect(early({}, { region: "US-NY" })).toEqual(asked);
  });

  test.each<[string, Partial<Policy>, Partial<Facts>]>([
    ["something of a decision is stored", {}, { known: true }],
    ["the region asks nobody", {}, { region: "US-CA" }],
    ["it asks nobody in the whole country", {}, { region: "CH-ZH" }],
    [
      "the region may belong to a group that asks nobody",
      { regions: [{ match: ["EEA"], model: "notice" }] },
      { region: "IS" },
    ],
    ["all may be asked nothing", { regions: [{ match: ["*"], model: "notice" }] }, { region: "DE" }],
    ["a signal that is honoured is on", {}, { gpc: true }],
    ["Do Not Track is honoured, and on", { signals: { dnt: "honour" } }, { dnt: true }],
    ["the age decides, and is not known", { age: { minimum: 16 } }, {}],
    ["the age decides, and is no number", { age: { minimum: 16 } }, { age: NaN }],
    ["the person is too young", { age: { minimum: 16, unknown: "allow" } }, { age: 15 }],
    [
      "an exemption holds in some places",
      { purposes: [...policy.purposes, { id: "a", basis: "exempt", exempt_in: ["FR"] }] },
      {},
    ],
  ])("waits for it where %s", (_, change, facts) => {
    expect(early(change, facts)).toEqual([]);
  });

  test("asks in spite of what does not count", () => {
    expect(early({ signals: { gpc: "ignore" } }, { gpc: true })).toEqual(asked);
    expect(early({}, { dnt: true })).toEqual(asked);
    expect(early({ age: { minimum: 16 } }, { age: 16 })).toEqual(asked);
    expect(early({ age: { minimum: 16, unknown: "allow" } }, { age: NaN })).toEqual(asked);
  });
});

describe("by the engine's view", () => {
  const view = (purposes: Record<string, PurposeView>, more: Partial<ConsentView> = {}) =>
    ({ answered: false, generation: 0, model: "opt_in", purposes, ...more }) as ConsentView;
  const unknown = (why: PurposeView["why"]): PurposeView => ({ state: "unknown", why });
  const denied = (why: PurposeView["why"]): PurposeView => ({ state: "denied", why });

  test("asks for what is due and nothing else", () => {
    const purposes = { a: unknown("default"), b: denied("person") };
    expect(askNow(view(purposes, { due: ["a"] }))).toEqual({ purposes: ["a"], reasons: [] });
    expect(askNow(view(purposes))).toEqual({ purposes: [], reasons: [] });
  });

  test("says once why it asks again", () => {
    const purposes = { a: unknown("expired"), b: unknown("expired"), c: unknown("changed") };
    expect(askNow(view(purposes, { due: ["a", "b", "c"] }))).toEqual({
      purposes: ["a", "b", "c"],
      reasons: ["expired", "changed"],
    });
  });

  test("asks where the account and the device differ", () => {
    expect(askNow(view({ a: denied("account") }, { conflicts: ["a"] }))).toEqual({
      purposes: ["a"],
      reasons: ["conflict"],
    });
  });

  test("leaves to the person what is the person's", () => {
    const [exempt, consent, interest] = policy.purposes as any[];
    expect([exempt, consent, interest].map((purpose) => isOpen(purpose))).toEqual(
      [false, true, true],
    );
    // An exemption that does not hold here.
    expect(isOpen(exempt, view({ necessary: unknown("default") }))).toBe(true);
    expect(isOpen(exempt, view({ necessary: { state: "exempt", why: "exempt" } }))).toBe(false);
    expect((["age", "att", "region"] as const).every((why) => isImposed(denied(why)))).toBe(true);
    expect((["person", "gpc", "default"] as const).some((why) => isImposed(denied(why)))).toBe(false);
    expect(isImposed(undefined)).toBe(false);
  });

  test("sees a signal that was honoured", () => {
    expect(isSignalHonoured(view({ a: denied("person"), b: denied("gpc") }))).toBe(true);
    expect(isSignalHonoured(view({ a: denied("dnt") }))).toBe(false);
    expect(isSignalHonoured(undefined)).toBe(false);
  });

  test("gives one answer to all", () => {
    expect(answerAll(["a", "b"], true)).toEqual({ a: "granted", b: "granted" });
    expect(answerAll(["a"], false)).toEqual({ a: "denied" });
  });
});

// A decision on its way between hosts: what is written, what is read back, and what is taken over.

import { describe, expect, test } from "@jest/globals";
import type { Choices } from "../src/core/types.ts";
import {
  format,
  merge,
  newsOf,
  ofRecord,
  parse,
  withoutGrants,
  type Decision,
  type Rules,
} from "../src/share/decision.ts";
import { findHost } from "../src/share/host.ts";
import { isFrom, takeToken, withToken } from "../src/platform/browser/links.ts";
import { tokenOf, valueOf } from "../src/share/links.ts";
import { rulesOf } from "../src/share/policy.ts";
import { cookieOf, readConsent, signConsent, verifyConsent } from "../src/share/server.ts";

const now = 1_800_000_000_000;
const day = 86_400_000;

const decision: Decision = {
  revision: "2026-11-01 ~ß",
  answers: { analytics: [true, now - 5000], marketing: [false, now], "vendor:acme.x": [true, now] },
  time_ms: now,
};

const rules: Rules = {
  revision: "1",
  choosable: (id) => ["analytics", "marketing"].includes(id),
  granted_days: 180,
  denied_days: 200,
};

describe("the cookie", () => {
  test("is read as it was written, in the characters of a cookie, without what nobody needs", () => {
    const text = format(decision)!;
    expect(text).toBe(
      `1~2026-11-01%20%7E%C3%9F~${now.toString(36)}~0marketing~1analytics!3uw~1vendor:acme.x`,
    );
    expect(text).toMatch(/^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]+$/);
    expect(parse(text)).toEqual(decision);
  });

  test.each([
    ["", undefined],
    ["2~1~a", undefined],
    ["1~1", undefined],
    ["1~1~-5", undefined],
    ["1~%~a", undefined],
    ["1~1~a~2analytics", undefined],
    ["1~1~a~1", undefined],
    ["1~1~a~1<script>", undefined],
    ["1~1~a~1analytics!", undefined],
    [`1~1~a~1${"a".repeat(399)}`, undefined],
    ["1~1~a", { revision: "1", answers: {}, time_ms: 10 }],
  ])("%s is %j", (text, expected) => expect(parse(text)).toEqual(expected));

  test("that would be too long keeps the refusals, and is none where they are too many", () => {
    const many = (granted: boolean, count: number) =>
      Object.fromEntries(
        Array.from({ length: count }, (_, i) => [`purpose-number-${i}`, [granted, now]]),
      ) as Decision["answers"];
    const both = { no: [false, now] as [boolean, number], ...many(true, 32) };
    const text = format({ revision: "1", time_ms: now, answers: both })!;
    expect(parse(text)!.answers).toEqual({ no: [false, now] });
    expect(format({ revision: "1", time_ms: now, answers: many(false, 32) })).toBe(undefined);
    const typical = format({ revision: "2026-11-01", time_ms: now, answers: many(true, 12) })!;
    expect(Object.keys(parse(typical)!.answers)).toHaveLength(12);
  });

  test("is made of the engine's record", () => {
    const record = {
      version: 1,
      revision: "1",
      time_ms: now,
      choices: { analytics: "granted", marketing: "denied", old: "denied" },
      at: { analytics: now - day },
      expired: ["old"],
      subject: "a-person",
    };
    const own = ofRecord(record)!;
    const answers = { analytics: [true, now - day], marketing: [false, now] };
    expect(own).toEqual({ revision: "1", answers, time_ms: now });
    expect(format(own)).not.toContain("person");
    // What came from elsewhere keeps its time, and so does the cookie.
    expect(ofRecord({ ...record, at: { analytics: 5, marketing: 7 } })!.time_ms).toBe(7);
    for (const nothing of [undefined, null, {}, { time_ms: 0, revision: "1" }, "text"]) {
      expect(ofRecord(nothing)).toBe(undefined);
    }
  });
});

describe("what is taken over", () => {
  type Answer = [granted: boolean, at_ms: number];
  const of = (analytics?: Answer, revision = "1"): Decision => ({
    revision,
    answers: analytics ? { analytics } : {},
    time_ms: analytics?.[1] ?? now,
  });
  const news = (own: Decision | undefined, other: Decision) => newsOf(own, other, rules, now);
  const grant: [number, Choices][] = [[now - 10, { analytics: "granted" }]];
  const refusal: [number, Choices][] = [[now - 10, { analytics: "denied" }]];

  test.each<
    [what: string, own: Decision | undefined, other: Decision, expected: [number, Choices][]]
  >([
    ["a grant where nobody has answered", undefined, of([true, now - 10]), grant],
    ["a refusal where nobody has answered", undefined, of([false, now - 10]), refusal],
    ["a later grant over a refusal", of([false, now - 20]), of([true, now - 10]), grant],
    ["no older grant over a refusal", of([false, now - 5]), of([true, now - 10]), []],
    ["no grant of the same time over a refusal", of([false, now - 10]), of([true, now - 10]), []],
    [
      "a refusal of the same time over a grant",
      of([true, now - 10]),
      of([false, now - 10]),
      refusal,
    ],
    ["a later refusal over a grant", of([true, now - 20]), of([false, now - 10]), refusal],
    ["no older refusal over a grant", of([true, now - 5]), of([false, now - 10]), []],
    ["nothing that is said already", of([true, now - 20]), of([true, now - 10]), []],
    ["no grant under another policy", undefined, of([true, now - 10], "2"), []],
    ["a refusal under another policy", undefined, of([false, now - 10], "2"), refusal],
    ["no grant that has run out", undefined, of([true, now - 180 * day]), []],
    ["no refusal that has run out", undefined, of([false, now - 200 * day]), []],
    ["no grant of tomorrow", undefined, of([true, now + day]), []],
    ["nothing of what is taken back", of([true, now - 20]), of(), []],
  ])("%s", (_what, own, other, expected) => expect(news(own, other)).toEqual(expected));

  test("nothing that nobody can choose; and by the time of each", () => {
    const other: Decision = {
      revision: "1",
      time_ms: now,
      answers: {
        necessary: [false, now],
        marketing: [true, now - 1],
        analytics: [true, now - 9],
      },
    };
    // Every object has one of this name.
    Object.assign(other.answers, { constructor: [false, now] });
    for (const own of [undefined, of()])
      expect(news(own, other)).toEqual([
        [now - 9, { analytics: "granted" }],
        [now - 1, { marketing: "granted" }],
      ]);
  });

  test("the answer of one host, carried to the next and back, changes no more", () => {
    const first = of([true, now - 50 * day]);
    const [[at_ms]] = news(undefined, parse(format(first))!) as [[number, Choices]];
    const second = of([true, at_ms]);
    expect(format(second)).toBe(format(first));
    expect(news(first, second)).toEqual([]);
  });

  test.each<[what: string, other: Decision, expected: Decision["answers"]]>([
    ["its later refusal stays", of([false, now - 5]), { analytics: [false, now - 5] }],
    ["its refusal of the same time stays", of([false, now - 9]), { analytics: [false, now - 9] }],
    ["its older refusal does not", of([false, now - 20]), { analytics: [true, now - 9] }],
    [
      "its refusal of what is not known here stays, under another policy, too",
      { revision: "2", time_ms: now, answers: { heatmaps: [false, now - 7] } },
      { analytics: [true, now - 9], heatmaps: [false, now - 7] },
    ],
    [
      "a grant under another policy does not",
      { revision: "2", time_ms: now, answers: { marketing: [true, now - 7] } },
      { analytics: [true, now - 9] },
    ],
    ["nothing of tomorrow does", of([false, now + day]), { analytics: [true, now - 9] }],
    ["a name that every object has is none of ours", {
      revision: "1", time_ms: now, answers: { constructor: [false, now - 7] } as any,
    }, { analytics: [true, now - 9], constructor: [false, now - 7] } as any],
  ])("who writes over another's cookie: %s", (_what, other, answers) => {
    const merged = merge(of([true, now - 9]), other, rules, now);
    const time_ms = Math.max(...Object.values(answers).map(([, at_ms]) => at_ms));
    expect(merged).toEqual({ revision: "1", answers, time_ms });
  });

  test("the config says what can be chosen, and the shortest of its times counts", () => {
    const policy = {
      consent: {
        revision: "7",
        purposes: [
          { id: "necessary", basis: "exempt" },
          { id: "a", basis: "consent" },
          { id: "b", basis: "legitimate_interest" },
        ],
        valid_days: { granted: 300 },
        regions: [{ valid_days: { granted: 90 } }, {}],
      },
      collectors: [{ vendor: "acme" }, {}],
    };
    const { choosable, ...rest } = rulesOf(policy);
    expect(rest).toEqual({ revision: "7", granted_days: 90, denied_days: 180 });
    const ids = ["necessary", "a", "b", "c", "vendor:acme", "vendor:undefined"];
    expect(ids.filter(choosable)).toEqual(["a", "b", "vendor:acme"]);
  });
});

describe("a link", () => {
  const value = format(decision)!;
  const token = tokenOf(value, "outlet.example", now);

  test("carries the decision for two minutes, to its host alone", () => {
    expect(valueOf(token, "outlet.example", now + 119_000)).toBe(value);
    expect(valueOf(token, "outlet.example", now + 120_000)).toBe(undefined);
    expect(valueOf(token, "outlet.example", now - 61_000)).toBe(undefined);
    expect(valueOf(token, "other.example", now)).toBe(undefined);
    for (let i = 0; i < token.length; i += 1) {
      const damaged = token.slice(0, i) + (token[i] === "0" ? "1" : "0") + token.slice(i + 1);
      expect([i, valueOf(damaged, "outlet.example", now)]).toEqual([i, undefined]);
    }
  });

  test.each([
    ["https://outlet.example/a?b=1", /^https:\/\/outlet\.example\/a\?b=1#waymark_consent=/],
    ["https://outlet.example/a#place", /^https:\/\/outlet\.example\/a\?waymark_consent=.*#place$/],
    [
      "https://outlet.example/a?b=1#/route",
      /^https:\/\/outlet\.example\/a\?b=1&waymark_consent=.*#\/route$/,
    ],
  ])("%s gets it, and is what it was without", (address, expected) => {
    const marked = withToken(address, "waymark_consent", token);
    expect(marked).toMatch(expected);
    expect(takeToken(marked, "waymark_consent")).toEqual([token, address]);
    expect(takeToken(address, "waymark_consent")).toBe(undefined);
  });

  test.each(["%", "%E0%A4%A", "", "x"])("whose token is %j loses it", (torn) => {
    const [token, rest] = takeToken(`https://outlet.example/a#waymark_consent=${torn}`, "waymark_consent")!;
    expect(rest).toBe("https://outlet.example/a");
    expect(valueOf(token, "outlet.example", now)).toBe(undefined);
  });

  test("of anybody brings the refusals alone", () => {
    expect(parse(withoutGrants(value))).toEqual({
      ...decision,
      answers: { marketing: [false, now] },
    });
  });

  test("is believed from the owner's own sites, not where the browser does not say", () => {
    expect(isFrom("", ["shop.example"])).toBe(false);
    expect(isFrom("https://www.shop.example/", ["shop.example"])).toBe(true);
    expect(isFrom("https://shop.example.evil.example/", ["shop.example"])).toBe(false);
  });
});

describe("the app around the page", () => {
  const message = { waymark: 1, type: "consent", revision: "1", time_ms: now, choices: {} };

  test("of Android: by the methods of its object, and its messages", () => {
    const posted: string[] = [];
    const android = Object.assign(new EventTarget(), {
      text: JSON.stringify(message),
      consent() {
        return this.text;
      },
      postMessage: (text: string) => posted.push(text),
    });
    const page = Object.assign(new EventTarget(), { WaymarkHost: android });
    const host = findHost(page)!;
    expect(host.first()).toEqual(message);
    host.post({ type: "hello" });
    expect(posted).toEqual(['{"waymark":1,"type":"hello"}']);
    const heard: unknown[] = [];
    const end = host.listen((one) => heard.push(one));
    const say = (data: unknown) =>
      android.dispatchEvent(Object.assign(new Event("message"), { data }));
    [JSON.stringify(message), "{", '"text"', "null", '{"waymark":2}'].forEach(say);
    end();
    say(JSON.stringify(message));
    expect(heard).toEqual([message, undefined, undefined, undefined, undefined]);
  });

  test("of iOS: by its handler, and by events", () => {
    const posted: string[] = [];
    const waymark = { postMessage: (text: string) => posted.push(text) };
    const page = Object.assign(new EventTarget(), { webkit: { messageHandlers: { waymark } } });
    const host = findHost(page)!;
    expect(host.first()).toBe(undefined);
    host.post({ type: "hello" });
    expect(posted).toHaveLength(1);
    const heard: unknown[] = [];
    host.listen((one) => heard.push(one));
    const detail = JSON.stringify(message);
    page.dispatchEvent(Object.assign(new Event("waymark:host"), { detail }));
    expect(heard).toEqual([message]);
  });

  test("is not there in a browser", () => expect(findHost(new EventTarget())).toBe(undefined));
});

describe("the own server", () => {
  const value = format({ ...decision, revision: "1" })!;

  test("reads the cookie", () => {
    const header = `a=b; waymark_consent=${value}; c=d`;
    expect(readConsent(header)).toEqual({
      revision: "1",
      time_ms: now,
      choices: { analytics: "granted", marketing: "denied", "vendor:acme.x": "granted" },
    });
    expect(readConsent(header, "other")).toBe(undefined);
    expect(readConsent("waymark_consent=x")).toBe(undefined);
    expect(readConsent(undefined)).toBe(undefined);
    expect(cookieOf(header)).toBe(value);
  });

  test("signs it, and sees what was changed since", () => {
    const signature = signConsent(value, "key");
    expect(verifyConsent(value, signature, "key")).toBe(true);
    expect(verifyConsent(value.replace("0marketing", "1marketing"), signature, "key")).toBe(false);
    expect(verifyConsent(value, signature, "other")).toBe(false);
    expect(verifyConsent(value, "short", "key")).toBe(false);
  });
});

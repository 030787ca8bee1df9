// The rules of the guard, and what it deletes: the parts that need no page.

import { describe, expect, test } from "@jest/globals";
import type { ConsentView, PurposeView } from "../src/core/types.ts";
import { isFrom, Rules, type Policy } from "../src/guard/rules.ts";
import { nameOf } from "../src/core/say.ts";
import { wordsFor } from "../src/guard/texts.ts";
import { places } from "../src/platform/browser/leftovers.ts";

const policy: Policy = {
  purposes: [
    { id: "necessary", basis: "exempt" },
    { id: "audience", basis: "exempt", exempt_in: ["FR"] },
    { id: "analytics", basis: "consent" },
    { id: "marketing", basis: "consent" },
    { id: "stitching", basis: "consent", requires: ["analytics"] },
  ],
  vendors: [
    { id: "acme", purposes: ["marketing"] },
    { id: "other", purposes: ["analytics"] },
  ],
  services: [
    { id: "video", purposes: ["marketing", "analytics"] },
    { id: "analytics", purposes: ["marketing"] },
  ],
};

type States = Record<string, PurposeView["state"] | [PurposeView["state"], PurposeView["why"]]>;

function rulesOf(states?: States): Rules {
  const rules = new Rules(policy);
  if (!states) return rules;
  const purposes: ConsentView["purposes"] = { necessary: { state: "exempt", why: "exempt" } };
  for (const [id, standing] of Object.entries(states)) {
    const [state, why] = Array.isArray(standing) ? standing : [standing, "person" as const];
    purposes[id] = { state, why };
  }
  rules.take({ purposes } as ConsentView);
  return rules;
}

describe("what a mark needs", () => {
  test("before the first view only what needs no answer anywhere is allowed", () => {
    const rules = rulesOf();
    expect(rules.allows("necessary")).toBe(true);
    for (const names of ["audience", "analytics", "vendor:acme", "video", "typo"]) {
      expect([names, rules.allows(names)]).toEqual([names, false]);
    }
    expect(rules.isOpen("marketing")).toBe(false);
  });

  test.each<[names: string, states: States, missing: string[]]>([
    ["marketing", { marketing: "granted" }, []],
    ["marketing", { marketing: "denied" }, ["marketing"]],
    ["marketing", { marketing: "unknown" }, ["marketing"]],
    ["analytics marketing", { analytics: "granted", marketing: "denied" }, ["marketing"]],
    [
      "stitching, marketing",
      { stitching: "granted", analytics: "denied", marketing: "granted" },
      ["analytics"],
    ],
    ["video", { marketing: "granted", analytics: "granted" }, []],
    ["video", { marketing: "granted", analytics: "denied" }, ["analytics"]],
    // The name of a purpose and of a service: both.
    ["analytics", { marketing: "denied", analytics: "granted" }, ["marketing"]],
    ["vendor:acme", { marketing: "granted" }, []],
    ["vendor:acme", { marketing: "denied" }, ["marketing"]],
    ["vendor:acme", { marketing: "granted", "vendor:acme": "denied" }, ["vendor:acme"]],
    ["vendor:nobody", { marketing: "granted" }, ["vendor:nobody"]],
    ["typo", { marketing: "granted" }, ["typo"]],
    ["necessary", {}, []],
    // What names nothing is allowed by nothing; what every object has is no name.
    ["", { marketing: "granted" }, [""]],
    [" , ", { marketing: "granted" }, [""]],
    ["constructor", {}, ["constructor"]],
  ])("%s with %j", (names, states, missing) => {
    const rules = rulesOf(states);
    expect(rules.missing(names).sort()).toEqual(missing.sort());
    expect(rules.allows(names)).toBe(missing.length === 0);
  });

  test("what was kept goes when it was refused or the answer ran out, not while we do not know", () => {
    const forbids = (standing: States[string]) =>
      rulesOf({ marketing: standing }).refused("marketing").length > 0;
    expect(forbids("denied")).toBe(true);
    expect(forbids(["denied", "gpc"])).toBe(true);
    expect(forbids(["denied", "age"])).toBe(true);
    expect(forbids(["unknown", "expired"])).toBe(true);
    expect(forbids(["unknown", "changed"])).toBe(true);
    expect(forbids(["unknown", "default"])).toBe(false);
    expect(forbids(["denied", "region"])).toBe(false);
    expect(forbids("granted")).toBe(false);
    expect(rulesOf().refused("marketing")).toEqual([]);
  });

  test("a question is shown only where an answer counts", () => {
    const isOpen = (standing: States[string]) =>
      rulesOf({ marketing: standing }).isOpen("marketing");
    expect(isOpen("unknown")).toBe(true);
    expect(isOpen(["denied", "person"])).toBe(true);
    expect(isOpen(["denied", "gpc"])).toBe(true);
    for (const why of ["age", "att", "region"] as const)
      expect(isOpen(["denied", why])).toBe(false);
    expect(rulesOf({}).isOpen("typo")).toBe(false);
  });
});

test.each([
  ["https://tracker.example/a", "tracker.example", true],
  ["https://cdn.tracker.example/a", "tracker.example", false],
  ["https://cdn.tracker.example/a", "*.tracker.example", true],
  ["https://tracker.example/a", "*.tracker.example", true],
  ["https://nottracker.example/a", "*.tracker.example", false],
  ["https://tracker.example:8443/a", "tracker.example", true],
  ["https://tracker.example:8443/a", "tracker.example:8443", true],
  ["https://tracker.example/a", "tracker.example:8443", false],
  ["https://tracker.example/a", "https://tracker.example", true],
  ["http://tracker.example/a", "https://tracker.example", false],
])("%s is from %s: %s", (url, pattern, expected) => {
  expect(isFrom(new URL(url), pattern)).toBe(expected);
});

test("a cookie is looked for at every domain and path from which this page can see it", () => {
  const all = places("a.shop.example", "/de/cart");
  for (const domain of ["", "; Domain=a.shop.example", "; Domain=shop.example"]) {
    for (const path of ["/", "/de", "/de/", "/de/cart"]) {
      expect(all).toContain(`${domain}; Path=${path}`);
    }
  }
});

describe("words of placeholders", () => {
  const texts = {
    de: { "placeholder.once": "Einmal laden", "purposes.marketing": "Marketing" },
    fr: { "placeholder.once": "Charger une fois" },
  };
  // Of the page and of the browser.
  const speak = (lang: string, ...browser: string[]) => {
    Object.assign(globalThis, { document: { documentElement: { lang } } });
    Object.defineProperty(globalThis, "navigator", {
      value: { languages: browser },
      configurable: true,
    });
  };
  const own = { de: { "placeholder.once": "Nur dieses" }, eo: { "placeholder.once": "Unufoje" } };

  test.each([
    [["de-AT"], "de", "Nur dieses"],
    [["", "xx", "fr-CA"], "fr", "Charger une fois"],
    [["eo"], "eo", "Unufoje"],
    [["xx"], "en", "Load once"],
    // There is such a language, but no file of it came.
    [["it"], "en", "Load once"],
  ])("for %j are %s", async (wanted, language, once) => {
    speak(wanted[0]!, ...wanted.slice(1));
    const said = await wordsFor({ ...policy, guard: { texts: own } }, texts);
    expect([said.language, said.say("placeholder.once")]).toEqual([language, once]);
  });

  test("are those of the banner where the owner has none of their own", async () => {
    speak("de");
    const ui = { texts: { de: { "purposes.marketing": "Werbung" } } };
    const { say } = await wordsFor({ ...policy, ui }, texts);
    expect(nameOf(say, "marketing")).toBe("Werbung");
    expect(say("placeholder.once")).toBe("Einmal laden");
    expect(say("placeholder.always", { purposes: "Werbung" })).toBe("Always allow: Werbung");
    expect(nameOf(say, "direct_marketing")).toBe("direct_marketing");
  });

  test("are in a language that the site speaks", async () => {
    speak("de");
    const { language } = await wordsFor({ ...policy, ui: { languages: ["fr", "en"] } }, texts);
    expect(language).toBe("fr");
  });
});

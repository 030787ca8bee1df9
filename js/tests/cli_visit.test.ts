// `waymark explain`, `simulate`, `diff` and `disclose`: what a policy does to visitors, as the
// engine does it.

import { describe, expect, test } from "@jest/globals";
import { readFileSync } from "node:fs";
import { languages } from "../src/platform/browser/language.ts";
import { expectGolden, file, waymark } from "./cli_terminal.ts";

const collector = (id: string, needs: string[], more = {}) => ({
  ...{ id, protocol: "segment", url: `https://${id}.example`, needs },
  ...{ options: { write_key: "k" }, ...more },
});

const config = {
  waymark: 1,
  app: { id: "shop" },
  consent: {
    revision: "2026-11-01",
    controller: { name: "Shop GmbH", contact: "privacy@shop.example" },
    purposes: [
      { id: "necessary", basis: "exempt", storage: true },
      { id: "audience", basis: "exempt", mode: "deidentify", exemption: "CNIL, audience" },
      { id: "analytics", basis: "consent", storage: true, before_answer: "hold", tcf: [1, 8] },
      { id: "marketing", basis: "consent", before_answer: "drop", requires: ["analytics"] },
    ],
    vendors: [
      { id: "acme", name: "Acme", purposes: ["marketing"], privacy_url: "https://acme.example/p" },
    ],
    services: [{ id: "player", name: "Film & Co", purposes: ["marketing"], cookies: ["_film*"] }],
    regions: [
      { match: ["EEA"], model: "opt_in" },
      { match: ["US-CA"], model: "opt_out", gpc: "opt_out" },
      { match: ["*"], model: "notice" },
    ],
    share: {},
    valid_days: { granted: 180, denied: 200, storage: 300, events: 700 },
    ui: { languages: ["en", "fr"], texts: { en: { "purposes.audience": "Counting" } } },
  },
  fields: [
    { path: "/user/id", needs: ["marketing"], otherwise: "drop" },
    { path: "/context/geo", needs: ["marketing"], otherwise: "coarsen" },
  ],
  collectors: [
    collector("stats", ["analytics"], {
      fields: [{ path: "/properties/note", otherwise: "drop" }],
    }),
    collector("counter", ["audience"]),
    collector("ads", ["marketing"], { only: ["order_completed"], vendor: "acme" }),
  ],
};
const { consent } = config;
const policy = (more: object = {}) => file("waymark.json", { ...config, ...more });
const order = {
  type: "track",
  name: "order_completed",
  properties: { total: 49, note: "ring twice" },
  context: { geo: { latitude: 48.85, city: "Paris" } },
};

describe("explain", () => {
  const words = ["--region", "FR", "--choice", "analytics=yes", "--choice", "marketing=no"];

  test("goes through the event field by field", async () => {
    const event = file("order.json", order);
    const { code, out, err } = await waymark("explain", policy(), "--event", event, ...words);
    expect([code, err]).toEqual([0, ""]);
    expectGolden("explain_fields.txt", out);
  });

  test("names the rule and the purposes as JSON", async () => {
    const event = file("order.json", order);
    const { out } = await waymark("explain", "--json", policy(), "--event", event, ...words);
    const { collectors, stored } = JSON.parse(out);
    expect(collectors.ads.event).toBeUndefined();
    expect(collectors.stats.event.properties).toEqual({ total: 49 });
    expect(collectors.stats.event.context.geo).toEqual({ latitude: 40 });
    expect(collectors.stats.fields).toContainEqual({
      ...{ path: "/context/geo/latitude", fate: "coarsened" },
      ...{ rule: "/fields/1", needs: ["marketing"] },
    });
    expect(collectors.stats.fields).toContainEqual({
      ...{ path: "/properties/note", fate: "dropped" },
      ...{ rule: "/collectors/0/fields/0", needs: [] },
    });
    expect(stored).toContainEqual({ key: "state/identity", purposes: ["analytics"] });
  });

  test("without an answer nothing lies on the device", async () => {
    const event = file("order.json", order);
    const { out } = await waymark("explain", policy(), "--event", event, "--region", "FR");
    expect(out).toContain("On the device: nothing.\n");
    expect(out).not.toContain("Fields that stats gets");
  });
});

const scenario = {
  title: "A change of mind in France",
  start: "2026-11-22T09:00:00Z",
  steps: [
    { facts: { region: "FR" } },
    { page: "Home", context: { page: { path: "/" } } },
    { expect: { sent: { counter: ["page"], stats: [] }, due: ["analytics", "marketing"] } },
    { answer: "accept" },
    { identify: "u-1", traits: { email: "a@b.example" } },
    { ...{ track: "order_completed" }, properties: order.properties, context: order.context },
    {
      expect: {
        sent: { stats: ["Home", "identify", "order_completed"], ads: ["order_completed"] },
      },
    },
    { wait: "30m" },
    { answer: { analytics: "denied", marketing: "denied" } },
    { track: "product_viewed" },
    { expect: { sent: { stats: [], ads: [], counter: ["product_viewed"] } } },
    { return: "300d" },
    { expect: { due: ["analytics", "marketing"] } },
  ],
};

describe("simulate", () => {
  test("tells what was held, dropped, de-identified and sent, and why", async () => {
    const { code, out, err } = await waymark("simulate", policy(), file("visit.json", scenario));
    expect([code, err]).toEqual([0, ""]);
    expectGolden("simulate.txt", out);
  });

  test("is the same each time, and as JSON", async () => {
    const files = [policy(), file("visit.json", scenario)];
    const first = await waymark("simulate", "--json", ...files);
    expect(await waymark("simulate", "--json", ...files)).toEqual(first);
    const { steps, device, unmet } = JSON.parse(first.out);
    expect(unmet).toBe(0);
    expect(device).toContain("consent/record");
    expect(device.filter((key: string) => key.startsWith("state/"))).toEqual([]);
    expect(steps[1].verdicts.stats.verdict).toBe("hold");
    const withdrawn = steps[8].stored.filter(({ bytes }: any) => bytes === undefined);
    expect(withdrawn.map(({ key }: any) => key)).toContain("state/*");
  });

  test("ends with 1 when something was not as expected", async () => {
    const steps = [{ track: "a" }, { expect: { sent: { stats: ["a"] }, due: [] } }];
    const { code, out } = await waymark("simulate", policy(), file("visit.json", { steps }));
    expect(code).toBe(1);
    expect(out).toContain("NOT AS EXPECTED: sent to stats: expected a; found nothing");
    expect(out).toContain("expected nothing; found analytics, marketing");
    expect(out).toContain("2 expectations not met.");
  });

  test.each([
    [{}, "/steps: found nothing; allowed: a list of steps"],
    [{ steps: [{ click: "x" }] }, "/steps/0: found click; allowed: one of facts, answer, track"],
    [{ steps: [{ track: "a", page: "b" }] }, "/steps/0: found track and page"],
    [{ steps: [{ wait: "soon" }] }, "/steps/0/wait: found soon; allowed: a time such as 30s"],
    [{ steps: [{ facts: { place: "FR" } }] }, "/steps/0/facts/place: found an unknown name"],
    [{ steps: [{ answer: { analytics: "yes" } }] }, "/steps/0/answer/analytics: found yes"],
    [{ start: "soon", steps: [] }, "/start: found soon"],
  ])("%j is no scenario", async (content, said) => {
    const { code, out, err } = await waymark("simulate", policy(), file("bad.json", content));
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain(`bad.json: ${said}`);
  });
});

describe("diff", () => {
  const changed = {
    ...config,
    consent: {
      ...consent,
      revision: "2026-12-01",
      purposes: [
        ...consent.purposes.slice(0, 2),
        { ...consent.purposes[2], version: 2 },
        consent.purposes[3],
        { id: "personalization", basis: "consent" },
      ],
      regions: [...consent.regions.slice(0, 2), { match: ["*"], model: "opt_in" }],
    },
    collectors: [...config.collectors, collector("taste", ["personalization"])],
  };

  test("says who is asked anew, where and about what", async () => {
    const { code, out, err } = await waymark("diff", policy(), file("new.json", changed));
    expect([code, err]).toEqual([1, ""]);
    expectGolden("diff.txt", out);
  });

  test("of a policy and itself is nothing", async () => {
    const { code, out } = await waymark("diff", "--json", policy(), policy());
    const nothing = { settings: [], questions: [], withdrawals: [], verdicts: [], notices: [] };
    expect([code, JSON.parse(out)]).toEqual([
      0,
      { revisions: Array(2).fill("2026-11-01"), ...nothing },
    ]);
  });

  test("a new text or address asks nobody anew", async () => {
    const ui = { ...consent.ui, texts: { en: { title: "Other words" } } };
    const collectors = config.collectors.map((one) => ({ ...one, url: "https://other.example" }));
    const other = { ...config, consent: { ...consent, ui }, collectors };
    const { code, out } = await waymark("diff", policy(), file("new.json", other));
    expect(code).toBe(0);
    expect(out).toContain("Nobody is asked anew.");
    expect(out).toContain("/collectors/stats/url");
  });

  test("a vendor more for a purpose asks those anew who had accepted it", async () => {
    const vendors = [...consent.vendors, { id: "more", purposes: ["marketing"] }];
    const other = { ...config, consent: { ...consent, vendors } };
    const { out } = await waymark("diff", "--json", policy(), file("new.json", other));
    expect(JSON.parse(out).questions).toEqual([
      { visitor: "accepted", regions: ["EEA", "unknown"], purposes: { marketing: "changed" } },
    ]);
  });
});

describe("disclose", () => {
  test("in the languages of the config", async () => {
    const { code, out, err } = await waymark("disclose", policy());
    expect([code, err]).toEqual([0, ""]);
    expectGolden("disclosure.md", out);
  });

  test("as HTML, in a language that is asked for", async () => {
    const { code, out } = await waymark("disclose", policy(), "--form=html", "--language", "de");
    expect(code).toBe(0);
    expect(out).toContain("Film &amp; Co");
    expectGolden("disclosure_de.html", out);
  });

  test("as the IAB has vendors declare it", async () => {
    const { out } = await waymark("disclose", policy(), "--form", "iab");
    const { disclosures, domains } = JSON.parse(out);
    expect(disclosures).toContainEqual({
      ...{ identifier: "waymark_consent", type: "cookie", maxAgeSeconds: 200 * 86400 },
      ...{ cookieRefresh: false, domain: "*", purposes: [] },
    });
    expect(disclosures).toContainEqual(
      expect.objectContaining({ identifier: "waymark: state/identity", purposes: [1, 8] }),
    );
    expect(domains).toContainEqual({ domain: "stats.example", use: "analytics" });
  });

  test("as JSON: all that the engine keeps, and for how long", async () => {
    const { out } = await waymark("disclose", "--json", policy());
    const { storage, periods } = JSON.parse(out);
    const identity = storage.find(({ what }: any) => what === "own.identity");
    expect(identity.max_age_s).toBe(300 * 86400);
    expect(storage.map(({ what }: any) => what)).toContain("own.delivery");
    expect(periods.events_days).toBe(700);
  });

  test.each(languages)("all is said in %s", async (language) => {
    const { code, out } = await waymark("disclose", policy(), "--language", language);
    expect([code, out.match(/\{\w+\}/)]).toEqual([0, null]);
  });

  test("in a language as a region writes it, with the words of the config for it", async () => {
    const ui = { languages: ["de-CH"], texts: { "de-CH": { "purposes.analytics": "Statistik CH" } } };
    const { code, out } = await waymark("disclose", policy({ consent: { ...consent, ui } }));
    expect(code).toBe(0);
    expect(out).toMatch(/^# Cookies und ähnliche Techniken/);
    expect(out).toContain("| Statistik CH |");
  });

  test("from the right in a language that is written so", async () => {
    const { out } = await waymark("disclose", policy(), "--form=html", "--language", "he");
    expect(out).toMatch(/^<section lang="he" dir="rtl">/);
  });

  test("says for which language there are no words", async () => {
    const ui = { languages: ["en", "tlh"] };
    const { code, err } = await waymark("disclose", policy({ consent: { ...consent, ui } }));
    expect([code, err]).toEqual([1, "There are no words for a notice in tlh: it is left out.\n"]);
  });
});

test("the schema of scenarios names what a step may say", async () => {
  const { properties } = JSON.parse(
    readFileSync(new URL("../../sdk/docs/scenario.schema.json", import.meta.url), "utf8"),
  );
  const { oneOf, properties: members } = properties.steps.items;
  const { err } = await waymark("simulate", policy(), file("bad.json", { steps: [{}] }));
  const verbs = oneOf.map(({ required }: any) => required[0]);
  expect(err).toContain(`allowed: one of ${verbs.join(", ")}\n`);
  const more = ["by", "properties", "traits", "context", "needs"];
  expect(Object.keys(members).sort()).toEqual([...verbs, ...more].sort());
});

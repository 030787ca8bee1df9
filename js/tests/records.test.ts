// Decision logs of the real engine, and what `waymark records` and `waymark/records` make of them.

import { describe, expect, test } from "@jest/globals";
import { readFileSync, writeFileSync } from "node:fs";
import { Client } from "../src/core/client.ts";
import type { Config } from "../src/core/types.ts";
import { MemoryPlatform } from "../src/platform/memory/index.ts";
import { eventStateOf } from "../src/records/entry.ts";
import { consentRecord, consentRecords, receipt, receipt_languages } from "../src/records/index.ts";
import { validityIn } from "../src/records/policy.ts";
import { expectGolden, file, receiptWords, waymark } from "./cli_terminal.ts";
import { page_file, wasmModule } from "./raw_engine.ts";

const collector = (id: string, needs: string[], more = {}) => ({
  ...{ id, protocol: "segment", url: `https://${id}.example`, needs },
  ...{ options: { write_key: "k" }, ...more },
});

const config: Config = {
  waymark: 1,
  app: { id: "shop" },
  consent: {
    revision: "2026-11-01",
    records: "proof",
    controller: {
      name: "Fingerpost Supply",
      address: "1 Waymarker Lane, 10115 Berlin",
      contact: "privacy@fingerpost.example",
      policy_url: "https://fingerpost.example/privacy",
    },
    purposes: [
      { id: "proofs", basis: "legal_obligation" },
      { id: "analytics", basis: "consent", storage: true, before_answer: "hold" },
      { id: "marketing", basis: "consent", storage: true, before_answer: "drop" },
    ],
    vendors: [{ id: "acme", name: "Acme Ads", purposes: ["marketing"] }],
    regions: [{ match: ["*"], model: "opt_in", valid_days: { granted: 170, denied: 180 } }],
    valid_days: { granted: 180, denied: 190, events: 400 },
  },
  collectors: [
    collector("stats", ["analytics"]),
    collector("ads", ["marketing"], { vendor: "acme" }),
    collector("proof", ["proofs"]),
  ],
};

const supplement = {
  pii_information: ["pages seen", "orders"],
  special_categories: "none",
  storage_locations: "Frankfurt, Germany",
  collection_method: "calls of the page",
  processing_method: "counts of visits",
  processing_locations: "European Union",
  withdrawal_method: "the link “Privacy choices” at the foot of every page",
  privacy_rights: "access, rectification, erasure, restriction, portability, complaint",
  authority: "Berliner Beauftragte für Datenschutz und Informationsfreiheit",
  purposes: { marketing: { pii_information: "orders" } },
};

const shown = {
  ...{ text: "sha256:0f", version: "7", language: "de", layer: 1, control: "accept all" },
  email: "who@example.org",
};

/** A person refuses, grants, sends something, withdraws, and opts out by a signal. */
async function recordLog(): Promise<object> {
  const platform = new MemoryPlatform();
  platform.compiled = wasmModule(page_file);
  const client = new Client(platform, config, { region: "DE" });
  await client.ready;
  const decide = (choices: any, options?: any) => {
    client.consent.set(choices, options);
    platform.advance(60_000);
  };
  decide({ analytics: "denied", marketing: "denied" });
  decide({ analytics: "granted", marketing: "granted" }, { shown });
  client.identify("who@example.org");
  client.track("order_completed", { total: 49 });
  platform.advance(60_000);
  client.consent.withdraw("marketing");
  platform.advance(60_000);
  client.signal("gpc", true, "navigator");
  platform.advance(60_000);
  const log = client.consent.records();
  await Promise.resolve();
  platform.settle();
  const records = await log;
  client.close();
  return records!;
}

const golden = new URL("golden/log.json", import.meta.url);
if (process.env.WAYMARK_RECORD) {
  writeFileSync(golden, JSON.stringify(await recordLog(), null, 2) + "\n");
}
const log = JSON.parse(readFileSync(golden, "utf8"));
const entries: any[] = log.entries;
const decisions = entries.filter(({ type }) => type === "decision");
const log_file = () => file("log.json", log);
const config_file = () => file("waymark.json", config);

test("the engine still writes such a log", async () => {
  const { entries: now }: any = await recordLog();
  const members = (list: any[]) => list.map((entry) => Object.keys(entry));
  expect(members(now)).toEqual(members(entries));
});

describe("verify", () => {
  test("says how much is whole", async () => {
    const count = entries.length;
    expect(await waymark("records", "verify", log_file())).toEqual({
      code: 0,
      out: `whole: ${count} entries; the anchor names number ${count}\n`,
      err: "",
    });
    const alone = await waymark("records", "verify", file("alone.json", entries));
    expect(alone.out).toBe(`whole: ${count} entries; no anchor: a cut tail would go unseen\n`);
  });

  test("finds each entry that was changed, removed or moved", async () => {
    const verify = async (changed: any[]) => {
      const bad = file("bad.json", { ...log, entries: changed });
      return waymark("records", "verify", bad);
    };
    for (let at = 0; at < entries.length; at++) {
      const changed = structuredClone(entries);
      changed[at].time_ms++;
      const { code, out } = await verify(changed);
      expect(code).toBe(1);
      expect(out).toContain(`bad.json: /entries/${at}: found an entry that its hash does not fit`);
      if (at === 0) continue;
      expect((await verify(entries.filter((_, other) => other !== at))).code).toBe(1);
      const moved = [...entries];
      [moved[at - 1], moved[at]] = [moved[at], moved[at - 1]];
      expect((await verify(moved)).code).toBe(1);
    }
  });

  test("holds a log against the hash that was noted elsewhere", async () => {
    const cut = file("cut.json", { entries: entries.slice(0, -1), anchor: entries.at(-2).hash });
    expect((await waymark("records", "verify", cut)).code).toBe(0);
    const noted = await waymark("records", "verify", cut, "--anchor", log.anchor);
    expect(noted.code).toBe(1);
    expect(noted.out).toContain("found no entry that the anchor names");
    const as_json = await waymark("records", "verify", cut, "--anchor", log.anchor, "--json");
    expect(as_json.code).toBe(1);
    expect(JSON.parse(as_json.out).problems).toMatchObject([{ code: "cut" }]);
  });
});

test("show tells what happened", async () => {
  const { code, out, err } = await waymark("records", "show", log_file());
  expect([code, err]).toEqual([0, ""]);
  expectGolden("history.txt", out);
});

describe("export", () => {
  const words = () => ["records", "export", log_file(), "--config", config_file()];

  test("of ISO/IEC TS 27560, naming what nobody has said", async () => {
    const { code, out } = await waymark(...words());
    expect(code).toBe(0);
    expectGolden("records_bare.json", out);
    const { missing } = JSON.parse(out).records[1];
    expect(missing).toContain("/pii_processing/withdrawal_method");
    expect(missing).toContain("/pii_processing/purposes/1/pii_information");
    expect(missing).not.toContain("/pii_processing/privacy_notice");
  });

  test("of ISO/IEC TS 27560, whole with what the owner adds", async () => {
    const { out } = await waymark(...words(), "--supplement", file("more.json", supplement));
    expectGolden("records.json", out);
    const { records, deletions } = JSON.parse(out);
    // A refusal makes no id, and was answered without a text; of a vendor a config says little.
    const vendor = ["/party_identification/1/party_address", "/party_identification/1/party_contact"];
    expect(records[1].missing).toEqual(vendor);
    expect(records[0].missing).toContain("/pii_principal_id");
    expect(deletions).toEqual(entries.filter(({ type }) => type === "deletion"));
  });

  test("of receipts, in English and in another language", async () => {
    const { out } = await waymark(...words(), "--form", "receipt");
    expectGolden("receipts_en.txt", out);
    const german = await waymark(...words(), "--form", "receipt", "--language", "de");
    expectGolden("receipts_de.txt", german.out);
    const as_json = await waymark(...words(), "--form", "receipt", "--json");
    expectGolden("receipts.json", as_json.out);
  });

  test("holds nothing of the person but the subject", async () => {
    const { out } = await waymark(...words());
    const receipts = await waymark(...words(), "--form", "receipt", "--json");
    expect(JSON.stringify(log)).toContain("who@example.org");
    for (const text of [out, receipts.out]) expect(text).not.toContain("who@example.org");
    expect(out).toContain(entries[1].subject);
    expect(receipts.out).not.toContain(entries[1].subject);
  });

  test("not of a log that was tampered with", async () => {
    const changed = structuredClone(log);
    changed.entries[1].time_ms++;
    const bad = file("bad.json", changed);
    const { code, out, err } = await waymark("records", "export", bad, "--config", config_file());
    expect([code, out]).toEqual([1, ""]);
    expect(err).toContain("bad.json: /entries/1: found an entry that its hash does not fit");
  });
});

describe("a record", () => {
  test("tells by the decision before what happened", () => {
    const states = consentRecords(entries, [config]).map(({ consent_events }) =>
      consent_events.map(({ purpose, event_state, entity_id, event_type }) =>
        [purpose, event_state, entity_id, event_type].join(" "),
      ),
    );
    expect(states).toEqual([
      ["analytics refused pii_principal expressed", "marketing refused pii_principal expressed"],
      ["analytics given pii_principal expressed", "marketing given pii_principal expressed"],
      ["marketing withdrawn pii_principal expressed"],
      ["analytics withdrawn pii_principal signal"],
    ]);
  });

  test("takes nothing from the config of another revision", () => {
    const other = { ...config, consent: { ...config.consent, revision: "2027" } };
    const { pii_processing, party_identification } = consentRecord(decisions[1], other);
    expect(pii_processing.privacy_notice).toBeNull();
    expect(pii_processing.purposes.map(({ lawful_basis }) => lawful_basis)).toEqual([null, null, null]);
    expect(party_identification[0]!.party_name).toBeNull();
    expect(receipt(decisions[1], other).withdrawal_method).toBeNull();
  });

  test.each([
    ["given", "granted person", "unknown default"],
    ["given", "granted person", "granted default"],
    ["given", "granted account", undefined],
    ["renewed", "granted person", "unknown expired"],
    ["renewed", "granted person", "unknown changed"],
    ["refused", "denied person", "unknown default"],
    ["refused", "denied gpc", undefined],
    ["withdrawn", "denied person", "granted person"],
    ["withdrawn", "denied gpc", "granted default"],
    ["expired", "unknown expired", "granted person"],
    ["invalidated", "unknown changed", "granted person"],
    ["invalidated", "denied age", "granted person"],
    [undefined, "granted default", "unknown default"],
    [undefined, "denied default", undefined],
    [undefined, "denied age", "unknown default"],
    [undefined, "exempt exempt", undefined],
    [undefined, "granted person", "granted person"],
  ])("%s: %s after %s", (state, now, before) => {
    const standing = (text: string): any => ({ state: text.split(" ")[0], why: text.split(" ")[1] });
    expect(eventStateOf(standing(now), before ? standing(before) : undefined, false)).toBe(state);
  });

  test("an answer that is given again is renewed", () => {
    const granted = { state: "granted", why: "person" } as const;
    expect(eventStateOf(granted, granted, true)).toBe("renewed");
  });

  test("knows how long an answer holds only where the config says so", () => {
    const within = (regions: unknown, valid_days?: unknown) => (region?: string) =>
      validityIn(
        { ...config, consent: { ...config.consent, regions, valid_days } },
        region,
        "granted",
      );
    expect(within([])("DE")).toBeNull();
    expect(within([], { granted: 90 })("DE")).toBe("P90D");
    const exact = [{ match: ["US"], valid_days: { granted: 60 } }, { match: ["US-CA"] }];
    expect(within(exact, { granted: 90 })("US-NY")).toBe("P60D");
    expect(within(exact, { granted: 90 })("US-CA")).toBe("P90D");
    const group = [{ match: ["EU"], valid_days: { granted: 60 } }];
    expect(within(group, { granted: 90 })("DE")).toBeNull();
    expect(within([{ match: ["*"], valid_days: { granted: 60 } }])(undefined)).toBeNull();
  });
});

describe("a receipt", () => {
  test.each(receipt_languages)("in %s says all with its values, and names what is named", (language) => {
    const names = { "purposes.marketing": "Offers", "purposes.analytics": "Offers" };
    const words = { ...receiptWords(language), ...names };
    for (const entry of entries) {
      const { text, language: said, missing } = receipt(entry, config, { language, words });
      expect([said, missing]).toEqual([language, []]);
      expect(text).not.toMatch(/[{}]|undefined|marketing|analytics/);
      expect(text).toContain("Offers");
      expect(text).toContain(entry.hash);
      expect(text).toContain("privacy@fingerpost.example");
    }
  });

  test("in a language of which the words are not given", () => {
    const write = (words?: any) => () => receipt(decisions[0], config, { language: "fr", words });
    expect(write()).toThrow("no words in fr: give those of waymark-texts/receipts as words");
    expect(write({})).toThrow("no words in fr");
  });

  test("of a notice says that it was read, and decides nothing", () => {
    const shown = { layer: "notice", control: "ok" };
    const purposes = { analytics: { state: "granted", why: "default" } };
    const { text } = receipt({ ...decisions[0], shown, purposes }, config);
    expect(text).toContain("You were shown a notice. This is what applied then:\n- analytics: allowed");
    expect(text).toContain("(you have not answered)");
  });
});

describe("wrong use", () => {
  test.each([
    [["records"], "records needs one of verify, show, export."],
    [["records", "mend"], "There is no records mend; there is verify, show, export."],
    [["records", "verify"], "records verify needs one file, a decision log"],
    [["records", "verify", "LOG", "--form", "receipt"], "There is no option --form."],
    [["records", "verify", "LOG", "--anchor", "x"], "--anchor takes a hash"],
    [["records", "export", "LOG", "--form", "pdf"], "There is no form pdf; there is iso27560, receipt."],
    [["records", "export", "LOG", "--language", "xx"], "There is no language xx; there is en, bg,"],
  ])("%j", async (words, said) => {
    const { code, out, err } = await waymark(...words.map((word) => (word === "LOG" ? log_file() : word)));
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain(said);
  });

  test.each([
    ["{", "log.json: line 1, column 2: found the end of the text; allowed: a name in double"],
    ["{}", "log.json: /entries: found nothing; allowed: an array of entries"],
    ["7", "log.json: /entries: found nothing; allowed: an array of entries"],
    ["[{}]", "log.json: /0: found no entry; allowed: a decision or a deletion"],
  ])("a log that is none: %s", async (content, said) => {
    const { code, err } = await waymark("records", "show", file("log.json", content));
    expect(code).toBe(2);
    expect(err).toContain(said);
  });
});

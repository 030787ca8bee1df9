// Strings of the IAB's, by the built module and by the reference libraries: what one writes the other
// reads alike. Seeds are other than those of the vectors; WAYMARK_SEED=7 adds one.

import * as tcf from "@iabtechlabtcf/core";
import { GppModel } from "@iabgpp/cmpapi";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { gppStrings, randomOf, tcStrings } from "../fakes/iab_strings.mjs";
import { openQuestions } from "./questions.mjs";

const vectors = new URL("../vectors/", import.meta.url);
const layouts = JSON.parse(readFileSync(new URL("gpp_layouts.json", vectors), "utf8"));
const pinned = JSON.parse(readFileSync(new URL("iab.json", vectors), "utf8"));
const seeds = [101, 102, ...(process.env.WAYMARK_SEED ? [Number(process.env.WAYMARK_SEED)] : [])];
const ask = await openQuestions();

function decode(text) {
  const { violations = [], ...fields } = ask({ query: "iab_decode", text }).result;
  return { violations: violations.map(({ code }) => code), ...fields };
}

const encode = (document) => {
  const { result, problems } = ask({ query: "iab_encode", document });
  assert.deepEqual(problems, []);
  return result.string;
};

const idsOf = (vector) => [...vector].filter(([, has]) => has).map(([id]) => id);

// What the TCF library reads, with the names of our documents.
function byLibrary(text) {
  const model = tcf.TCString.decode(text);
  const restrictions = model.publisherRestrictions.getRestrictions().map((restriction) => ({
    purposeId: restriction.purposeId,
    restrictionType: restriction.restrictionType,
    vendors: model.publisherRestrictions.getVendors(restriction),
  }));
  const order = ({ purposeId, restrictionType }) => purposeId * 4 + restrictionType;
  return {
    version: model.version,
    created: model.created.getTime(),
    lastUpdated: model.lastUpdated.getTime(),
    cmpId: model.cmpId,
    cmpVersion: model.cmpVersion,
    consentScreen: model.consentScreen,
    consentLanguage: model.consentLanguage,
    vendorListVersion: model.vendorListVersion,
    policyVersion: model.policyVersion,
    isServiceSpecific: model.isServiceSpecific,
    useNonStandardTexts: model.useNonStandardTexts,
    specialFeatureOptins: idsOf(model.specialFeatureOptins),
    purposeConsents: idsOf(model.purposeConsents),
    purposeLegitimateInterests: idsOf(model.purposeLegitimateInterests),
    purposeOneTreatment: model.purposeOneTreatment,
    publisherCountryCode: model.publisherCountryCode,
    vendorConsents: idsOf(model.vendorConsents),
    vendorLegitimateInterests: idsOf(model.vendorLegitimateInterests),
    publisherRestrictions: restrictions.sort((a, b) => order(a) - order(b)),
    publisherConsents: idsOf(model.publisherConsents),
    publisherLegitimateInterests: idsOf(model.publisherLegitimateInterests),
    numCustomPurposes: model.numCustomPurposes,
    publisherCustomConsents: idsOf(model.publisherCustomConsents),
    publisherCustomLegitimateInterests: idsOf(model.publisherCustomLegitimateInterests),
    vendorsAllowed: idsOf(model.vendorsAllowed),
    vendorsDisclosed: idsOf(model.vendorsDisclosed),
  };
}

const named = new Map(Object.entries(layouts).map(([name, { id }]) => [id, name]));

// What the GPP library reads, as JSON. It lists vendors as they stand in the text, we in their order.
function sectionsByLibrary(text) {
  const model = new GppModel(text);
  const sections = model.getSectionIds().map((id) => [named.get(id), model.getSection(named.get(id))]);
  return JSON.parse(JSON.stringify(Object.fromEntries(sections)), (name, value) =>
    /Vendor|^ids$/.test(name) && Array.isArray(value)
      ? [...new Set(value)].sort((a, b) => a - b)
      : value,
  );
}

const tc = (seed, count = 30) => [
  ...tcStrings(tcf, { seed, count, vendors: 900 }),
  ...tcStrings(tcf, { seed: seed + 1000, count: 10, vendors: 400, dense: true }),
];
const gpp = (seed, count = 80) => gppStrings({ GppModel, layouts }, { seed, count });

for (const seed of seeds) {
  test(`TC strings of the library read alike, seed ${seed}`, () => {
    for (const text of tc(seed)) {
      const { violations: _violations, ...fields } = decode(text);
      assert.deepEqual(fields, byLibrary(text), text);
    }
  });

  test(`TC strings of ours read alike in both libraries, seed ${seed}`, () => {
    for (const text of tc(seed)) {
      const { violations: _violations, ...fields } = decode(text);
      const ours = encode(fields);
      assert.deepEqual(byLibrary(ours), fields, ours);
      const section = ask({ query: "iab_decode", text: ours, kind: "gpp" }).result.tcfeuv2;
      const theirs = sectionsByLibrary(`DBABMA~${ours}`).tcfeuv2;
      assert.deepEqual(section, theirs, ours);
    }
  });

  test(`GPP strings of the library read alike, and are written alike, seed ${seed}`, () => {
    for (const text of gpp(seed)) {
      const { violations, ...sections } = decode(text);
      assert.deepEqual(violations, [], text);
      assert.deepEqual(sections, sectionsByLibrary(text), text);
      assert.equal(encode(sections), text);
    }
  });
}

// Canada's section; the library stamps the moment into it.
function canadaStrings(seed, count) {
  const random = randomOf(seed);
  const ids = (max, share) => Array.from({ length: max }, (_, i) => i + 1).filter(() => random() < share);
  const bools = (size) => Array.from({ length: size }, () => random() < 0.5);
  return Array.from({ length: count }, () => {
    const model = new GppModel();
    const set = (name, value) => model.setFieldValue("tcfcav1", name, value);
    set("CmpId", 2 + Math.floor(random() * 4000));
    set("PurposesExpressConsent", bools(24));
    set("PurposesImpliedConsent", bools(24));
    set("SpecialFeatureExpressConsent", bools(12));
    set("VendorExpressConsent", ids(900, random() ** 3));
    set("VendorImpliedConsent", ids(2000, random() ** 4));
    set("DisclosedVendors", ids(300, random()));
    set("PubPurposesExpressConsent", bools(24));
    set("NumCustomPurposes", 5);
    set("CustomPurposesExpressConsent", bools(5));
    const [key, type, vendors] = [1 + Math.floor(random() * 11), Math.floor(random() * 3), ids(60, 0.3)];
    const entry = { key, type, ids: vendors, getKey: () => key, getType: () => type, getIds: () => vendors };
    set("PubRestrictions", vendors.length ? [entry] : []);
    return model.encode();
  });
}

test("Canada's strings read alike, both ways", () => {
  for (const text of canadaStrings(301, 80)) {
    const { violations, ...sections } = decode(text);
    assert.deepEqual(violations, [], text);
    assert.deepEqual(sections, sectionsByLibrary(text), text);
    const ours = encode(sections);
    assert.deepEqual(sectionsByLibrary(ours), sections, ours);
  }
});

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

function damaged(random, text) {
  const letters = [...text];
  for (let i = 1 + Math.floor(random() * 3); i > 0; --i) {
    const at = Math.floor(random() * letters.length);
    if (random() < 0.8) letters[at] = alphabet[Math.floor(random() * 64)];
    else letters.splice(at, 1 + Math.floor(random() * 4));
  }
  return letters.join("");
}

// What we call valid, the libraries read, and read as we do.
test("nothing that is damaged is valid here and otherwise there", () => {
  const random = randomOf(seeds.at(-1));
  let valid = 0;
  for (const text of [...tc(211), ...strings(pinned.tc)]) {
    if (text.length > 1500) continue;
    for (let i = 0; i < 10; ++i) {
      const bad = damaged(random, text);
      const { violations, error, ...fields } = decode(bad);
      if (error || violations.length) continue;
      ++valid;
      assert.deepEqual(fields, byLibrary(bad), bad);
    }
  }
  for (const text of [...gpp(211), ...strings(pinned.gpp)]) {
    for (let i = 0; i < 10; ++i) {
      const bad = damaged(random, text);
      const { violations, error, ...sections } = decode(bad);
      if (error || violations.length || bad.startsWith("C")) continue;
      ++valid;
      assert.deepEqual(sections, sectionsByLibrary(bad), bad);
    }
  }
  assert.ok(valid > 300, `${valid} of them were valid`);
});

function strings(list) {
  return list.map(({ string }) => string);
}

// The words that people read: which language is chosen, what overrides what, and that no string
// lacks in any language.

import { describe, expect, test } from "@jest/globals";
import { build } from "esbuild";
import { readdirSync, readFileSync } from "node:fs";
import { brotliCompressSync } from "node:zlib";
// @ts-expect-error: plain JavaScript of the build
import { bannerIn } from "../bundles.mjs";
import { nameOf, sayFrom, type Texts } from "../src/core/say.ts";
import {
  chooseLanguage,
  directionOf,
  fileFor,
  languages,
  spokenIn,
} from "../src/platform/browser/language.ts";

const folders = {
  "the banner and placeholders": new URL("../src/banner/texts/", import.meta.url),
  receipts: new URL("../src/records/texts/", import.meta.url),
  "privacy notices": new URL("../src/policy/texts/", import.meta.url),
};
const readFrom = (folder: URL, name: string): Texts =>
  JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8"));

describe("the language", () => {
  const all = languages;

  test.each([
    [["de"], "de"],
    [["de-AT", "en"], "de"],
    [["pt-BR"], "pt-BR"],
    [["PT-br"], "pt-BR"],
    [["pt-PT"], "pt"],
    [["nb-NO"], "no"],
    [["nn"], "no"],
    [["iw"], "he"],
    [["zh-Hant-TW"], "zh"],
    [["", "fr-CA"], "fr"],
    [["tlh", "ga"], "ga"],
    [["tlh"], "en"],
    [[], "en"],
  ])("of a page and a browser that want %j is %s", (wanted, expected) => {
    expect(chooseLanguage(wanted, all)).toBe(expected);
  });

  test.each([
    [["fr"], ["de", "en"], "de"],
    [["en-US", "de"], ["de", "en"], "en"],
    [["de"], ["de-CH", "fr"], "de-CH"],
    [["tlh"], ["tlh"], "tlh"],
  ])("is one of those that the policy offers: %j of %j is %s", (wanted, offered, expected) => {
    expect(chooseLanguage(wanted, offered)).toBe(expected);
  });

  test("that the policy names is spoken by the nearest file", () => {
    expect(["de-CH", "pt-BR", "pt-AO", "nb", "en-GB", "tlh"].map(fileFor)).toEqual(
      ["de", "pt-BR", "pt", "no", "en", "en"],
    );
  });

  test("is spoken by a file, or by none", () => {
    expect(["de-CH", "pt-BR", "pt-AO", "nn", "en-GB", "tlh"].map(spokenIn)).toEqual(
      ["de", "pt-BR", "pt", "no", "en", undefined],
    );
  });

  test("is written from the right where it is", () => {
    for (const language of ["ar", "ar-EG", "he", "fa"]) expect(directionOf(language)).toBe("rtl");
    for (const language of ["en", "arn", "de", "ja"]) expect(directionOf(language)).toBe("ltr");
  });
});

describe("a string", () => {
  test("has its values put in, and keeps what is no value", () => {
    expect(sayFrom({ partners: "Partners: {count}" })("partners", { count: 3 })).toBe("Partners: 3");
    expect(sayFrom({ x: "{a} {b} {a}" })("x", { a: "$&" })).toBe("$& {b} $&");
  });

  test("that nobody has is empty, as one that is to be", () => {
    expect([sayFrom({})("text"), sayFrom({ text: "" })("text")]).toEqual(["", ""]);
  });

  test("that names a purpose is its id where nobody has named it", () => {
    const say = sayFrom({ "purposes.analytics": "Statistics" });
    expect([nameOf(say, "analytics"), nameOf(say, "crm")]).toEqual(["Statistics", "crm"]);
  });
});

describe.each(Object.entries(folders))("the files of %s", (_, folder) => {
  const read = (language: string) => readFrom(folder, language);
  const en = read("en");
  const places = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();

  test("are those that are offered: 24 languages of the EU, and ten more", () => {
    const names = readdirSync(folder).map((name) => name.replace(".json", ""));
    expect(names.sort()).toEqual([...languages].sort());
    const eu = "bg cs da de el en es et fi fr ga hr hu it lt lv mt nl pl pt ro sk sl sv".split(" ");
    expect(eu.filter((name) => !names.includes(name))).toEqual([]);
    expect(names.length - eu.length).toBe(10);
  });

  test.each(languages.slice(1))("%s has every string, its own, with the same values", (language) => {
    const texts = read(language);
    expect(Object.keys(texts).sort()).toEqual(Object.keys(en).sort());
    for (const [name, text] of Object.entries(texts)) {
      expect([name, places(text)]).toEqual([name, places(en[name]!)]);
      expect(text.trim()).toBe(text);
      expect(text).not.toBe("");
    }
    const same = Object.keys(en).filter((name) => texts[name] === en[name]);
    // Names are alike in many languages; sentences are not.
    expect(same.filter((name) => en[name]!.length > 20)).toEqual([]);
    expect(same.length).toBeLessThan(10);
  });

  // Names of techniques and of signals stay as they are; nothing else is in Latin letters.
  const names = /cookies?|IndexedDB|Global Privacy Control|Do Not Track|GPC|IAB|TCF|OK/gi;
  test.each("ar bg el he ja ko ru uk zh".split(" "))("%s has nothing left of English", (language) => {
    const left = Object.entries(read(language)).filter(([, text]) =>
      /[a-z]/i.test(text.replace(/\{\w+\}/g, "").replace(names, "")),
    );
    expect(left).toEqual([]);
  });
});

test.each(languages)("the banner with %s in it weighs 9 KB at most", async (language) => {
  const { outputFiles } = await build({ ...bannerIn(language as string), write: false });
  const { text } = outputFiles![0]!;
  const { title, "notice.text": notice } = readFrom(folders["the banner and placeholders"], language);
  expect(text).toContain(title);
  expect(text).not.toContain(notice);
  expect(brotliCompressSync(text).length).toBeLessThanOrEqual(9216);
});

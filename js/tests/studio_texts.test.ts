// What the studio says: the same in each of its languages, and nothing that nobody says.

import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";

const studio = new URL("../../samples/consent-studio/", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, studio), "utf8");
const tables: Record<string, Record<string, string>> = Object.fromEntries(
  readdirSync(new URL("texts/", studio)).map((name) => [
    name.replace(".json", ""),
    JSON.parse(read(`texts/${name}`)),
  ]),
);
const { en, ...others } = tables;
const places = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();

test.each(Object.entries(others))("%s says all, with the same values", (_, texts) => {
  expect(Object.keys(texts)).toEqual(Object.keys(en!));
  for (const [name, text] of Object.entries(texts)) {
    expect([name, places(text)]).toEqual([name, places(en![name]!)]);
    expect([name, text]).toEqual([name, text.trim()]);
    expect(text).not.toBe("");
  }
  const names = /^(Global Privacy Control|Do Not Track)$/;
  const same = Object.keys(en!).filter((name) => texts[name] === en![name]);
  expect(same.filter((name) => en![name]!.length > 12 && !names.test(en![name]!))).toEqual([]);
});

test("every text is said somewhere", () => {
  const sources = readdirSync(new URL("src/", studio)).map((name) => read(`src/${name}`));
  const said = [...sources, read("index.html")].join("\n");
  // Some are put together: `outcome.${outcome}`, counted("status.problems", 3).
  const whole = (name: string) => said.includes(`"${name}"`);
  const of = (name: string) => name.replace(/\.(one|other|none|text)$/, "");
  const kinds = (name: string) => [...name.matchAll(/\./g)].map(({ index }) => name.slice(0, index));
  const made = (name: string) => kinds(name).some((kind) => said.includes("`" + kind + ".${"));
  const word = (name: string) => kinds(name).some((kind) => said.includes(`word("${kind}"`));
  const unsaid = Object.keys(en!).filter((name) => {
    return !whole(name) && !whole(of(name)) && !made(name) && !word(name);
  });
  expect(unsaid).toEqual([]);
});

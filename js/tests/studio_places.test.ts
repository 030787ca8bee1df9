// What may stand where in the studio's editor.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { markFor, parse, spotAt } from "../../samples/consent-studio/src/places.ts";
import { describe as sentencesAt, proposals } from "../../samples/consent-studio/src/schema.ts";

const schema = JSON.parse(
  readFileSync(new URL("../../sdk/docs/config.schema.json", import.meta.url), "utf8"),
);
const config = {
  consent: {
    purposes: [
      { id: "analytics", basis: "consent" },
      { id: "ads", basis: "consent" },
    ],
    vendors: [{ id: "acme", purposes: ["ads"] }],
  },
  collectors: [{ id: "cdp", protocol: "segment", vendor: "" }],
};

/** `|` is the cursor. */
function offered(marked: string): string[] {
  const at = marked.indexOf("|");
  const text = marked.replace("|", "");
  const tree = parse(text);
  const spot = spotAt(tree, text, at);
  return spot ? proposals(schema, config, tree, text, spot).map(({ label }) => label) : [];
}

describe("names", () => {
  test("of the document, but those that are there", () => {
    const names = offered('{ "waymark": 1, "| }');
    expect(names).toContain("consent");
    expect(names).not.toContain("waymark");
  });

  test("in a purpose, while it is written", () => {
    const names = offered('{"consent":{"purposes":[{"id":"a","ba|"}]}}');
    expect(names).toEqual(expect.arrayContaining(["basis", "before_answer", "storage"]));
    expect(names).not.toContain("id");
  });

  test("without a quotation mark, in an object that does not end", () => {
    expect(offered('{"consent": { re|')).toContain("revision");
    expect(offered('{"consent": {"revision": "1", |')).toContain("purposes");
  });

  test("of the options of a protocol", () => {
    const text = '{"collectors":[{"id":"cdp","protocol":"segment","options":{"|"}}]}';
    expect(offered(text)).toEqual(["write_key", "gzip"]);
  });
});

describe("values", () => {
  test("that the schema lists", () => {
    expect(offered('{"consent":{"purposes":[{"basis": "|"}]}}')).toContain("legitimate_interest");
    expect(offered('{"consent":{"purposes":[{"storage": |}]}}')).toEqual(["true", "false"]);
  });

  test("that the document names", () => {
    expect(offered('{"collectors":[{"needs":["|"]}]}')).toEqual(["analytics", "ads"]);
    expect(offered('{"collectors":[{"needs":["ads", |]}]}')).toEqual(["analytics", "ads"]);
    expect(offered('{"collectors":[{"vendor": "|"}]}')).toEqual(["acme"]);
    expect(offered('{"consent":{"regions":[{"match":["|"]}]}}')).toContain("US-CA");
  });
});

test("a place is described in sentences, with the source of its bound", () => {
  const sentences = sentencesAt(schema, config, ["consent", "valid_days", "granted"]);
  expect(sentences.join(" ")).toMatch(/whole number, 1 to 395.*CNIL/);
});

describe("what is marked", () => {
  const text = '{ "a": { "b": 12, "c": [ { "d": "x" } ] } }';
  const marked = (pointer: string) => {
    const { from, to } = markFor(parse(text), text, pointer);
    return text.slice(from, to);
  };

  test("a short value, the name of a long one", () => {
    expect(marked("/a/b")).toBe("12");
    expect(marked("/a")).toBe('"a"');
    expect(marked("/a/c/0/d")).toBe('"x"');
  });

  test("where something is missing, what it is missing in", () => {
    expect(marked("/a/none/deeper")).toBe('"a"');
    expect(marked("/a/c/0/e")).toBe("{");
    expect(marked("/none")).toBe("{");
    expect(marked("")).toBe("{");
  });
});

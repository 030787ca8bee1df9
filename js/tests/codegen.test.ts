// `waymark codegen`, and the table of touchpoints that everything is made of.

import { describe, expect, test } from "@jest/globals";
import { execFileSync, spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import Parser from "web-tree-sitter";
import { file, waymark } from "./cli_terminal.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const require = createRequire(import.meta.url);
const tsc = require.resolve("typescript/bin/tsc");

const plan = {
  properties: {
    wish: { type: "text", about: "What is wished for" },
    "wish-count": { type: "integer", minimum: 1, unit: "wishes" },
    metal: { type: "text", enum: ["brass", "white gold", "24k"] },
    class: { type: "scalar" },
    made: { type: "time" },
    genies: { type: "list", of: "genie" },
    genie: { type: "object", of: "genie" },
  },
  objects: { genie: { required: ["wish"], optional: ["metal"] } },
  events: [
    { name: "lamp_rubbed", about: "A lamp was rubbed", required: ["wish", "metal"],
      optional: ["wish-count", "class", "made", "genies", "genie"], other_properties: false },
    { name: "Lamp lost" },
    { name: "product_viewed", required: ["product_code"], properties: { product_code: { type: "id" } } },
  ],
};

const types = async (language: string, ...more: string[]) => {
  const { code, out, err } = await waymark("codegen", "--language", language, ...more);
  expect([code, err]).toEqual([0, ""]);
  return out;
};

/** What the compiler says of a program beside the types. */
function compile(generated: string, program: string): string {
  const name = file("events.ts", generated);
  const main = file("main.ts", `import { typed, type Events } from "./events";\n${program}`);
  const { stdout } = spawnSync(
    process.execPath,
    [tsc, "--noEmit", "--strict", "--target", "es2020", "--moduleResolution", "bundler",
     "--module", "esnext", main, name],
    { encoding: "utf8" },
  );
  return stdout.replace(/^.*main\.ts/gm, "main.ts");
}

describe("the vocabulary", () => {
  test("all that is made of it is up to date", () => {
    execFileSync("node", [`${root}scripts/vocabulary.mjs`, "--check"], { stdio: "pipe" });
  });

  test("has a name only once, and describes every property", () => {
    const table = JSON.parse(readFileSync(`${root}sdk/event/vocabulary.json`, "utf8"));
    const names = table.events.map(({ name }: any) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { name, required = [], optional = [], properties = {} } of table.events) {
      expect(name).toMatch(/^[a-z]+(_[a-z]+)+$/);
      const listed = [...required, ...optional];
      expect(new Set(listed).size).toBe(listed.length);
      for (const one of listed) expect(properties[one] ?? table.properties[one]).toBeDefined();
    }
  });

  test("has a touchpoint for each row of the domain", () => {
    const table = JSON.parse(readFileSync(`${root}sdk/event/vocabulary.json`, "utf8"));
    const channels = new Set(table.events.flatMap((event: any) => event.channels));
    expect([...channels].sort()).toEqual([
      "app", "chat", "email", "events", "messenger", "out_of_home", "paid_media", "partner",
      "phone", "push", "sms", "social", "store", "support", "web",
    ]);
  });
});

describe("codegen", () => {
  test("TypeScript that its compiler takes, and that finds wrong events", async () => {
    const generated = await types("ts", file("plan.json", plan));
    expect(generated).toContain("  lamp_rubbed: LampRubbed;\n");
    const right = `
      const { track } = typed({ track() {} });
      track("lamp_rubbed", { wish: "peace", metal: "white gold", genies: [{ wish: "x" }] });
      track("Lamp lost");
      track("product_viewed", { product_code: 7 });
      track("survey_answered", { kind: "nps", score: 9 });
      const all: Events["order_completed"] = { order_id: 1, currency: "EUR", extra: true };`;
    expect(compile(generated, right)).toBe("");
    const wrong = `
      const { track } = typed({ track() {} });
      track("lamp_robbed");
      track("lamp_rubbed", { wish: "x", metal: "tin" });
      track("lamp_rubbed", { wish: "x", metal: "24k", other: 1 });
      track("survey_answered", { kind: "nps" });
      track("product_viewed");`;
    const lines = [...compile(generated, wrong).matchAll(/^main\.ts\((\d+)/gm)].map(([, at]) => at);
    expect(lines).toEqual(["4", "5", "6", "7", "8"]);
  }, 600_000);

  // The grammars of editors: what is no Kotlin and no Swift is an error in the tree.
  test.each([
    ["kotlin", "class_declaration"],
    ["swift", "class_declaration"],
  ])("%s that its grammar takes", async (language, kind) => {
    await Parser.init();
    const grammar = require.resolve(`tree-sitter-wasms/out/tree-sitter-${language}.wasm`);
    const parser = new Parser();
    parser.setLanguage(await Parser.Language.load(grammar));
    const text = await types(language, file("plan.json", plan));
    const { rootNode } = parser.parse(text);
    const wrong: string[] = [];
    const look = (node: any): void => {
      if (node.type === "ERROR" || node.isMissing) wrong.push(`${node.startPosition.row + 1}`);
      else if (node.hasError) node.children.forEach(look);
    };
    look(rootNode);
    expect(wrong).toEqual([]);
    const names = rootNode.namedChildren.filter(({ type }: any) => /^(class|object)_/.test(type));
    expect(names.length).toBeGreaterThan(140);
    expect(names.some(({ type }: any) => type === kind)).toBe(true);
    // And the grammar does find what is wrong.
    expect(parser.parse(text.replace("LampRubbed", "class (")).rootNode.hasError).toBe(true);
  });

  test("Kotlin and Swift keep what people write", async () => {
    const kotlin = await types("kotlin", "--package", "com.acme", file("plan.json", plan));
    expect(kotlin).toContain("package com.acme\n");
    expect(kotlin).toContain("data class LampRubbed(\n    /** What is wished for. */\n    val wish: String,\n");
    expect(kotlin).toContain("    val `class`: Any? = null,\n");
    expect(kotlin).toContain('        "genies" to genies?.map { it.toProperties() },\n');
    expect(kotlin).toContain('    WHITE_GOLD("white gold"),\n    V24K("24k")\n');
    expect(kotlin).toContain('object LampLost : Touchpoint("Lamp lost") {\n');
    const swift = await types("swift", file("plan.json", plan));
    expect(swift).toContain("public struct LampRubbed: Touchpoint {\n");
    expect(swift).toContain("  public var wishCount: Int64?\n");
    expect(swift).toContain('    properties["metal"] = .text(metal.rawValue)\n');
    expect(swift).toContain('  case whiteGold = "white gold"\n  case v24k = "24k"\n');
  });

  test("the client's own track() knows the vocabulary", () => {
    const source = readFileSync(`${root}js/src/core/client.ts`, "utf8");
    expect(source).toContain("track<Name extends keyof Vocabulary>(");
  });

  test("of the plan alone, and of a config that has one", async () => {
    const alone = await types("ts", "--without-vocabulary", file("plan.json", plan));
    expect(alone).not.toContain("order_completed");
    const config = { waymark: 1, journey: { plan } };
    expect(await types("ts", "--without-vocabulary", file("c.json", config))).toBe(alone);
  });

  test("what is wrong with a plan is said by its place", async () => {
    const odd = { ...plan, events: [{ name: "a", required: ["nothing"] }, { name: "a" }] };
    const { code, out, err } = await waymark("codegen", "--language", "ts", file("odd.json", odd));
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain('odd.json: /events/0/required/0: found "nothing"');
    expect(err).toContain("odd.json: /events/1/name");
    const two = { events: [{ name: "lamp_rubbed" }, { name: "lamp.rubbed" }] };
    const clash = await waymark("codegen", "--language", "swift", file("two.json", two));
    expect(clash.err).toContain("/name: its type would be called LampRubbed");
  });

  test("wrong use is told", async () => {
    expect((await waymark("codegen")).err).toContain("codegen needs --language");
    expect((await waymark("codegen", "--language", "cobol")).err).toContain("there is ts, kotlin");
  });
});

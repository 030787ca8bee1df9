// What the engine sends, judged by schemas that others wrote; and the engine's own config schema, judged beside ajv.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import Ajv2020 from "ajv/dist/2020.js";
import Ajv4 from "ajv-draft-04";
import addFormats from "ajv-formats";

import { lanesOf } from "../contract/requests.mjs";

const at = (path) => new URL(path, import.meta.url);
// Snowplow's published schemas lie beside the project where it is developed.
const IGLU = at("../../../shared/schemas/iglu/");
const PAYLOAD_DATA = "iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4";

function igluJudge() {
  // Iglu's schemas name their own dialect, which is draft 4 with a header.
  const ajv = new Ajv4({ strict: false, allErrors: true, multipleOfPrecision: 6 });
  addFormats(ajv);
  const known = new Map();
  return (uri, data) => {
    const path = uri.replace(/^iglu:/, "");
    if (!known.has(path)) {
      const { $schema, self, ...schema } = JSON.parse(readFileSync(new URL(path, IGLU), "utf8"));
      known.set(path, ajv.compile(schema));
    }
    const judge = known.get(path);
    assert.ok(judge(data), `${uri}: ${ajv.errorsText(judge.errors)} in ${JSON.stringify(data)}`);
  };
}

/** payload_data as it was sent; of a GET, which has it in its query, what the collector makes of that. */
function payloadOf({ method, url, content }) {
  if (method === "POST") return JSON.parse(content.toString("utf8"));
  assert.equal(url.pathname, "/i");
  return { schema: PAYLOAD_DATA, data: [Object.fromEntries(url.searchParams)] };
}

test("every Snowplow payload, event and entity fits its published schema", (t) => {
  if (!existsSync(IGLU)) return t.skip("Snowplow's schemas are not beside the checkout");
  const judge = igluJudge();
  const unpack = (plain, packed) => (plain ? JSON.parse(plain) : packed && JSON.parse(Buffer.from(packed, "base64url")));
  const seen = new Set();
  const judgeOwn = ({ schema, data }) => {
    seen.add(schema.split("/")[1]);
    if (!schema.startsWith("iglu:com.acme/")) judge(schema, data);
  };
  const judgeEvent = (event) => {
    const unstruct = unpack(event.ue_pr, event.ue_px);
    if (unstruct) (judge(unstruct.schema, unstruct.data), judgeOwn(unstruct.data));
    const contexts = unpack(event.co, event.cx);
    if (contexts) (judge(contexts.schema, contexts.data), contexts.data.forEach(judgeOwn));
  };
  let count = 0;
  for (const { schema, data } of lanesOf("snowplow").flatMap(({ requests }) => requests.map(payloadOf))) {
    assert.equal(schema, PAYLOAD_DATA);
    judge(schema, data);
    data.forEach(judgeEvent);
    count += data.length;
  }
  assert.ok(count > 100, `only ${count}`);
  const wanted = [
    ...["snowplow_ecommerce_action", "transaction", "product", "cart", "checkout_step", "refund"],
    ...["client_session", "screen_view", "lamp_rubbed"],
  ];
  assert.deepEqual(wanted.filter((name) => !seen.has(name)), []);
});

test("the engine and ajv agree on every config", async () => {
  const schema = JSON.parse(readFileSync(at("../../sdk/docs/config.schema.json"), "utf8"));
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  ajv.addFormat("id", /^[A-Za-z0-9][A-Za-z0-9_.-]*$/);
  ajv.addFormat("http-url", /^https?:\/\/[A-Za-z0-9.:[\]-]+(?=[/?]|$)[^\s"#<>\\^`{|}]*$/);
  ajv.addFormat("header-value", /^[\x20-\x7e]*$/);
  ajv.addFormat("json-pointer", /^\//);
  ajv.addFormat("iglu-uri", /^iglu:[A-Za-z0-9._-]+\/[A-Za-z0-9._-]+\/[A-Za-z0-9._-]+\/\d+-\d+-\d+$/);
  const judge = ajv.compile(schema);
  const { openQuestions } = await import("./questions.mjs");
  const ask = await openQuestions();
  const lint = (config) => ask({ query: "lint", config }).problems;

  const full = JSON.parse(readFileSync(at("full_config.json"), "utf8"));
  assert.deepEqual(lint(full), []);
  let refused = 0;
  for (const [what, config] of mutations(full)) {
    const ours = lint(config).filter(({ code }) => code !== "conflict");
    // References between parts are beyond any schema.
    const isReference = ({ code, pointer, allowed }) =>
      code === "not_allowed" && /\/((needs|requires|required|optional)\/\d+|vendor|of|pattern)$/.test(pointer) && !allowed.startsWith("letters");
    // So is the language of a segment's rule.
    const isRule = ({ code, pointer }) => /\/segments\/\d+\/when/.test(pointer) && !(/^(wrong_type|required)$/.test(code) && pointer.endsWith("/when"));
    const bySchema = ours.filter((problem) => !isReference(problem) && !isRule(problem));
    assert.equal(bySchema.length === 0, judge(config), `${what}: engine ${JSON.stringify(ours)}, ajv ${ajv.errorsText(judge.errors)}`);
    refused += judge(config) ? 0 : 1;
  }
  assert.ok(refused > 150, `only ${refused} were refused`);
});

/** The config with one place changed, for every place and several values. */
function* mutations(config) {
  const values = [null, true, 0, -1, 1.5, 1e9, "", "x".repeat(5000), "ä ö", [], {}, { unknown: 1 }];
  for (const path of paths(config, [])) {
    for (const value of values) yield [`/${path.join("/")} = ${JSON.stringify(value).slice(0, 40)}`, withValue(config, path, value)];
    yield [`/${path.join("/")} removed`, withValue(config, path, undefined)];
  }
}

function* paths(value, path) {
  if (path.length > 0) yield path;
  if (typeof value !== "object" || value === null) return;
  for (const key of Object.keys(value)) yield* paths(value[key], [...path, key]);
}

function withValue(config, path, value) {
  const copy = structuredClone(config);
  const last = path.at(-1);
  const holder = path.slice(0, -1).reduce((inner, key) => inner[key], copy);
  if (value !== undefined) holder[last] = value;
  else if (Array.isArray(holder)) holder.splice(Number(last), 1);
  else delete holder[last];
  return copy;
}

/** A judge of one of our schemas, and each of its lists of required members by its pointer. */
function recordJudge(name) {
  const schema = JSON.parse(readFileSync(at(`../../sdk/docs/${name}.schema.json`), "utf8"));
  const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
  addFormats(ajv);
  return { schema, judge: ajv.compile(schema) };
}

/** Each copy of a document that lacks one member which its schema requires. */
function* incomplete(document, schema, whole = document) {
  for (const member of schema.required ?? []) {
    const value = document[member];
    delete document[member];
    yield [member, structuredClone(whole)];
    document[member] = value;
    const inner = schema.properties[member];
    if (inner?.type === "object") yield* incomplete(value, inner, whole);
    if (inner?.type === "array" && value.length) yield* incomplete(value[0], inner.items, whole);
  }
}

const recorded = (name) => JSON.parse(readFileSync(at(`../../js/tests/golden/${name}`), "utf8"));

// The package's own tests hold what it writes against the same files.
for (const [name, documents] of [
  ["consent_record", () => [...recorded("records.json").records, ...recorded("records_bare.json").records]],
  ["consent_receipt", () => recorded("receipts.json")],
]) {
  test(`every ${name} fits its schema, and without a mandatory member none does`, () => {
    const { schema, judge } = recordJudge(name);
    let count = 0;
    for (const document of documents()) {
      assert.ok(judge(document), JSON.stringify(judge.errors));
      for (const [member, copy] of incomplete(document, schema)) {
        assert.equal(judge(copy), false, `without ${member}`);
        count++;
      }
    }
    assert.ok(count > 50, `${count} copies`);
  });
}

test("the vocabulary, and the plan of a config, fit the vocabulary's schema", () => {
  const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
  const judge = ajv.compile(JSON.parse(readFileSync(at("../../sdk/docs/vocabulary.schema.json"), "utf8")));
  const table = JSON.parse(readFileSync(at("../../sdk/event/vocabulary.json"), "utf8"));
  assert.ok(judge(table), ajv.errorsText(judge.errors));
  const { journey } = JSON.parse(readFileSync(at("full_config.json"), "utf8"));
  assert.ok(judge(journey.plan), ajv.errorsText(judge.errors));
  assert.equal(judge({ ...table, events: [{ about: "no name" }] }), false);
});

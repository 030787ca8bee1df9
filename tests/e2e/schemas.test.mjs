// What the engine sends, judged by schemas that others wrote; and the engine's own config schema, judged beside ajv.
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import Ajv2020 from "ajv/dist/2020.js";
import Ajv4 from "ajv-draft-04";
import addFormats from "ajv-formats";

const at = (path) => new URL(path, import.meta.url);
// Snowplow's published schemas lie beside the project where it is developed.
const IGLU = at("../../../shared/schemas/iglu/");

/** All request bodies that the contract cases expect, inflated where they are packed. */
async function* bodies() {
  const { gunzipSync } = await import("node:zlib");
  for (const file of readdirSync(at("../contract/")).filter((name) => name.endsWith(".jsonl"))) {
    for (const line of readFileSync(at(`../contract/${file}`), "utf8").split("\n").filter(Boolean)) {
      const { output, output_bodies: raw } = JSON.parse(line);
      for (const effect of output?.effects ?? []) {
        if (effect.type !== "http_send") continue;
        const bytes = Buffer.from(raw, "base64").subarray(effect.body.offset, effect.body.offset + effect.body.size);
        const text = effect.headers["Content-Encoding"] === "gzip" ? gunzipSync(bytes) : bytes;
        yield { url: effect.url, body: JSON.parse(text.toString("utf8")) };
      }
    }
  }
}

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

test("every Snowplow payload, event and entity fits its published schema", async (t) => {
  if (!existsSync(IGLU)) return t.skip("Snowplow's schemas are not beside the checkout");
  const judge = igluJudge();
  const unpack = (plain, packed) => (plain ? JSON.parse(plain) : packed && JSON.parse(Buffer.from(packed, "base64url")));
  const seen = new Set();
  const judgeOwn = ({ schema, data }) => {
    seen.add(schema);
    if (!schema.startsWith("iglu:com.acme/")) judge(schema, data);
  };
  for await (const { url, body } of bodies()) {
    if (!url.includes("snowplow")) continue;
    judge(body.schema, body.data);
    for (const event of body.data) {
      const unstruct = unpack(event.ue_pr, event.ue_px);
      if (unstruct) (judge(unstruct.schema, unstruct.data), judgeOwn(unstruct.data));
      const contexts = unpack(event.co, event.cx);
      if (contexts) (judge(contexts.schema, contexts.data), contexts.data.forEach(judgeOwn));
    }
  }
  const names = [...seen].map((uri) => uri.split("/")[1]);
  for (const name of ["transaction", "product", "cart", "checkout_step", "refund", "client_session", "screen_view"]) {
    assert.ok(names.includes(name), `no case has a ${name}`);
  }
});

test("every Segment batch has what the specification demands", async () => {
  let count = 0;
  for await (const { url, body } of bodies()) {
    if (!url.includes("segment")) continue;
    assert.equal(body.writeKey, "K");
    assert.match(body.sentAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    for (const event of body.batch) {
      count += 1;
      assert.ok(["track", "page", "screen", "identify"].includes(event.type));
      assert.ok(event.userId || event.anonymousId);
      assert.match(event.messageId, /^[0-9a-f]{8}-[0-9a-f]{4}-[48][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      if (event.type === "track") assert.ok(event.event);
    }
  }
  assert.ok(count > 20);
});

test("the engine and ajv agree on every config", async () => {
  const schema = JSON.parse(readFileSync(at("../../sdk/docs/config.schema.json"), "utf8"));
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  ajv.addFormat("id", /^[A-Za-z0-9][A-Za-z0-9_.-]*$/);
  ajv.addFormat("http-url", /^https?:\/\/[A-Za-z0-9.:[\]-]+(?=[/?]|$)[^\s"#<>\\^`{|}]*$/);
  ajv.addFormat("json-pointer", /^\//);
  ajv.addFormat("iglu-uri", /^iglu:[A-Za-z0-9._-]+\/[A-Za-z0-9._-]+\/[A-Za-z0-9._-]+\/\d+-\d+-\d+$/);
  const judge = ajv.compile(schema);
  const { lintConfig } = await import("./lint.mjs");
  const lint = await lintConfig();

  const full = JSON.parse(readFileSync(at("full_config.json"), "utf8"));
  assert.deepEqual(lint(full), []);
  let refused = 0;
  for (const [what, config] of mutations(full)) {
    const ours = lint(config).filter(({ code }) => code !== "conflict");
    // References between parts are beyond any schema.
    const isReference = ({ code, pointer, allowed }) =>
      code === "not_allowed" && /\/(needs|requires)\/\d+$/.test(pointer) && !allowed.startsWith("letters");
    const bySchema = ours.filter((problem) => !isReference(problem));
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

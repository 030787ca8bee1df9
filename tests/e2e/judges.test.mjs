// What the engine sends, judged by programs, schemas and types that others published. The bytes are those that the
// contract holds every face to.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { lanesOf } from "../contract/requests.mjs";
import { recordsOf } from "../interop/otlp_tree.mjs";

const require = createRequire(import.meta.url);
const at = (path) => new URL(path, import.meta.url);
const source = (path) => readFileSync(at(`../../${path}`), "utf8");

const PROTOCOLS = [...source("sdk/collector/protocols.cc").matchAll(/\{"(\w+)", Make/g)].map(([, name]) => name);
const json = (request) => JSON.parse(request.content.toString("utf8"));

test("every kind of event is sent at every protocol, and none is lost", () => {
  // Those that have a name of their own at Segment; the others are in vocabulary.jsonl.
  const { events: table } = JSON.parse(source("sdk/event/vocabulary.json"));
  const touchpoints = table.filter(({ segment }) => segment).map(({ name }) => name);
  assert.ok(touchpoints.length >= 24 && PROTOCOLS.length >= 13);
  const kinds = ["identify", "alias", "group", "page", "screen", ...touchpoints];
  for (const protocol of PROTOCOLS) {
    const lanes = lanesOf(protocol).filter(({ file }) => file === `collector_${protocol}.jsonl`);
    assert.ok(lanes.length >= 2, `${protocol} has no cases`);
    for (const { case: name, events, view } of lanes) {
      const tracked = new Set(events.map(({ type, name: event }) => (type === "track" ? event : type)));
      const missing = kinds.filter((kind) => !tracked.has(kind));
      assert.deepEqual(missing, [], `${protocol}, ${name}`);
      // Plausible has no place for people, and nobody who is de-identified is identified.
      const aboutIds = events.filter(({ type }) => /^(identify|alias|group)$/.test(type)).length;
      const unsent = protocol === "plausible" || name === "de-identified" ? aboutIds : 0;
      const [counts] = Object.values(view.collectors);
      assert.deepEqual([counts.acknowledged, counts.lost], [events.length - unsent, {}], `${protocol}, ${name}`);
    }
  }
});

test("GNU gzip inflates every body, and finds its check sum right", () => {
  let count = 0;
  for (const { body, content } of PROTOCOLS.flatMap(lanesOf).flatMap(({ requests }) => requests)) {
    if (body === content) continue;
    const { status, stdout, stderr } = spawnSync("gzip", ["-dc"], { input: body });
    assert.equal(status, 0, stderr.toString());
    assert.ok(stdout.equals(content));
    count += 1;
  }
  assert.ok(count > 10, `only ${count} were packed`);
});

// --- Segment ----------------------------------------------------------------------------------

const segmentBatches = () => lanesOf("segment").flatMap(({ requests }) => requests.map(json));

test("Segment's own library finds every event valid", async () => {
  const { validateEvent } = await import("@segment/analytics-core");
  let count = 0;
  for (const { writeKey, sentAt, batch } of segmentBatches()) {
    assert.equal(writeKey, "K");
    assert.match(sentAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    for (const event of batch) {
      // Its own clients fill in what is empty.
      validateEvent({ properties: {}, traits: {}, ...event });
      assert.ok(event.userId || event.anonymousId);
      assert.match(event.messageId, /^[0-9a-f]{8}-[0-9a-f]{4}-[48][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      count += 1;
    }
  }
  assert.ok(count > 80, `only ${count}`);
});

/** What the compiler says to these events as literals of Segment's type, where also what is too much counts. */
function typeErrors(events) {
  const ts = createRequire(at("../../js/package.json"))("typescript");
  const folder = mkdtempSync(join(tmpdir(), "segment-types-"));
  try {
    const path = join(folder, "events.ts");
    const types = require.resolve("@segment/analytics-core").replace("/dist/cjs/index.js", "/dist/types/index");
    writeFileSync(path, `import type { CoreSegmentEvent } from ${JSON.stringify(types)};\nexport const events: CoreSegmentEvent[] = ${JSON.stringify(events, null, 1)};\n`);
    const options = { noEmit: true, strict: true, skipLibCheck: true, types: [], target: ts.ScriptTarget.ES2022, moduleResolution: ts.ModuleResolutionKind.Bundler, module: ts.ModuleKind.ES2022 };
    const found = ts.getPreEmitDiagnostics(ts.createProgram([path], options));
    return found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("every Segment event fits the type of Segment's own library", () => {
  const events = segmentBatches().flatMap(({ batch }) => batch);
  assert.deepEqual(typeErrors(events), []);
  const [event] = events;
  const wrong = [{ ...event, type: "tracked" }, { ...event, unknown: 1 }, { ...event, context: { ...event.context, locale: 1 } }];
  assert.equal(typeErrors(wrong).length, wrong.length);
});

// --- CloudEvents ------------------------------------------------------------------------------

test("CloudEvents' own library reads every request, batched or not, as what was tracked", async () => {
  const { HTTP } = await import("cloudevents");
  for (const { case: name, events, requests } of lanesOf("cloudevents")) {
    const read = requests.flatMap(({ headers, content }) => {
      const message = { headers, body: content.toString("utf8") };
      assert.ok(HTTP.isEvent(message), name);
      return HTTP.toEvent(message);
    });
    for (const event of read) {
      assert.ok(event.validate());
      assert.ok(Math.abs(Date.parse(event.time) - events[0].now.wall_ms) <= 3_600_000, event.time);
    }
    assert.equal(new Set(read.map(({ source, id }) => `${source} ${id}`)).size, read.length);
    if (name === "de-identified") continue;
    const kindOf = ({ type, name: event }) => (type === "track" ? event : type);
    assert.deepEqual(read.map(({ type }) => type.replace(/^com\.example\./, "")), events.map(kindOf));
    for (const [i, { type, properties }] of events.entries()) {
      if (type === "track") assert.deepEqual(read[i].data.properties, properties, kindOf(events[i]));
    }
  }
});

// --- OpenTelemetry ----------------------------------------------------------------------------

test("OpenTelemetry's own classes read in protobuf what stands in JSON, record by record", () => {
  const { opentelemetry } = require("@opentelemetry/otlp-transformer/build/src/generated/root");
  const Request = opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
  const fromProtobuf = (content) => Request.toObject(Request.decode(content), { longs: String, enums: Number, bytes: String });
  const records = ({ requests }, read) => requests.flatMap((request) => recordsOf(read(request)));
  const lanes = lanesOf("otlp");
  const isProtobuf = ({ options }) => options.encoding === "protobuf";
  // The form that differs only in its encoding.
  const twinOf = ({ options: { encoding, ...rest } }) => lanes.find((lane) => lane.case !== "de-identified" && JSON.stringify(lane.options) === JSON.stringify(rest));
  assert.equal(lanes.filter(isProtobuf).length, 2);
  for (const lane of lanes.filter(isProtobuf)) {
    const read = records(lane, ({ content }) => fromProtobuf(content));
    assert.equal(read.length, lane.events.length);
    assert.deepEqual(read, records(twinOf(lane), json));
  }
});

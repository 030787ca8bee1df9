// The recipe for scale of samples/collector: from OTLP through an OpenTelemetry Collector into Kafka, with the very
// configuration that the recipe names. The Kafka is one in memory.
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

import { startCollector } from "../../scripts/lib/servers.mjs";
import { bodies } from "./bodies.mjs";
import { goPrograms, startKafka, startOtelCollector } from "./judges.mjs";
import { recordOf, recordsOf, sorted } from "./otlp_tree.mjs";

const CONFIG = join(dirname(fileURLToPath(import.meta.url)), "../../samples/collector/scale/otel-collector.yaml");
const ORIGIN = "https://shop.example";
const WAIT_MS_MAX = 15_000;
// What the SDK sends again.
const RETRIED = [429, 502, 503, 504];

const programs = goPrograms();
const options = { skip: programs.missing ?? false };

async function started(t) {
  const kafka = await startKafka(programs.kafka, "waymark_events");
  t.after(kafka.stop);
  const collector = await startOtelCollector(programs.otelcol, CONFIG, { KAFKA_BROKERS: kafka.brokers, ALLOWED_ORIGIN: ORIGIN });
  t.after(collector.stop);
  return { kafka, collector };
}

const send = ({ url }, body, headers = {}) =>
  fetch(`${url}/v1/logs`, { method: "POST", headers: { "content-type": "application/x-protobuf", ...headers }, body });

test("what was answered with 200 stands in Kafka, whole", options, async (t) => {
  const { kafka, collector } = await started(t);
  const sample = await startCollector(0);
  t.after(sample.stop);
  const want = [];
  for (const { json, protobuf } of bodies()) {
    const answer = await send(collector, gzipSync(protobuf), { "content-encoding": "gzip" });
    assert.equal(answer.status, 200, await answer.text());
    want.push(...recordsOf(JSON.parse(json)));
  }
  const end = Date.now() + WAIT_MS_MAX;
  while (kafka.messages.length < bodies().length && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 50));
  for (const message of kafka.messages) {
    const answer = await fetch(`${sample.url}/otlp/v1/logs`, { method: "POST", headers: { "content-type": "application/x-protobuf" }, body: message });
    assert.equal(answer.status, 200);
  }
  const events = await (await fetch(`${sample.url}/events.json`)).json();
  assert.deepEqual(sorted(events.map(({ event }) => recordOf(event))), sorted(want));
});

test("while Kafka is away the answer is one after which the SDK sends again", options, async (t) => {
  const { kafka, collector } = await started(t);
  const [{ protobuf }] = bodies();
  assert.equal((await send(collector, protobuf)).status, 200);
  await kafka.stop();
  const answer = await send(collector, protobuf);
  assert.ok(RETRIED.includes(answer.status), `${answer.status}: ${await answer.text()}`);
});

test("pages of the shop may send with gzip, and pages of others may not", options, async (t) => {
  const { collector } = await started(t);
  const preflight = (origin) =>
    fetch(`${collector.url}/v1/logs`, {
      method: "OPTIONS",
      headers: { origin, "access-control-request-method": "POST", "access-control-request-headers": "content-encoding,content-type" },
    });
  const ours = await preflight(ORIGIN);
  assert.equal(ours.headers.get("access-control-allow-origin"), ORIGIN);
  assert.match(ours.headers.get("access-control-allow-headers").toLowerCase(), /content-encoding/);
  const other = await preflight("https://elsewhere.example");
  assert.equal(other.headers.get("access-control-allow-origin"), null);
});

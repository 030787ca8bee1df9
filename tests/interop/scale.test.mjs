// The recipe for scale of samples/collector: from OTLP through an OpenTelemetry Collector into Kafka, with the very
// configuration that the recipe names. The Kafka is one in memory.
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { startCollector } from "../../scripts/lib/servers.mjs";
import { sdkBodies, typeBodies } from "./bodies.mjs";
import { freePort, goPrograms, startKafka, startOtelCollector } from "./judges.mjs";
import { recordOf, sorted } from "./otlp_tree.mjs";

const CONFIG = join(dirname(fileURLToPath(import.meta.url)), "../../samples/collector/scale/otel-collector.yaml");
const ORIGIN = "https://shop.example";
const WAIT_MS_MAX = 15_000;
const STILL_MS = 8_000; // longer than the exporter's own patience
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

const send = ({ url }, { headers, body }, wait_ms = WAIT_MS_MAX) =>
  fetch(`${url}/v1/logs`, { method: "POST", headers, body, signal: AbortSignal.timeout(wait_ms) });

/** The records of the topic, as the sample collector reads them, once there are `count` or no more come. */
async function inKafka(t, kafka, count) {
  const sample = await startCollector(0);
  t.after(sample.stop);
  const end = Date.now() + WAIT_MS_MAX;
  const records = [];
  for (let taken = 0; records.length < count && Date.now() < end; ) {
    if (taken < kafka.messages.length) records.push(...(await read(sample, kafka.messages[taken++])));
    else await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return records;
}

// Each message by itself: the sample would take what came before as doubles.
async function read(sample, message) {
  await fetch(`${sample.url}/reset`, { method: "POST" });
  const headers = { "Content-Type": "application/x-protobuf" };
  assert.equal((await send({ url: `${sample.url}/otlp` }, { headers, body: message })).status, 200);
  const events = await (await fetch(`${sample.url}/events.json`)).json();
  return events.map(({ event }) => recordOf(event));
}

test("what was answered with 200 stands in Kafka, whole", options, async (t) => {
  const { kafka, collector } = await started(t);
  const bodies = [...sdkBodies(), ...typeBodies()];
  for (const body of bodies) {
    const answer = await send(collector, body);
    assert.equal(answer.status, 200, await answer.text());
  }
  const want = bodies.flatMap(({ want: records }) => records);
  assert.deepEqual(sorted(await inKafka(t, kafka, want.length)), sorted(want));
});

test("a Collector that finds no Kafka gives an answer after which the SDK sends again", options, async (t) => {
  const nobody = `127.0.0.1:${await freePort()}`;
  const collector = await startOtelCollector(programs.otelcol, CONFIG, { KAFKA_BROKERS: nobody, ALLOWED_ORIGIN: ORIGIN });
  t.after(collector.stop);
  const answer = await send(collector, sdkBodies()[0]);
  assert.ok(RETRIED.includes(answer.status), `${answer.status}: ${await answer.text()}`);
});

// Kafka's idempotent producer takes nothing back that it may have sent: such a request has no answer until Kafka has
// one, and the SDK stops waiting for it.
test("a Kafka that stands still is no success, and all is there when it goes on", options, async (t) => {
  const { kafka, collector } = await started(t);
  const [first, second] = [sdkBodies()[0], typeBodies()[0]];
  assert.equal((await send(collector, first)).status, 200);
  kafka.pause();
  const status = await send(collector, second, STILL_MS).then((answer) => answer.status, (error) => error.name);
  assert.ok([...RETRIED, "TimeoutError"].includes(status), String(status));
  kafka.resume();
  assert.equal((await send(collector, second)).status, 200);
  const all = [...first.want, ...second.want];
  const arrived = await inKafka(t, kafka, all.length);
  assert.deepEqual([...new Set(sorted(arrived))], sorted(all));
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

// OTLP in the sample collector, judged by code that OpenTelemetry publishes: what its classes serialize, in either
// encoding, is read as what was serialized.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { gzipSync } from "node:zlib";

import { startCollector } from "../../scripts/lib/servers.mjs";
import { arrivals } from "./arrivals.mjs";
import { pythonWithProto } from "./judges.mjs";
import { recordOf, recordsOf } from "./otlp_tree.mjs";

const REQUESTS = 300;

let server;
before(async () => { server = await startCollector(0); });
after(() => server?.stop());
beforeEach(() => fetch(`${server.url}/reset`, { method: "POST" }));

const post = (body, type, headers = {}) => fetch(`${server.url}/otlp/v1/logs`, { method: "POST", headers: { "content-type": type, ...headers }, body });
const events = async () => (await fetch(`${server.url}/events.json`)).json();

test("random requests of the published protobuf classes", async (t) => {
  const python = pythonWithProto();
  if (python.missing) return t.skip(python.missing);
  const requests = python.run(["random_logs.py", "20261122", String(REQUESTS)]).map((line) => JSON.parse(line));
  let records = 0;
  for (const { protobuf, json } of requests) {
    const want = recordsOf(JSON.parse(json));
    records += want.length;
    for (const [body, type] of [[Buffer.from(protobuf, "base64"), "application/x-protobuf"], [json, "application/json"]]) {
      await fetch(`${server.url}/reset`, { method: "POST" });
      const answer = await post(body, type);
      assert.equal(answer.status, 200, `${type}: ${await answer.text()}`);
      const read = (await events()).map(({ event }) => recordOf(event));
      assert.deepEqual(read, want, type);
    }
  }
  assert.ok(records > REQUESTS, `${records} records are few`);
});

async function exported(Exporter, compression) {
  const { LoggerProvider, SimpleLogRecordProcessor } = await import("@opentelemetry/sdk-logs");
  const { resourceFromAttributes } = await import("@opentelemetry/resources");
  const exporter = new Exporter({ url: `${server.url}/otlp/v1/logs`, compression });
  const provider = new LoggerProvider({ resource: resourceFromAttributes({ "service.name": "shop" }), processors: [new SimpleLogRecordProcessor(exporter)] });
  provider.getLogger("waymark", "1.0").emit({
    eventName: "order.completed", severityNumber: 9, timestamp: [1795284000, 250_000_000], body: { order_id: "order-1", lines: [1, 2.5, true, null] },
    attributes: { "log.record.uid": "m-1", "session.id": "s-1", total: 14.7, count: 3, flags: ["a", "b"] },
  });
  await provider.shutdown();
  const [event] = await arrivals(server.url, 1, "otlp");
  return event;
}

for (const compression of ["none", "gzip"]) {
  test(`the exporters of JSON and of protobuf say the same, compression ${compression}`, async () => {
    const json = await exported((await import("@opentelemetry/exporter-logs-otlp-http")).OTLPLogExporter, compression);
    await fetch(`${server.url}/reset`, { method: "POST" });
    const protobuf = await exported((await import("@opentelemetry/exporter-logs-otlp-proto")).OTLPLogExporter, compression);
    for (const event of [json, protobuf]) {
      assert.equal(event.name, "order.completed");
      assert.equal(event.order_id, "order-1");
      assert.equal(event.message_id, "m-1");
      assert.equal(event.encoding, compression === "gzip" ? "gzip" : "identity");
    }
    const { logRecord, ...around } = recordOf(protobuf.event);
    const { observedTimeUnixNano, ...rest } = logRecord;
    const other = recordOf(json.event);
    delete other.logRecord.observedTimeUnixNano;
    assert.ok(observedTimeUnixNano);
    assert.deepEqual({ ...around, logRecord: rest }, other);
  });
}

test("a body cut short is refused in the form of the request", async () => {
  const answer = await post(Buffer.from([0x0a, 0x05, 0x01]), "application/x-protobuf");
  assert.equal(answer.status, 400);
  assert.equal(answer.headers.get("content-type"), "application/x-protobuf");
  const broken = await post(gzipSync("{}").subarray(0, 10), "application/json", { "content-encoding": "gzip" });
  assert.equal(broken.status, 400);
});

// What the SDK sends as OTLP in protobuf, decoded by protoc with OpenTelemetry's published definition.
import assert from "node:assert/strict";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";

import { sdkBodies, typeBodies } from "./bodies.mjs";
import { pythonWithProto } from "./judges.mjs";
import { recordsOf } from "./otlp_tree.mjs";

test("protoc reads the protobuf that the SDK sends, record by record, and no field is unknown to it", (t) => {
  const python = pythonWithProto();
  if (python.missing) return t.skip(python.missing);
  const inProtobuf = [...sdkBodies(), ...typeBodies()].filter(({ headers }) => headers["Content-Type"] === "application/x-protobuf");
  assert.equal(inProtobuf.length, 4);
  const plain = ({ headers, body }) => (headers["Content-Encoding"] === "gzip" ? gunzipSync(body) : body);
  const lines = python.run(["protoc_logs.py"], inProtobuf.map((body) => `${plain(body).toString("base64")}\n`).join(""));
  assert.deepEqual(lines.map((line) => recordsOf(JSON.parse(line))), inProtobuf.map(({ want }) => want));
});

test("protoc says so when a field is unknown to it", (t) => {
  const python = pythonWithProto();
  if (python.missing) return t.skip(python.missing);
  const unknown = Buffer.from([0x0a, 0x03, 0xfa, 0x01, 0x00]); // ResourceLogs with a field 31
  assert.throws(() => python.run(["protoc_logs.py"], `${unknown.toString("base64")}\n`), /does not have/);
});

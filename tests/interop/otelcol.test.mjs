// A real OpenTelemetry Collector receives what the SDK sends, in both encodings, with gzip and without, and what it
// writes is compared record by record: with the body, and with what the sample collector read.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { startCollector } from "../../scripts/lib/servers.mjs";
import { sdkBodies, typeBodies } from "./bodies.mjs";
import { goPrograms, startOtelCollector } from "./judges.mjs";
import { recordOf, recordsOf, sorted } from "./otlp_tree.mjs";

const CONFIG = join(dirname(fileURLToPath(import.meta.url)), "otel_file.yaml");
const WAIT_MS_MAX = 15_000;

const programs = goPrograms();
const options = { skip: programs.missing ?? false };

let sample, real;
before(async () => {
  if (programs.missing) return;
  sample = await startCollector(0);
  real = await startOtelCollector(programs.otelcol, CONFIG);
});
after(async () => {
  await real?.stop();
  await sample?.stop();
});

// The file only grows: what a request has added stands behind what was there before.
const lines = () => {
  try {
    return readFileSync(join(real.folder, "logs.jsonl"), "utf8").split("\n").filter(Boolean);
  } catch {
    return [];
  }
};

async function written(from, count) {
  const end = Date.now() + WAIT_MS_MAX;
  for (;;) {
    const records = lines().slice(from).flatMap((line) => recordsOf(JSON.parse(line)));
    if (records.length >= count || Date.now() > end) return records;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function readBySample(body, headers) {
  await fetch(`${sample.url}/reset`, { method: "POST" });
  const answer = await fetch(`${sample.url}/otlp/v1/logs`, { method: "POST", headers, body });
  assert.equal(answer.status, 200, await answer.text());
  return (await fetch(`${sample.url}/events.json`)).json();
}

async function judge({ headers, body, want }) {
  const from = lines().length;
  const answer = await fetch(`${real.url}/v1/logs`, { method: "POST", headers, body });
  assert.equal(answer.status, 200, await answer.text());
  assert.ok(want.length > 1);
  assert.deepEqual(sorted(await written(from, want.length)), sorted(want));
  const events = await readBySample(body, headers);
  assert.deepEqual(sorted(events.map(({ event }) => recordOf(event))), sorted(want));
  return events;
}

for (const body of sdkBodies()) {
  test(`what the SDK sends; ${body.name}`, options, async () => {
    const events = await judge(body);
    assert.deepEqual(events.flatMap(({ problems }) => problems), []);
  });
}

for (const body of typeBodies()) test(body.name, options, () => judge(body));

test("both collectors refuse what is no logs request", options, async () => {
  for (const [type, body] of [["application/json", "{"], ["application/x-protobuf", "\x0a\x05\x01"]]) {
    const status = async (url) => (await fetch(url, { method: "POST", headers: { "content-type": type }, body })).status;
    assert.equal(await status(`${real.url}/v1/logs`), 400);
    assert.equal(await status(`${sample.url}/otlp/v1/logs`), 400);
  }
});

test("both collectors take two media types only, and both say 415", options, async () => {
  for (const url of [`${real.url}/v1/logs`, `${sample.url}/otlp/v1/logs`]) {
    assert.equal((await fetch(url, { method: "POST", headers: { "content-type": "text/plain" }, body: "{}" })).status, 415);
  }
});

test("both collectors answer success in the same words", options, async () => {
  const say = async (url, type, body) => {
    const answer = await fetch(url, { method: "POST", headers: { "content-type": type }, body });
    return [answer.status, answer.headers.get("content-type"), await answer.text()];
  };
  for (const [type, body] of [["application/json", "{}"], ["application/x-protobuf", ""]]) {
    assert.deepEqual(await say(`${sample.url}/otlp/v1/logs`, type, body), await say(`${real.url}/v1/logs`, type, body));
  }
});

// From a withdrawal in the real engine to the vendors' word in the ledger.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { Waymark } from "../../../js/dist/node.mjs";
import { Ledger, readLedger } from "../server/ledger.mjs";
import { eventually, fakeVendor, linesOf, run, scratchFolder, startServer } from "./fakes.mjs";

const cli = fileURLToPath(new URL("../../../js/dist/cli.mjs", import.meta.url));
const regulated = [200, { data: { regulateId: "r-1" } }];
const submitted = [200, { deletionRequestTime: "2026-11-22T11:00:00Z" }];

const serverConfig = (vendors, more = {}) => ({ write_keys: ["records"], user_ids: "accept", vendors, ...more });

const segment = ({ url }) => ({ kind: "segment", url, source_id: "source/7", token: { env: "SEGMENT_TOKEN" } });
const secrets = { SEGMENT_TOKEN: "secret-s" };

/** A page's client with collectors of these ids, and one for records at `url`. */
function openClient(url, collectors, sink) {
  const collector = (id, at, needs, write_key) => ({ id, protocol: "segment", url: at, needs, options: { write_key } });
  return Waymark.open({
    waymark: 1,
    app: { id: "shop" },
    consent: {
      revision: "2026-11-01",
      records: "records",
      purposes: [
        { id: "records", basis: "legal_obligation" },
        // Numbers as names: a copy that was read and written again has them in another order.
        { id: "2", basis: "consent", storage: true },
        { id: "1", basis: "consent", storage: true },
      ],
      regions: [{ match: ["*"], model: "opt_in" }],
    },
    collectors: [...collectors.map((id) => collector(id, sink, ["2"], "k")), collector("records", url, ["records"], "records")],
    delivery: { flush_ms: 20 },
  });
}

async function grantAndWithdraw(client) {
  await client.ready;
  client.consent.set({ 1: "denied", 2: "granted" });
  client.identify("user-1");
  client.track("order_completed");
  const { anonymous_id } = await eventually(() => client.view().anonymous_id && client.view());
  client.consent.withdraw("2");
  await client.consent.records();
  return anonymous_id;
}

const acknowledged = (folder, count) => () => {
  const lines = linesOf(folder);
  return lines.filter(({ kind }) => kind === "acknowledged").length >= count && lines;
};

test("a withdrawal is kept as proof, and both vendors delete by both ids", async (t) => {
  const folder = scratchFolder(t);
  const [s, g] = [await fakeVendor(regulated), await fakeVendor(submitted)];
  t.after(() => (s.close(), g.close()));
  writeFileSync(join(folder, "ga4_token"), "secret-g\n");
  const ga4 = { kind: "ga4", url: g.url, property: "123", token: { file: join(folder, "ga4_token") } };
  const config = serverConfig({ segment: segment(s), ga4 });
  const server = await startServer(t, folder, config, secrets);
  const client = openClient(server.url, ["segment", "ga4", "other"], server.url);
  const anonymous_id = await grantAndWithdraw(client);
  const lines = await eventually(acknowledged(folder, 4));

  const regulation = (subjectType, id) => ({
    path: "/regulations/sources/source%2F7",
    method: "POST",
    token: "Bearer secret-s",
    body: { regulationType: "SUPPRESS_WITH_DELETE", subjectType, subjectIds: [id] },
  });
  const byKind = (a, b) => (JSON.stringify(a.body) < JSON.stringify(b.body) ? -1 : 1);
  assert.deepEqual(s.asked.sort(byKind), [regulation("ANONYMOUS_ID", anonymous_id), regulation("USER_ID", "user-1")]);
  const submission = (body) => ({
    ...{ path: "/v1alpha/properties/123:submitUserDeletion", method: "POST", token: "Bearer secret-g", body },
  });
  assert.deepEqual(g.asked.sort(byKind), [submission({ clientId: anonymous_id }), submission({ userId: "user-1" })]);

  const words = lines.filter(({ kind }) => kind === "acknowledged").map(({ collector, by, acknowledged }) => [collector, by, acknowledged]);
  assert.deepEqual(words.sort(), [
    ["ga4", "anonymous_id", "2026-11-22T11:00:00Z"],
    ["ga4", "user_id", "2026-11-22T11:00:00Z"],
    ["segment", "anonymous_id", "r-1"],
    ["segment", "user_id", "r-1"],
  ]);
  const deletion = lines.find(({ kind }) => kind === "deletion");
  assert.deepEqual([deletion.purposes, deletion.by_hand], [["2"], ["other"]]);

  // What is done needs the ids no more, and the ledger never had them.
  await eventually(() => readdirSync(join(folder, "under_way")).length === 0);
  const text = readFileSync(join(folder, "ledger.jsonl"), "utf8");
  for (const id of [anonymous_id, "user-1", "secret-"]) assert.ok(!text.includes(id), id);

  const log = await client.consent.records();
  client.close();
  await eventually(() => linesOf(folder).filter(({ kind }) => kind === "entry").length === log.entries.length);
  const verdict = run("--verify", "--data", folder);
  assert.equal(verdict.code, 0, verdict.out);
  assert.match(verdict.out, /^ledger: \d+ lines; whole\n[0-9a-f-]{36}: 3 entries; whole\n$/);
  const kept = run("--log", deletion.subject, "--data", folder);
  assert.deepEqual(JSON.parse(kept.out), log);
  const judged = spawnSync(process.execPath, [cli, "records", "verify", "-"], { input: kept.out, encoding: "utf8" });
  assert.equal(judged.stdout, "whole: 3 entries; the anchor names number 3\n");
});

test("what fails is tried again, also after the machine stopped, and is asked for only once", async (t) => {
  const folder = scratchFolder(t);
  const s = await fakeVendor([503, {}], [[429, {}, { "Retry-After": "1" }]]);
  t.after(() => s.close());
  const config = serverConfig({ segment: segment(s) });
  const first = await startServer(t, folder, config, secrets);
  const client = openClient(first.url, ["segment"], first.url);
  await grantAndWithdraw(client);
  const failed = ({ kind }) => kind === "failed";
  const lines = await eventually(() => linesOf(folder).filter(failed).length >= 3 && linesOf(folder));
  assert.deepEqual(new Set(lines.filter(failed).map(({ status }) => status)), new Set([429, 503]));
  await first.kill();
  client.close();
  assert.equal(readdirSync(join(folder, "under_way")).length, 1);

  s.answers.push([500, {}], regulated, regulated);
  const second = await startServer(t, folder, config, secrets);
  await eventually(acknowledged(folder, 2));
  await second.kill();
  const count = s.asked.length;
  const third = await startServer(t, folder, config, secrets);
  await eventually(() => readdirSync(join(folder, "under_way")).length === 0);
  await third.kill();
  assert.equal(s.asked.length, count);
  assert.equal(run("--verify", "--data", folder).code, 0);
});

test("a vendor that refuses for good, or gives no word, is not taken for one that has deleted", async (t) => {
  const folder = scratchFolder(t);
  const s = await fakeVendor([200, {}], [[422, {}]]);
  t.after(() => s.close());
  const server = await startServer(t, folder, serverConfig({ segment: segment(s) }), secrets);
  const client = openClient(server.url, ["segment"], server.url);
  await grantAndWithdraw(client);
  const lines = await eventually(() => {
    const found = linesOf(folder);
    return ["given_up", "failed"].every((kind) => found.some((line) => line.kind === kind)) && found;
  });
  client.close();
  assert.equal(lines.find(({ kind }) => kind === "given_up").status, 422);
  assert.equal(lines.some(({ kind }) => kind === "acknowledged"), false);
  assert.equal(readdirSync(join(folder, "under_way")).length, 1);
});

test("user ids that any page could name are believed only where the owner says so", async (t) => {
  const folder = scratchFolder(t);
  const s = await fakeVendor(regulated);
  t.after(() => s.close());
  const config = serverConfig({ segment: segment(s) }, { user_ids: "refuse" });
  const server = await startServer(t, folder, config, secrets);
  const client = openClient(server.url, ["segment"], server.url);
  const anonymous_id = await grantAndWithdraw(client);
  const lines = await eventually(acknowledged(folder, 1));
  await eventually(() => readdirSync(join(folder, "under_way")).length === 0);
  client.close();
  assert.deepEqual(s.asked.map(({ body }) => body.subjectIds), [[anonymous_id]]);
  assert.equal(lines.find(({ kind }) => kind === "deletion").user_id, "refused");
});

test("tampering shows: in the ledger, in a chain, and at its end", async (t) => {
  const folder = scratchFolder(t);
  const config = serverConfig({});
  const server = await startServer(t, folder, config);
  const client = openClient(server.url, [], server.url);
  await client.ready;
  for (const answer of ["denied", "granted", "denied"]) client.consent.set({ 2: answer });
  client.flush();
  await eventually(() => linesOf(folder).filter(({ kind }) => kind === "entry").length >= 3);
  client.close();
  await server.kill();
  const file = join(folder, "ledger.jsonl");
  const text = readFileSync(file, "utf8");
  const verdict = (changed) => {
    writeFileSync(file, changed);
    return run("--verify", "--data", folder);
  };
  assert.equal(verdict(text).code, 0);
  const lines = text.trimEnd().split("\n");
  for (let at = 0; at < lines.length - 1; at++) {
    const removed = verdict(lines.filter((_, other) => other !== at).join("\n") + "\n");
    assert.deepEqual([removed.code, /changed at line/.test(removed.out)], [1, true]);
  }
  // Who writes the whole ledger anew still cannot write the chain anew: the anchor came with it.
  const rewritten = (edit) => {
    const fresh = scratchFolder(t);
    const body = lines.map((line) => JSON.parse(line)).filter(({ kind }) => kind === "entry");
    return [fresh, edit(body)];
  };
  for (const [edit, found] of [
    [(entries) => entries.slice(0, -1), /cut/],
    [(entries) => entries.filter((_, at) => at !== 1), /missing at 3/],
    [(entries) => entries.map((entry) => ({ ...entry, text: entry.text.replace("denied", "granted") })), /changed at 1/],
  ]) {
    const [fresh, entries] = rewritten(edit);
    const ledger = new Ledger(join(fresh, "ledger.jsonl"));
    const anchors = lines.flatMap((line) => JSON.parse(line).anchor ?? []).map((anchor) => ({ kind: "note", anchor }));
    ledger.append(...entries.map(({ kind, text }) => ({ kind, text })), ...anchors);
    ledger.close();
    const { code, out } = run("--verify", "--data", fresh);
    assert.equal(code, 1);
    assert.match(out, found);
  }
  // Nothing is appended to what proves nothing.
  writeFileSync(file, lines.slice(1).join("\n") + "\n");
  const refused = run("--config", join(folder, "config.json"), "--data", folder, "--port", "0");
  assert.deepEqual([refused.code, /line 1 does not follow/.test(refused.err)], [1, true]);
});

test("a line that was being written when the machine stopped is no tampering", async (t) => {
  const folder = scratchFolder(t);
  const file = join(folder, "ledger.jsonl");
  const ledger = new Ledger(file);
  ledger.append({ kind: "note", text: "ä" }, { kind: "note" });
  ledger.close();
  const whole = readFileSync(file);
  for (const cut of [1, 5, 40]) {
    writeFileSync(file, whole.subarray(0, whole.length - cut));
    const again = new Ledger(file);
    again.append({ kind: "note", cut });
    again.close();
    const { records, broken } = readLedger(file);
    assert.deepEqual([records.length, records[1].cut, broken], [2, cut, undefined]);
  }
});

test("what is no batch of ours is answered as such and does no harm", async (t) => {
  const folder = scratchFolder(t);
  const origin = "https://shop.example";
  const { url } = await startServer(t, folder, serverConfig({}, { origins: [origin] }));
  const post = (body, headers = {}) => fetch(`${url}/v1/batch`, { method: "POST", body, headers });
  const batch = (...events) => JSON.stringify({ batch: events, writeKey: "records" });
  const packed = { "Content-Encoding": "gzip" };
  for (const [status, body, headers] of [
    [400, "{"],
    [400, "[]"],
    [400, "null"],
    [403, JSON.stringify({ batch: [], writeKey: "other" })],
    [413, "x".repeat(600_000)],
    [400, "not packed", packed],
    [400, gzipSync(Buffer.alloc(5_000_000)), packed],
    [200, batch(null, 7, {}, { event: "consent_decided" }, { event: "deletion_requested", messageId: "../../x" })],
    [200, batch({ event: "consent_decided", properties: { hash: "x", number: 1 } })],
    [200, batch()],
  ]) {
    assert.equal((await post(body, headers)).status, status, String(body).slice(0, 60));
  }
  assert.deepEqual(new Set(linesOf(folder).map(({ kind }) => kind)), new Set(["refused"]));
  assert.deepEqual(readdirSync(join(folder, "under_way")), []);
  assert.equal((await fetch(url)).status, 404);
  assert.equal((await fetch(`${url}/v1/batch`)).status, 405);

  const preflight = (from) => fetch(`${url}/v1/batch`, { method: "OPTIONS", headers: { Origin: from } });
  const allowed = async (from) => (await preflight(from)).headers.get("access-control-allow-origin");
  assert.equal(await allowed(origin), origin);
  assert.equal(await allowed("https://other.example"), null);
});

test("a wrong config is refused with the place in it", (t) => {
  const folder = scratchFolder(t);
  const file = join(folder, "config.json");
  const vendor = (more) => ({ write_keys: ["k"], vendors: { s: { kind: "segment", source_id: "1", ...more } } });
  for (const [config, said] of [
    [{}, "/write_keys: allowed: the keys"],
    [{ write_keys: ["k"], user_ids: "yes" }, '/user_ids: allowed: "accept" or "refuse"'],
    [vendor({ kind: "constructor" }), '/vendors/s/kind: allowed: "segment" or "ga4"'],
    [vendor({ source_id: 7 }), "/vendors/s/source_id: allowed: a text"],
    [vendor({}), '/vendors/s/token: allowed: {"env": name} or {"file": path}'],
  ]) {
    writeFileSync(file, JSON.stringify(config));
    const { code, err } = run("--config", file, "--data", folder);
    assert.deepEqual([code, err.includes(said)], [1, true], err);
  }
  assert.equal(run("--config", file, "--port", "x").code, 2);
  assert.match(run().err, /--config is missing/);
});

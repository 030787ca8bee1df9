// The sealer of Node alone: the same as cpp/sealer_test.cc.

import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { writeFileSync } from "node:fs";
import { test } from "node:test";
import { readConfig } from "../server/config.mjs";
import { Keys } from "../server/keys.mjs";
import { Sealer } from "../server/sealer.mjs";
import { newFiles } from "./servers.mjs";

// As long as those of a visitor with a session, for one host and browser.
const token = "1.AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAhIiMkJSYnKCkqKywtLi8wMTIzNDU2Nzg5Ojs8PT4_QEFCQ0RFRkc";
const host = "outlet.example";
const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

function newSealer(t, options) {
  const clock = { ms: 1_793_817_970_000 };
  const sealer = new Sealer(new Keys(newFiles(t).keys), { ttl_s: 120, used_max: 100_000, ...options }, () => clock.ms);
  return { clock, sealer };
}

/** A text with something in it changed, cut, added or moved. */
function mutated(text) {
  const at = randomInt(text.length);
  const digit = digits[randomInt(digits.length)];
  const ways = [
    () => text.slice(0, at) + digit + text.slice(at + 1),
    () => text.slice(0, at) + text.slice(at + 1 + randomInt(8)),
    () => text.slice(0, at) + digit + text.slice(at),
    () => text.slice(0, at) + text.slice(at).split("").reverse().join(""),
  ];
  const other = ways[randomInt(ways.length)]();
  return other === text ? mutated(text) : other;
}

test("none of 10,000 mutated tokens is accepted, and none uses up the one that it was made of", (t) => {
  const { sealer } = newSealer(t);
  for (let i = 0; i < 10_000; i++) {
    const sealed = sealer.seal(token, i % 2 ? host : "");
    const wrong = mutated(sealed);
    assert.equal(sealer.open(wrong, host).token, undefined, `${sealed} ${wrong}`);
    assert.equal(sealer.open(sealed, host).token, token);
  }
});

test("a token holds until it has run out", (t) => {
  const { clock, sealer } = newSealer(t);
  const [one, two] = [sealer.seal(token, host), sealer.seal(token, host)];
  clock.ms += 119_999;
  assert.deepEqual(sealer.open(one, host), { token });
  clock.ms += 1;
  assert.deepEqual(sealer.open(two, host), { why: "token_expired" });
});

test("nothing is opened that could not be remembered as used", (t) => {
  const { clock, sealer } = newSealer(t, { used_max: 2 });
  const open = (sealed) => sealer.open(sealed, host);
  const [a, b] = [sealer.seal(token, ""), sealer.seal(token, "")];
  clock.ms += 60_000;
  const c = sealer.seal(token, "");
  assert.deepEqual([open(a), open(b), open(c)], [{ token }, { token }, { why: "busy" }]);
  clock.ms += 60_000;
  assert.deepEqual([open(c), open(c)], [{ token }, { why: "token_used" }]);
});

test("what is no token of the engine's is not sealed", (t) => {
  const { sealer } = newSealer(t);
  for (const text of ["", "a", "1.", "1.AQ=", "1.AQ==", "1.AR", "1.a b", "<script>", "1.A+/A", "AAAA", "..AA", "10.AA", `1.${"A".repeat(404)}`, 7, null, undefined]) {
    assert.equal(sealer.seal(text, ""), undefined, String(text));
  }
  assert.ok(sealer.seal(`1.${"A".repeat(396)}`, ""));
});

test("a file of keys that is broken leaves the keys as they were, and none at the start is refused", async (t) => {
  const files = newFiles(t);
  const keys = new Keys(files.keys);
  const [id] = keys.sealing;
  await new Promise((resolve) => setTimeout(resolve, 20));
  for (const text of ["{", "{}", '{"seal_with":2,"keys":{"1":"AAAA"}}', '{"seal_with":9,"keys":{}}']) {
    writeFileSync(files.keys, text);
    assert.equal(keys.sealing[0], id);
    assert.throws(() => new Keys(files.keys), /keys\.json/);
  }
});

test("a config says what is wrong with it, and where", (t) => {
  const wrong = { domains: [[], ["Shop.example"], "x"], cookie_domain: [7], keys: [7, ""], ttl_s: [0, 3601, "1"], used_max: [0], without_origin: [true] };
  for (const [name, values] of Object.entries(wrong)) {
    for (const value of values) {
      const { config } = newFiles(t, { [name]: value });
      assert.throws(() => readConfig(config), new RegExp(`/${name}: allowed: `), `${name} ${value}`);
    }
  }
});

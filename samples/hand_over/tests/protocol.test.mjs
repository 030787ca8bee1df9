// What both servers owe a page, over HTTP; and that each opens what the other has sealed.

import assert from "node:assert/strict";
import { test } from "node:test";
import { rotate } from "../server/keys.mjs";
import { kinds, newFiles, start } from "./servers.mjs";

// As long as those of a visitor with a session, for one host and browser.
const token = "1.AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAhIiMkJSYnKCkqKywtLi8wMTIzNDU2Nzg5Ojs8PT4_QEFCQ0RFRkc";
const host = "www.outlet.example";
const mutate = (text, at) => text.slice(0, at) + (text[at] === "A" ? "B" : "A") + text.slice(at + 1);

for (const kind of Object.keys(kinds)) {
  test(`${kind}: what is sealed is opened once, by its host`, async (t) => {
    const server = await start(t, kind, newFiles(t));
    const sealed = await server.seal(token, host);
    assert.match(sealed, /^s\.[\w-]+$/);
    assert.equal(sealed.length, token.length + 40);
    const foreign = await server.open(sealed, "shop.example");
    assert.deepEqual([foreign.status, foreign.answer], [403, { why: "token_foreign" }]);
    assert.deepEqual((await server.open(sealed, host)).answer, { token });
    const again = await server.open(sealed, host);
    assert.deepEqual([again.status, again.answer], [409, { why: "token_used" }]);
  });

  test(`${kind}: what is for any device is opened on any of the hosts, once`, async (t) => {
    const server = await start(t, kind, newFiles(t));
    const sealed = await server.seal(token);
    assert.deepEqual((await server.open(sealed, "shop.example")).answer, { token });
    assert.equal((await server.open(sealed, host)).status, 409);
  });

  test(`${kind}: what has run out or is damaged stays shut`, async (t) => {
    const server = await start(t, kind, newFiles(t, { ttl_s: 1 }));
    const sealed = await server.seal(token, host);
    for (const at of [0, 2, 3, 20, 60, sealed.length - 1]) {
      const { status, answer } = await server.open(mutate(sealed, at), host);
      assert.deepEqual([status, answer], [400, { why: "token_invalid" }], `${at}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const late = await server.open(sealed, host);
    assert.deepEqual([late.status, late.answer], [410, { why: "token_expired" }]);
  });

  test(`${kind}: others are not served, whatever they say`, async (t) => {
    const server = await start(t, kind, newFiles(t));
    const sealed = await server.seal(token, host);
    for (const Origin of ["https://evil.example", "https://shop.example.evil.example", "null", "x"]) {
      const { status, headers } = await server.post("/hand-over", { token }, { Origin });
      assert.deepEqual([status, headers.get("access-control-allow-origin")], [403, null], Origin);
    }
    assert.equal((await server.post("/hand-over", { token }, {})).status, 403);
    // A page cannot say that it is of another host.
    const lying = await server.post("/hand-over/open", { token: sealed, host }, { Origin: "https://shop.example" });
    assert.deepEqual(lying.answer, { why: "token_foreign" });
    assert.equal((await server.post("/hand-over", { token, to: "evil.example" })).status, 403);
  });

  test(`${kind}: an app without an origin is served where the config says so`, async (t) => {
    const server = await start(t, kind, newFiles(t, { without_origin: "accept" }));
    const { answer } = await server.post("/hand-over", { token, to: "shop.example" }, {});
    const foreign = await server.post("/hand-over/open", { token: answer.token, host }, {});
    assert.deepEqual(foreign.answer, { why: "token_foreign" });
    const opened = await server.post("/hand-over/open", { token: answer.token, host: "shop.example" }, {});
    assert.deepEqual(opened.answer, { token });
  });

  test(`${kind}: a page may read the answer, and no cache keeps it`, async (t) => {
    const server = await start(t, kind, newFiles(t));
    const Origin = "https://www.shop.example";
    const { headers } = await server.post("/hand-over", { token }, { Origin });
    assert.equal(headers.get("access-control-allow-origin"), Origin);
    assert.deepEqual([headers.get("cache-control"), headers.get("vary")], ["no-store", "Origin"]);
    const asked = await fetch(`${server.url}/hand-over/open`, { method: "OPTIONS", headers: { Origin } });
    assert.deepEqual([asked.status, asked.headers.get("access-control-allow-methods")], [204, "POST"]);
  });

  test(`${kind}: any bytes are answered`, async (t) => {
    const server = await start(t, kind, newFiles(t));
    const bodies = ["", "{", "null", "[]", "7", '"s."', "{}", '{"token":7}', '{"token":null,"to":{}}', '{"token":"s.","host":7}', "\u0000\ud800"];
    for (const body of bodies) {
      for (const path of ["/hand-over", "/hand-over/open"]) {
        const { status, answer } = await server.post(path, body);
        assert.ok([400, 403].includes(status) && answer.why, `${path} ${body}: ${status}`);
      }
    }
    const huge = await fetch(`${server.url}/hand-over`, { method: "POST", body: "x".repeat(1e5), headers: { Origin: "https://shop.example" } }).catch(() => ({ status: 413 }));
    assert.ok(huge.status >= 400);
    assert.ok(await server.seal(token));
  });

  test(`${kind}: a new key is taken up; the one before still opens, the oldest no more`, async (t) => {
    const files = newFiles(t);
    const server = await start(t, kind, files);
    const [first, kept] = [await server.seal(token), await server.seal(token)];
    const turn = async () => {
      // Files remember times in steps.
      await new Promise((resolve) => setTimeout(resolve, 20));
      rotate(files.keys);
    };
    await turn();
    const second = await server.seal(token);
    assert.deepEqual((await server.open(first, host)).answer, { token });
    await turn();
    assert.deepEqual((await server.open(kept, host)).answer, { why: "token_invalid" });
    assert.deepEqual((await server.open(second, host)).answer, { token });
  });
}

for (const [one, other] of [["node", "cpp"], ["cpp", "node"]]) {
  test(`what ${one} seals ${other} opens`, async (t) => {
    const files = newFiles(t);
    const [sealing, opening] = [await start(t, one, files), await start(t, other, files)];
    for (const text of [token, "1.AA", `9.${"A".repeat(200)}`]) {
      const sealed = await sealing.seal(text, host);
      assert.deepEqual((await opening.open(mutate(sealed, 30), host)).answer, { why: "token_invalid" });
      assert.deepEqual((await opening.open(sealed, host)).answer, { token: text });
      assert.deepEqual((await opening.open(sealed, host)).answer, { why: "token_used" });
    }
  });
}

test("the cookie is set again as it came, readable for the page, and deleted", async (t) => {
  const { url } = await start(t, "node", newFiles(t));
  const get = async (path, options) => (await fetch(`${url}${path}`, options)).headers.getSetCookie();
  const Cookie = "a=b; waymark_id=1~abc.DEF; c=d";
  const [line] = await get("/waymark/id", { headers: { Cookie } });
  assert.equal(line, "waymark_id=1~abc.DEF; Domain=shop.example; Max-Age=34560000; Path=/; SameSite=Lax; Secure");
  for (const none of ["", "a=b", "waymark_id=", `waymark_id=${"x".repeat(401)}`, 'waymark_id="x"', "xwaymark_id=1"]) {
    assert.deepEqual(await get("/id", { headers: { Cookie: none } }), [], none);
  }
  const headers = { Cookie, Origin: "https://www.shop.example" };
  const [gone] = await get("/id", { method: "POST", headers });
  assert.equal(gone, "waymark_id=; Domain=shop.example; Max-Age=0; Path=/; SameSite=Lax; Secure");
  assert.deepEqual(await get("/id", { method: "POST", headers: { Cookie, Origin: "https://evil.example" } }), []);
});

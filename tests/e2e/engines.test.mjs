// The engines are driven alike: what tests rely on, in each of them.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";

import { newVisitor, until } from "./browser.mjs";
import { inEachEngine } from "./engines/index.mjs";

const MARKUP = `<!doctype html><html lang="en"><title>drivers</title>
<style>#cover { position: fixed; inset: 0; background: silver }</style>
<button id="plain">Plain</button> <input id="field"> <x-card></x-card> <div id="cover"></div>
<script>
  window.clicks = [];
  const hear = (root, id) => root.getElementById(id).addEventListener("click", ({ isTrusted }) => clicks.push([id, isTrusted]));
  const outer = document.querySelector("x-card").attachShadow({ mode: "open" });
  outer.innerHTML = '<p hidden class="text">hidden</p><p class="text">shown</p><x-inner></x-inner>';
  const inner = outer.querySelector("x-inner").attachShadow({ mode: "open" });
  inner.innerHTML = '<button id="deep" style="margin-top: 2000px">Deep</button>';
  hear(document, "plain");
  hear(inner, "deep");
  document.cookie = "seen=yes";
</script>`;

let server, url;

before(async () => {
  server = createServer((_, response) => response.writeHead(200, { "Content-Type": "text/html" }).end(MARKUP)).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  url = `http://127.0.0.1:${server.address().port}/`;
});

after(() => {
  server.close();
  server.closeAllConnections();
});

inEachEngine((browser, name) => {
  let visitor;

  before(async () => {
    visitor = await newVisitor(browser());
    await visitor.page.goto(url);
  });
  after(() => visitor?.context.close());

  test("a click waits until nothing covers its target, and reaches into shadow roots", async () => {
    const { page } = visitor;
    const clicked = page.click("#plain");
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 200)));
    assert.deepEqual(await page.evaluate(() => window.clicks), []);
    await page.evaluate(() => document.getElementById("cover").remove());
    await clicked;
    await page.click("#deep");
    assert.deepEqual(await page.evaluate(() => window.clicks), [["plain", true], ["deep", true]]);
  });

  test("what is shown is told from what is not", async () => {
    const { page } = visitor;
    assert.equal(await page.isVisible("#nothing"), false);
    assert.equal(await page.isVisible("#deep"), true);
    await page.evaluate(() => (document.getElementById("plain").hidden = true));
    assert.equal(await page.isVisible("#plain"), false);
    await page.evaluate(() => (document.getElementById("plain").hidden = false));
    await page.waitForSelector("#plain");
    assert.equal(await page.innerText(".text:not([hidden])"), "shown");
  });

  test("keys are pressed, with and without another one", async () => {
    const { page } = visitor;
    const focused = () => page.evaluate(() => {
      let at = document.activeElement;
      while (at.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
      return at.id;
    });
    await page.click("#field");
    await page.keyboard.press("a");
    assert.equal(await page.evaluate(() => document.getElementById("field").value), "a");
    await page.keyboard.press("Tab");
    assert.equal(await focused(), "deep");
    await page.keyboard.press("Enter");
    assert.deepEqual(await page.evaluate(() => window.clicks.at(-1)), ["deep", true]);
    await page.keyboard.press("Shift+Tab");
    assert.equal(await focused(), "field");
  });

  test("pages of one visitor share a profile, and answer while another one waits", async () => {
    const { page, context } = visitor;
    const other = await context.newPage();
    await other.goto(url);
    // WebKit tells of a change only those who have looked.
    await other.evaluate(() => localStorage.length);
    const heard = other.evaluate(() => new Promise((resolve) => addEventListener("storage", ({ newValue }) => resolve(newValue))));
    await page.evaluate(() => void (localStorage.said = "hello"));
    assert.equal(await heard, "hello");
    await assert.rejects(page.evaluate(() => Promise.reject(new Error("a reason"))), /a reason/);
    assert.equal(await page.evaluate(() => {}), undefined);
    assert.deepEqual((await context.cookies()).map(({ name, value }) => [name, value]), [["seen", "yes"]]);
    await other.close();

    const stranger = await newVisitor(browser());
    await stranger.page.goto(url);
    assert.equal(await stranger.page.evaluate(() => localStorage.said), undefined);
    await stranger.context.close();
  });

  test("a narrow page is as narrow as it is asked to be, and can be looked at", async () => {
    const { page } = visitor;
    // WebKitGTK's window holds buttons, and is not narrower than they are.
    const width = name === "WebKit" ? 450 : 320;
    await page.setViewportSize({ width, height: 640 });
    assert.deepEqual(await page.evaluate(() => [innerWidth, innerHeight]), [width, 640]);
    const image = Buffer.from(await page.screenshot());
    assert.deepEqual([...image.subarray(1, 4)], [..."PNG"].map((letter) => letter.charCodeAt(0)));
    assert.ok(image.readUInt32BE(16) >= width);
  });

  test("what a page throws is told", async () => {
    const { page, faults } = visitor;
    await page.evaluate(() => void setTimeout(() => { throw new Error("out of nowhere"); }));
    // WebKit tells it with the next answer.
    await until(async () => (await page.evaluate(() => true)) && faults.length > 0);
    assert.match(faults[0], /out of nowhere/);
  });
});

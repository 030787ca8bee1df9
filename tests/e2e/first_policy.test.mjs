// As the guide for privacy teams says: from `waymark init` to a page that asks, with nothing but
// what the package has; in a real browser.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { launch, until } from "./browser.mjs";

const cli = fileURLToPath(new URL("../../js/dist/cli.mjs", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "waymark-first-"));
const site = join(folder, "site");
const policy = join(site, "waymark.json");
let browser;
before(async () => (browser = await launch()));
after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});

/** Runs a command to its end. */
function waymark(...words) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...words], { encoding: "utf8" });
  assert.equal(stderr, "");
  return { status, stdout };
}

/** Serves until the test ends; gives the address that it prints. */
async function serve(t, ...words) {
  const server = spawn(process.execPath, [cli, "serve", ...words, "--port", "0"]);
  t.after(() => server.kill("SIGTERM"));
  for await (const line of createInterface({ input: server.stdout })) {
    const [address] = /http:\S+/.exec(line) ?? [];
    if (address) return address;
  }
  throw new Error("it ended without an address");
}

test("a policy from nothing, without a finding, asks on a page", async (t) => {
  waymark("init", policy, "--yes", "--page");
  assert.deepEqual(waymark("lint", policy), { status: 0, stdout: "" });
  const address = await serve(t, site);
  const context = await browser.newContext({ locale: "en-GB" });
  t.after(() => context.close());
  const page = await context.newPage();
  const failed = [];
  page.on("pageerror", (error) => failed.push(error.message));
  const requests = [];
  page.on("request", (request) => requests.push(new URL(request.url()).origin));
  await page.goto(address);
  const question = page.locator("waymark-consent").locator('[part~="question"]');
  await question.waitFor();
  assert.match(await question.innerText(), /Reject all/);
  assert.deepEqual(await page.evaluate(() => [Object.keys(localStorage), document.cookie]), [[], ""]);
  await page.locator("waymark-consent").locator('[part~="reject"]').click();
  await until(() => page.evaluate(() => !!localStorage["waymark.consent/record"]));
  await page.getByText("Privacy settings").first().click();
  await page.locator("waymark-consent").locator('[part~="centre"]').waitFor();
  // Nobody but this site was asked for anything.
  assert.deepEqual([...new Set(requests)], [new URL(address).origin]);
  assert.deepEqual(failed, []);
});

test("the notice names what the page then keeps", async () => {
  const { storage } = JSON.parse(waymark("disclose", policy, "--json").stdout);
  const names = storage.map(({ name }) => name);
  assert.ok(names.includes("waymark.consent/record"));
  assert.ok(names.includes("waymark: state/identity"));
});

// What the tests of `__tcfapi` and `__gpp` play in: a site with the generated stub, and frames of another origin.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";

import { newVisitor } from "./browser.mjs";

const dist = new URL("../../js/dist/", import.meta.url);
const cli = fileURLToPath(new URL("cli.mjs", dist));
const TYPES = { js: "text/javascript", mjs: "text/javascript", wasm: "application/wasm", json: "application/json" };

const described = (ids) => Object.fromEntries(ids.map((id) => [id, { id, name: `P${id}`, description: `About ${id}` }]));

/** A global vendor list of few vendors; `vendors` are added. */
export function vendorList({ version = 48, ...vendors } = {}) {
  const vendor = (id, more) => ({
    ...{ id, name: `Vendor ${id}`, purposes: [1, 2], legIntPurposes: [], flexiblePurposes: [] },
    ...{ specialPurposes: [], features: [], specialFeatures: [], usesCookies: true, cookieMaxAgeSeconds: 86400 },
    urls: [{ langId: "en", privacy: `https://v${id}.example/privacy` }],
    ...more,
  });
  return {
    ...{ gvlSpecificationVersion: 3, vendorListVersion: version, tcfPolicyVersion: 5, lastUpdated: "2026-11-19T16:00:00Z" },
    purposes: described([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]),
    ...{ specialPurposes: described([1, 2]), features: described([1, 2, 3]), specialFeatures: described([1, 2]) },
    ...{ stacks: {}, dataCategories: described([1, 2]) },
    vendors: {
      12: vendor(12, { purposes: [1, 7], legIntPurposes: [10] }),
      755: vendor(755, { purposes: [1, 2, 3, 4] }),
      31: vendor(31, { purposes: [], specialPurposes: [1] }),
      ...vendors,
    },
  };
}

export const consent = () => ({
  revision: "1",
  purposes: [
    { id: "necessary", basis: "exempt", storage: true, consent_mode: ["security_storage"] },
    { id: "analytics", basis: "consent", storage: true, tcf: [1, 7, 8, 9], consent_mode: ["analytics_storage"] },
    {
      ...{ id: "marketing", basis: "consent", storage: true, tcf: [1, 2, 3, 4], tcf_special_features: [1] },
      consent_mode: ["ad_storage", "ad_user_data", "ad_personalization"],
    },
    { id: "reach", basis: "legitimate_interest", tcf: [10] },
  ],
  vendors: [
    { id: "google", name: "Google", tcf_id: 755, ac_id: 89, purposes: ["marketing"] },
    { id: "meter", name: "Meter", tcf_id: 12, purposes: ["analytics", "reach"] },
    { id: "guard", name: "Guard", tcf_id: 31, purposes: ["necessary"] },
    { id: "gone", name: "Not listed", tcf_id: 999, purposes: ["analytics"] },
  ],
  regions: [
    { match: ["EU", "GB"], model: "opt_in", gpp: ["tcfeuv2"] },
    { match: ["US-CA"], model: "opt_out", gpc: "opt_out", gpp: ["usnat", "usca"] },
    { match: ["*"], model: "notice" },
  ],
  iab: { cmp_id: 880, cmp_version: 3, publisher_cc: "DE", gvl_url: "/gvl/vendor-list.json", gvl_archives: "/gvl/archives/" },
});

const configOf = (url, policy) => ({
  waymark: 1,
  app: { id: "iab-test" },
  consent: policy,
  collectors: [{ id: "w", protocol: "segment", url: `${url}collect`, needs: ["analytics"], options: { write_key: "K" } }],
});

/** What `waymark stub` prints for a config. */
export function stubOf(config, ...options) {
  const { stdout, stderr, status } = spawnSync(process.execPath, [cli, "stub", "-", ...options], {
    input: JSON.stringify(config),
    encoding: "utf8",
  });
  assert.equal(status, 0, stderr);
  return stdout;
}

// Remembers all that an interface says to a listener, without what is too long to compare.
export const RECORDER = `
  window.tcf = []; window.gpp = [];
  if (window.__tcfapi) __tcfapi("addEventListener", 2, (data, success) => tcf.push({ ...data, success }));
  if (window.__gpp) __gpp("addEventListener", (event, success) => gpp.push({ ...event, success }));`;

/**
 * `files`: more of the site, by path: text or an object. `inline`: the first script behind the stub. `stub`: false for none.
 * `html`: what stands in the body.
 */
export async function newIabScene(t, browser, { policy = consent(), region = "DE", files = {}, ...more } = {}) {
  const { stub = true, inline = RECORDER, html = "", options, headers = {}, init } = more;
  const asked = [];
  const site = { files: { "gvl/vendor-list.json": vendorList(), ...files } };
  const server = createServer(async (request, response) => {
    const file = request.url.slice(1).split("?")[0];
    asked.push(file);
    const give = (type, body, more) => {
      const cors = { "Access-Control-Allow-Origin": "*", "Access-Control-Allow-Headers": "*" };
      response.writeHead(200, { "Content-Type": type, ...cors, ...more }).end(body);
    };
    if (file === "") return give("text/html", site.page, headers);
    if (file === "waymark.json") return give("application/json", JSON.stringify(site.config));
    if (file === "collect") return give("text/plain", "");
    const own = site.files[file];
    if (own !== undefined) {
      const text = typeof own === "string";
      return give(text ? "text/html" : "application/json", text ? own : JSON.stringify(own), site.caching);
    }
    const body = await readFile(new URL(file, dist)).catch(() => undefined);
    return body ? give(TYPES[file.split(".").pop()], body) : response.writeHead(404).end();
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address();
  const url = `http://127.0.0.1:${port}/`;
  site.config = configOf(url, policy);
  const early = stub ? stubOf(site.config) : "";
  const tag = region ? `data-region="${region}"` : "";
  site.page = `<!doctype html><html lang="de"><title>t</title><script>${early}</script><script>${inline}</script>
    <script async src="waymark.js" ${tag} data-config="waymark.json"></script><body>${html}`;
  const { context, page, faults } = await newVisitor(browser, options);
  if (init) await context.addInitScript(init);
  t.after(async () => {
    await context.close();
    server.close();
    server.closeAllConnections();
    assert.deepEqual(faults, [], "what pages threw");
  });
  return { site, context, page, asked, url, elsewhere: `http://localhost:${port}/` };
}

/** The question of a site of its own: it says when people see it. */
export const show = (page) => page.evaluate(() => void document.dispatchEvent(new CustomEvent("waymark:shown", { bubbles: true })));

/** They answer, and it is gone. */
export const decide = (page, choices) =>
  page.evaluate((choices) => {
    window.waymark("consent.set", choices);
    document.dispatchEvent(new CustomEvent("waymark:hidden", { bubbles: true }));
  }, choices);

export const ALL = { analytics: "granted", marketing: "granted" };
export const NONE = { analytics: "denied", marketing: "denied" };

/** Asks an interface, and waits for its answer. */
export const ask = (page, name, ...args) =>
  page.evaluate(
    ([name, args]) =>
      new Promise((resolve) => {
        const reply = (value, success) => resolve({ value, success });
        if (name === "__tcfapi") window.__tcfapi(args[0], args[1], reply, ...args.slice(2));
        else window.__gpp(args[0], reply, ...args.slice(1));
      }),
    [name, args],
  );

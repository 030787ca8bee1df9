#!/usr/bin/env node
// How long a vendor waits for `__tcfapi` and `__gpp` on a page: the wall time of each call, from the call to its callback, in
// Chromium, with as many vendors as a big site discloses. And of what comes after a decision, until the last listener has it.
//
//   node tests/bench/iab_page.mjs [--vendors=800] [--calls=500]

import { table } from "../../scripts/lib/table.mjs";
import { launch, until } from "../e2e/browser.mjs";
import { ALL, consent, decide, newIabScene, vendorList } from "../e2e/iab_scene.mjs";
import { median, number, percentile } from "./lib/stats.mjs";

const argument = (name, otherwise) =>
  Number(process.argv.find((word) => word.startsWith(`--${name}=`))?.split("=")[1] ?? otherwise);
const vendors = argument("vendors", 800);
const calls = argument("calls", 500);
const CALL_MS_MAX = 1;

const ids = Array.from({ length: vendors }, (_, place) => place + 1);
const { vendors: listed, ...rest } = vendorList();
const list = { ...rest, vendors: Object.fromEntries(ids.map((id) => [id, { ...listed[755], id }])) };
const policy = consent();
policy.vendors = ids.map((id) => ({ id: `v${id}`, name: `Vendor ${id}`, tcf_id: id, purposes: ["marketing"] }));

const COMMANDS = [
  ["__tcfapi", "ping", 2],
  ["__tcfapi", "getTCData", 2],
  ["__tcfapi", "getInAppTCData", 2],
  ["__tcfapi", "addEventListener", 2],
  ["__tcfapi", "removeEventListener", 2],
  ["__tcfapi", "getVendorList", 2],
  ["__gpp", "ping"],
  ["__gpp", "addEventListener"],
  ["__gpp", "hasSection", "tcfeuv2"],
  ["__gpp", "getSection", "tcfeuv2"],
];

function timesOf([name, command, parameter], count) {
  return new Promise((resolve) => {
    const times = [];
    const next = () => {
      if (times.length === count) return resolve(times);
      const from = performance.now();
      let told = false;
      const reply = () => {
        if (told) return;
        told = true;
        times.push(performance.now() - from);
        setTimeout(next, 0);
      };
      if (name === "__tcfapi") window.__tcfapi(command, parameter, reply);
      else window.__gpp(command, reply, parameter);
    };
    next();
  });
}

const ends = [];
const browser = await launch();
try {
  const isolated = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };
  const files = { "gvl/vendor-list.json": list };
  const scene = await newIabScene({ after: (end) => ends.push(end) }, browser, { policy, files, inline: "window.tcf = []", headers: isolated });
  const { page, url } = scene;
  await page.goto(url);
  await until(() => page.evaluate(() => new Promise((resolve) => window.__gpp("ping", ({ cmpStatus }) => resolve(cmpStatus === "loaded")))));
  await decide(page, ALL);
  await until(() => page.evaluate(() => new Promise((resolve) => window.__tcfapi("getTCData", 2, ({ eventStatus }) => resolve(eventStatus)))));
  const rows = [];
  for (const command of COMMANDS) {
    // Listeners are bounded; what is measured is the call.
    const count = command[1] === "addEventListener" ? Math.min(calls, 400) : calls;
    const times = await page.evaluate(`(${timesOf})(${JSON.stringify(command)}, ${count})`);
    const [middle, high] = [median(times), percentile(times, 0.99)];
    rows.push([command.slice(0, 2).join(" "), number(middle, 3), number(high, 3), middle <= CALL_MS_MAX ? "" : "missed"]);
  }
  process.stdout.write(`${vendors} vendors, ${calls} calls of each, at most ${CALL_MS_MAX} ms by the median\n\n`);
  process.stdout.write(table(["call", ">median ms", ">99 % ms", ""], rows));
  process.exitCode = rows.some((row) => row[3]) ? 1 : 0;
  for (const end of ends) await end();
} finally {
  await browser.close();
}

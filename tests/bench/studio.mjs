// How long it takes until the studio can be used: from the start of the navigation until the policy
// can be edited and has been judged by the engine, by the browser's own timeline. Every run is
// somebody who has never been there.
//
//     node tests/bench/studio.mjs [--runs 15] [--against <js/dist/studio of another checkout>]
//
// --against: both are visited in turns, and what is printed last is this one's share of the other's
// time: that says more than milliseconds do, which another minute on a busy machine has others of.

import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

import { launchChromium } from "../e2e/engines/chromium.mjs";
import { startStudio } from "../e2e/studio_site.mjs";
import { least, median, most } from "./lib/stats.mjs";

const { values } = parseArgs({
  options: { runs: { type: "string", default: "15" }, against: { type: "string" } },
});
const LIMIT_MS = 1000;

const sites = [await startStudio()];
if (values.against) sites.push(await startStudio(pathToFileURL(`${resolve(values.against)}/`)));
const browser = await launchChromium();

async function run(site) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  // What the main thread computed: on a busy machine it tells more than the clock does.
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  await page.goto(site.url);
  await page.waitForFunction(() => performance.getEntriesByName("interactive").length);
  const times = await page.evaluate(() => {
    const of = (name) => performance.getEntriesByName(name)[0]?.startTime ?? NaN;
    return { paint: of("first-contentful-paint"), editor: of("editor"), interactive: of("interactive") };
  });
  const { metrics } = await session.send("Performance.getMetrics");
  times.cpu = metrics.find(({ name }) => name === "TaskDuration").value * 1000;
  await context.close();
  return times;
}

const runs = sites.map(() => []);
for (let left = Number(values.runs); left > 0; left -= 1) {
  for (const [at, site] of sites.entries()) runs[at].push(await run(site));
}
await browser.close();
for (const site of sites) await site.stop();

const names = ["paint", "editor", "interactive", "cpu"];
for (const [at, visits] of runs.entries()) {
  if (at) process.stdout.write("the other one:\n");
  for (const name of names) {
    const all = visits.map((times) => times[name]);
    const figures = [median(all), least(all), most(all)].map((ms) => ms.toFixed(0));
    process.stdout.write(`${name.padEnd(12)} median ${figures[0]} ms (${figures[1]} to ${figures[2]})\n`);
  }
}
if (values.against) {
  // Each visit against the one that followed it.
  for (const name of names) {
    const shares = runs[0].map((times, at) => times[name] / runs[1][at][name]);
    process.stdout.write(`${name.padEnd(12)} ${median(shares).toFixed(2)} of the other's\n`);
  }
}
const reached = median(runs[0].map(({ interactive }) => interactive));
process.stdout.write(`${runs[0].length} first visits; interactive is to be within ${LIMIT_MS} ms\n`);
process.exitCode = reached <= LIMIT_MS ? 0 : 1;

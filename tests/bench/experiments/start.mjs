// B: what the peer's start costs the main thread, from a trace of the first seconds of a page.
//
//   evaluate   running the peer's script
//   init       the inline script that starts it
//   script     all script until 2 s after ready (what init leaves for later is in here), less the no-op's
//   all        all tasks of the main thread in that time, less the no-op's
//
// Case "4x": with the processor throttled to a quarter.

import { least, median, number } from "../lib/stats.mjs";
import { startCosts } from "../lib/trace.mjs";
import { sleep, withVisit } from "../lib/visit.mjs";

const CATEGORIES = ["devtools.timeline", "disabled-by-default-devtools.timeline", "v8", "v8.wasm", "toplevel"];

async function measure(bench, peer, how) {
  return withVisit(bench, peer, {}, async (visit) => {
    const page = await visit.newPage();
    if (how === "4x") await throttle(page);
    await bench.browser.startTracing(page, { categories: CATEGORIES });
    const begun = performance.now();
    await visit.open(page).catch(async (error) => {
      await bench.browser.stopTracing();
      throw error;
    });
    const ready_ms = performance.now() - begun;
    await sleep(2000);
    const trace = JSON.parse(await bench.browser.stopTracing());
    return { ready_ms, ...startCosts(trace.traceEvents, `/peers/${peer.peer}.js`, "/compasses/") };
  });
}

async function throttle(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate: 4 });
}

const of = (raws, member) => (raws ?? []).map((raw) => raw[member]);
const over = (raws, all, how, member) =>
  median(of(raws[how], member)) - (median(of(all.noop?.[how], member)) ?? NaN);

function cells(raws, all) {
  const ms = (how, member) => number(median(of(raws[how], member)), 1);
  const more = (how, member) => number(over(raws, all, how, member), 1);
  return [
    ...[ms("", "evaluate_ms"), ms("", "init_ms"), more("", "script_ms"), more("", "all_ms"), ms("", "longest_ms")],
    ...[ms("4x", "evaluate_ms"), ms("4x", "init_ms"), more("4x", "script_ms")],
    `${raws[""]?.length ?? 0}/${raws["4x"]?.length ?? 0}`,
  ];
}

const STARTERS = ["snowplow", "segment", "rudder", "posthog", "amplitude", "mixpanel"];

// What init leaves for later must not be more than what the best peer needs in all.
function checks(raws, all) {
  const sum = median(raws[""].map((raw) => raw.evaluate_ms + raw.init_ms));
  const best = least(STARTERS.map((id) => (all[id] ? over(all[id], all, "", "script_ms") : NaN)));
  const script = over(raws, all, "", "script_ms");
  return [
    ["evaluate + init, ms", "<= 3", sum, (value) => value <= 3],
    ...(best === undefined
      ? []
      : [["all script until 2 s after ready, ms", `<= ${number(best, 1)} (best peer)`, script, (value) => value <= best]]),
  ];
}

export const start = {
  id: "B",
  name: "b-start",
  with_noop: true,
  cases: ["", "4x"],
  quick_cases: [""],
  measure,
  tables: [
    {
      id: "B",
      title: "B. start cost, main-thread CPU ms (medians)",
      headings: [
        ...["evaluate", "init() sync", "all script until 2 s after ready, over noop"],
        ...["all main thread over noop", "longest task", "evaluate 4x", "init 4x", "all script 4x", "n"],
      ],
      cells,
      checks,
    },
  ],
};

// C2: 100 calls at a user's pace, one per 100 ms; CPU until 4 s after the last.

import { cpuSession, taskCpuMs } from "../lib/browser.mjs";
import { least, mean, median, number, percentile } from "../lib/stats.mjs";
import { sleep, withVisit } from "../lib/visit.mjs";
import { wireOf } from "../lib/wire.mjs";

const LOOP = { events: 100, per_task: 1, gap_ms: 100 };

async function measure(bench, peer) {
  return withVisit(bench, peer, {}, async (visit) => {
    const page = await visit.open();
    await sleep(1500);
    const session = await cpuSession(page);
    const before = await taskCpuMs(session);
    const { times_us } = await page.evaluate((loop) => window.bench.loop(loop), LOOP);
    await sleep(4000);
    const cpu_ms = (await taskCpuMs(session)) - before;
    // Engines that gather for longer than 4 s are given the time to deliver; it is not in the CPU.
    if (peer.peer !== "noop") await visit.collector.arrived(LOOP.events, 10_000);
    return {
      ...{ p50_us: percentile(times_us, 0.5), mean_us: mean(times_us), p99_us: percentile(times_us, 0.99) },
      ...{ cpu_ms, ...wireOf(visit.collector) },
    };
  });
}

const of = (raws, member) => raws.map((raw) => raw[member]);

function cells({ "": raws }, all) {
  const cpu = median(of(raws, "cpu_ms")) - (median(of(all.noop?.[""] ?? [], "cpu_ms")) ?? NaN);
  const perEvent = (member) => number(median(raws.map((raw) => raw[member] / raw.delivered)));
  return [
    ...["p50_us", "mean_us", "p99_us"].map((member) => number(median(of(raws, member)))),
    ...[number(least(of(raws, "p99_us"))), number((cpu * 1000) / LOOP.events)],
    ...[number(median(of(raws, "requests"))), perEvent("body_bytes"), perEvent("header_bytes")],
    ...[number(median(of(raws, "delivered"))), raws.length],
  ];
}

export const pace = {
  id: "C2",
  name: "c2-pace",
  with_noop: true,
  reps: 2,
  measure,
  tables: [
    {
      id: "C2",
      title: "C2. 100 track() calls, one per 100 ms",
      headings: [
        ...["p50 us", "mean us", "p99 us", "best-rep p99 us"],
        ...["CPU us/event over no-op (all main thread, until 4 s after)", "requests"],
        ...["body bytes/event", "header+URL bytes/event", "delivered", "n"],
      ],
      cells,
    },
  ],
};

// C: what 1,000 calls cost the page, and D: what their events cost the network.
//
// 10 calls a task, tasks 10 ms apart; then until all have arrived (30 s at most), and 1 s more.

import { cpuSession, taskCpuMs } from "../lib/browser.mjs";
import { least, mean, median, number, percentile } from "../lib/stats.mjs";
import { sleep, withVisit } from "../lib/visit.mjs";
import { wireOf } from "../lib/wire.mjs";

const LOOP = { events: 1000, per_task: 10, gap_ms: 10 };

async function measure(bench, peer) {
  return withVisit(bench, peer, {}, async (visit) => {
    const page = await visit.open();
    await sleep(1500);
    const session = await cpuSession(page);
    const before = await taskCpuMs(session);
    const { times_us, wall_ms } = await page.evaluate((loop) => window.bench.loop(loop), LOOP);
    const looped = await taskCpuMs(session);
    if (peer.peer !== "noop") await visit.collector.arrived(LOOP.events, 30_000);
    await sleep(1000);
    const after = await taskCpuMs(session);
    return {
      ...{ p50_us: percentile(times_us, 0.5), mean_us: mean(times_us), p99_us: percentile(times_us, 0.99) },
      ...{ max_us: Math.max(...times_us), wall_ms, loop_cpu_ms: looped - before, cpu_ms: after - before },
      ...wireOf(visit.collector),
    };
  });
}

const of = (raws, member) => raws.map((raw) => raw[member]);
const over = (raws, all, member) =>
  median(of(raws, member)) - (median(of(all.noop?.[""] ?? [], member)) ?? NaN);

function callCells({ "": raws }, all) {
  const cpu = over(raws, all, "cpu_ms");
  return [
    number(median(of(raws, "p50_us"))),
    ...[number(median(of(raws, "mean_us"))), number(least(of(raws, "mean_us")))],
    ...[number(median(of(raws, "p99_us"))), number(least(of(raws, "p99_us")))],
    ...[number(over(raws, all, "loop_cpu_ms")), number(cpu), number((cpu * 1000) / LOOP.events)],
    raws.length,
  ];
}

function wireCells({ "": raws }) {
  const perEvent = (member) => number(median(raws.map((raw) => raw[member] / raw.delivered)));
  return [
    ...["delivered", "requests", "preflights", "body_bytes"].map((member) => number(median(of(raws, member)))),
    ...["body_bytes", "decoded_bytes", "header_bytes"].map(perEvent),
    raws[0].encodings,
  ];
}

function callChecks({ "": raws }, all) {
  return [
    ["track() p50, us", "<= 10", median(of(raws, "p50_us")), (value) => value <= 10],
    ["track() mean, us", "<= 20", median(of(raws, "mean_us")), (value) => value <= 20],
    ["track() p99, us", "<= 100", median(of(raws, "p99_us")), (value) => value <= 100],
    ["CPU an event until delivered, us", "<= 120", over(raws, all, "cpu_ms"), (value) => value <= 120],
  ];
}

function wireChecks({ "": raws }) {
  const bytes = median(raws.map((raw) => raw.body_bytes / raw.delivered));
  return [
    ["body bytes an event", "<= 80", bytes, (value) => value <= 80],
    ["requests for 1,000 events", "<= 12", median(of(raws, "requests")), (value) => value <= 12],
    ["delivered of 1,000", "1000", least(of(raws, "delivered")), (value) => value === 1000],
  ];
}

export const calls = {
  id: "C",
  name: "c-calls",
  with_noop: true,
  with_variants: true,
  measure,
  tables: [
    {
      id: "C",
      title: "C. 1,000 track() calls (wall us per call; CPU ms of the main thread over the no-op loop)",
      headings: [
        ...["p50 us", "mean us", "best-rep mean us", "p99 us", "best-rep p99 us"],
        ...["CPU during loop ms", "CPU until delivered ms", "CPU us/event", "n"],
      ],
      cells: callCells,
      checks: callChecks,
    },
    {
      id: "D",
      title: "D. wire cost of the same 1,000 events",
      headings: [
        ...["delivered", "requests", "preflights", "body bytes", "body bytes/event"],
        ...["decoded bytes/event", "header+URL bytes/event", "encoding"],
      ],
      cells: wireCells,
      checks: wireChecks,
      without: ["noop"],
    },
  ],
};

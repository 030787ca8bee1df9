// G: 10,000 calls while the collector refuses connections (50 a task, 10 ms between, 90 s at most).
// Heap after two forced collections against before; then
//
//   recover   the collector is up for 60 s, then a reload and 30 s more
//   reload    the page is reloaded in the outage, then the collector is up for 60 s
//   bound     as `reload`, with a queue of 2,000 events (Waymark only): the rest must be counted

import { least, mean, median, most, number, spread } from "../lib/stats.mjs";
import { deviceBytes, heapBytes, watchWasmMemory } from "../lib/memory.mjs";
import { sleep, withVisit } from "../lib/visit.mjs";

const CALLS = 10_000;
const BOUND = 2000;
const LOOP = { events: CALLS, per_task: 50, gap_ms: 10, ms_max: 90_000 };
const MB = 1024 * 1024;
const CASES = ["recover", "reload", "bound"];

const countsOf = (page) => page.evaluate(() => window.peer.counts?.());

async function measure(bench, peer, how) {
  if (how === "bound" && peer.peer !== "waymark") return undefined;
  const options = how === "bound" ? { delivery: { outbox_events_max: BOUND } } : {};
  return withVisit(bench, peer, options, async (visit) => {
    await visit.context.addInitScript(watchWasmMemory);
    const page = await visit.open();
    await sleep(1500);
    const before = await heapBytes(page);
    await visit.collector.set({ kind: "down" });
    const { made, wall_ms, times_us } = await page.evaluate((loop) => window.bench.loop(loop), LOOP);
    await sleep(2000);
    const after = await heapBytes(page);
    const device = await deviceBytes(page);
    const offline = await countsOf(page);
    return {
      ...{ made, wall_ms, before, after, device, offline, thousands: byThousand(times_us) },
      ...(how === "recover"
        ? await recoverThenReload(bench, visit, page)
        : await reloadThenRecover(bench, visit, page, how === "bound" ? BOUND : CALLS)),
      kept: keptOf(visit.collector),
    };
  });
}

async function recoverThenReload(bench, visit, page) {
  const { collector } = visit;
  await collector.set({ kind: "ok" });
  await collector.arrived(CALLS, bench.quick ? 40_000 : 60_000);
  const recovered = collector.of(CALLS);
  const next = await visit.again(page);
  await callOnce(next);
  await collector.arrived(CALLS + 1, bench.quick ? 10_000 : 30_000);
  return { recovered, reloaded: collector.of(CALLS), counts: await countsOf(next) };
}

async function reloadThenRecover(bench, visit, page, expected) {
  const { collector } = visit;
  const next = await visit.again(page);
  await sleep(2000);
  await collector.set({ kind: "ok" });
  await collector.arrived(expected, bench.quick ? 30_000 : 60_000);
  await callOnce(next);
  await sleep(bench.quick ? 3000 : 10_000);
  return { reloaded: collector.of(CALLS), counts: await countsOf(next) };
}

// As any page does: some peers send what they kept only with the next event. Not before what was kept has
// had its time: in a full queue one more event would displace another.
const callOnce = (page) => page.evaluate((n) => window.bench.call(n), CALLS);

function byThousand(times) {
  const whole = Math.floor(times.length / 1000);
  return Array.from({ length: whole }, (_, i) => mean(times.slice(i * 1000, (i + 1) * 1000)));
}

/** Of each thousand calls, how many events have arrived. */
function keptOf({ events }) {
  const kept = new Array(10).fill(0);
  for (const n of events.keys()) if (n < CALLS) kept[Math.floor(n / 1000)]++;
  return kept;
}

const growth = (raws, member) => raws.map(({ before, after }) => (after[member] - before[member]) / MB);
const every = (raws) => CASES.flatMap((how) => raws[how] ?? []);
// Three thousand calls at either end: less than that is noise.
const slowing = (raws) =>
  median(every(raws).map(({ thousands: t }) => (t.length < 6 ? NaN : mean(t.slice(-3)) / mean(t.slice(0, 3)))));
const of = (raws, member) => (raws ?? []).map((raw) => raw[member]);

function cells(raws) {
  const all = every(raws);
  const device = (member) => number(median(all.map((raw) => raw.device[member] / 1024)));
  return [
    spread(of(all, "made")),
    ...["js", "wasm", "sum"].map((member) => number(median(growth(all, member)), 1)),
    ...[device("local_storage"), device("indexed_db"), number(median(of(all, "wall_ms")) / 1000, 1)],
    number(slowing(raws), 2),
    ...[spread(of(raws.recover, "recovered")), spread(of(raws.recover, "reloaded"))],
    ...[spread(of(raws.reload, "reloaded")), raws.reload?.[0].kept.join(" ") ?? "–"],
    all.length,
  ];
}

const lost = (counts) => Object.values(counts?.losses ?? {}).reduce((sum, count) => sum + count, 0);

function checks(raws) {
  const all = every(raws);
  return [
    ["heap growth, JS and wasm, MB (most)", "<= 4", most(growth(all, "sum")), (value) => value <= 4],
    ["last 3,000 calls against the first", "<= 1.5", slowing(raws), (value) => value <= 1.5],
    ["reload: arrived after it (least)", "10000", least(of(raws.reload, "reloaded")), (value) => value === CALLS],
    [
      ...[`bound ${BOUND}: arrived after the reload (least)`, `${BOUND}`],
      ...[least(of(raws.bound, "reloaded")), (value) => value === BOUND],
    ],
    ...["offline", "counts"].map((when) => [
      ...[`bound ${BOUND}: counted as lost${when === "counts" ? ", after the reload" : ""}`, `${CALLS - BOUND}`],
      ...[least((raws.bound ?? []).map((raw) => lost(raw[when]))), (value) => value === CALLS - BOUND],
    ]),
  ];
}

export const backlog = {
  id: "G",
  name: "g-backlog",
  cases: CASES,
  reps: 1,
  parallel: 1,
  measure,
  tables: [
    {
      id: "G",
      title: "G. up to 10,000 calls (90 s at most), collector down",
      headings: [
        ...["calls made", "JS heap growth MB", "wasm growth MB", "sum MB"],
        ...["localStorage KB", "IndexedDB KB", "loop s (wall)", "mean us, last 3,000 / first"],
        ...["arrived in 60 s after recovery", "after reload", "reload in the outage: arrived"],
        ...["kept by thousand (reload, rep 1)", "n"],
      ],
      cells,
      checks,
      without: ["noop"],
    },
  ],
};

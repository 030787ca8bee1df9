// F: the collector fails for 20 s, one event per 200 ms (100). Then it is well again; 40 s unaided,
// one more event ("next click"), then a reload and one more ("next page view").
//
// `+reload`: the page is also reloaded at 10 s, in the outage.

import { sleep, withVisit } from "../lib/visit.mjs";
import { checksOf, cellsOf, headings } from "./outage_table.mjs";

const EVENTS = 100;
const GAP_MS = 200;
const OUTAGE_MS = 20_000;

const limited = { kind: "status", status: 429, retry_after: 10 };

/** By name: what the collector does, and whether the page is reloaded meanwhile. */
export const FAULTS = {
  s503: { fault: { kind: "status", status: 503 } },
  down: { fault: { kind: "down" } },
  "s503+reload": { fault: { kind: "status", status: 503 }, reload: true },
  "down+reload": { fault: { kind: "down" }, reload: true },
  ra429: { fault: { ...limited, exposed: true } },
  ra429hidden: { fault: limited },
  ackloss: { fault: { kind: "ackloss" } },
  ackloss1: { fault: { kind: "ackloss", times: 1 } },
};

/** What the page asks of the collector, also where nothing listens. */
function countAttempts(page, visit) {
  const at = [];
  page.on("request", (request) => {
    if (request.url().startsWith(visit.collector.url)) at.push(performance.now());
  });
  return at;
}

async function sendThrough(visit, page, { fault, reload }) {
  const { collector } = visit;
  const start = performance.now();
  await collector.set(fault);
  const drip = (from, to) => page.evaluate(([a, b, gap]) => window.bench.drip(a, b, gap), [from, to, GAP_MS]);
  if (reload) {
    await drip(0, EVENTS / 2);
    await page.reload();
    await drip(EVENTS / 2, EVENTS);
  } else {
    await drip(0, EVENTS);
  }
  await sleep(start + OUTAGE_MS - performance.now());
  // A fault of a few requests is over by itself.
  if (fault.times === undefined) await collector.set({ kind: "ok" });
  return { start, end: performance.now() };
}

const once = (page, n) => page.evaluate((number) => window.bench.call(number), n);

async function measure(bench, peer, _case, plan) {
  const { unaided_ms, click_ms, view_ms } = bench.quick
    ? { unaided_ms: 20_000, click_ms: 5000, view_ms: 5000 }
    : { unaided_ms: 40_000, click_ms: 15_000, view_ms: 17_000 };
  return withVisit(bench, peer, {}, async (visit) => {
    const page = await visit.open();
    await sleep(1000);
    const attempts = countAttempts(page, visit);
    const { start, end } = await sendThrough(visit, page, plan);
    await sleep(unaided_ms);
    const unaided = arrivedOf(visit);
    await once(page, EVENTS);
    await sleep(click_ms);
    const clicked = arrivedOf(visit);
    await page.reload();
    await once(page, EVENTS + 1);
    await sleep(view_ms);
    return { unaided, clicked, viewed: arrivedOf(visit), ...traffic(visit, attempts, start, end) };
  });
}

const arrivedOf = (visit) => visit.collector.of(EVENTS);

function traffic({ collector }, attempts, start, end) {
  const events = [...collector.events].filter(([n]) => n < EVENTS).map(([, event]) => event);
  const last = Math.max(...events.map(({ at }) => at));
  const inside = (at) => at >= start && at < end;
  const seen = collector.requests.filter(({ at }) => inside(at)).length;
  return {
    recovery_s: events.length === EVENTS ? Math.max(0, (last - end) / 1000) : undefined,
    // Playwright does not see what a dying page sends, the collector not what nothing listens to.
    outage_requests: Math.max(seen, attempts.filter(inside).length),
    received_requests: seen,
    early: earlyOnes(collector.requests),
    ...{ repeats: collector.repeats, repeats_after_ids: collector.repeatsAfterIds },
    ...repeated(events),
    timeline: collector.requests.map((one) => [Math.round(one.at - start), one.status, one.events, one.wire_bytes]),
    attempts: attempts.map((at) => Math.round(at - start)),
  };
}

// Requests that came before a Retry-After of 10 s was over (50 ms are the machine's).
function earlyOnes(requests) {
  let until = 0;
  let early = 0;
  for (const { at, done, status } of requests) {
    if (at < until - 50) early++;
    if (status === 429) until = Math.max(until, done + 10_000);
  }
  return early;
}

// Which bodies brought events of the outage a second time, and how many copies the worst event has.
function repeated(events) {
  const twice = events.filter(({ count }) => count > 1);
  const firsts = new Set(twice.map(({ batches }) => batches[0]));
  return { batches_repeated: firsts.size, copies_max: Math.max(1, ...twice.map(({ count }) => count)) };
}

function experimentOf(name) {
  return {
    id: "F",
    name: `f-${name}`,
    fault: name,
    parallel: 6,
    measure: (bench, peer, which) => measure(bench, peer, which, FAULTS[name]),
    tables: [
      {
        ...{ id: "F", title: `F. ${name}: of 100`, headings, cells: cellsOf, without: ["noop"] },
        checks: (raws) => checksOf(name, raws[""]),
      },
    ],
  };
}

export const outages = Object.keys(FAULTS).map(experimentOf);

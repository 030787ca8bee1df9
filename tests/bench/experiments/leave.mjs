// E: 50 events, and the page goes. How many arrive while it goes, and how many after the next visit.
//
//   nav         50 events, then location.href, in one task
//   navspread   one event per 20 ms, the page is left in the task of the 50th
//   close       50 events, then window.close(), in one task
//   crash       50 events in one task, then the renderer is killed
//   cold        start, 50 events and location.href in the first inline script
//
// Counted 4 s later; then a new page with the peer on the same origin, which makes one call of its own
// as any page does (some peers send what they kept only with the next event), and up to 15 s more.

import { least, most, spread } from "../lib/stats.mjs";
import { sleep, withVisit } from "../lib/visit.mjs";

const EVENTS = 50;

// The page goes while the call runs: that it has no answer is no fault.
const gone = (promise) => promise.catch(() => {});

const LEAVE = {
  async nav(visit, page) {
    await gone(page.evaluate((events) => window.bench.burstAndLeave(events, "nav"), EVENTS));
  },
  async navspread(visit, page) {
    await gone(page.evaluate((events) => window.bench.spreadAndLeave(events, 20, "nav"), EVENTS));
  },
  async close(visit, page) {
    await gone(page.evaluate((events) => window.bench.burstAndLeave(events, "close"), EVENTS));
  },
  async crash(visit, page) {
    const session = await visit.context.newCDPSession(page);
    await page.evaluate((events) => window.bench.burst(0, events), EVENTS);
    gone(session.send("Page.crash"));
  },
};

// A page may close itself when a script has opened it.
async function openByScript(visit) {
  const opener = await visit.newPage();
  await opener.goto(`${visit.base}/blank`);
  const opened = visit.context.waitForEvent("page");
  await opener.evaluate((url) => void window.open(url), visit.url());
  const page = await opened;
  await page.waitForLoadState("load");
  await page.evaluate(() => window.bench.ready());
  return page;
}

async function openAndLeave(visit, how) {
  if (how === "cold") {
    const page = await visit.newPage();
    return gone(page.goto(visit.url("cold"), { waitUntil: "commit" }));
  }
  const page = how === "close" ? await openByScript(visit) : await visit.open();
  await sleep(1500);
  return LEAVE[how](visit, page);
}

async function measure(bench, peer, how) {
  return withVisit(bench, peer, {}, async (visit) => {
    await openAndLeave(visit, how);
    await sleep(4000);
    const { collector } = visit;
    const unload = collector.of(EVENTS);
    const page = await visit.open();
    await page.evaluate((n) => window.bench.call(n), EVENTS);
    await collector.arrived(EVENTS + 1, bench.quick ? 10_000 : 15_000);
    await sleep(2000);
    return {
      ...{ unload, reopened: collector.of(EVENTS), repeats: collector.repeats },
      repeats_after_ids: collector.repeatsAfterIds,
      requests: collector.requests.map((one) => [Math.round(one.at), one.status, one.events, one.wire_bytes]),
    };
  });
}

const CASES = ["nav", "navspread", "close", "crash", "cold"];
const of = (raws, member) => (raws ?? []).map((raw) => raw[member]);

function cells(raws) {
  const counts = CASES.flatMap((how) => [spread(of(raws[how], "unload")), spread(of(raws[how], "reopened"))]);
  const every = CASES.flatMap((how) => raws[how] ?? []);
  const ns = CASES.map((how) => raws[how]?.length ?? 0);
  const most_repeats = ["repeats", "repeats_after_ids"].map((member) => most(of(every, member)));
  return [...counts, ...most_repeats, `${Math.max(...ns)}/${Math.min(...ns)}`];
}

function checks(raws) {
  const every = CASES.flatMap((how) => raws[how] ?? []);
  const all = (value) => value === EVENTS;
  const nearly = (value) => value >= EVENTS - 1;
  return [
    ...["nav", "close"].map((how) => [`${how}: at unload (least)`, ">= 49", least(of(raws[how], "unload")), nearly]),
    ...CASES.map((how) => [`${how}: after reopening (least)`, "50", least(of(raws[how], "reopened")), all]),
    ["twice after removing equal ids (most)", "0", most(of(every, "repeats_after_ids")), (value) => value === 0],
  ];
}

const headings = [
  ...["nav: at unload", "nav: after reopen", "navspread: at unload", "navspread: after reopen"],
  ...["close: at unload", "close: after reopen", "renderer crash: at once", "crash: after reopen"],
  ...["cold (init, 50 events, leave): at unload", "cold: after reopen"],
  ...["duplicates (max)", "after equal ids (max)", "n"],
];

export const leave = {
  id: "E",
  name: "e-leave",
  cases: CASES,
  parallel: 3,
  measure,
  tables: [
    {
      id: "E",
      title: "E. of 50 events: at the collector after the page went / after reopening, median (min-max)",
      headings,
      cells,
      checks,
      without: ["noop"],
    },
  ],
};

// The table of F, and what Waymark must reach in it.

import { least, median, most, number, spread } from "../lib/stats.mjs";

const of = (raws, member) => raws.map((raw) => raw[member]);

export const headings = [
  ...["arrived unaided", "after one more event", "after next page view", "duplicates", "after equal ids"],
  ...["requests sent during the outage", "before Retry-After was over", "s from recovery to 100", "n"],
];

export function cellsOf({ "": raws }) {
  const seconds = median(of(raws, "recovery_s"));
  return [
    ...["unaided", "clicked", "viewed", "repeats", "repeats_after_ids"].map((member) => spread(of(raws, member))),
    ...[spread(of(raws, "outage_requests")), spread(of(raws, "early"))],
    ...[seconds === undefined ? "never" : number(seconds, 1), raws.length],
  ];
}

const all = ["arrived unaided (least)", "100", (raws) => least(of(raws, "unaided")), (value) => value === 100];
const soon = ["s from recovery to 100 (most)", "<= 5", (raws) => slowest(raws), (value) => value <= 5];
const upTo = (bound, what, member) => [
  ...[`${what} (most)`, bound === 0 ? "0" : `<= ${bound}`],
  ...[(raws) => most(of(raws, member)), (value) => value <= bound],
];
const requestsUpTo = (bound) => upTo(bound, "requests in the outage", "outage_requests");
const none_early = upTo(0, "before Retry-After was over", "early");
const one_batch = upTo(1, "batches sent again", "batches_repeated");
const equal_ids = upTo(0, "twice after removing equal ids", "repeats_after_ids");
const twice_at_most = upTo(2, "copies of one event", "copies_max");

// A run that never gets all has no time: it counts as endless.
const slowest = (raws) => Math.max(...of(raws, "recovery_s").map((seconds) => seconds ?? Infinity));

const TARGETS = {
  s503: [all, soon, requestsUpTo(6), equal_ids],
  down: [all, soon, requestsUpTo(6), equal_ids],
  "s503+reload": [all, soon, requestsUpTo(6), equal_ids],
  "down+reload": [all, soon, requestsUpTo(6), equal_ids],
  ra429: [all, requestsUpTo(4), none_early],
  ra429hidden: [all, requestsUpTo(6)],
  ackloss: [all, one_batch, equal_ids],
  ackloss1: [all, one_batch, twice_at_most, equal_ids],
};

/** What Waymark reached under a fault, as rows of the report. */
export function checksOf(name, raws) {
  return TARGETS[name].map(([what, target, value, meets]) => [`${name}: ${what}`, target, value(raws), meets]);
}

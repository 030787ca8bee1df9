// What an experiment does inside the page: starts the peer, makes its calls, and times them.
//
// The peer is window.peer (see README.md), the run's facts are window.setup.
// Nothing here polls or logs: the page's main thread does the peer's work and this file's loops.

import { NAME, properties } from "./events.js";

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function call(n) {
  window.peer.track(NAME, properties(window.setup.run, n));
}

/** Events `from` to `to` (exclusive) in one task. */
function burst(from, to) {
  for (let n = from; n < to; n++) call(n);
}

function leave(how) {
  if (how === "nav") location.href = "/blank";
  if (how === "close") window.close();
}

/** All events and the end of the page in one task. */
function burstAndLeave(events, how) {
  burst(0, events);
  leave(how);
}

/** One event per `gap_ms`; the page is left in the task of the last one. */
function spreadAndLeave(events, gap_ms, how) {
  return new Promise((resolve) => {
    let n = 0;
    const timer = setInterval(() => {
      call(n++);
      if (n < events) return;
      clearInterval(timer);
      resolve();
      leave(how);
    }, gap_ms);
  });
}

/** One event per `gap_ms`, by the clock: a late task makes up for what it missed. */
function drip(from, to, gap_ms) {
  const start = performance.now();
  let n = from;
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      const due = from + 1 + Math.floor((performance.now() - start) / gap_ms);
      while (n < Math.min(due, to)) call(n++);
      if (n < to) return;
      clearInterval(timer);
      resolve();
    }, gap_ms);
  });
}

/**
 * Calls in tasks of `per_task`, `gap_ms` apart, until `events` or `ms_max`. Properties are made
 * outside the timed part. Gives the wall time of every call in microseconds.
 */
async function loop({ events, per_task, gap_ms, ms_max = Infinity }) {
  const times_us = new Float64Array(events);
  const start = performance.now();
  let made = 0;
  while (made < events && performance.now() - start < ms_max) {
    const end = Math.min(made + per_task, events);
    const given = [];
    for (let n = made; n < end; n++) given.push(properties(window.setup.run, n));
    for (const one of given) {
      const before = performance.now();
      window.peer.track(NAME, one);
      times_us[made++] = (performance.now() - before) * 1000;
    }
    await pause(gap_ms);
  }
  const wall_ms = performance.now() - start;
  return { made, wall_ms, times_us: Array.from(times_us.subarray(0, made), (us) => Math.round(us)) };
}

function start() {
  window.peer.start(window.setup);
}

function ready() {
  return Promise.resolve(window.peer.ready?.());
}

window.bench = { call, burst, burstAndLeave, spreadAndLeave, drip, loop, start, ready, pause };

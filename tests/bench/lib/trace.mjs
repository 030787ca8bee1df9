// Reads main-thread CPU time out of a trace. Times are `tdur`: they bear other load better than wall.

// Whatever of these is outermost is script; what stands inside one of them is already in it.
const SCRIPT = new Set([
  ...["EvaluateScript", "v8.compile", "v8.evaluateModule", "v8.run", "v8.callFunction", "FunctionCall"],
  ...["RunMicrotasks", "BlinkScheduler_PerformMicrotaskCheckpoint", "TimerFire", "EventDispatch"],
  ...["v8.wasm.compileConsume", "wasm.CompileLazy", "MinorGC", "MajorGC", "V8.GCScavenger"],
]);
const TASK = "RunTask";

const ms = (event) => (event.tdur ?? 0) / 1000;
const sum = (events) => events.reduce((total, event) => total + ms(event), 0);

/** @returns CPU milliseconds of the thread that evaluated `bundle`. */
export function startCosts(events, bundle, page) {
  const evaluated = events.filter(({ name, ph }) => name === "EvaluateScript" && ph === "X");
  const at = (part) => evaluated.filter(({ args }) => args.data?.url?.includes(part));
  const [own] = at(bundle);
  if (!own) throw new Error(`The trace has no evaluation of ${bundle}.`);
  const thread = events.filter(({ pid, tid, ph }) => pid === own.pid && tid === own.tid && ph === "X");
  const from = navigationOf(events, own);
  const tasks = thread.filter(({ name, ts }) => name === TASK && ts >= from);
  return {
    ...{ evaluate_ms: sum(at(bundle)), init_ms: sum(at(page)), script_ms: sum(outermost(thread)) },
    ...{ all_ms: sum(tasks), longest_ms: Math.max(0, ...tasks.map(ms)) },
  };
}

// Playwright's own scripts run before the page's; they belong to nobody's start.
function navigationOf(events, { pid, tid, ts }) {
  const commits = events.filter(
    (event) => event.name === "CommitLoad" && event.pid === pid && event.tid === tid && event.ts < ts,
  );
  return commits.length ? commits.at(-1).ts : 0;
}

function outermost(thread) {
  const script = thread.filter(({ name }) => SCRIPT.has(name)).sort((a, b) => a.ts - b.ts || b.dur - a.dur);
  let end = -1;
  return script.filter(({ ts, dur }) => {
    if (ts < end) return false;
    end = ts + dur;
    return true;
  });
}

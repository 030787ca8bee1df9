// Runs one experiment: all its peers, cases and repetitions, interleaved, so that a busy minute of the
// machine hits everybody.

// The slowest peer needs five minutes for 10,000 calls and what follows them.
const RUN_MS_MAX = 600_000;

/**
 * @returns {Promise<{raws: Record<string, Record<string, object[]>>, errors: object[]}>} raws by
 *   peer and case
 */
export async function runExperiment(experiment, bench, peers, settings) {
  const jobs = jobsOf(experiment, peers, settings);
  const raws = {};
  const errors = [];
  const total = jobs.length;
  let ended = 0;
  const worker = async () => {
    for (let job = jobs.shift(); job; job = jobs.shift()) {
      const begun = Date.now();
      const outcome = await attempt(experiment, bench, job);
      const name = `${job.peer.id}${job.how ? ` ${job.how}` : ""} #${job.rep + 1}`;
      if (outcome.error) errors.push({ name, error: outcome.error });
      else if (outcome.raw) ((raws[job.peer.id] ??= {})[job.how] ??= []).push(outcome.raw);
      const seconds = ((Date.now() - begun) / 1000).toFixed(0);
      bench.log(`  ${++ended}/${total} ${name}: ${outcome.error ?? `${seconds} s`}`);
    }
  };
  await Promise.all(Array.from({ length: experiment.parallel ?? 1 }, worker));
  return { raws, errors };
}

function jobsOf(experiment, peers, settings) {
  const reps = settings.reps ?? (settings.quick ? 1 : (experiment.reps ?? 3));
  const all = (settings.quick && experiment.quick_cases) || experiment.cases || [""];
  const cases = all.filter((how) => !settings.cases || how === "" || settings.cases.includes(how));
  const jobs = [];
  for (let rep = 0; rep < reps; rep++) {
    for (const how of cases) for (const peer of peers) jobs.push({ peer, how, rep });
  }
  return jobs;
}

async function attempt(experiment, bench, { peer, how }) {
  const visits = [];
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(() => resolve({ error: `not ended after ${RUN_MS_MAX / 1000} s` }), RUN_MS_MAX);
  });
  const run = experiment.measure({ ...bench, visits }, peer, how).then(
    (raw) => ({ raw }),
    (error) => ({ error: error.message.split("\n")[0] }),
  );
  const outcome = await Promise.race([run, late]);
  clearTimeout(timer);
  // What was given up must not go on beside the next run.
  if (outcome.error) await Promise.all(visits.map((visit) => visit.end().catch(() => {})));
  return outcome;
}

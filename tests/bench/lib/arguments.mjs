// What the command line asks for.

import { allIds, peerOf, plainIds } from "../peers.mjs";

export const TABLES = ["A", "B", "C", "C2", "D", "E", "F", "G"];

export const USAGE = `make bench ARGS="…"

  --peers=waymark,snowplow   who is measured; with variants: snowplow:batch (default: all)
  --only=C,E,F               which tables: ${TABLES.join(", ")} (default: all)
  --cases=s503,nav           only these cases of E, F and G
  --reps=3                   repetitions (default: 3; C2: 2; G: 1)
  --quick                    one repetition, no variants, shorter waits
  --dist=js/dist             the build of Waymark under measurement
  --hint=shipped             whose bundle asks V8 to compile all of it at once: shipped (ours, as
                             waymark.js does), all, none
`;

const list = (text) => text.split(",").filter(Boolean);

const READERS = {
  peers: (settings, text) => (settings.peers = list(text)),
  only: (settings, text) => (settings.only = list(text.toUpperCase())),
  cases: (settings, text) => (settings.cases = list(text)),
  reps: (settings, text) => (settings.reps = Number(text)),
  quick: (settings) => (settings.quick = true),
  // lib/paths.mjs has read these.
  dist: () => {},
  hint: () => {},
};

/** @throws Error with a sentence when something is not understood */
export function readArguments(given) {
  const settings = { peers: undefined, only: TABLES, cases: undefined, reps: undefined, quick: false };
  for (const text of given) {
    const [, name, value = ""] = /^--([a-z]+)(?:=(.*))?$/.exec(text) ?? [];
    if (!READERS[name]) throw new Error(`"${text}" is not understood.\n\n${USAGE}`);
    READERS[name](settings, value);
  }
  const unknown = settings.only.filter((table) => !TABLES.includes(table));
  if (unknown.length) throw new Error(`There is no table ${unknown.join(", ")}; there are: ${TABLES.join(", ")}.`);
  return settings;
}

/** Who takes part in an experiment; variants only where nobody was named. */
export function peersFor(experiment, settings) {
  const all = experiment.with_variants && !settings.quick ? allIds() : plainIds();
  const ids = (settings.peers ?? all).filter((id) => experiment.with_noop || id !== "noop");
  if (experiment.with_noop && !ids.includes("noop")) ids.unshift("noop");
  return ids.map(peerOf);
}

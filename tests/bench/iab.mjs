#!/usr/bin/env node
// Reading strings of the IAB's: the engine natively and in WebAssembly beside the npm references, in
// one run. Rounds are interleaved, so that a busy moment hits everybody.
//
//   node tests/bench/iab.mjs [--seed=1] [--rounds=60]
//
// "wasm" is what a caller of the module waits for: a question in, an object out, with vendors as
// "0110…"; "wasm, ids" lists them one by one. "wasm, verdict" asks only whether a string is valid: the
// price of reading apart from that of the object. The references are asked for every field, because
// they read when asked. "native" reads into the engine's structs, "native, JSON" writes the document.

import * as tcf from "@iabtechlabtcf/core";
import { GppModel } from "@iabgpp/cmpapi";
import { build } from "esbuild";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";

import { table } from "../../scripts/lib/table.mjs";
import { gppStrings, tcStrings } from "../fakes/iab_strings.mjs";
import { DIST, ROOT } from "./lib/paths.mjs";
import { least, median, number } from "./lib/stats.mjs";

const argument = (name, otherwise) =>
  Number(process.argv.find((word) => word.startsWith(`--${name}=`))?.split("=")[1] ?? otherwise);
const seed = argument("seed", 1);
const rounds = argument("rounds", 60);
const repeats = 5;

const layouts = JSON.parse(readFileSync(join(ROOT, "tests/vectors/gpp_layouts.json"), "utf8"));
const groups = [
  {
    name: "TC, 800 vendors",
    strings: tcStrings(tcf, { seed, count: 40, vendors: 800, dense: true }),
    reference: (text) => tcf.TCString.decode(text),
    native_us_max: 5,
    wasm_us_max: 15,
  },
  {
    name: "GPP, 1 to 5 sections",
    strings: gppStrings({ GppModel, layouts }, { seed, count: 40 }),
    reference: (text) => {
      const model = new GppModel(text);
      for (const id of model.getSectionIds()) model.getSection(names.get(id));
    },
    wasm_us_max: 20,
  },
];
const names = new Map(Object.entries(layouts).map(([name, { id }]) => [id, name]));

// The bridge of the npm package, which asks as the faces do.
async function openModule() {
  const { outputFiles } = await build({
    ...{ entryPoints: [join(ROOT, "js/src/core/bridge.ts")], bundle: true, write: false, format: "esm" },
  });
  const source = Buffer.from(outputFiles[0].contents).toString("base64");
  const { encode, openEngine } = await import(`data:text/javascript;base64,${source}`);
  const start = { now: { wall_ms: 0, mono_ms: 0 }, entropy: new Uint8Array(32), config: {} };
  const module = new WebAssembly.Module(readFileSync(join(DIST, "waymark-tools.wasm")));
  return openEngine(module, encode(start));
}

function native(strings) {
  const program = join(ROOT, "build/native/tests/bench/waymark_iab_bench");
  const { status, stdout, stderr, error } = spawnSync(program, { input: strings.join("\n") + "\n" });
  if (status !== 0) throw new Error(`${program}: ${error?.message ?? stderr}; run scripts/build native`);
  return JSON.parse(stdout);
}

// Of processor time, which bears other load better than the clock on the wall.
function microseconds(strings, work) {
  const start = process.cpuUsage();
  for (let i = 0; i < repeats; ++i) for (const text of strings) work(text);
  const { user, system } = process.cpuUsage(start);
  return (user + system) / (repeats * strings.length);
}

const engine = await openModule();
const ask = (query, more = "") => (text) =>
  engine.query(`{"query":"iab_${query}"${more},"text":"${text}"}`).result.error && fail(text);
function fail(text) {
  throw new Error(`cannot be read: ${text}`);
}

let failed = false;
for (const { name, strings, reference, native_us_max, wasm_us_max } of groups) {
  const works = {
    wasm: ask("decode", ',"vendors":"bits"'),
    "wasm, ids": ask("decode"),
    "wasm, verdict": ask("validate"),
    reference,
  };
  const taken = Object.fromEntries(Object.keys(works).map((who) => [who, []]));
  // The first rounds are the compilers' own.
  for (let round = -10; round < rounds; ++round) {
    for (const [who, work] of Object.entries(works)) {
      const us = microseconds(strings, work);
      if (round >= 0) taken[who].push(us);
    }
  }
  const { read_ns, document_ns } = native(strings);
  const rows = [
    ["native", [read_ns / 1000], native_us_max],
    ["native, JSON", [document_ns / 1000]],
    ...Object.entries(taken).map(([who, values]) => [who, values, who === "wasm" ? wasm_us_max : undefined]),
  ];
  const base = median(taken.reference);
  const characters = strings.map((text) => text.length);
  process.stdout.write(
    `\n${name}: ${strings.length} strings of ${least(characters)} to ${Math.max(...characters)} characters, seed ${seed}\n` +
      table(
        ["us of CPU a string", ">median", ">least", ">reference is slower by", ">at most", ""],
        rows.map(([who, values, limit]) => {
          const over = limit !== undefined && median(values) > limit;
          failed ||= over;
          const verdict = limit === undefined ? "" : over ? "over" : "reached";
          return [who, number(median(values), 1), number(least(values), 1), `${number(base / median(values), 1)} x`, limit, verdict];
        }),
      ),
  );
}
process.stdout.write(`\nload average ${loadavg()[0].toFixed(1)}, Node ${process.version}\n`);
process.exitCode = failed ? 1 : 0;

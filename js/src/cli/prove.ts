// `waymark prove`: whether a collector can ever get an event, or one field of it, without a
// purpose.

import type { Problem } from "../core/types.ts";
import { line, readDocument } from "./document.ts";
import { openQuestions } from "./engine.ts";
import {
  circumstances,
  collectorsIn,
  type PolicyCase,
  purposesIn,
  reasonText,
} from "../policy/questions.ts";
import { askAbout } from "./policy.ts";
import type { ExitCode, Terminal } from "./terminal.ts";
import { expectKnown, type Kinds, Misuse, onlyFile, readWords, type Words } from "./words.ts";

interface Proof {
  holds: boolean;
  cases: number;
  counterexample: Partial<PolicyCase>;
  problems: Problem[];
}

const kinds: Kinds = { collector: "value", without: "value", field: "value", json: "switch" };

export async function runProve(words: string[], wasm: URL, terminal: Terminal): Promise<ExitCode> {
  const given = readWords("prove", words, kinds);
  const { file, collector, without, field } = claimIn(given);
  if (collector === undefined) throw new Misuse("prove needs --collector, an id of the config.");
  if (without === undefined) throw new Misuse("prove needs --without, a purpose of the config.");
  const config = readDocument(file);
  const engine = await openQuestions(wasm);
  const proof = askAbout<Proof>(engine, "prove", config, { collector, without, field });
  expectKnown("collector", collector, collectorsIn(config));
  expectKnown("purpose", without, purposesIn(config));
  if (proof.problems.length) {
    const lines = proof.problems.map(({ found, allowed }) => `found ${found}; allowed: ${allowed}`);
    throw new Misuse(`--field ${field}: ${lines.join("; ")}.`);
  }
  if (given.has("json")) {
    const { problems: _none, ...answer } = proof;
    terminal.out(JSON.stringify(answer) + "\n");
  } else terminal.out(sentence(proof, collector, without, field));
  return proof.holds ? 0 : 1;
}

interface Claim {
  file: string;
  collector: string | undefined;
  without: string | undefined;
  field: string | undefined;
}

const claim_form =
  /^(?:(?:field )?(\S+)|(?:an? |no )?events?) reach(?:es)? (\S+) only with (\S+?)\.?$/i;

// Options, or a sentence beside the file: "field /user/id reaches ads only with marketing".
function claimIn(given: Words): Claim {
  const claim = given.files.find((word) => /\s/.test(word) && claim_form.test(word));
  const options = { collector: given.one("collector"), without: given.one("without") };
  if (claim === undefined) {
    const file = onlyFile("prove", "a config document", given);
    return { file, ...options, field: given.one("field") };
  }
  const files = given.files.filter((word) => word !== claim);
  const file = onlyFile("prove", "a config document", { ...given, files });
  const [, field, collector, without] = claim_form.exec(claim)!;
  const path = field && (fields[field] ?? (field.startsWith("/") ? field : `/properties/${field}`));
  return { file, collector, without, field: /^events?$/i.test(field ?? "") ? undefined : path };
}

const fields: Record<string, string> = { user_id: "/user/id", anonymous_id: "/anonymous_id" };

function sentence(
  { holds, cases, counterexample: found }: Proof,
  collector: string,
  without: string,
  field: string | undefined,
): string {
  const what = field === undefined ? "event" : `event with ${field} as it is`;
  const claim = `${what} reaches ${collector} without ${without}`;
  if (holds) return `No ${claim}: holds in ${cases} cases.\n`;
  if (!found.verdict) {
    const allowed = "fewer regions, signals or purposes";
    const many = { code: "too_big", pointer: "", found: "more than a million cases", allowed };
    return line("not decided", many) + "\n";
  }
  const example = found as PolicyCase;
  const because = example.because.map(reasonText).join(", ");
  return (
    `An ${claim}: ${circumstances(example)}; ` + `because ${because}.\n${JSON.stringify(example)}\n`
  );
}

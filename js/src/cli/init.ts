// `waymark init`: a few questions, and a policy to begin with, notes on it, and a page that asks.

import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import {
  starting_protocols,
  startingNotes,
  startingPage,
  startingPolicy,
  type Use,
  uses,
  type Wishes,
} from "../policy/starting.ts";
import { receipt_languages } from "../records/receipt.ts";
import type { ExitCode, Terminal } from "./terminal.ts";
import { meant, Misuse, readWords } from "./words.ts";

interface Question {
  name: string;
  asks: string;
  otherwise: string;
  /** What is wrong with an answer, or nothing. */
  wrong?: (answer: string) => string | undefined;
}

const listed = (text: string) => text.split(/[\s,]+/).filter(Boolean);
const each = (known: readonly string[]) => (answer: string) => {
  const unknown = listed(answer).find((word) => !known.includes(word));
  if (unknown !== undefined) return `There is no ${unknown}.${meant(unknown, known)}`;
  return listed(answer).length ? undefined : "One at least.";
};
const matches = (pattern: RegExp, said: string) => (answer: string) =>
  pattern.test(answer) ? undefined : said;

const questions: Question[] = [
  {
    ...{ name: "id", asks: "A short name for your site", otherwise: "my-site" },
    wrong: matches(/^[A-Za-z0-9][\w.-]{0,63}$/, "Letters, digits, _ . - only."),
  },
  { name: "company", asks: "Who answers for the data (company)", otherwise: "My company" },
  {
    name: "contact",
    asks: "How people reach them about privacy",
    otherwise: "privacy@example.com",
  },
  { name: "policy_url", asks: "Address of your privacy notice", otherwise: "/privacy" },
  {
    ...{ name: "languages", asks: "Languages of the site, first the main one", otherwise: "en" },
    wrong: each(receipt_languages),
  },
  {
    ...{
      name: "uses",
      asks: `What you use data for (${uses.join(", ")})`,
      otherwise: "statistics",
    },
    wrong: each(uses),
  },
  {
    ...{ name: "protocol", asks: `Who gets events (${starting_protocols.join(", ")})` },
    ...{ otherwise: "segment", wrong: each(starting_protocols) },
  },
  {
    ...{ name: "url", asks: "Its address", otherwise: "https://collector.example" },
    wrong: matches(/^https:\/\/[\w.-]+(:\d+)?(\/\S*)?$/, "An address that begins with https://"),
  },
  { name: "key", asks: "Its public key or site id", otherwise: "change-me" },
  {
    ...{ name: "age", asks: "Minimum age where the site is for children, else 0", otherwise: "0" },
    wrong: matches(/^(0|1[3-9]|2[01])$/, "0, or 13 to 21."),
  },
];

const kinds = { yes: "switch", page: "switch", force: "switch" } as const;

export async function runInit(words: string[], _wasm: URL, terminal: Terminal): Promise<ExitCode> {
  const given = readWords("init", words, kinds);
  const [file = "waymark.json", ...rest] = given.files;
  if (rest.length || !file.endsWith(".json"))
    throw new Misuse("init takes one name, of a .json file.");
  const folder = dirname(file);
  const files = [file, file.replace(/\.json$/, ".notes.md")];
  if (given.has("page")) files.push(join(folder, "index.html"));
  const there = files.filter((name) => existsSync(name));
  if (there.length && !given.has("force")) {
    throw new Misuse(`${there.join(" and ")}: there already; --force writes over it.`);
  }
  const ask = given.has("yes") ? undefined : terminal.ask;
  if (!ask && !given.has("yes")) throw new Misuse("Nobody can be asked here: use --yes.");
  const wishes = wishesOf(await answersOf(ask, terminal));
  const policy = startingPolicy(wishes);
  const name = basename(file);
  const texts = [JSON.stringify(policy, null, 2) + "\n", startingNotes(policy, name)];
  if (given.has("page")) texts.push(startingPage(policy, name));
  mkdirSync(folder, { recursive: true });
  files.forEach((path, at) => writeFileSync(path, texts[at]!));
  terminal.out(files.map((path) => `written: ${path}\n`).join(""));
  terminal.out(`next: npx waymark lint ${file}\n`);
  return 0;
}

async function answersOf(
  ask: Terminal["ask"],
  terminal: Terminal,
): Promise<Record<string, string>> {
  const answers: Record<string, string> = {};
  for (const { name, asks, otherwise, wrong } of questions) {
    let answer = otherwise;
    while (ask) {
      answer = (await ask(`${asks} [${otherwise}]: `)).trim() || otherwise;
      const said = wrong?.(answer);
      if (!said) break;
      terminal.err(`${said}\n`);
    }
    answers[name] = answer;
  }
  return answers;
}

function wishesOf(answers: Record<string, string>): Wishes {
  const { id, company, contact, policy_url, languages, protocol, url, key, age } = answers;
  return {
    id: id!,
    controller: { name: company!, contact: contact!, policy_url: policy_url! },
    languages: listed(languages!),
    uses: listed(answers.uses!) as Use[],
    collector: { protocol: protocol!, url: url!, key: key! },
    age: +age!,
    revision: new Date().toISOString().slice(0, 10),
  };
}

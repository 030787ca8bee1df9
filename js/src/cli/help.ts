// What `waymark --help` prints, and `waymark <command> --help`.

declare const WAYMARK_VERSION: string;

export const version = WAYMARK_VERSION;

interface Command {
  /** One line. */
  does: string;
  usage: string[];
  options?: [option: string, does: string][];
  examples?: string[];
  /** What exit code 1 says. */
  finding?: string;
}

const json: [string, string] = ["--json", "as one JSON document, for programs"];
const config = "waymark.json";

/** In the order in which they are listed. */
const commands: Record<string, Command> = {
  init: {
    does: "asks a few questions and writes a policy to begin with, and notes on it",
    usage: ["waymark init [waymark.json]"],
    options: [
      ["--yes", "asks nothing"],
      ["--page", "also writes index.html, a page that asks"],
      ["--force", "writes over what is there"],
    ],
    examples: ["npx waymark init site/waymark.json --yes --page"],
  },
  lint: {
    does: "says what is wrong with config documents: where, how bad, whose rule, what to do",
    usage: ["waymark lint <file…>", "waymark lint -"],
    options: [json],
    examples: [`npx waymark lint ${config}`],
    finding: "errors or warnings; notes are none",
  },
  explain: {
    does: "what becomes of one event: who gets it, with which fields, what is stored, and why",
    usage: ["waymark explain <config> --event <file>"],
    options: [
      ["--event <file>", '{"type", "name", "properties", "context", …}'],
      ["--region <code>", "where the person is: DE, US-CA"],
      ["--age <years>", ""],
      ["--signal gpc|dnt|att", "is on; more than once for several"],
      ["--choice <purpose>=yes|no", "what the person answered; more than once for several"],
      json,
    ],
    examples: [
      `npx waymark explain ${config} --event order.json --region FR --choice analytics=yes`,
      `npx waymark explain ${config} --event order.json --region US-CA --signal gpc`,
    ],
  },
  table: {
    does: "who gets what: a row for each region, signal, age and answer that makes a difference",
    usage: ["waymark table <config>"],
    options: [
      ["--collector <id>", "only of this one"],
      ["--form markdown|html|csv|json", "markdown without it"],
      json,
    ],
    examples: [`npx waymark table ${config} --form csv > table.csv`],
  },
  prove: {
    does: "whether a collector can ever get an event, or a field, without a purpose",
    usage: [
      'waymark prove <config> "field user_id reaches ads only with marketing"',
      "waymark prove <config> --collector <id> --without <purpose>",
    ],
    options: [
      ["--field <pointer>", "an event with this field as it is: /user/id, /properties/email"],
      json,
    ],
    examples: [`npx waymark prove ${config} "an event reaches ads only with marketing"`],
    finding: "a counterexample, which is printed",
  },
  diff: {
    does: "what another policy changes for visitors, and who is to be asked anew",
    usage: ["waymark diff <old> <new>"],
    options: [json],
    examples: ["npx waymark diff deployed.json waymark.json"],
    finding: "visitors notice something",
  },
  disclose: {
    does: "what the privacy notice has to say: storage, recipients, purposes, periods",
    usage: ["waymark disclose <config>"],
    options: [
      ["--language <tag>", "more than once for several; those of the config without it"],
      ["--form markdown|html|json|iab", "iab: device storage disclosure of the IAB's vendors"],
      json,
    ],
    examples: [`npx waymark disclose ${config} --language de --form html > cookies.html`],
    finding: "there are no words in a language",
  },
  simulate: {
    does: "plays a scripted visit: what was held, dropped, de-identified and sent, and why",
    usage: ["waymark simulate <config> <scenario>"],
    options: [json],
    examples: [`npx waymark simulate ${config} visit.json     (sdk/docs/scenario.schema.json)`],
    finding: "something was not as the scenario expects",
  },
  audit: {
    does: "holds stored events against records of consent and reports every violation",
    usage: ["waymark audit <events.ndjson> <records.ndjson> --policy <config>"],
    options: [
      ["--collector <id>", "of events that do not name their own"],
      ["--now <time>", "when it takes place: 2026-11-22T09:00:00Z"],
      ["--max <count>", "how many violations are printed; 100 without it, all are counted"],
      json,
    ],
    examples: [`npx waymark audit events.ndjson records.ndjson --policy ${config}`],
    finding: "violations",
  },
  records: {
    does: "whether a decision log is whole, what happened in it, and what others read of it",
    usage: [
      "waymark records verify <log>",
      "waymark records show <log>",
      "waymark records export <log> --config <config>",
    ],
    options: [
      ["--anchor <hash>", "the last hash, as it was noted elsewhere; of all three"],
      ["--config <file>", "the config; once for each revision in the log"],
      ["--form iso27560|receipt", "records of ISO/IEC TS 27560, or receipts for the person"],
      ["--language <tag>", "of receipts: any that the banner speaks; English without it"],
      ["--supplement <file>", "what no config says: withdrawal_method, pii_information, …"],
      json,
    ],
    examples: ["npx waymark records show log.json"],
    finding: "the log is not whole",
  },
  iab: {
    does: "TC, GPP, US Privacy (1YNN) and Additional Consent (2~…) strings as JSON, and back",
    usage: [
      "waymark iab decode <string…>",
      "waymark iab validate <string…>",
      "waymark iab encode <document…>",
      "waymark iab keys <string…>",
    ],
    options: [["--kind=tc|gpp|usp|ac", "what the strings are, if not what they look like"]],
    examples: ["npx waymark iab decode CQSbk4AQSbk4ANwAAAENAwCgAAAAAAAAAAYgACPAAAAA"],
    finding: "a string that is not valid. Without arguments: a line of standard input each",
  },
  stub: {
    does: "the script to put into a page first: calls, Google's defaults, IAB functions",
    usage: ["waymark stub <config>"],
    options: [
      ["--global <name>", "of the queue, if not waymark: the script's data-global"],
      ["--prefix <text>", "of what is stored, if not waymark.: the script's data-prefix"],
      ["--html", "in a <script> tag"],
      ["--hash", "what a Content-Security-Policy names it by: 'sha256-…'"],
    ],
    examples: [`npx waymark stub ${config} --html`],
  },
  codegen: {
    does: "types of all events, of the vocabulary and of a tracking plan, for a language",
    usage: ["waymark codegen --language ts|kotlin|swift [plan]"],
    options: [
      ["--without-vocabulary", "of the plan alone"],
      ["--package <name>", "Kotlin's; without it io.waymark.vocabulary"],
    ],
    examples: [`npx waymark codegen --language ts ${config} > events.ts`],
  },
  serve: {
    does: "opens the studio; or serves a folder, with the package's files under waymark/",
    usage: ["waymark serve [folder]"],
    options: [["--port <number>", "8804 without it"]],
    examples: ["npx waymark serve", "npx waymark serve site"],
  },
};

const width = Math.max(...Object.keys(commands).map((name) => name.length));
const exit = "0 nothing found, 1 findings, 2 wrong use or unusable file";

export const help = `waymark ${version}

Usage
${Object.entries(commands)
  .map(([name, { does }]) => `  waymark ${name.padEnd(width)}  ${does}\n`)
  .join("")}
  waymark <command> --help      its options, with examples
  waymark --help | --version

Exit code: ${exit}.
`;

/** Of one command; of no command that there is: all of them. */
export function helpOf(name: string | undefined): string {
  const command = commands[name ?? ""];
  if (!command) return help;
  const { does, usage, options = [], examples = [], finding } = command;
  const wide = Math.max(0, ...options.map(([option]) => option.length));
  const row = (option: string, text: string) => `  ${option.padEnd(wide)}  ${text}`.trimEnd();
  const rows = options.map(([option, text]) => `${row(option, text)}\n`);
  const ends = finding ? `Exit code 1: ${finding}.\n` : "";
  return [
    `waymark ${name}: ${does}\n`,
    `Usage\n${usage.map((line) => `  ${line}\n`).join("")}`,
    rows.length ? `Options\n${rows.join("")}` : "",
    examples.length ? `Example\n${examples.map((line) => `  ${line}\n`).join("")}` : "",
    ends,
  ]
    .filter(Boolean)
    .join("\n");
}

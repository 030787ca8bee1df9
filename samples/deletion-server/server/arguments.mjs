// Reads the command line. Promises either complete options or one sentence that says what is wrong.

import { parseArgs } from "node:util";

export const USAGE = `Usage: node serve.mjs --config <file> [options]
       node serve.mjs --verify [--data <folder>]
       node serve.mjs --log <subject> [--data <folder>]

  --config <file>      who may send, and where deletions go (config.example.json)
  --data <folder>      of the ledger and of the deletions under way   (data)
  --port <number>      port to listen on; 0 takes any free one        (8803)
  --host <name>        address to listen on                           (127.0.0.1)
  --verify             say whether the ledger and each chain in it are whole, and end
  --log <subject>      print the decision log of a person, for \`waymark records\`, and end
  --help               this text

Exit code: 0 whole or found, 1 not, 2 wrong use.
`;

const FLAGS = {
  config: { type: "string" },
  data: { type: "string", default: "data" },
  port: { type: "string", default: "8803" },
  host: { type: "string", default: "127.0.0.1" },
  verify: { type: "boolean", default: false },
  log: { type: "string" },
  help: { type: "boolean", default: false },
};

/** {config, data, port, host, verify, log}, or {help}, or {error}. */
export function readArguments(argv) {
  let values;
  try {
    values = parseArgs({ args: argv, options: FLAGS, strict: true }).values;
  } catch (error) {
    return { error: `${error.message.split(/\. |\n/)[0].replace(/\.$/, "")}.` };
  }
  if (values.help) return { help: true };
  const port = /^\d{1,5}$/.test(values.port) ? Number(values.port) : NaN;
  if (!(port <= 65535)) return { error: `--port takes a number from 0 to 65535, not "${values.port}".` };
  if (!values.verify && !values.log && !values.config) return { error: "--config is missing." };
  return { ...values, port };
}

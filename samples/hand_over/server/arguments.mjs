// Reads the command line. Promises either complete options or one sentence that says what is wrong.

import { parseArgs } from "node:util";

export const USAGE = `Usage: node serve.mjs --config <file> [options]
       node serve.mjs --rotate <file>

  --config <file>      domains, cookie and keys (config.example.json)
  --port <number>      port to listen on; 0 takes any free one        (8804)
  --host <name>        address to listen on                           (127.0.0.1)
  --rotate <file>      put a new key into a file of keys, and end; servers that run take it up
  --help               this text

Exit code: 0 done, 1 could not, 2 wrong use.
`;

const FLAGS = {
  config: { type: "string" },
  port: { type: "string", default: "8804" },
  host: { type: "string", default: "127.0.0.1" },
  rotate: { type: "string" },
  help: { type: "boolean", default: false },
};

/** {config, port, host}, or {rotate}, or {help}, or {error}. */
export function readArguments(argv) {
  let values;
  try {
    values = parseArgs({ args: argv, options: FLAGS, strict: true }).values;
  } catch (error) {
    return { error: `${error.message.split(/\. |\n/)[0].replace(/\.$/, "")}.` };
  }
  if (values.help || values.rotate) return values;
  const port = /^\d{1,5}$/.test(values.port) ? Number(values.port) : NaN;
  if (!(port <= 65535)) return { error: `--port takes a number from 0 to 65535, not "${values.port}".` };
  if (!values.config) return { error: "--config is missing." };
  return { ...values, port };
}

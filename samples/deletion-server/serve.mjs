#!/usr/bin/env node
// The owner's end of `consent.records`: keeps decisions as proof, and has vendors delete. Prints
// one line when it listens; everything else goes to stderr.

import { mkdirSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { readArguments, USAGE } from "./server/arguments.mjs";
import { readConfig } from "./server/config.mjs";
import { Deletions } from "./server/deletions.mjs";
import { Ledger } from "./server/ledger.mjs";
import { createReceiver } from "./server/receiver.mjs";
import { logOf, verify } from "./server/verify.mjs";

const fail = (sentence, code) => {
  process.stderr.write(`${sentence}\n`);
  process.exit(code);
};

const options = readArguments(process.argv.slice(2));
if (options.help) {
  process.stdout.write(USAGE);
  process.exit(0);
}
if (options.error) fail(`${options.error} See --help.`, 2);

const ledger_file = join(options.data, "ledger.jsonl");
if (options.verify) {
  const { text, whole } = verify(ledger_file);
  process.stdout.write(text);
  process.exit(whole ? 0 : 1);
}

if (options.log) {
  const text = logOf(ledger_file, options.log);
  if (!text) fail(`There is no subject ${options.log} in ${ledger_file}.`, 1);
  process.stdout.write(text);
  process.exit(0);
}

let config, ledger;
try {
  config = readConfig(options.config);
  mkdirSync(options.data, { recursive: true, mode: 0o700 });
  ledger = new Ledger(ledger_file);
} catch (error) {
  fail(error.message, 1);
}
const deletions = new Deletions(config, ledger, join(options.data, "under_way"));
const server = createServer(createReceiver(config, ledger, deletions));
server.on("error", ({ message }) => {
  fail(`The server cannot listen on ${options.host}:${options.port}: ${message}.`, 1);
});
server.listen(options.port, options.host, () => {
  deletions.resume();
  const host = options.host.includes(":") ? `[${options.host}]` : options.host;
  process.stdout.write(`deletion server listening on http://${host}:${server.address().port}\n`);
});

const stop = () => {
  deletions.stop();
  server.close(() => process.exit(0));
  server.closeAllConnections();
};
process.on("SIGINT", stop);
process.on("SIGTERM", stop);

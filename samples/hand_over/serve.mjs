#!/usr/bin/env node
// The owner's end of hand-over tokens. Prints one line when it listens; everything else goes to
// stderr.

import { createServer } from "node:http";
import { readArguments, USAGE } from "./server/arguments.mjs";
import { readConfig } from "./server/config.mjs";
import { Keys, rotate } from "./server/keys.mjs";
import { createReceiver } from "./server/receiver.mjs";
import { Sealer } from "./server/sealer.mjs";

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

let receiver;
try {
  if (options.rotate) {
    process.stdout.write(`key ${rotate(options.rotate)} seals from now on\n`);
    process.exit(0);
  }
  const config = readConfig(options.config);
  receiver = createReceiver(config, new Sealer(new Keys(config.keys), config));
} catch (error) {
  fail(error.message, 1);
}
const server = createServer((request, response) => void receiver(request, response));
server.on("error", ({ message }) => {
  fail(`The server cannot listen on ${options.host}:${options.port}: ${message}.`, 1);
});
server.listen(options.port, options.host, () => {
  const host = options.host.includes(":") ? `[${options.host}]` : options.host;
  process.stdout.write(`hand-over server listening on http://${host}:${server.address().port}\n`);
});

const stop = () => {
  server.close(() => process.exit(0));
  server.closeAllConnections();
};
process.on("SIGINT", stop);
process.on("SIGTERM", stop);

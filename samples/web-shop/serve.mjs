#!/usr/bin/env node
// Serves the shop on this machine: its files, the Waymark build at the root, and index.html for
// every path of the app. Prints one line when it listens; everything else goes to stderr.

import { createServer } from "node:http";
import { readArguments, USAGE } from "./server/arguments.mjs";
import { createShop } from "./server/shop.mjs";
import { missingSdkFiles } from "./server/sdk.mjs";

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

const missing = missingSdkFiles(options);
if (missing.length > 0) {
  process.stderr.write(
    `The shop runs without Waymark, because ${missing.join(" and ")} ` +
      `${missing.length > 1 ? "are" : "is"} missing: run \`make build\` first.\n`,
  );
}

const server = createServer(createShop(options));

server.on("error", (error) => {
  if (error.code === "EADDRINUSE") {
    fail(`Port ${options.port} is already in use: choose another with --port.`, 1);
  }
  fail(`The shop cannot listen on ${options.host}:${options.port}: ${error.message}.`, 1);
});

server.listen(options.port, options.host, () => {
  const host = options.host.includes(":") ? `[${options.host}]` : options.host;
  process.stdout.write(`shop listening on http://${host}:${server.address().port}\n`);
});

const stop = () => {
  server.close(() => process.exit(0));
  server.closeAllConnections();
};
process.on("SIGINT", stop);
process.on("SIGTERM", stop);

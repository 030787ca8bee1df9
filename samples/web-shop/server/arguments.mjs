// Reads the command line. Promises either complete options or one sentence that says what is wrong.

import { fileURLToPath } from "node:url";
import { resolve } from "node:path";
import { parseArgs } from "node:util";

const LOOPBACK = ["127.0.0.1", "localhost", "::1"];
const DEFAULT_SDK = fileURLToPath(new URL("../../../js/dist", import.meta.url));

export const USAGE = `Usage: node serve.mjs [options]

  --port <number>      port to listen on; 0 takes any free one   (8801)
  --host <name>        ${LOOPBACK.join(", ")}               (127.0.0.1)
  --collector <url>    where Waymark sends its events            (http://127.0.0.1:8802)
  --sdk <folder>       folder of stub.js, waymark.js, waymark-all.wasm  (js/dist of this repository)
  --dialects           also send each event in every other protocol (dialects.json)
  --help               this text
`;

const FLAGS = {
  port: { type: "string", default: "8801" },
  host: { type: "string", default: "127.0.0.1" },
  collector: { type: "string", default: "http://127.0.0.1:8802" },
  sdk: { type: "string", default: DEFAULT_SDK },
  dialects: { type: "boolean", default: false },
  help: { type: "boolean", default: false },
};

function portFrom(text) {
  const port = Number(text);
  return /^\d{1,5}$/.test(text) && port <= 65535 ? port : undefined;
}

/** A collector's address without a slash at its end, or undefined. */
function collectorFrom(text) {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const plain = !url.username && !url.password && !url.search && !url.hash;
  if (!plain || !["http:", "https:"].includes(url.protocol)) return undefined;
  return url.href.replace(/\/+$/, "");
}

function parse(argv) {
  try {
    return { values: parseArgs({ args: argv, options: FLAGS, strict: true }).values };
  } catch (error) {
    return { error: `${error.message.split(/\. |\n/)[0].replace(/\.$/, "")}.` };
  }
}

/** {port, host, collector, sdk, dialects}, or {help}, or {error}. `sdk` is relative to the working folder. */
export function readArguments(argv) {
  const { values, error } = parse(argv);
  if (error) return { error };
  if (values.help) return { help: true };

  const port = portFrom(values.port);
  if (port === undefined) return { error: `--port takes a number from 0 to 65535, not "${values.port}".` };
  if (!LOOPBACK.includes(values.host)) {
    return { error: `--host takes ${LOOPBACK.join(", ")}, not "${values.host}": the demo stays on this machine.` };
  }
  const collector = collectorFrom(values.collector);
  if (!collector) return { error: `--collector takes an http(s) address, not "${values.collector}".` };
  if (values.sdk === "") return { error: "--sdk takes a folder, not nothing." };
  return { port, host: values.host, collector, sdk: resolve(values.sdk), dialects: values.dialects };
}

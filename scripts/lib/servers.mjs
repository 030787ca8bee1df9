// Starts the sample collector and the sample shop, and stops them again.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const COLLECTOR = "build/native/samples/collector/waymark-collector";
const SHOP = "samples/web-shop/serve.mjs";
const START_SECONDS_MAX = 20;
const STOP_SECONDS_MAX = 5;

const OTHER_PORTS =
  'If its port is taken: make demo ARGS="--shop-port 8811 --collector-port 8812".';

/** What went wrong, for a person: the sentence is all that is printed. */
export class DemoError extends Error {}

/**
 * A running program that said where it listens in its first line.
 * @typedef {{url: string, ended: Promise<string>, stop: () => Promise<void>}} Server
 */

/** @returns {Promise<Server>} */
export async function startCollector(port, flags = []) {
  requireFile(COLLECTOR);
  return start("collector", [join(ROOT, COLLECTOR), "--port", String(port), ...flags]);
}

/** With `dialects` the shop sends everything in every protocol that there is. @returns {Promise<Server>} */
export async function startShop(port, collectorUrl, { dialects = false } = {}) {
  requireFile(SHOP);
  return start("shop", [
    ...[process.execPath, join(ROOT, SHOP), "--port", String(port)],
    ...["--collector", collectorUrl, "--sdk", join(ROOT, "js/dist"), ...(dialects ? ["--dialects"] : [])],
  ]);
}

function requireFile(path) {
  if (!existsSync(join(ROOT, path))) throw new DemoError(`${path} is missing: run \`make build\`.`);
}

async function start(name, [program, ...args]) {
  const child = spawn(program, args, { cwd: ROOT, stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((resolve) => {
    child.on("error", (error) => resolve(`The ${name} cannot be started: ${error.message}.`));
    child.on("exit", (code, signal) => resolve(`The ${name} ended by ${signal ?? `exit code ${code}`}.`));
  });
  const stop = () => stopChild(child, ended);
  try {
    return { url: await addressOf(name, child, ended), ended, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The address in the first line; later lines are shown as they come. */
function addressOf(name, child, ended) {
  return new Promise((resolve, reject) => {
    const give = (sentence) => reject(new DemoError(sentence));
    const timer = setTimeout(
      () => give(`The ${name} did not say within ${START_SECONDS_MAX} s where it listens.`),
      START_SECONDS_MAX * 1000,
    );
    let text = "";
    const read = (chunk) => {
      text += chunk;
      if (!text.includes("\n")) return;
      clearTimeout(timer);
      child.stdout.off("data", read);
      child.stdout.on("data", (rest) => process.stdout.write(rest));
      const address = new RegExp(`^${name} listening on (http://\\S+)`).exec(text);
      if (address) resolve(address[1]);
      else give(`The ${name} said something else than where it listens: ${text.trim()}`);
    };
    child.stdout.setEncoding("utf8").on("data", read);
    ended.then((sentence) => {
      clearTimeout(timer);
      give(`${sentence} ${OTHER_PORTS}`);
    });
  });
}

async function stopChild(child, ended) {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_SECONDS_MAX * 1000);
  await ended;
  clearTimeout(timer);
}

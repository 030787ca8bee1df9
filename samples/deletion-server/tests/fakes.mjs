// Vendors that note what they are asked and answer as they are told, and the server as a process.

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const serve = fileURLToPath(new URL("../serve.mjs", import.meta.url));

/** Answers in the order of `answers`, then with `otherwise`: [status, body, headers]. */
export async function fakeVendor(otherwise, answers = []) {
  const asked = [];
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += chunk;
    asked.push({
      path: request.url,
      method: request.method,
      token: request.headers.authorization,
      body: JSON.parse(text),
    });
    const [status, body, headers = {}] = answers.shift() ?? otherwise;
    response.writeHead(status, headers).end(JSON.stringify(body));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    ...{ asked, answers, url: `http://127.0.0.1:${server.address().port}` },
    close: () => (server.closeAllConnections(), server.close()),
  };
}

export function scratchFolder(t) {
  const folder = mkdtempSync(join(tmpdir(), "waymark-deletion-"));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

export function run(...words) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [serve, ...words], { encoding: "utf8" });
  return { code: status, out: stdout, err: stderr };
}

/** The server over a folder: its address, and what ends it as a power cut would. */
export async function startServer(t, folder, config, env = {}) {
  const file = join(folder, "config.json");
  writeFileSync(file, JSON.stringify(config));
  const words = [serve, "--config", file, "--data", folder, "--port", "0"];
  const child = spawn(process.execPath, words, {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const kill = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
  };
  t.after(kill);
  const [line] = await once(child.stdout.setEncoding("utf8"), "data");
  return { url: /http:\S+/.exec(line)[0], kill };
}

export const linesOf = (folder) =>
  readFileSync(join(folder, "ledger.jsonl"), "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line));

/** Waits until `look` gives something. */
export async function eventually(look, ms_max = 10_000) {
  for (const start = Date.now(); ; ) {
    const found = look();
    if (found) return found;
    if (Date.now() - start > ms_max) throw new Error(`not within ${ms_max} ms: ${look}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

// Both servers, Node's and that of C++, with the same files.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rotate } from "../server/keys.mjs";

const program = fileURLToPath(new URL("../../../build/native/samples/hand_over/cpp/waymark-hand-over", import.meta.url));
const script = fileURLToPath(new URL("../serve.mjs", import.meta.url));

const domains = ["shop.example", "outlet.example"];

/** A folder with config and keys, gone after `t`. */
export function newFiles(t, more) {
  const folder = mkdtempSync(join(tmpdir(), "hand-over-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const files = { folder, config: join(folder, "config.json"), keys: join(folder, "keys.json") };
  rotate(files.keys);
  writeFileSync(files.config, JSON.stringify({ domains, cookie_domain: "shop.example", keys: "keys.json", ...more }));
  return files;
}

export const kinds = { node: ({ config }) => [process.execPath, script, "--config", config, "--port", "0"], cpp: ({ config }) => [program, config, "0"] };

/** Starts one of the kinds, and ends it after `t`. */
export async function start(t, kind, files) {
  const [command, ...parameters] = kinds[kind](files);
  if (!existsSync(command)) throw new Error(`${command} is missing: run make build`);
  const child = spawn(command, parameters, { stdio: ["ignore", "pipe", "inherit"] });
  t.after(async () => {
    child.kill();
    await once(child, "exit");
  });
  const [line] = await once(child.stdout, "data");
  const url = /http:\S+/.exec(String(line))[0];
  const post = async (path, document, headers = { Origin: "https://www.shop.example" }) => {
    const body = typeof document === "string" ? document : JSON.stringify(document);
    const response = await fetch(`${url}${path}`, { method: "POST", body, headers });
    const text = await response.text();
    return { status: response.status, headers: response.headers, ...(text && { answer: JSON.parse(text) }) };
  };
  return {
    url,
    post,
    seal: async (token, to = "") => (await post("/waymark/hand-over", { token, to })).answer.token,
    open: (token, host) => post("/waymark/hand-over/open", { token, host }, { Origin: `https://${host}` }),
  };
}

// `waymark serve`: opens the studio, or a folder with a page of yours, which finds the files of
// this package under waymark/. For this machine alone.

import { existsSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { extname, join, normalize, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { Unusable } from "./document.ts";
import type { ExitCode, Terminal } from "./terminal.ts";
import { Misuse, readWords } from "./words.ts";

const types: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".wasm": "application/wasm",
};
const default_port = 8804;

export async function runServe(words: string[], wasm: URL, terminal: Terminal): Promise<ExitCode> {
  const given = readWords("serve", words, { port: "value" });
  const port = given.one("port") ?? String(default_port);
  if (!/^\d{1,5}$/.test(port) || +port > 65535)
    throw new Misuse(`--port takes a number, not ${port}.`);
  const [folder, ...rest] = given.files;
  if (rest.length) throw new Misuse("serve takes one folder, or none for the studio.");
  const package_folder = fileURLToPath(new URL(".", wasm));
  const root = folder === undefined ? join(package_folder, "studio") : resolve(folder);
  if (!existsSync(root) || !statSync(root).isDirectory()) {
    const missing = folder === undefined ? "The studio is not in this package." : "No such folder.";
    throw new Unusable(`${root}: ${missing}`);
  }
  const server = serving(root, package_folder);
  const address = await listening(server, +port);
  terminal.out(`${folder === undefined ? "studio" : root} at ${address}\nCtrl+C ends it.\n`);
  terminal.open?.(address);
  await terminal.stopped?.();
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
  return 0;
}

function serving(root: string, package_folder: string): Server {
  return createServer(async ({ url, method }, response) => {
    const path = fileOf(url ?? "/", root, package_folder);
    const body = path && (method === "GET" || method === "HEAD") ? await content(path) : undefined;
    const type = types[extname(path ?? "")] ?? "application/octet-stream";
    const headers = { "content-type": body ? type : types[".html"]!, "cache-control": "no-cache" };
    response.writeHead(body ? 200 : 404, headers);
    response.end(method === "HEAD" ? undefined : (body ?? "<p>There is no such file.</p>"));
  });
}

/** The file of an address; undefined: it would lie outside. */
function fileOf(url: string, root: string, package_folder: string): string | undefined {
  try {
    const path = normalize(decodeURIComponent(new URL(url, "http://localhost").pathname));
    const [, own] = /^[\\/]waymark[\\/](.+)$/.exec(path) ?? [];
    const of_package = own && !existsSync(join(root, path));
    const from = of_package ? package_folder : root;
    const file = join(from, of_package ? own : path);
    if (!`${file}${sep}`.startsWith(from.endsWith(sep) ? from : from + sep)) return undefined;
    return file.endsWith(sep) ? join(file, "index.html") : file;
  } catch {
    return undefined;
  }
}

const content = (path: string) => readFile(path).catch(() => undefined);

function listening(server: Server, port: number): Promise<string> {
  return new Promise((begun, failed) => {
    server.once("error", (error: { code?: string; message: string }) => {
      const taken = `Port ${port} is in use: choose another with --port.`;
      failed(new Unusable(error.code === "EADDRINUSE" ? taken : error.message));
    });
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      begun(`http://127.0.0.1:${typeof address === "object" ? address!.port : port}/`);
    });
  });
}

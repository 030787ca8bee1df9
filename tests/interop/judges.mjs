// Programs that we did not write, built or fetched once and kept in the cache.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const HERE = dirname(fileURLToPath(import.meta.url));
const CACHE = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "waymark", "interop");
const PROTO_PACKAGE = "opentelemetry-proto==1.45.2";
const START_MS_MAX = 30_000;

const has = (program, ...args) => spawnSync(program, args, { stdio: "ignore" }).status === 0;

/** Runs a program to its end; `reason` says what went wrong. */
function run(program, args, options = {}) {
  const { status, error, stderr } = spawnSync(program, args, { encoding: "utf8", ...options });
  return status === 0 ? undefined : `${program} ${args[0]}: ${error?.message ?? stderr.trim().split("\n").slice(-3).join(" ")}`;
}

/** Python with OpenTelemetry's published protobuf classes: {run} or {missing: why not}. */
export function pythonWithProto() {
  if (!has("python3", "-m", "pip", "--version")) return { missing: "python3 with pip is not at hand" };
  const folder = join(CACHE, `python-${PROTO_PACKAGE.replace("==", "-")}`);
  if (!existsSync(join(folder, "opentelemetry"))) {
    const reason = run("python3", ["-m", "pip", "install", "--quiet", "--target", folder, PROTO_PACKAGE]);
    if (reason) return { missing: reason };
  }
  return {
    run: (...args) => {
      const { status, stdout, stderr } = spawnSync("python3", args, { cwd: HERE, encoding: "utf8", maxBuffer: 1 << 28, env: { ...process.env, PYTHONPATH: folder } });
      if (status !== 0) throw new Error(stderr);
      return stdout;
    },
  };
}

const GO_SOURCES = ["go.mod", "go.sum", "main.go"];

/** The OpenTelemetry Collector of otelcol/: {path} or {missing: why not}. The first build takes minutes. */
export function otelCollector() {
  if (!has("go", "version")) return { missing: "Go is not at hand" };
  const source = join(HERE, "otelcol");
  const hash = createHash("sha256");
  for (const file of GO_SOURCES) hash.update(readFileSync(join(source, file)));
  const path = join(CACHE, `otelcol-${hash.digest("hex").slice(0, 16)}`);
  if (!existsSync(path)) {
    mkdirSync(CACHE, { recursive: true });
    const reason = run("go", ["build", "-p", "2", "-trimpath", "-ldflags=-s -w", "-o", path, "."], { cwd: source });
    if (reason) return { missing: reason };
  }
  return { path };
}

export function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function answers(url) {
  try {
    await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: "{}" });
    return true;
  } catch {
    return false;
  }
}

/**
 * Starts the Collector with `config`, a text in which ${NAME} stands for what `values` gives.
 * @returns {{url: string, folder: string, stop: () => Promise<void>}}
 */
export async function startOtelCollector(path, config, values = {}) {
  const folder = mkdtempSync(join(tmpdir(), "otelcol-"));
  const port = await freePort();
  writeFileSync(join(folder, "config.yaml"), config);
  const env = { ...process.env, PORT: String(port), FOLDER: folder, ...values };
  const child = spawn(path, ["--config", join(folder, "config.yaml")], { env, stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text) => { said += text; });
  const ended = new Promise((resolve) => child.on("exit", resolve));
  const url = `http://127.0.0.1:${port}`;
  const end = Date.now() + START_MS_MAX;
  while (!(await answers(`${url}/v1/logs`))) {
    if (child.exitCode !== null || Date.now() > end) {
      child.kill("SIGKILL");
      throw new Error(`The OpenTelemetry Collector did not start: ${said.slice(-2000)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  return { url, folder, stop };
}

// Programs that we did not write, built or fetched once and kept in the cache.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const HERE = dirname(fileURLToPath(import.meta.url));
const CACHE = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "waymark", "interop");
// OTLP's definition, compiled; protoc.
const PYTHON_PACKAGES = ["opentelemetry-proto==1.45.2", "grpcio-tools==1.85.1"];
const START_MS_MAX = 30_000;

const has = (program, ...args) => spawnSync(program, args, { stdio: "ignore" }).status === 0;

/** Runs a program to its end; `reason` says what went wrong. */
function run(program, args, options = {}) {
  const { status, error, stderr } = spawnSync(program, args, { encoding: "utf8", ...options });
  return status === 0 ? undefined : `${program} ${args[0]}: ${error?.message ?? stderr.trim().split("\n").slice(-3).join(" ")}`;
}

/** Python with OpenTelemetry's published protobuf classes and with protoc: {run} or {missing: why not}. */
export function pythonWithProto() {
  if (!has("python3", "-m", "pip", "--version")) return { missing: "python3 with pip is not at hand" };
  const folder = join(CACHE, `python-${hashOf(PYTHON_PACKAGES)}`);
  if (!existsSync(folder)) {
    mkdirSync(CACHE, { recursive: true });
    const scratch = mkdtempSync(join(CACHE, ".python-"));
    const reason = run("python3", ["-m", "pip", "install", "--quiet", "--target", scratch, ...PYTHON_PACKAGES]);
    if (reason) return { missing: reason };
    renameSync(scratch, folder);
  }
  const env = { ...process.env, PYTHONPATH: folder, PYTHONDONTWRITEBYTECODE: "1" };
  return {
    run: (args, input) => {
      const { status, stdout, stderr } = spawnSync("python3", args, { cwd: HERE, encoding: "utf8", input, maxBuffer: 1 << 28, env });
      if (status !== 0) throw new Error(stderr);
      return stdout.trim().split("\n");
    },
  };
}

/** Sixteen digits that stand for the texts or bytes. */
function hashOf(parts) {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex").slice(0, 16);
}

const GO_SOURCES = ["go.mod", "go.sum", "otelcol/main.go", "kafka/main.go"];

/**
 * The programs of go/: {otelcol, kafka}, the paths of an OpenTelemetry Collector and of a Kafka in memory, or
 * {missing: why not}. The first build takes minutes.
 */
export function goPrograms() {
  if (!has("go", "version")) return { missing: "Go is not at hand" };
  const source = join(HERE, "go");
  const folder = join(CACHE, `go-${hashOf(GO_SOURCES.map((file) => readFileSync(join(source, file))))}`);
  if (!existsSync(join(folder, "kafka"))) {
    mkdirSync(folder, { recursive: true });
    const reason = run("go", ["build", "-p", "2", "-trimpath", "-ldflags=-s -w", "-o", `${folder}/`, "./otelcol", "./kafka"], { cwd: source });
    if (reason) return { missing: reason };
  }
  return { otelcol: join(folder, "otelcol"), kafka: join(folder, "kafka") };
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
 * Starts the Collector with `config`; ${env:ENDPOINT} in it is where it is to listen, ${env:FOLDER} a folder for
 * its files, and `values` gives the others.
 * @returns {Promise<{url: string, folder: string, stop: () => Promise<void>}>}
 */
export async function startOtelCollector(path, config, values = {}) {
  const folder = mkdtempSync(join(tmpdir(), "otelcol-"));
  const endpoint = `127.0.0.1:${await freePort()}`;
  const env = { ...process.env, ENDPOINT: endpoint, FOLDER: folder, ...values };
  const child = spawn(path, ["--config", config], { env, stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text) => { said += text; });
  const ended = new Promise((resolve) => { child.on("exit", resolve); });
  const url = `http://${endpoint}`;
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

/** Starts the Kafka in memory. `messages` are the values that its topic has got, as buffers; `pause` lets it stand still. */
export async function startKafka(path, topic) {
  const child = spawn(path, [topic], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = new Promise((resolve) => { child.on("exit", resolve); });
  const lines = createInterface({ input: child.stdout });
  const messages = [];
  const brokers = await new Promise((resolve, reject) => {
    child.on("error", reject);
    ended.then((code) => reject(new Error(`The Kafka in memory ended with ${code}.`)));
    lines.once("line", (first) => {
      lines.on("line", (line) => messages.push(Buffer.from(line, "base64")));
      resolve(first);
    });
  });
  const resume = () => child.kill("SIGCONT");
  const stop = async () => {
    resume();
    child.stdin.end();
    await ended;
  };
  return { brokers, messages, pause: () => child.kill("SIGSTOP"), resume, stop };
}

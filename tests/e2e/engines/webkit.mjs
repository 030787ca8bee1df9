// WebKit: WebKitGTK's own small browser, by its WebDriver, in Playwright's words.
//
// A context is a driver with a browser of its own: it keeps its profile in memory, so each begins
// empty. The driver cannot run a script before those of a page, nor cut the network. What a page
// throws it does not tell either: a listener does, from the first `evaluate` in the page on, and
// `goto` and `reload` make one when the page has loaded.
import { spawn } from "node:child_process";
import { EventEmitter } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:net";

import { findWebKit } from "../../../scripts/lib/browsers.mjs";
import { clickable } from "./element.mjs";
import { CommonPage, until } from "./page.mjs";
import { command, execute, Session } from "./webdriver.mjs";

const SCREEN = "1400x1200x24";
const PACKAGES = { driver: "WebKitWebDriver", browser: "WebKitGTK's MiniBrowser", screen: "Xvfb" };
const KEYS = {
  ...{ Tab: "\ue004", Enter: "\ue007", Shift: "\ue008", Control: "\ue009", Escape: "\ue00c" },
  ...{ Space: " ", End: "\ue010", Home: "\ue011" },
  ...{ ArrowLeft: "\ue012", ArrowUp: "\ue013", ArrowRight: "\ue014", ArrowDown: "\ue015" },
};

export function missingForWebKit() {
  const found = findWebKit();
  const lacking = Object.keys(PACKAGES).filter((part) => !found[part]);
  if (lacking.length) return `WebKit lacks ${lacking.map((part) => PACKAGES[part]).join(" and ")}`;
}

export async function launchWebKit() {
  const { screen: program } = findWebKit();
  // The screen takes the first number that is free, and says which.
  const arguments_ = ["-displayfd", "3", "-screen", "0", SCREEN, "-nolisten", "tcp"];
  const screen = spawn(program, arguments_, { stdio: ["ignore", "ignore", "ignore", "pipe"] });
  const number = await new Promise((resolve, reject) => {
    screen.on("error", reject).on("exit", (code) => reject(new Error(`Xvfb ended with ${code}`)));
    screen.stdio[3].once("data", (text) => resolve(String(text).trim()));
  });
  const contexts = new Set();
  let version = "";
  return {
    version: () => version,
    newContext: async (options) => {
      const context = await openContext(`:${number}`, options);
      version = context.version;
      contexts.add(context);
      return context;
    },
    close: async () => {
      await Promise.all([...contexts].map((context) => context.close()));
      screen.kill();
    },
  };
}

/** A port that nobody has: the driver wants to be told one. */
async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function openContext(display, options) {
  const { driver: program, browser: binary } = findWebKit();
  const port = await freePort();
  const env = { ...process.env, DISPLAY: display, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1" };
  const driver = spawn(program, [`--port=${port}`], { env, stdio: "ignore" });
  const url = `http://127.0.0.1:${port}`;
  try {
    await until(() => command(url, "GET", "/status").catch(() => false));
    const browser = { binary, args: ["--automation"] };
    const capabilities = { alwaysMatch: { "webkitgtk:browserOptions": browser } };
    const session = new Session(url, await command(url, "POST", "/session", { capabilities }));
    return new Context(driver, session, options);
  } catch (error) {
    driver.kill();
    throw error;
  }
}

class Context extends EventEmitter {
  constructor(driver, session, { viewport } = {}) {
    super();
    this._driver = driver;
    this._session = session;
    this._viewport = viewport;
    this._pages = new Set();
    this.version = session.capabilities.browserVersion;
  }

  // A session begins with a window, which stays: with the last one the profile would go.
  async newPage() {
    this._first ??= await this._session.run("GET", "/window");
    const open = (send) => send("POST", "/window/new", { type: "window" });
    const { handle } = await this._session.inWindow(this._first, open);
    const page = new Page(this, handle);
    this._pages.add(page);
    if (this._viewport) await page.setViewportSize(this._viewport);
    this.emit("page", page);
    return page;
  }

  async cookies() {
    const [page] = this._pages;
    return page ? page._send("GET", "/cookie") : [];
  }

  process() {
    return this._driver;
  }

  async close() {
    await this._session.run("DELETE", "").catch(() => {});
    this._driver.kill();
  }
}

/** What every script begins with: it hears what the page throws, and tells it with its own answer. */
const prelude = `
  const faults = (window[Symbol.for("faults")] ??= (() => {
    const heard = [];
    addEventListener("error", ({ error, message }) => heard.push(String(error ?? message)));
    addEventListener("unhandledrejection", ({ reason }) => heard.push(String(reason)));
    return heard;
  })());
  const promised = (window[Symbol.for("promised")] ??= {});
  const tell = (answer) => JSON.stringify({ ...answer, faults: faults.splice(0) });`;

/** Starts `run`. What it promises is asked for later: a session answers one question at a time. */
const start = (run) => `${prelude}
  const [argument, number] = arguments;
  const result = (${run})(argument);
  if (typeof result?.then !== "function") return tell({ value: result });
  promised[number] = {};
  const give = (answer) => (promised[number] = answer);
  result.then((value) => give({ value }), (error) => give({ error: String(error) }));
  return tell({ later: true });`;

const collect = `${prelude}
  const answer = promised[arguments[0]] ?? { error: "the page has gone" };
  return tell(Object.keys(answer).length ? answer : { later: true });`;

class Page extends CommonPage {
  constructor(context, handle) {
    super();
    this._context = context;
    this._handle = handle;
    this._asked = 0;
    this.keyboard = { press: (keys) => this._press(keys.split("+")) };
  }

  context() {
    return this._context;
  }

  _in(run) {
    return this._context._session.inWindow(this._handle, run);
  }

  _send(method, path, body) {
    return this._in((send) => send(method, path, body));
  }

  async goto(url, { waitUntil = "load" } = {}) {
    if (waitUntil !== "commit") {
      await this._send("POST", "/url", { url });
      return this._listen();
    }
    // The driver waits for the load, which need not come where a page leaves as soon as it is there.
    await this.evaluate((url) => void (location.href = url), url);
    await until(async () => (await this.url()) !== "about:blank");
  }

  async reload() {
    await this._send("POST", "/refresh", {});
    await this._listen();
  }

  /** Makes the listener for what the page throws; a page that has already left has none. */
  async _listen() {
    await this.evaluate(() => {}).catch(() => {});
  }

  goBack() {
    return this._send("POST", "/back", {});
  }

  url() {
    return this._send("GET", "/url");
  }

  async evaluate(run, argument) {
    const number = (this._asked += 1);
    let answer = await this._ask(start(run), argument, number);
    if (answer.later) answer = await until(() => this._collect(number));
    if (answer.error) throw new Error(answer.error);
    return answer.value;
  }

  async _collect(number) {
    const answer = await this._ask(collect, number);
    return !answer.later && answer;
  }

  async _ask(script, ...args) {
    const answer = JSON.parse(await this._in((send) => execute(send, script, ...args)));
    for (const fault of answer.faults) this.emit("pageerror", new Error(fault));
    return answer;
  }

  async click(selector) {
    const press = async (send) => {
      const element = await execute(send, `return (${clickable})(arguments[0])`, selector);
      if (element) await send("POST", `/element/${element}/click`, {});
      return element;
    };
    // What moves or goes between the two is looked for once more.
    await until(() => this._in(press).catch(retried));
  }

  async _press(keys) {
    const values = keys.map((key) => KEYS[key] ?? key);
    const down = values.map((value) => ({ type: "keyDown", value }));
    const up = values.toReversed().map((value) => ({ type: "keyUp", value }));
    const actions = [{ type: "key", id: "keyboard", actions: [...down, ...up] }];
    await this._send("POST", "/actions", { actions });
  }

  /** The size of the page; the driver sets that of the window around it, which has a smallest one. */
  async setViewportSize({ width, height }) {
    const frame = await this.evaluate(() => [outerWidth - innerWidth, outerHeight - innerHeight]);
    const asked = { width: width + frame[0], height: height + frame[1] };
    const given = await this._send("POST", "/window/rect", asked);
    if (given.width !== asked.width || given.height !== asked.height) {
      throw new Error(`WebKit's window became ${given.width} x ${given.height}, not ${asked.width} x ${asked.height}`);
    }
    const fits = ([width, height]) => innerWidth === width && innerHeight === height;
    await until(() => this.evaluate(fits, [width, height]));
  }

  async screenshot({ path } = {}) {
    const image = Buffer.from(await this._send("GET", "/screenshot"), "base64");
    if (path) await writeFile(path, image);
    return image;
  }

  async close() {
    this._context._pages.delete(this);
    await this._send("DELETE", "/window");
    this._context._session._window = undefined;
  }
}

const PASSING = ["element click intercepted", "element not interactable", "stale element reference", "no such element"];

function retried(error) {
  if (!PASSING.includes(error.code)) throw error;
}

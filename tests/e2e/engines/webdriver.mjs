// The W3C's WebDriver protocol, as much of it as the tests need: https://www.w3.org/TR/webdriver2/
//
// A session's commands go to one window at a time, so each is sent together with the choice of its
// window, and they wait for each other.

const element_key = "element-6066-11e4-a52e-4f735466cecf";

// No command takes so long: the browser has gone, and its driver waits for it for ever.
const dead_ms = 120_000;
const answered = new WeakSet();

// Whoever asks again and again would wait for ever, too.
function giveUp(asked) {
  console.error(`The browser's driver has not answered ${asked} for ${dead_ms / 1000} s: the browser has gone.`);
  process.exit(1);
}

/** Sends one command; `url` is the driver's. Fails with the driver's own words. */
export async function command(url, method, path, body) {
  const signal = AbortSignal.timeout(dead_ms);
  signal.addEventListener("abort", () => answered.has(signal) || giveUp(`${method} ${path}`));
  const ask = async () => {
    const response = await fetch(url + path, { method, body: body && JSON.stringify(body), signal });
    return { ok: response.ok, ...(await response.json()) };
  };
  // A driver that is not there yet has answered, too: it refuses.
  const { ok, value } = await ask().finally(() => signal.aborted || answered.add(signal));
  if (ok) return value;
  const error = new Error(`${method} ${path}: ${value.error}: ${value.message}`);
  throw Object.assign(error, { code: value.error });
}

export class Session {
  constructor(url, { sessionId, capabilities }) {
    this._url = `${url}/session/${sessionId}`;
    this._last = Promise.resolve();
    this.capabilities = capabilities;
  }

  /** A command that is about no window. */
  run(method, path, body) {
    return this._queue(() => command(this._url, method, path, body));
  }

  /** Gives `send(method, path, body)` to `run`; meanwhile nothing else goes to the session. */
  inWindow(handle, run) {
    const send = (method, path, body) => command(this._url, method, path, body);
    return this._queue(async () => {
      if (this._window !== handle) {
        await send("POST", "/window", { handle });
        this._window = handle;
      }
      return run(send);
    });
  }

  _queue(run) {
    const ended = this._last.then(run);
    this._last = ended.catch(() => {});
    return ended;
  }
}

/** Runs a script with arguments; an element comes back as its id. */
export async function execute(send, script, ...args) {
  const value = await send("POST", "/execute/sync", { script, args });
  return value?.[element_key] ?? value;
}

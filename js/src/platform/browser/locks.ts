// Which of the open pages takes over what others have left in the store: by Web Locks.
//
// Each engine that runs awake holds a lock with the name of its writer, and one of them the lock of
// the lead. The leader waits for every name that others hold, so it learns at once when one is let
// go: by a page that leaves as by one that crashes, which tells nobody. That a page has come is
// told on a BroadcastChannel: unlike a `storage` event it writes nothing, and reaches no page that
// sleeps.
//
// Promise: `release` lets go of all locks, all waits and the channel; who watches the page calls it
// when that may sleep, after the engine was told, and the awakened engine claims again. Measured in
// Chromium 156: a page comes back
// from the back/forward cache with locks of its own, with a `storage` listener, and with a channel
// that was closed; it does not with a lock for which another page waits ("weblocks-contention") or
// with an open channel on which something is said ("broadcastchannel-message"). And a frozen page
// keeps its locks, so nobody could take over what it left.

import type { Platform, Reply } from "../platform.ts";

/** What the pages that share a database claim, and how one of them lets go of all it has. */
export function leadership(database: string): Pick<Platform, "claim"> & { release(): void } {
  let awake: Awake | undefined;
  const release = () => {
    awake?._release();
    awake = undefined;
  };
  const claim: Platform["claim"] = (writer, reply) => {
    try {
      if (!navigator.locks) reply({ type: "lead", live: [] });
      else (awake ??= new Awake(database + "/", reply))._hold(writer);
    } catch {
      // A page without an origin: it has no store either.
    }
    return release;
  };
  return { claim, release };
}

/** The time from the first claim until the page goes to sleep. */
class Awake {
  // What each of our locks begins with; the one without a writer's name is that of the lead.
  private readonly _prefix: string;
  private readonly _reply: Reply;
  private readonly _own = new Set<string>();
  private readonly _locks = new AbortController();
  private readonly _released: Promise<void>;
  private _waits = new AbortController();
  private _leads = false;
  private _channel?: BroadcastChannel;

  constructor(prefix: string, reply: Reply) {
    const { signal } = this._locks;
    this._prefix = prefix;
    this._reply = reply;
    this._released = new Promise((end) => signal.addEventListener("abort", () => end()));
  }

  _hold(writer: string): void {
    this._own.add(writer);
    this._keep(writer, () => this._tell());
    if (this._own.size === 1) this._keep("", () => (this._leads = true));
  }

  _release(): void {
    this._locks.abort();
    this._waits.abort();
    this._channel?.close();
  }

  // Opened only here, as the first one of a page takes a third of a millisecond.
  private _tell(): void {
    if (!this._channel) {
      this._channel = new BroadcastChannel(this._prefix);
      this._channel.onmessage = this._look;
    }
    this._channel.postMessage(0);
  }

  // Whatever has happened by the time of the look: a lock that is had is part of it.
  private _keep(writer: string, had: () => void): void {
    const held = () => {
      had();
      this._look();
      return this._released;
    };
    this._request(writer, this._locks, held).catch(() => {});
  }

  private _request(writer: string, { signal }: AbortController, held: () => unknown) {
    return navigator.locks.request(this._prefix + writer, { signal }, held);
  }

  private readonly _look = async (): Promise<void> => {
    if (!this._leads) return;
    const { held } = await navigator.locks.query();
    if (this._locks.signal.aborted) return;
    const live = [];
    this._waits.abort();
    this._waits = new AbortController();
    for (const { name } of held!) {
      const writer = name!.slice(this._prefix.length);
      if (!writer || !name!.startsWith(this._prefix)) continue;
      live.push(writer);
      if (this._own.has(writer)) continue;
      this._request(writer, this._waits, () => {}).then(this._look, () => {});
    }
    this._reply({ type: "lead", live });
  };
}

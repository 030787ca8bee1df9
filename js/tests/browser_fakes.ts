// What a browser has and Node has not, as far as the browser's store needs it.

import {
  IDBDatabase,
  IDBFactory,
  IDBKeyRange,
  IDBObjectStore,
  IDBTransaction,
} from "fake-indexeddb";

/** Storage whose keys are its own members, as in a browser. */
export function fakeLocalStorage(): Storage {
  const storage = {};
  const hidden = (name: string, value: unknown) => Object.defineProperty(storage, name, { value });
  const values = storage as Record<string, string>;
  hidden("getItem", (key: string) => values[key] ?? null);
  hidden("setItem", (key: string, value: string) => void (values[key] = value));
  hidden("removeItem", (key: string) => void delete values[key]);
  return storage as Storage;
}

/** Gives the page a navigator with these members alone. */
export function fakeNavigator(members: object): void {
  Object.defineProperty(globalThis, "navigator", { value: members, configurable: true });
}

/** Gives the page a device on which nothing is stored yet. */
export function freshDevice(): void {
  fakeNavigator({});
  Object.assign(globalThis, {
    localStorage: fakeLocalStorage(),
    indexedDB: new IDBFactory(),
    IDBDatabase,
    IDBKeyRange,
    IDBObjectStore,
    IDBTransaction,
  });
}

type Held = () => unknown;
type Granted = (lock: object | null) => unknown;
type Asked = { signal?: AbortSignal; ifAvailable?: boolean };

interface Waiting {
  name: string;
  grant(): void;
}

/** Locks as `navigator.locks` gives them: exclusive, in the order in which they are asked for. */
export class FakeLocks {
  private readonly _held: string[] = [];
  private readonly _waiting: Waiting[] = [];

  async query(): Promise<{ held: { name: string }[] }> {
    return { held: this._held.map((name) => ({ name })) };
  }

  request(name: string, ...[given, callback]: [Asked | Granted, Granted?]): Promise<unknown> {
    const run = (callback ?? given) as Granted;
    const { signal, ifAvailable } = (callback ? given : {}) as Asked;
    if (ifAvailable && this._held.includes(name)) return Promise.resolve(run(null));
    return new Promise((resolve, reject) => {
      const grant = async () => resolve(await this._hold(name, () => run({ name })));
      const waiting = { name, grant };
      signal?.addEventListener("abort", () => {
        const at = this._waiting.indexOf(waiting);
        if (at >= 0) this._waiting.splice(at, 1);
        if (at >= 0) reject(new DOMException("aborted", "AbortError"));
      });
      this._waiting.push(waiting);
      this._grant();
    });
  }

  get names(): { held: string[]; waiting: string[] } {
    return { held: [...this._held], waiting: this._waiting.map(({ name }) => name) };
  }

  private _grant(): void {
    const at = this._waiting.findIndex(({ name }) => !this._held.includes(name));
    if (at < 0) return;
    const [next] = this._waiting.splice(at, 1);
    this._held.push(next!.name);
    queueMicrotask(() => next!.grant());
    this._grant();
  }

  private async _hold(name: string, run: Held): Promise<unknown> {
    try {
      return await run();
    } finally {
      this._held.splice(this._held.indexOf(name), 1);
      this._grant();
    }
  }
}

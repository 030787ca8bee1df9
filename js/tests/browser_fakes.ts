// What a browser has and Node has not, as far as the browser's store needs it.

import { IDBDatabase, IDBFactory, IDBKeyRange } from "fake-indexeddb";

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

/** Gives the page a device on which nothing is stored yet. */
export function freshDevice(): void {
  Object.assign(globalThis, {
    localStorage: fakeLocalStorage(),
    indexedDB: new IDBFactory(),
    IDBDatabase,
    IDBKeyRange,
  });
}

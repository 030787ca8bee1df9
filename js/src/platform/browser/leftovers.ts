// What somebody else's software keeps on this device, by its names: found and deleted.
//
// Promise: only what is named goes, never what Waymark itself keeps; a device that refuses is
// survived.

import { attempt } from "./spill.ts";

/** Each list: names, or what names begin with and a `*`. */
export interface Leftovers {
  cookies?: string[];
  local_storage?: string[];
  session_storage?: string[];
  indexed_db?: string[];
  caches?: string[];
}

/** Fulfilled when it is gone, or when what is open elsewhere keeps it for now. */
export async function deleteLeftovers(names: Leftovers, own: RegExp): Promise<void> {
  deleteAtOnce(names, own);
  await Promise.allSettled([
    deleteDatabases(matcher(names.indexed_db, own)),
    deleteCaches(matcher(names.caches, own)),
  ]);
}

/** The part that is done when this returns: for a page that goes. */
export function deleteAtOnce(names: Leftovers, own: RegExp): void {
  attempt(() => deleteCookies(matcher(names.cookies, own)));
  attempt(() => deleteKeys(localStorage, matcher(names.local_storage, own)));
  attempt(() => deleteKeys(sessionStorage, matcher(names.session_storage, own)));
}

type Matches = (name: string) => boolean;

function matcher(patterns: string[] = [], own: RegExp): Matches {
  const fits = (name: string) => (pattern: string) =>
    pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
  return (name) => !own.test(name) && patterns.some(fits(name));
}

function deleteKeys(storage: Storage, matches: Matches): void {
  Object.keys(storage)
    .filter(matches)
    .forEach((key) => storage.removeItem(key));
}

// A cookie goes only by the domain and path with which it was set, and those cannot be read: every
// one that can be seen from here is tried.
function deleteCookies(matches: Matches): void {
  const names = document.cookie.split(/; */).map((pair) => pair.split("=")[0]!);
  for (const name of names.filter(matches)) {
    for (const where of places(location.hostname, location.pathname)) {
      const gone = `${name}=; Max-Age=0${where}`;
      document.cookie = gone;
      document.cookie = `${gone}; Secure`;
      document.cookie = `${gone}; Secure; SameSite=None; Partitioned`;
    }
  }
}

/** Each domain and path of which this page sees the cookies, as attributes. */
export function places(host: string, path: string): string[] {
  const labels = host.split(".");
  const domains = labels.map((_, i) => `; Domain=${labels.slice(i).join(".")}`);
  const steps = path.split("/");
  const paths = steps.flatMap((_, i) => {
    const folder = steps.slice(0, i + 1).join("/");
    return [`; Path=${folder}/`, `; Path=${folder}`];
  });
  return ["", ...domains].flatMap((domain) => [...new Set(paths)].map((path) => domain + path));
}

async function deleteDatabases(matches: Matches): Promise<void> {
  const all = await indexedDB.databases();
  const named = all.filter(({ name }) => matches(name!));
  await Promise.all(
    named.map(
      ({ name }) =>
        new Promise((gone) => {
          const request = indexedDB.deleteDatabase(name!);
          request.onsuccess = request.onerror = request.onblocked = gone;
        }),
    ),
  );
}

async function deleteCaches(matches: Matches): Promise<void> {
  const names = (await caches.keys()).filter(matches);
  await Promise.all(names.map((name) => caches.delete(name)));
}

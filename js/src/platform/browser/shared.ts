// What the hosts of one owner share on this device: cookies; and the record of which one is made.
// Nothing here throws.

import { attempt } from "./spill.ts";

/** The engine's record of the decision, as it was written; undefined when there is none. */
export function storedRecord(prefix: string): unknown {
  return attempt(() => JSON.parse(localStorage.getItem(prefix + "consent/record")!));
}

export function readCookie(name: string): string | undefined {
  const begin = `${name}=`;
  const pairs = attempt(() => document.cookie.split(/; */), []);
  return pairs.find((pair) => pair.startsWith(begin))?.slice(begin.length);
}

/** For this host and, with `domain`, its siblings; with `secure` never over an open line. */
export function writeCookie(
  name: string,
  value: string,
  seconds: number,
  domain?: string,
  secure = true,
): void {
  const where = domain ? `; Domain=${domain}` : "";
  const rest = `; Max-Age=${Math.floor(seconds)}; Path=/; SameSite=Lax${secure ? "; Secure" : ""}`;
  attempt(() => void (document.cookie = `${name}=${value}${where}${rest}`));
}

/** What other software keeps under a name of this form: in cookies, or else in localStorage. */
export function findKept(name: RegExp): string | undefined {
  const pairs = attempt(() => document.cookie.split(/; */), []);
  for (const pair of pairs) {
    const [key, ...value] = pair.split("=");
    if (name.test(key!)) return value.join("=");
  }
  return attempt(() => {
    const key = Object.keys(localStorage).find((one) => name.test(one));
    return key && localStorage[key];
  });
}

// Links and forms to the owner's other sites carry the decision, at the moment of the click. The
// address in the page stays as it is: who copies a link copies no decision.
//
// What a link says is weak evidence: it is good for two minutes and for one host, and its checksum
// stands against damage and mistakes, not against anybody: whoever knows this page can write one.
// So a grant counts only from a page of the owner's, as the browser says where it comes from.

import { isFrom, markWays, takeOwnToken } from "../platform/browser/links.ts";
import { skew_ms, withoutGrants } from "./decision.ts";

const name = "waymark_consent";
const token_ms = 120_000;

/** The decision of this host as text, and who takes that of another. */
export interface Ends {
  value(): string | undefined;
  take(value: string): void;
}

/** Takes what the address of this page brings, and watches its links. Gives what ends it. */
export function join(domains: string[], { value, take }: Ends): () => void {
  const token = takeOwnToken(name);
  if (token !== undefined) {
    const text = valueOf(token, location.hostname, Date.now());
    if (text) take(isFrom(document.referrer, domains) ? text : withoutGrants(text));
  }
  return markWays(domains, name, (host) => {
    const text = value();
    return text && tokenOf(text, host, Date.now());
  });
}

/** For a link to `host`. */
export function tokenOf(value: string, host: string, now_ms: number): string {
  const issued = now_ms.toString(36);
  return [issued, checksum(issued + host + value), value].join("~");
}

/** The value in a token for this host that is whole and young. */
export function valueOf(token: string, host: string, now_ms: number): string | undefined {
  const [issued = "", sum, ...rest] = token.split("~");
  const value = rest.join("~");
  const age_ms = now_ms - parseInt(issued, 36);
  const whole = checksum(issued + host + value) === sum;
  return whole && age_ms > -skew_ms && age_ms < token_ms ? value : undefined;
}

// FNV-1a.
function checksum(text: string): string {
  let sum = 0x811c9dc5;
  for (const character of text) sum = Math.imul(sum ^ character.codePointAt(0)!, 0x01000193);
  return (sum >>> 0).toString(36);
}

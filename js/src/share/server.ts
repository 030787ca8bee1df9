// `waymark/share/server`: the consent cookie on the owner's server, for pages that it renders.
//
// Whoever sits at the browser can write a cookie: take it for what the person says of himself,
// which it is. A server that wants to know later that a value came past it signs it: the page holds
// no key.

import { createHmac, timingSafeEqual } from "node:crypto";
import { parse } from "./decision.ts";

export interface SharedConsent {
  /** Of the policy under which it was decided: another asks again. */
  revision: string;
  /** Unix time in milliseconds of the last answer. */
  time_ms: number;
  choices: Record<string, "granted" | "denied">;
}

/** What a `Cookie` header says; undefined when nothing, or nothing that can be read. */
export function readConsent(
  header: string | undefined,
  name = "waymark_consent",
): SharedConsent | undefined {
  const decision = parse(cookieOf(header, name));
  if (!decision) return;
  const { revision, time_ms, answers } = decision;
  const choices: SharedConsent["choices"] = {};
  for (const [id, [granted]] of Object.entries(answers)) {
    choices[id] = granted ? "granted" : "denied";
  }
  return { revision, time_ms, choices };
}

/** The value of a cookie, as it stands in the header. */
export function cookieOf(header = "", name = "waymark_consent"): string | undefined {
  const pair = header.split(/; */).find((one) => one.startsWith(`${name}=`));
  return pair?.slice(name.length + 1);
}

/** A signature of the cookie's value, for a cookie of the server's own. */
export function signConsent(value: string, key: string | Uint8Array): string {
  return createHmac("sha256", key).update(value).digest("base64url");
}

export function verifyConsent(value: string, signature: string, key: string | Uint8Array): boolean {
  const [ours, theirs] = [Buffer.from(signConsent(value, key)), Buffer.from(signature)];
  return ours.length === theirs.length && timingSafeEqual(ours, theirs);
}

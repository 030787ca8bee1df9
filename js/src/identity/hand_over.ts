// Tokens with the owner's server in between: it seals what this page hands over and opens what it
// is handed. Where it does not answer the engine's own token goes out, which is weak evidence, and
// nothing is taken.
//
// Promise: nothing here fails; every answer is one of the engine's or says why there is none.

import type { HandOver, HandOverAnswer } from "../core/types.ts";
import { postJson } from "../platform/browser/part.ts";
import type { Fact } from "../platform/platform.ts";
import { attempt } from "../platform/browser/spill.ts";

/** An input to the engine, and its answer: at once, where the engine is at rest. */
export type Ask = (input: Fact, answer: (it: any) => void) => void;

export interface Made {
  token?: string;
  /** The token of the server is on its way. */
  sealed?: Promise<string | undefined>;
  problem?: object;
}

const server_ms = 5000;
const is_sealed = /^s\.[\w-]{1,400}$/;

/** What says which browser this is: for tokens that are good for the same one alone. */
export const browserText = () =>
  [
    navigator.userAgent,
    navigator.language,
    attempt(() => Intl.DateTimeFormat().resolvedOptions().timeZone),
  ].join("|");

/**
 * Has a token made; `made` hears of it at once where the engine is at rest. Where somebody is known
 * the engine gives none but the one to be sealed.
 */
export function make(
  ask: Ask,
  wish: HandOver & { browser?: string },
  made: (it: Made) => void,
): void {
  ask({ type: "hand_over", to: "", ...wish }, (answer) => {
    const { token, to_seal, seal, problem } = answer ?? {};
    if (!seal) return made({ token, problem });
    made({ token, sealed: sealBy(seal, to_seal, wish.to ?? "") });
  });
}

async function sealBy(url: string, token: string, to: string): Promise<string | undefined> {
  const [status, answer] = (await postJson(url, { token, to }, server_ms)) ?? [];
  return status === 200 && is_sealed.test(answer?.token) ? answer.token : undefined;
}

/** Takes a token that this page was given. */
export async function accept(ask: Ask, token: string): Promise<HandOverAnswer> {
  const host = location.hostname;
  const asked = (more: object) =>
    new Promise<any>((answer) => {
      ask({ type: "accept_hand_over", host, browser: browserText(), token, ...more }, answer);
    });
  const first = await asked({});
  if (!first?.open) return first ?? { accepted: false, why: "off" };
  const [status, opened] = (await postJson(first.open, { token, host }, server_ms)) ?? [];
  if (status !== 200 || typeof opened?.token !== "string") {
    const why = opened?.why;
    return { accepted: false, why: typeof why === "string" ? why : "server_unreachable" };
  }
  const { open, ...answer } = (await asked({ token: opened.token, opened: true })) ?? {};
  return "accepted" in answer ? answer : { accepted: false, why: "token_invalid" };
}

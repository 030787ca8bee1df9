// What every part of the page reads in the engine's view, and when.

import type { Client } from "../core/client.ts";
import type { PurposeView, View } from "../core/types.ts";

/**
 * Tells each view from the moment when the client is ready; gives what ends it. What the engine
 * says while it hears the first calls is not its last word: a refusal may be among them.
 */
export function follow(client: Client, obey: (view: View) => void): () => void {
  const ready = () => client.on("view", obey);
  client.on("ready", ready);
  return () => {
    client.off("ready", ready);
    client.off("view", obey);
  };
}

export const isAllowed = (standing?: Partial<PurposeView>) =>
  /granted|exempt/.test(standing?.state ?? "");

/** Whether a purpose is allowed wherever the visitor is, before any answer. */
export const needsNoAnswer = (purpose: { basis: string; exempt_in?: string[] }) =>
  /^(exempt|contract|legal_obligation)$/.test(purpose.basis) && !purpose.exempt_in;

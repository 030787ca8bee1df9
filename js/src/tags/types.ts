// Purposes as the types of storage of Google's Consent Mode: as the engine's question `signals` has
// them (sdk/consent/iab/derive.cc), so that no two vendors are told different things.

import type { ConsentView } from "../core/types.ts";
import { isAllowed, needsNoAnswer } from "../entry/view.ts";

export interface Purpose {
  id: string;
  basis: string;
  exempt_in?: string[];
  consent_mode?: string[];
}

export type Types = Record<string, "granted" | "denied">;

const names = [
  "ad_storage",
  "ad_user_data",
  "ad_personalization",
  "analytics_storage",
  "functionality_storage",
  "personalization_storage",
  "security_storage",
];

/**
 * All seven. One that several purposes stand for is granted when all of them are, and no other.
 * Without a view: those that need no answer anywhere.
 */
export function typesOf(purposes: Purpose[], view?: ConsentView): Types {
  const types: Types = {};
  const allowed = (purpose: Purpose) =>
    view ? isAllowed(view.purposes[purpose.id]) : needsNoAnswer(purpose);
  for (const name of names) {
    const concerned = purposes.filter(({ consent_mode }) => consent_mode?.includes(name));
    types[name] = concerned.length && concerned.every(allowed) ? "granted" : "denied";
  }
  return types;
}

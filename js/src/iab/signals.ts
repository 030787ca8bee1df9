// Asks the engine's own code what vendors are to be told of a state: the strings, and what stands
// in them. It is a small module of its own, which only pages load that tell vendors something.

import { openEngine } from "../core/bridge.ts";
import type { Problem } from "../core/types.ts";
import { loadModule } from "../platform/load.ts";

/** The fields of a TC string, as documents have them (docs/iab.md). */
export interface TcFields {
  cmpId: number;
  cmpVersion: number;
  vendorListVersion: number;
  policyVersion: number;
  isServiceSpecific: boolean;
  useNonStandardTexts: boolean;
  purposeOneTreatment: boolean;
  publisherCountryCode: string;
  specialFeatureOptins: number[];
  purposeConsents: number[];
  purposeLegitimateInterests: number[];
  vendorConsents: number[];
  vendorLegitimateInterests: number[];
  vendorsDisclosed: number[];
  publisherConsents: number[];
  publisherLegitimateInterests: number[];
  publisherCustomConsents: number[];
  publisherCustomLegitimateInterests: number[];
  publisherRestrictions: { purposeId: number; restrictionType: number; vendors: number[] }[];
}

export type GppFields = Record<string, Record<string, unknown>>;

export interface Signals {
  /** Undefined: it is not known yet. */
  gdpr_applies?: boolean;
  tc?: string;
  tc_fields?: TcFields;
  gpp?: string;
  gpp_sections: GppFields;
  additional_consent?: string;
  problems: Problem[];
}

/** Gives what answers a question, the text of a JSON object. */
export async function openSignals(wasm: unknown): Promise<(question: string) => Signals> {
  const engine = await openEngine(await loadModule(wasm), ["{}"]);
  return (question) => engine.query(question) as Signals;
}

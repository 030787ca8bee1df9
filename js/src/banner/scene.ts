// What all layers of the banner share.

import type { Say } from "../core/say.ts";
import type { Choices, ConsentView, DecisionLog } from "../core/types.ts";
import type { Policy } from "./asking.ts";
import type { Child } from "./dom.ts";

export interface Vendor {
  id: string;
  name?: string;
  purposes: string[];
  privacy_url?: string;
  tcf_id?: number;
}

/** As the config says it; nobody but the engine has judged it. */
export interface ConsentPolicy extends Policy {
  controller?: { name?: string; contact?: string; policy_url?: string };
  vendors?: Vendor[];
  services?: { id: string; name?: string; purposes?: string[] }[];
  iab?: { cmp_id?: number; gvl_url?: string };
  share?: { cookie?: string };
  ui: {
    theme?: "auto" | "light" | "dark";
    layout?: "bar" | "box" | "modal";
    languages?: string[];
    texts?: Record<string, Record<string, string>>;
  };
}

export type Layer = "question" | "centre" | "notice";

/** What the rules of the TCF want to be shown besides. */
export interface Duties {
  /** Below a purpose. */
  ofPurpose(tcf: readonly number[]): Child;
  /** Below a vendor. */
  ofVendor(tcf_id: number): Child;
  /** Below all purposes: what needs no choice. */
  rest(): Child;
}

export interface Scene {
  policy: ConsentPolicy;
  language: string;
  say: Say;
  /** The rules of the TCF apply. */
  tcf: boolean;
  duties?: Duties;
  view(): ConsentView | undefined;
  records(): Promise<DecisionLog | undefined>;
  /** Hands a decision to the engine, with what the person saw. */
  decide(choices: Choices, layer: Layer, control: string): void;
  openCentre(): unknown;
  closeCentre(): void;
  /** The receipts of the decisions on this device, as a file. */
  download(form: "txt" | "json"): void;
}

/** How many others get data: each vendor once. */
export const partnersOf = ({ vendors = [] }: ConsentPolicy, purpose?: string) =>
  vendors.filter(({ purposes }) => !purpose || purposes.includes(purpose));

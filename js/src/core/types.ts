// The types that a user of the package meets: config, calls, view, problems.
//
// The config is described in full by the published JSON Schema and judged by the engine alone;
// what stands here helps an editor, it checks nothing at run time.

export type Properties = Record<string, unknown>;

export interface CallOptions {
  /** Members of the Segment specification's context that hold for this one event. */
  context?: Properties;
  /** Purposes that this event needs besides those of each collector: the stricter holds. */
  needs?: string[];
  /**
   * When the queue is full `bulk` is lost first and `critical` last; `bulk` also waits while the
   * connection is metered. Default: `critical` for orders and `identify`, `normal` for all else.
   */
  priority?: "critical" | "normal" | "bulk";
}

/** A remote config: it can only take away, and replaces the one before. */
export interface Narrowing {
  /** Everything is off. */
  off?: boolean;
  collectors?: Record<string, { off?: boolean; sample?: number; only?: string[] }>;
  drop_events?: string[];
  /** JSON pointers into events: `/properties/x`. */
  drop_fields?: string[];
}

export type Choice = "granted" | "denied";
export type Choices = Record<string, Choice>;

export interface Problem {
  code: string;
  /** JSON pointer into the call or the config; empty when neither is meant. */
  pointer: string;
  found: string;
  allowed: string;
}

export interface PurposeView {
  state: "granted" | "denied" | "unknown" | "exempt";
  /** Who decided, or why nobody had to. */
  why:
    | "person"
    | "account"
    | "gpc"
    | "dnt"
    | "att"
    | "age"
    | "region"
    | "default"
    | "exempt"
    | "expired"
    | "changed";
}

export interface ConsentView {
  answered: boolean;
  generation: number;
  /** Unix time of the last decision; absent: there is none. */
  decided_ms?: number;
  /** Where the person is, when that is known. */
  region?: string;
  model: "opt_in" | "opt_out" | "notice";
  /** By id; the vendor of a collector is `vendor:` and its id. */
  purposes: Record<string, PurposeView>;
  /** Purposes about which a question is due; their `why` says for what reason. */
  due?: string[];
  /** Denied because the account's answer and the device's differ, until the person decides. */
  conflicts?: string[];
  /** Granted by the person in spite of a signal. */
  contradictions?: string[];
}

export interface DecisionOptions {
  /** Who decides. Default `person`; `account`: what was chosen on another device. */
  source?: "person" | "account";
  /** When, where that was elsewhere and before, in Unix milliseconds: it holds from then on. */
  decided_ms?: number;
  /** What the person saw: a hash of the text, its version and language, the layer, the control. */
  shown?: Properties;
}

export interface ExplainedEvent {
  type?: "track" | "page" | "screen" | "identify" | "alias" | "group";
  name?: string;
  /** As `CallOptions.needs`. */
  needs?: string[];
}

export interface Explanation {
  /** Nothing is captured, or not this: a remote config says so. */
  off: boolean;
  collectors: Record<
    string,
    {
      /** It gets events of this name. */
      wanted: boolean;
      verdict: "admit" | "deidentify" | "hold" | "drop";
      because: ({ purpose: string } & PurposeView)[];
    }
  >;
}

export interface Inventory {
  entries: {
    /** A key, or what keys begin with. */
    key: string;
    /** For which it is there; absent: the proof of decisions. */
    purposes?: string[];
    /** Unix time in milliseconds; absent: it goes with what it speaks of. */
    expires_ms?: number;
  }[];
}

/** docs/decision_log.md */
export interface DecisionLog {
  entries: Record<string, unknown>[];
  /** The hash of the last entry. */
  anchor?: string;
}

export interface HandOver {
  /**
   * The host that may take the token, or an address there, which `url` then is with the token.
   * Absent: any device, as for a QR code.
   */
  to?: string;
  /** How long it holds, in seconds. */
  ttl_s?: number;
  /** What goes along: at most a campaign and the reference of a cart. */
  carry?: Record<string, string>;
}

export interface HandOverToken {
  token: string;
  /** The address with the token, on a page. */
  url?: string;
}

export interface HandOverAnswer {
  accepted: boolean;
  /** The id was taken over where there was none, joined to that which was here, or is the same. */
  how?: "adopted" | "joined" | "same";
  /** Why not: sdk/docs/hand_over.md */
  why?: string;
  carry?: Record<string, string>;
}

export interface View {
  refused: boolean;
  consent: ConsentView;
  anonymous_id?: string;
  /** By collector: those who know the person under an id of their own (`"ids": "own"`). */
  own_ids?: Record<string, string>;
  user_id?: string;
  session?: { id: string; index: number; event_index: number };
  queue: { events: number; bytes: number; held: number; in_flight: number };
  store: "closed" | "reading" | "ok" | "failed";
  /** Why the store failed. */
  store_reason?: "quota" | "blocked" | "unavailable" | "unknown";
  /** By reason: the losses of all collectors, and what never got to one. */
  losses: Record<string, number>;
  /** How much personal data was taken out, by kind; absent: the config asks for no detectors. */
  redactions?: Record<string, number>;
  collectors: Record<string, CollectorView>;
  /** This is the engine that takes over what others have left in the store. */
  leading: boolean;
  /** Switched off by `narrow`. */
  off: boolean;
  /** Empty before anything is known, absent where the config has no journey. */
  journey?: JourneyView;
  /** Ids of the segments that hold now. */
  segments?: string[];
}

export type Stage = "none" | "pre_purchase" | "purchase" | "post_purchase";

export type Channel =
  | "search" | "social" | "email" | "paid" | "ai_assistant" | "shopping" | "partner" | "referral"
  | "sms" | "push" | "out_of_home" | "other" | "direct";

export type AttributionModel =
  | "first" | "last" | "last_non_direct" | "linear" | "time_decay" | "position";

export interface TouchView {
  channel: Channel;
  source?: string;
  medium?: string;
  campaign?: string;
  /** The name of the parameter that an ad network added, never its value. */
  click_id?: string;
  time_ms: number;
}

/** docs/journey.md says what each member is. */
export interface JourneyView {
  stage?: Stage;
  cycle?: number;
  visits?: number;
  active_days?: number;
  days_since_last_visit?: number;
  orders?: number;
  refunds?: number;
  currency?: string;
  lifetime_value?: number;
  order_value?: number;
  values?: Record<string, { ordered: number; refunded: number }>;
  conversions?: Record<string, number>;
  answers?: Partial<Record<"nps" | "csat" | "ces", { score: number; time_ms: number }>>;
  touchpoint?: string;
  step?: string;
  first_ms?: number;
  last_ms?: number;
  first_touch?: TouchView;
  last_touch?: TouchView;
  touch_count?: number;
  touches?: TouchView[];
  /** In millionths: what each channel has earned of a conversion that came now. */
  attribution_ppm?: Record<AttributionModel, Partial<Record<Channel, number>>>;
}

export interface CollectorView {
  sent: number;
  acknowledged: number;
  state: "ok" | "waiting" | "stopped";
  retry_in_ms?: number;
  lost: Record<string, number>;
}

export interface Purpose {
  id: string;
  basis: "consent" | "legitimate_interest" | "exempt" | "contract" | "legal_obligation";
  storage?: boolean;
  before_answer?: "hold" | "drop" | "deidentify";
  requires?: string[];
  [more: string]: unknown;
}

export interface CollectorConfig {
  id: string;
  protocol: string;
  url: string;
  needs: string[];
  [more: string]: unknown;
}

export interface Config {
  waymark: 1;
  app: { id: string; version?: string; channel?: string };
  consent: { revision: string; purposes: Purpose[]; [more: string]: unknown };
  collectors: CollectorConfig[];
  capture?: { page_views?: boolean; [more: string]: unknown };
  [more: string]: unknown;
}

export interface OpenOptions {
  /** The engine: an address, its bytes, or the compiled module. */
  wasm?: string | URL | BufferSource | WebAssembly.Module;
  /** What the keys in localStorage begin with. Default `waymark.` */
  prefix?: string;
  /** The name of the IndexedDB database. Default `waymark` */
  database?: string;
  /** Where the person is (`DE`, `US-CA`), as the server knows it. Unknown: the strictest rules. */
  region?: string;
  /** How old the person is, in years. */
  age?: number;
  /** The address of a remote config, read once `ready` is fulfilled. See `Client.narrow`. */
  remote?: string;
}

export interface Events {
  /** Consent, ids, queue or counters have changed. */
  view: (view: View) => void;
  /** Something was refused or went wrong, and why. */
  problem: (problem: Problem) => void;
  /** The engine is there. Called at once when it already is. */
  ready: () => void;
}

// Stored events and records of consent as an owner may have them: a million lawful events of twenty
// thousand people, and what a test plants among them.

import { createHash } from "node:crypto";
import { closeSync, openSync, writeSync } from "node:fs";

export const hour_ms = 3_600_000;
export const day_ms = 24 * hour_ms;
export const start_ms = Date.UTC(2026, 5, 1);
/** When the audit takes place. */
export const audit_ms = start_ms + 400 * day_ms;

export const policy = {
  waymark: 1,
  app: { id: "shop" },
  consent: {
    revision: "2026-06-01",
    records: "proofs",
    purposes: [
      { id: "proof", basis: "legal_obligation" },
      { id: "audience", basis: "exempt", mode: "deidentify", exemption: "CNIL, audience" },
      { id: "analytics", basis: "consent", storage: true, before_answer: "hold" },
      { id: "marketing", basis: "consent", storage: true, before_answer: "drop" },
    ],
    regions: [{ match: ["*"], model: "opt_in" }],
    valid_days: { granted: 180, denied: 180, events: 390 },
  },
  fields: [
    { path: "/user/id", needs: ["marketing"], otherwise: "drop" },
    { path: "/context/geo", needs: ["marketing"], otherwise: "coarsen" },
  ],
  collectors: [
    collector("proofs", "proof"),
    collector("counter", "audience"),
    collector("stats", "analytics"),
    { ...collector("ads", "marketing"), only: ["order_completed"] },
  ],
};

function collector(id: string, purpose: string) {
  const options = { write_key: "k" };
  return { id, protocol: "segment", url: `https://${id}.example`, needs: [purpose], options };
}

type State = "granted" | "denied" | "unknown";
type Json = Record<string, unknown>;

/** The chain of one person. */
export class Person {
  readonly subject: string;
  readonly records: Json[] = [];
  /** The hash at which it ends. */
  anchor = "";
  id: string;

  constructor(name: string) {
    this.subject = `subject-${name}`;
    this.id = `anonymous-${name}`;
  }

  decide(time_ms: number, analytics: State, marketing: State, by = "person"): this {
    const why = { granted: by, denied: by, unknown: "default" };
    const purposes = {
      proof: { state: "exempt", why: "exempt" },
      audience: { state: "exempt", why: "exempt" },
      analytics: { state: analytics, why: why[analytics] },
      marketing: { state: marketing, why: why[marketing] },
    };
    return this.add({ type: "decision", time_ms, by, region: "FR", model: "opt_in", purposes });
  }

  delete(time_ms: number, purposes: string[], ids = 1): this {
    return this.add({ type: "deletion", time_ms, purposes, events: 0, ids, store_cleared: true });
  }

  /** Has the owner asked to delete what was sent under the id of now. */
  request(time_ms: number, purposes: string[], collectors: string[]): this {
    const properties = { purposes, collectors, subject: this.subject, record: this.anchor };
    const event = { type: "track", name: "deletion_requested", time_ms, anonymous_id: this.id };
    this.records.push({ ...event, message_id: `request-${this.id}`, properties });
    return this;
  }

  private add({ type, time_ms, ...more }: Json): this {
    const number = this.records.filter(({ number }) => number).length + 1;
    const common = { type, time_ms, generation: number, revision: policy.consent.revision };
    const previous = this.anchor ? { previous: this.anchor } : {};
    const entry = { number, ...previous, ...common, subject: this.subject, ...more };
    this.anchor = createHash("sha256").update(JSON.stringify(entry)).digest("hex");
    this.records.push({ ...entry, hash: this.anchor });
    return this;
  }
}

let last_event = 0;

export function stored(collector: string, name: string, time_ms: number, more: Json = {}): Json {
  const message_id = `m-${++last_event}`;
  return { collector, type: "track", name, message_id, time_ms, ...more };
}

/** Writes lines by the ten thousand. */
export class LineFile {
  lines = 0;
  private _waiting: string[] = [];
  private readonly _handle: number;

  constructor(path: string) {
    this._handle = openSync(path, "w");
  }

  /** Gives the number of the line. */
  add(document: Json | string): number {
    this._waiting.push(typeof document === "string" ? document : JSON.stringify(document));
    if (this._waiting.length === 10_000) this._flush();
    return ++this.lines;
  }

  close(rest = ""): void {
    this._flush();
    writeSync(this._handle, rest);
    closeSync(this._handle);
  }

  private _flush(): void {
    if (this._waiting.length) writeSync(this._handle, this._waiting.join("\n") + "\n");
    this._waiting = [];
  }
}

const page = { url: "https://shop.example/c/compass", path: "/c/compass", title: "Compass" };
const session = { id: "5d6e", index: 2, event_index: 4, started_ms: start_ms };

/**
 * The lawful events of one person: what waited for the answer, what came after it, and, of one in
 * four, what came before a withdrawal, all of which has been deleted but what was for counting.
 */
export function lawful(number: number, events: number): { person: Person; events: Json[] } {
  const person = new Person(`${number}`);
  const from_ms = start_ms + 20 * day_ms + (number % 100) * hour_ms;
  const marketing = number % 3 === 0;
  person.decide(from_ms, "granted", marketing ? "granted" : "denied");
  const consent = { proof: true, audience: true, analytics: true, marketing };
  const list: Json[] = [];
  for (let index = 0; index < events; ++index) {
    const time_ms = from_ms + (index - 1) * 90_000;
    if (index % 10 === 9) {
      list.push(stored("counter", "product_viewed", time_ms - (time_ms % hour_ms)));
      continue;
    }
    const order = marketing && index % 10 === 5;
    const geo = marketing ? { latitude: 48.85, city: "Paris" } : { latitude: 40 };
    list.push(
      stored(order ? "ads" : "stats", order ? "order_completed" : "product_viewed", time_ms, {
        ...{ anonymous_id: person.id, ...(marketing && { user_id: `u-${number}` }) },
        ...{ session, consent, properties: { product_id: "compass-01", price: 49, index } },
        context: { page, locale: "fr-FR", geo },
        ...(index === 1 && { delivery: { decisions: person.anchor } }),
      }),
    );
    // What waits for an answer is only what may wait.
    if (order && time_ms < from_ms) list.pop();
  }
  return { person, events: list };
}

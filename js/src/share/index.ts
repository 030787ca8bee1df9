// `waymark/share`: a decision counts on the owner's other hosts, too: on subdomains by a cookie,
// which the own server can read; on other domains by their links; and in the app around a web view.
//
// Promise: it holds choices, their times and the policy's revision, and no identifier. The engine
// decides what becomes of a decision from elsewhere; here it is only made sure that none widens.

import type { Client } from "../core/client.ts";
import type { View } from "../core/types.ts";
import type { End, Page } from "../entry/parts.ts";
import { readCookie, storedRecord, writeCookie } from "../platform/browser/shared.ts";
import { format, merge, newsOf, ofRecord, parse, skew_ms } from "./decision.ts";
import type { Decision, Rules } from "./decision.ts";
import { findHost, type Host } from "./host.ts";
import { rulesOf, type Policy } from "./policy.ts";

const day_s = 86_400;

/** Starts to share; gives what ends it. `ready`: what a link has brought has been taken. */
export function start({ client, config, options }: Page): End {
  const share = new Share(client, config as unknown as Policy, options);
  return Object.assign(() => share.end(), { ready: share._joined });
}

class Share {
  private readonly _client: Client;
  private readonly _options: Record<string, any>;
  private readonly _rules: Rules;
  private readonly _cookie: string;
  private readonly _domain?: string;
  private readonly _host?: Host;
  readonly _joined?: Promise<void>;
  private readonly _ends: (() => void)[] = [];
  private _generation?: number;
  private _ended = false;
  private _had = false;
  private _told = "";
  private _seen?: string;

  constructor(client: Client, policy: Policy, options: Record<string, any>) {
    const { cookie, cookie_domain, domains, app } = policy.consent.share ?? {};
    this._client = client;
    this._options = options;
    this._rules = rulesOf(policy);
    this._cookie = cookie ?? "waymark_consent";
    this._domain = cookie_domain ?? policy.identity?.cookie_domain;
    if (app) this._host = findHost(globalThis);
    this._read();
    if (domains) this._joined = this._join(domains);
    if (this._host) this._meet(this._host);
    this._watch();
  }

  end(): void {
    this._ended = true;
    this._ends.forEach((end) => end());
  }

  private _watch(): void {
    const obey = ({ consent: { generation, region } }: View) => {
      if (generation === this._generation) return;
      this._generation = generation;
      this._tell(region);
    };
    this._client.on("view", obey);
    // Another page may have decided while this one was not looked at, or lay in the cache.
    const look = () => document.hidden || this._read();
    document.addEventListener("visibilitychange", look);
    this._ends.push(
      () => this._client.off("view", obey),
      () => document.removeEventListener("visibilitychange", look),
    );
  }

  private _record(): unknown {
    return storedRecord(this._options.prefix ?? "waymark.");
  }

  private _own(): Decision | undefined {
    return ofRecord(this._record());
  }

  // The same cookie says nothing new: what the engine made of it then stands.
  private _read(): void {
    const text = readCookie(this._cookie);
    if (text !== this._seen) this._take(parse((this._seen = text)), "cookie");
  }

  // The site that is left and the one that is reached have no place in common: the address is all.
  private async _join(domains: string[]): Promise<void> {
    const value = () => {
      const own = this._own();
      return own && format(own);
    };
    const take = (text: string) => this._take(parse(text), "link");
    try {
      const end = (await import("./links.ts")).join(domains, { value, take });
      this._ends.push(end);
      if (this._ended) end();
    } catch (error) {
      console.warn("waymark: no marked links", error);
    }
  }

  private _meet(host: Host): void {
    this._hear(host.first());
    this._ends.push(host.listen((message) => this._hear(message)));
    host.post({ type: "hello" });
  }

  private _hear(message: any): void {
    const { region, att, age } = message?.facts ?? {};
    const tell = (name: string, value: unknown) => this._client.signal(name, value, "app");
    if (att !== undefined) tell("att", att);
    if (age !== undefined) tell("age", age);
    // Of where the person is the page's server knows more.
    if (region && !this._options.region) tell("region", region);
    if (message?.type === "consent") this._take(ofRecord(message), "app");
  }

  // A link is weak evidence: it may fill a gap, and refuse. So is all else where the browser itself
  // says no: only a person who is here can say yes in spite of it.
  // Judged when the engine has put down what was decided here, be it before it was there.
  private _take(other: Decision | undefined, by: "cookie" | "link" | "app"): void {
    if (!other) return;
    const weak = by === "link" || (navigator as any).globalPrivacyControl;
    const source = weak ? "account" : "person";
    this._client._settled(() => {
      if (this._ended) return;
      for (const [decided_ms, choices] of newsOf(this._own(), other, this._rules, Date.now())) {
        const shown = { by, revision: other.revision, decided_ms };
        this._client.consent.set(choices, { source, decided_ms, shown });
      }
    });
  }

  private _tell(region?: string): void {
    // Another page may have written meanwhile: what is news here comes back to this place.
    if (this._own()) this._read();
    const record: any = this._record();
    const own = ofRecord(record);
    const { revision, granted_days, denied_days } = this._rules;
    const now_ms = Date.now();
    const there = parse(this._seen);
    // Whoever is forgotten here is asked again on all hosts that have no answer of their own.
    const said = own
      ? merge(own, there ?? own, this._rules, now_ms)
      : this._had && { revision, answers: {}, time_ms: now_ms };
    this._had = !!own;
    const text = said && format(said);
    if (!text || text === this._told) return;
    this._told = text;
    const there_ms = there?.time_ms ?? 0;
    // What says that it is of tomorrow is no reason to keep today's to oneself.
    if (text !== this._seen && (there_ms <= said.time_ms || there_ms > now_ms + skew_ms)) {
      const seconds = (said.time_ms - now_ms) / 1000 + Math.max(granted_days, denied_days) * day_s;
      writeCookie(this._cookie, text, seconds, this._domain);
    }
    const { choices = {}, at, time_ms = now_ms } = record ?? {};
    this._host?.post({ type: "consent", revision: said.revision, time_ms, choices, at, region });
  }
}

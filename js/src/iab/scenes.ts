// How things stand, as vendors are told: the engine's view and what people see, worked out anew
// only when something of it has changed.

import type { Client } from "../core/client.ts";
import type { Listed, Vendor } from "./gvl.ts";
import { type IabPolicy, lacksList } from "./sections.ts";
import type { Signals } from "./signals.ts";
import type { Scene } from "./tcf.ts";

/** What people see of a question on this page. */
export interface Seen {
  visible: boolean;
  shown: boolean;
}

const day_ms = 86_400_000;

export class Scenes {
  private readonly _consent: string;
  private readonly _version: number;
  private _asked = "";
  private _signals?: Signals;

  constructor(
    private readonly _client: Client,
    private readonly _ask: (question: string) => Signals,
    private readonly _language: string,
    policy: IabPolicy,
    { list }: Listed,
  ) {
    const vendors = (policy.vendors ?? []).map((vendor) => {
      if (!list || !vendor.tcf_id) return vendor;
      const listed = list.vendors[vendor.tcf_id];
      return { ...vendor, tcf_id: listed?.id, declares: listed && declares(listed) };
    });
    this._version = list?.vendorListVersion ?? policy.iab?.vendor_list_version ?? 0;
    const iab = lacksList(policy, list) ? { ...policy.iab, cmp_id: 0 } : policy.iab;
    this._consent = JSON.stringify({ ...policy, vendors, iab });
  }

  /** Undefined before the engine is there. */
  next(seen: Seen): Scene | undefined {
    const view: any = this._client.view();
    if (!view || view.refused) return;
    const { consent, signals } = view;
    // A string that nobody has decided yet is of today.
    const today_ms = Math.floor(Date.now() / day_ms) * day_ms;
    const rest = {
      view: consent,
      gpc: signals?.gpc,
      language: this._language,
      vendor_list_version: this._version,
      now: { wall_ms: today_ms, mono_ms: 0 },
    };
    this._work_out(`{"consent":${this._consent},${JSON.stringify(rest).slice(1)}`);
    const due = consent.due?.length > 0;
    return { ...seen, signals: this._signals!, due, decided_ms: consent.decided_ms ?? 0 };
  }

  private _work_out(question: string): void {
    if (question === this._asked) return;
    this._signals = this._ask(question);
    this._asked = question;
    for (const { code, pointer, found, allowed } of this._signals.problems) {
      this._client._problem(code, pointer, found, allowed);
    }
  }
}

/** On what a vendor processes anything. */
function declares({ purposes, legIntPurposes, specialPurposes }: Vendor): string[] {
  const made: string[] = [];
  if (purposes.length) made.push("consent");
  if (legIntPurposes.length) made.push("legitimate_interest");
  if (!made.length && specialPurposes.length) made.push("special_purposes");
  return made;
}

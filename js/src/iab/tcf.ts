// `__tcfapi`: the CMP API of the TCF, version 2, over what the engine says.
//
// Promise: every answer is a copy of its own; `gdprApplies` is undefined until it is known, and
// never made of anything else; nothing thrown by a caller's function comes out.

import { type Callback, listeners_max, tell } from "./calls.ts";
import type { Signals, TcFields } from "./signals.ts";

/** How things stand on the page. */
export interface Scene {
  signals: Signals;
  /** People see the question or the preference centre now. */
  visible: boolean;
  /** Or have seen it on this page. */
  shown: boolean;
  /** Something is to be asked. */
  due: boolean;
  /** Unix time of the last decision; 0: there is none. */
  decided_ms: number;
}

type EventStatus = "tcloaded" | "cmpuishown" | "useractioncomplete";
type Listener = { callback: unknown; vendors?: number[] };
type GetList = (version: unknown, string_version?: number) => Promise<object | undefined>;

const api_version = "2.3";
// The purposes of the TCF: those that a string does not consent to are said not to be.
const purposes_of_tcf = Array.from({ length: 11 }, (_, place) => place + 1);

export class TcfApi {
  private readonly _listeners = new Map<number, Listener>();
  private _next_listener = 1;
  // Calls that wait until it is known whether GDPR applies.
  private _waiting: unknown[][] = [];
  private _scene?: Scene;
  private _status?: EventStatus;
  private _failed = false;

  constructor(
    private readonly _cmp: { id: number; version: number },
    private readonly _list: GetList,
  ) {}

  /** The function of the page. */
  readonly call = (...args: unknown[]): void => {
    const [command, version, callback, parameter] = args;
    if (typeof callback !== "function") return;
    if (this._failed) {
      if (command === "ping") tell(callback, this._ping(), true);
      return;
    }
    const run = typeof command === "string" && commands[command];
    if (!run || !isVersion(version)) return tell(callback, null, false);
    if (needs_scene.test(command) && this._gdpr() === undefined) {
      if (this._waiting.length < listeners_max) this._waiting.push(args);
      return;
    }
    run(this, callback as Callback, parameter);
  };

  /** The engine cannot be had: no request is answered any more but ping. */
  fail(): void {
    this._failed = true;
    this._listeners.clear();
    this._waiting = [];
  }

  /** Takes over how things stand, and tells the listeners what has changed. */
  become(scene: Scene): void {
    const before = this._scene;
    const status = nextStatus(scene, before, this._status);
    const changed =
      !before ||
      status !== this._status ||
      (scene.visible && !before.visible) ||
      scene.decided_ms !== before.decided_ms ||
      scene.signals.tc !== before.signals.tc ||
      scene.signals.gdpr_applies !== before.signals.gdpr_applies;
    this._scene = scene;
    this._status = status;
    if (!changed) return;
    if (this._gdpr() !== undefined) for (const args of this._waiting.splice(0)) this.call(...args);
    if (!before) return;
    for (const [id, { callback, vendors }] of [...this._listeners]) {
      if (this._listeners.has(id)) tell(callback, this._data(vendors, id), true);
    }
  }

  _ping(): object {
    const { tc_fields } = this._scene?.signals ?? {};
    return {
      gdprApplies: this._gdpr(),
      cmpLoaded: true,
      cmpStatus: this._failed ? "error" : "loaded",
      displayStatus: this._display(),
      apiVersion: api_version,
      cmpVersion: this._cmp.version,
      cmpId: this._cmp.id,
      gvlVersion: tc_fields?.vendorListVersion || undefined,
      tcfPolicyVersion: policy_version,
    };
  }

  _listen(callback: Callback, parameter: unknown): void {
    const vendors = vendorsOf(parameter);
    const full = this._listeners.size >= listeners_max;
    if (vendors === null || full) return tell(callback, null, false);
    const id = this._next_listener++;
    this._listeners.set(id, { callback, vendors });
    tell(callback, this._data(vendors, id), true);
  }

  _forget(callback: Callback, id: unknown): void {
    const removed = this._listeners.delete(id as number);
    // The only answer is whether it was removed; both places say so.
    tell(callback, removed, removed);
  }

  _answer(callback: Callback, parameter: unknown, in_app: boolean): void {
    const vendors = vendorsOf(parameter);
    if (vendors === null) return tell(callback, null, false);
    tell(callback, in_app ? this._in_app() : this._data(vendors), true);
  }

  _vendors(callback: Callback, version: unknown): void {
    const { vendorListVersion } = this._scene?.signals.tc_fields ?? ({} as Partial<TcFields>);
    void this._list(version, vendorListVersion).then(
      (list) => tell(callback, list ?? null, !!list),
      () => tell(callback, null, false),
    );
  }

  private _gdpr(): boolean | undefined {
    return this._scene?.signals.gdpr_applies;
  }

  private _display(): string {
    const { visible, shown, due } = this._scene ?? {};
    if (visible) return "visible";
    return this._gdpr() !== false && (shown || due || !this._scene) ? "hidden" : "disabled";
  }

  private _data(vendors?: number[], listener?: number): object {
    const gdprApplies = this._gdpr();
    const { id: cmpId, version: cmpVersion } = this._cmp;
    const known = { gdprApplies, tcfPolicyVersion: policy_version, cmpId, cmpVersion };
    const listenerId = listener === undefined ? {} : { listenerId: listener };
    if (gdprApplies === false) return { ...known, ...listenerId };
    const { tc, tc_fields, additional_consent } = this._scene?.signals ?? {};
    const eventStatus = this._status;
    const standing = { ...known, eventStatus, cmpStatus: "loaded", listenerId: listener };
    // Before people have seen what they are asked there is nothing to tell.
    if (!this._status || !tc_fields) return standing;
    return {
      tcString: tc,
      ...standing,
      ...flags(tc_fields),
      ...vectors(tc_fields, vendors),
      ...(additional_consent && { addtlConsent: additional_consent }),
    };
  }

  // For an app around the page, in the form in which apps keep it.
  private _in_app(): object {
    const gdprApplies = this._gdpr() ? 1 : 0;
    const { id: cmpId, version: cmpVersion } = this._cmp;
    const known = { gdprApplies, tcfPolicyVersion: policy_version, cmpId, cmpVersion };
    const { tc, tc_fields } = this._scene?.signals ?? {};
    if (!gdprApplies || !this._status || !tc_fields) return known;
    const fields: Record<string, unknown> = flags(tc_fields);
    for (const [name, value] of Object.entries(fields)) {
      if (typeof value === "boolean") fields[name] = value ? 1 : 0;
    }
    return { tcString: tc, ...known, eventStatus: this._status, ...fields, ...digits(tc_fields) };
  }
}

const policy_version = 5;

const commands: Record<string, (api: TcfApi, callback: Callback, parameter: unknown) => void> = {
  ping: (api, callback) => tell(callback, api._ping(), true),
  addEventListener: (api, callback, parameter) => api._listen(callback, parameter),
  removeEventListener: (api, callback, id) => api._forget(callback, id),
  getTCData: (api, callback, vendors) => api._answer(callback, vendors, false),
  getInAppTCData: (api, callback) => api._answer(callback, undefined, true),
  getVendorList: (api, callback, version) => api._vendors(callback, version),
};
Object.setPrototypeOf(commands, null);

// Who adds a listener hears at once, and then when more is known; the others would not.
const needs_scene = /^get(InApp)?TCData$/;

/** Missing: the latest. A number as text is a number: messages of frames are text. */
function isVersion(version: unknown): boolean {
  return version === undefined || [null, 0, 2, "0", "2"].includes(version as null);
}

/** Undefined: all. Null: no list of ids. */
function vendorsOf(parameter: unknown): number[] | undefined | null {
  if (parameter === undefined || parameter === null) return undefined;
  return Array.isArray(parameter) && parameter.every(Number.isInteger) ? parameter : null;
}

/** Which event the listeners are told next; the specification's table, line by line. */
function nextStatus(
  { signals, visible, shown, due, decided_ms }: Scene,
  before: Scene | undefined,
  status: EventStatus | undefined,
): EventStatus | undefined {
  if (!signals.gdpr_applies) return undefined;
  const decided = before ? decided_ms !== before.decided_ms : shown && !due && decided_ms > 0;
  if (decided && decided_ms > 0) return "useractioncomplete";
  if (visible) return before?.visible && status ? status : "cmpuishown";
  // It was closed, and what was chosen before stands.
  if (before?.visible && !due) return "useractioncomplete";
  return status ?? (due ? undefined : "tcloaded");
}

function flags(tc: TcFields) {
  return {
    isServiceSpecific: tc.isServiceSpecific,
    useNonStandardTexts: tc.useNonStandardTexts,
    publisherCC: tc.publisherCountryCode,
    purposeOneTreatment: tc.purposeOneTreatment,
  };
}

type Flags = Record<string, boolean>;

/** Those of `all` that are `allowed`, and those that are not. */
function flagsOf(allowed: number[], all: number[] = allowed): Flags {
  const made: Flags = {};
  for (const id of all) made[id] = false;
  for (const id of allowed) made[id] = true;
  return made;
}

function vectors(tc: TcFields, asked?: number[]) {
  const vendors = (allowed: number[]): Flags => {
    const all = flagsOf(allowed, tc.vendorsDisclosed);
    return asked ? Object.fromEntries(asked.map((id) => [id, all[id] === true])) : all;
  };
  return {
    purpose: {
      consents: flagsOf(tc.purposeConsents, purposes_of_tcf),
      legitimateInterests: flagsOf(tc.purposeLegitimateInterests, purposes_of_tcf),
    },
    vendor: {
      consents: vendors(tc.vendorConsents),
      legitimateInterests: vendors(tc.vendorLegitimateInterests),
      disclosedVendors: vendors(tc.vendorsDisclosed),
    },
    specialFeatureOptins: flagsOf(tc.specialFeatureOptins, [1, 2]),
    publisher: {
      consents: flagsOf(tc.publisherConsents),
      legitimateInterests: flagsOf(tc.publisherLegitimateInterests),
      customPurpose: {
        consents: flagsOf(tc.publisherCustomConsents),
        legitimateInterests: flagsOf(tc.publisherCustomLegitimateInterests),
      },
      restrictions: restrictionsOf(tc),
    },
  };
}

function restrictionsOf({ publisherRestrictions }: TcFields) {
  const made: Record<string, Record<string, number>> = {};
  for (const { purposeId, restrictionType, vendors } of publisherRestrictions) {
    for (const id of vendors) (made[purposeId] ??= {})[id] = restrictionType;
  }
  return made;
}

/** "0110…": a digit for each id up to the last. */
function digitsOf(ids: number[]): string {
  const last = Math.max(0, ...ids);
  const set = new Set(ids);
  return Array.from({ length: last }, (_, place) => (set.has(place + 1) ? 1 : 0)).join("");
}

function digits(tc: TcFields) {
  return {
    purpose: {
      consents: digitsOf(tc.purposeConsents),
      legitimateInterests: digitsOf(tc.purposeLegitimateInterests),
    },
    vendor: {
      consents: digitsOf(tc.vendorConsents),
      legitimateInterests: digitsOf(tc.vendorLegitimateInterests),
      disclosedVendors: digitsOf(tc.vendorsDisclosed),
    },
    specialFeatureOptins: digitsOf(tc.specialFeatureOptins),
    publisher: {
      consents: digitsOf(tc.publisherConsents),
      legitimateInterests: digitsOf(tc.publisherLegitimateInterests),
      customPurpose: {
        consents: digitsOf(tc.publisherCustomConsents),
        legitimateInterests: digitsOf(tc.publisherCustomLegitimateInterests),
      },
      restrictions: restrictedDigits(tc),
    },
  };
}

/** By purpose a digit for each vendor up to the last of all, `_` where there is no restriction. */
function restrictedDigits(tc: TcFields): Record<string, string> {
  const last = Math.max(0, ...tc.publisherRestrictions.flatMap(({ vendors }) => vendors));
  return Object.fromEntries(
    Object.entries(restrictionsOf(tc)).map(([purpose, types]) => [
      purpose,
      Array.from({ length: last }, (_, place) => types[place + 1] ?? "_").join(""),
    ]),
  );
}

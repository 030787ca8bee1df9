// The rules of the global vendor list, version 3.

import type { Problem } from "../core/types.ts";
import type { Vendor, VendorList } from "./gvl.ts";

export interface Judged {
  /** Without the vendors that break a rule; undefined when the list itself does. */
  list?: VendorList;
  problems: Problem[];
}

// A list of nonsense is told of in some places, not in all.
const problems_max = 100;
const vendor_id_max = 65535;
const described = {
  purposes: 24,
  specialPurposes: 65535,
  features: 65535,
  specialFeatures: 8,
  dataCategories: 65535,
} as const;
// No legitimate interest is allowed for these.
const consent_only = [1, 3, 4, 5, 6];

type Members = Record<string, unknown>;

const isObject = (value: unknown): value is Members =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isWhole = (value: unknown, least = 0, most = Infinity): value is number =>
  Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
const isTime = (value: unknown) => typeof value === "string" && !isNaN(Date.parse(value));
const isWeb = (value: unknown) => typeof value === "string" && /^https?:\/\/[^\s/]/i.test(value);
const isText = (value: unknown) => typeof value === "string" && value.length > 0;

/** Judges what was read from the list's address; `now`: Unix time in milliseconds. */
export function judgeList(value: unknown, now: number): Judged {
  const rules = new Rules();
  if (!isObject(value)) {
    rules.expect(false, "", value, "an object: the global vendor list, version 3");
    return { problems: rules.problems };
  }
  rules.list(value);
  if (rules.problems.length) return { problems: rules.problems };
  const list = value as unknown as VendorList;
  const vendors: Record<string, Vendor> = {};
  for (const [key, vendor] of Object.entries(list.vendors)) {
    // A deleted vendor is known to strings of before, and is not to be shown to anybody.
    if (rules.vendor(key, vendor, list) && !isPast(vendor.deletedDate, now)) vendors[key] = vendor;
  }
  if (!Object.keys(vendors).length) {
    rules.expect(false, "/vendors", value.vendors, "at least one vendor that keeps the rules");
    return { problems: rules.problems };
  }
  return { list: { ...list, vendors }, problems: rules.problems };
}

const isPast = (date: string | undefined, now: number) =>
  date !== undefined && Date.parse(date) <= now;

class Rules {
  readonly problems: Problem[] = [];

  /** Notes a problem where something is not as it must be; gives whether it is. */
  expect(holds: boolean, pointer: string, value: unknown, allowed: string): boolean {
    if (!holds && this.problems.length < problems_max) {
      this.problems.push({ code: "gvl_invalid", pointer, found: foundIn(value), allowed });
    }
    return holds;
  }

  list(list: Members): void {
    const { gvlSpecificationVersion, vendorListVersion, tcfPolicyVersion, lastUpdated } = list;
    const specification = gvlSpecificationVersion;
    this.expect(specification === 3, "/gvlSpecificationVersion", specification, "3");
    const version = isWhole(vendorListVersion, 1, 4095);
    this.expect(version, "/vendorListVersion", vendorListVersion, "a number from 1 to 4095");
    const policy = isWhole(tcfPolicyVersion, 4, 63);
    this.expect(policy, "/tcfPolicyVersion", tcfPolicyVersion, "a number from 4 to 63");
    const time = "a time, such as 2026-11-19T16:00:00Z";
    this.expect(isTime(lastUpdated), "/lastUpdated", lastUpdated, time);
    for (const [part, id_max] of Object.entries(described)) {
      this._described(list[part], part, id_max);
    }
    this._stacks(list);
    const { vendors } = list;
    this.expect(isObject(vendors), "/vendors", vendors, "an object of vendors by their ids");
  }

  private _described(items: unknown, part: string, id_max: number): void {
    if (!this.expect(isObject(items), `/${part}`, items, "an object, by ids")) return;
    for (const [key, item] of Object.entries(items as Members)) {
      const at = `/${part}/${escaped(key)}`;
      if (!this.expect(isObject(item), at, item, "an object")) continue;
      const { id, name, description } = item as Members;
      const known = isWhole(id, 1, id_max) && `${id}` === key;
      this.expect(known, `${at}/id`, id, `the number ${key}, from 1 to ${id_max}`);
      this.expect(isText(name), `${at}/name`, name, "a name");
      this.expect(isText(description), `${at}/description`, description, "a text");
    }
  }

  private _stacks(list: Members): void {
    const { stacks } = list;
    if (stacks === undefined) return;
    if (!this.expect(isObject(stacks), "/stacks", stacks, "an object, by ids")) return;
    for (const [key, stack] of Object.entries(stacks as Members)) {
      const at = `/stacks/${escaped(key)}`;
      if (!this.expect(isObject(stack), at, stack, "an object")) continue;
      this._ids(stack as Members, "purposes", list.purposes, at);
      this._ids(stack as Members, "specialFeatures", list.specialFeatures, at);
    }
  }

  /** Whether a vendor keeps all rules. */
  vendor(key: string, vendor: unknown, list: VendorList): vendor is Vendor {
    const at = `/vendors/${escaped(key)}`;
    if (!this.expect(isObject(vendor), at, vendor, "an object")) return false;
    const members = vendor as Members;
    const all = [
      this._own(members, key, at),
      this._purposes(members, list, at),
      this._storage(members, at),
      this._retention(members.dataRetention, list, `${at}/dataRetention`),
      this._urls(members.urls, `${at}/urls`),
    ];
    return all.every((holds) => holds);
  }

  private _own({ id, name, deletedDate, overflow }: Members, key: string, at: string): boolean {
    const known = isWhole(id, 1, vendor_id_max) && `${id}` === key;
    const limit = isObject(overflow) ? overflow.httpGetLimit : undefined;
    const limits = "32 or 128";
    return [
      this.expect(known, `${at}/id`, id, `the number ${key}, from 1 to ${vendor_id_max}`),
      this.expect(isText(name), `${at}/name`, name, "a name"),
      deletedDate === undefined ||
        this.expect(isTime(deletedDate), `${at}/deletedDate`, deletedDate, "a time"),
      overflow === undefined ||
        this.expect([32, 128].includes(limit as 32), `${at}/overflow/httpGetLimit`, limit, limits),
    ].every((holds) => holds);
  }

  private _purposes(vendor: Members, list: VendorList, at: string): boolean {
    const known: [string, unknown][] = [
      ["purposes", list.purposes],
      ["legIntPurposes", list.purposes],
      ["flexiblePurposes", list.purposes],
      ["specialPurposes", list.specialPurposes],
      ["features", list.features],
      ["specialFeatures", list.specialFeatures],
    ];
    let holds = true;
    for (const [member, items] of known) holds = this._ids(vendor, member, items, at) && holds;
    if (vendor.dataDeclaration !== undefined) {
      holds = this._ids(vendor, "dataDeclaration", list.dataCategories, at) && holds;
    }
    return holds && this._bases(vendor as unknown as Vendor, at);
  }

  /** What rests on what: by now these are lists of known ids. */
  private _bases({ purposes, legIntPurposes, flexiblePurposes }: Vendor, at: string): boolean {
    let holds = true;
    legIntPurposes.forEach((id, place) => {
      const one = !purposes.includes(id) && !consent_only.includes(id);
      const allowed = "a purpose that is not in purposes, and is none of 1 and 3 to 6";
      holds = this.expect(one, `${at}/legIntPurposes/${place}`, id, allowed) && holds;
    });
    flexiblePurposes.forEach((id, place) => {
      const declared = purposes.includes(id) || legIntPurposes.includes(id);
      const allowed = "a purpose of purposes or legIntPurposes";
      holds = this.expect(declared, `${at}/flexiblePurposes/${place}`, id, allowed) && holds;
    });
    return holds;
  }

  private _ids(owner: Members, member: string, items: unknown, at: string): boolean {
    const ids = owner[member];
    const pointer = `${at}/${member}`;
    if (!this.expect(Array.isArray(ids), pointer, ids, "a list of ids")) return false;
    let holds = true;
    (ids as unknown[]).forEach((id, place, all) => {
      const known = isWhole(id, 1) && Object.keys(items as object).includes(`${id}`);
      const once = all.indexOf(id) === place;
      const allowed = "an id that the list describes, once";
      holds = this.expect(known && once, `${pointer}/${place}`, id, allowed) && holds;
    });
    return holds;
  }

  private _storage(vendor: Members, at: string): boolean {
    let holds = true;
    for (const name of ["usesCookies", "cookieRefresh", "usesNonCookieAccess"]) {
      const value = vendor[name];
      const good = value === undefined || typeof value === "boolean";
      holds = this.expect(good, `${at}/${name}`, value, "true or false") && holds;
    }
    const { cookieMaxAgeSeconds: age, deviceStorageDisclosureUrl: url } = vendor;
    const aged = age === undefined || age === null || (typeof age === "number" && isFinite(age));
    holds = this.expect(aged, `${at}/cookieMaxAgeSeconds`, age, "seconds, or null") && holds;
    const told = url === undefined || isWeb(url);
    return this.expect(told, `${at}/deviceStorageDisclosureUrl`, url, "a web address") && holds;
  }

  private _retention(retention: unknown, list: VendorList, at: string): boolean {
    if (retention === undefined) return true;
    if (!this.expect(isObject(retention), at, retention, "an object")) return false;
    const { stdRetention, purposes, specialPurposes } = retention as Members;
    const standard = stdRetention === undefined || isWhole(stdRetention);
    return [
      this.expect(standard, `${at}/stdRetention`, stdRetention, "days"),
      this._days(purposes, list.purposes, `${at}/purposes`),
      this._days(specialPurposes, list.specialPurposes, `${at}/specialPurposes`),
    ].every((holds) => holds);
  }

  private _days(days: unknown, items: object, at: string): boolean {
    if (days === undefined) return true;
    // The published list writes an object without members as an empty array.
    if (Array.isArray(days) && !days.length) return true;
    if (!this.expect(isObject(days), at, days, "days by the ids of purposes")) return false;
    return Object.entries(days as Members)
      .map(([id, value]) => {
        const good = isWhole(value) && Object.keys(items).includes(id);
        return this.expect(good, `${at}/${escaped(id)}`, value, "days, of a described purpose");
      })
      .every((holds) => holds);
  }

  private _urls(urls: unknown, at: string): boolean {
    if (!this.expect(Array.isArray(urls), at, urls, "addresses by language")) return false;
    return (urls as unknown[])
      .map((entry, place) => {
        const here = `${at}/${place}`;
        if (!this.expect(isObject(entry), here, entry, "an object")) return false;
        const { langId, privacy, legIntClaim } = entry as Members;
        return [
          this.expect(isText(langId), `${here}/langId`, langId, "a language"),
          this.expect(isWeb(privacy), `${here}/privacy`, privacy, "a web address"),
          legIntClaim === undefined ||
            this.expect(isWeb(legIntClaim), `${here}/legIntClaim`, legIntClaim, "a web address"),
        ].every((holds) => holds);
      })
      .every((holds) => holds);
  }
}

const escaped = (key: string) => key.replace(/~/g, "~0").replace(/\//g, "~1");

/** What stands there, in a few words. */
function foundIn(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = JSON.stringify(value);
  return text.length <= 60 ? text : Array.isArray(value) ? "an array" : `a long ${typeof value}`;
}

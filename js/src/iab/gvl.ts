// The global vendor list, version 3, from the owner's host: read, judged, and put into the page's
// language. For the interfaces of vendors and for whoever shows people the list.
//
// Promise: a list that breaks the rules for lists is refused; a vendor that breaks those for
// vendors is left out; each breach is a problem that names its place. The IAB's own host is never
// asked.

import type { Problem } from "../core/types.ts";
import { fetchText } from "../platform/load.ts";
import { judgeList } from "./gvl_rules.ts";
import type { IabPolicy } from "./sections.ts";

/** Purposes, special purposes, features, special features, data categories. */
export interface Described {
  id: number;
  name: string;
  description: string;
  illustrations?: string[];
}

export interface Stack extends Described {
  purposes: number[];
  specialFeatures: number[];
}

export interface Vendor {
  id: number;
  name: string;
  purposes: number[];
  legIntPurposes: number[];
  flexiblePurposes: number[];
  specialPurposes: number[];
  features: number[];
  specialFeatures: number[];
  dataRetention?: {
    stdRetention?: number;
    purposes?: Record<string, number>;
    specialPurposes?: Record<string, number>;
  };
  dataDeclaration?: number[];
  urls: { langId: string; privacy?: string; legIntClaim?: string }[];
  usesCookies?: boolean;
  cookieMaxAgeSeconds?: number | null;
  cookieRefresh?: boolean;
  usesNonCookieAccess?: boolean;
  deviceStorageDisclosureUrl?: string;
  overflow?: { httpGetLimit: number };
  deletedDate?: string;
}

/** What the list describes, by id: the part that is translated. */
export interface Descriptions {
  purposes: Record<string, Described>;
  specialPurposes: Record<string, Described>;
  features: Record<string, Described>;
  specialFeatures: Record<string, Described>;
  stacks: Record<string, Stack>;
  dataCategories: Record<string, Described>;
}

export interface VendorList extends Descriptions {
  gvlSpecificationVersion: number;
  vendorListVersion: number;
  tcfPolicyVersion: number;
  lastUpdated: string;
  vendors: Record<string, Vendor>;
}

/** What is known of the list of a page. */
export interface Listed {
  /** As it stands there, without the vendors that were left out; undefined: there is none. */
  list?: VendorList;
  /** The same in the page's language, for people. */
  shown?: VendorList;
  problems: Problem[];
}

type Listing = NonNullable<IabPolicy["iab"]>;

const kept = new Map<string, Promise<Listed>>();

/** The list of a config; asked again it is the same one. Never rejects. */
export function vendorList({ iab = {} }: IabPolicy, language = "en"): Promise<Listed> {
  const key = `${iab.gvl_url} ${language}`;
  const known = kept.get(key) ?? load(iab, language);
  kept.set(key, known);
  return known;
}

/** An older list of the owner's archive. */
export async function archivedList(iab: Listing, version: number): Promise<VendorList | undefined> {
  if (!iab.gvl_archives) return undefined;
  const { value } = await read(new URL(`vendor-list-v${version}.json`, base(iab.gvl_archives)));
  const { list } = judgeList(value, Date.now());
  return list?.vendorListVersion === version ? list : undefined;
}

const base = (url: string) => new URL(url, document.baseURI);

async function load(iab: Listing, language: string): Promise<Listed> {
  if (!iab.gvl_url) return { problems: [] };
  const url = base(iab.gvl_url);
  if (/(^|\.)consensu\.org$/.test(url.hostname)) {
    const allowed = "a copy on a host of yours: no page may load it from the IAB's";
    return refused("not_allowed", url.hostname, allowed);
  }
  const { value, problem } = await read(url);
  if (problem) return refused("gvl_unreachable", problem, "the global vendor list there");
  const { list, problems } = judgeList(value, Date.now());
  if (!list) return { problems };
  const shown = await translated(list, url, language, iab.gvl_languages ?? []);
  return { list, shown, problems };
}

function refused(code: string, found: string, allowed: string): Listed {
  return { problems: [{ code, pointer: "/consent/iab/gvl_url", found, allowed }] };
}

// The browser's cache does what the host's headers say.
async function read(url: URL): Promise<{ value?: unknown; problem?: string }> {
  try {
    return { value: JSON.parse(await fetchText(url.href, "gvl")) };
  } catch (error) {
    const { problems } = error as { problems?: Problem[] };
    return { problem: problems?.[0]?.found ?? `${error} from ${url}` };
  }
}

const parts_in_words = [
  "purposes",
  "specialPurposes",
  "features",
  "specialFeatures",
  "stacks",
  "dataCategories",
] as const;

// Only the words are taken: what a translation has no words for stays as it is.
async function translated(
  list: VendorList,
  url: URL,
  language: string,
  offered: string[],
): Promise<VendorList> {
  if (!offered.includes(language)) return list;
  const { value } = await read(new URL(`purposes-${language}.json`, url));
  const shown: any = { ...list };
  for (const part of parts_in_words) {
    shown[part] = {};
    for (const [id, item] of Object.entries<Described>(list[part] ?? {})) {
      shown[part][id] = { ...item, ...wordsOf((value as any)?.[part]?.[id]) };
    }
  }
  return shown;
}

function wordsOf(item: any): Partial<Described> {
  const words: Partial<Described> = {};
  if (typeof item?.name === "string") words.name = item.name;
  if (typeof item?.description === "string") words.description = item.description;
  const { illustrations } = item ?? {};
  if (Array.isArray(illustrations) && illustrations.every((text) => typeof text === "string")) {
    words.illustrations = illustrations;
  }
  return words;
}

// The sections of a GPP string that are made here, by prefix. Their place is their id.

const prefixes =
  ",,tcfeuv2,,,,,usnat,usca,usva,usco,usut,usct,usfl,usmt,usor,ustx,usde,usia,usne,usnh,usnj," +
  "ustn,usmn,usmd,usin,usky,usri";

export const sectionIds: Record<string, number> = {};
prefixes.split(",").forEach((prefix, id) => {
  if (prefix) sectionIds[prefix] = id;
});

export const first_registered_cmp = 2;

/** What a config wants vendors to be told, as far as this page depends on it. */
export interface IabPolicy {
  purposes?: { id: string; consent_mode?: string[] }[];
  vendors?: { id: string; tcf_id?: number; [more: string]: unknown }[];
  regions?: { match?: string[]; model?: string; gpp?: string[] }[];
  ui?: { languages?: string[] };
  iab?: {
    cmp_id?: number;
    cmp_version?: number;
    gvl_url?: string;
    gvl_archives?: string;
    gvl_languages?: string[];
    vendor_list_version?: number;
  };
}

/** Only a registered CMP makes TC strings: without its id there is no `__tcfapi`. */
export function wantsTcf({ iab }: IabPolicy): boolean {
  return iab?.cmp_id! >= first_registered_cmp;
}

/** Whether the list that the config names is missing: then no TC string can say what it is of. */
export function lacksList({ iab = {} }: IabPolicy, list: unknown): boolean {
  return !!iab.gvl_url && !list && !iab.vendor_list_version;
}

/** `2:tcfeuv2`, `7:usnat`: every section that some region has. Empty: there is no `__gpp`. */
export function supportedApis(policy: IabPolicy): string[] {
  const named = new Set((policy.regions ?? []).flatMap(({ gpp }) => gpp ?? []));
  return Object.keys(sectionIds)
    .filter((name) => named.has(name) && (name !== "tcfeuv2" || wantsTcf(policy)))
    .map((name) => `${sectionIds[name]}:${name}`);
}

/** Whether people are asked before wherever they are: then this is known without the engine. */
export function asksEverywhere({ regions = [] }: IabPolicy): boolean {
  return regions.every(({ model }) => model === "opt_in");
}

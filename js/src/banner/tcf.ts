// What the policies of the TCF want on the second layer, out of the global vendor list: the
// purposes in the words of the list, what needs no choice, and of each vendor what it does with
// which data, on which basis, for how long, and what it stores.
//
// A file of its own: only pages of a registered CMP load it. The list comes from the owner's host.

import type { Say } from "../core/say.ts";
import type { Described, Vendor, VendorList } from "../iab/gvl.ts";
import type { IabPolicy } from "../iab/sections.ts";
import { type Child, h, link } from "./dom.ts";
import type { ConsentPolicy, Duties } from "./scene.ts";

const day_s = 86_400;

/** What the list says; nothing is shown of one that was refused. */
export async function dutiesOf(
  policy: ConsentPolicy,
  say: Say,
  language: string,
): Promise<Duties | undefined> {
  // That of the vendors' interfaces: read once, judged, and in the page's language.
  const { vendorList } = await import("../iab/index.ts");
  const { list, shown: words } = await vendorList(policy as IabPolicy, language.split("-")[0]);
  if (!list || !words) return;
  const { vendors = [] } = policy;
  const shown = vendors.flatMap(({ tcf_id }) => list.vendors[`${tcf_id}`] ?? []);
  const using = (key: "specialPurposes" | "features" | "specialFeatures") =>
    Object.values(words[key]).filter(({ id }) => shown.some((vendor) => vendor[key]?.includes(id)));
  const purposes = (ids: readonly number[]) => ids.flatMap((id) => words.purposes[id] ?? []);
  return {
    ofPurpose: safe((ids) => drawItems(say("tcf.purposes"), purposes(ids))),
    ofVendor: safe((id) => list.vendors[id] && drawVendor(list.vendors[id], words, say, language)),
    rest: safe(() =>
      h(
        "section",
        { part: "purpose" },
        drawItems(say("tcf.special"), using("specialPurposes")),
        drawItems(say("tcf.features"), [...using("features"), ...using("specialFeatures")]),
      ),
    ),
  };
}

/** The list is somebody else's: what is wrong in it must not cost the person their answer. */
function safe<Parameters extends unknown[]>(draw: (...parameters: Parameters) => Child) {
  return (...parameters: Parameters): Child => {
    try {
      return draw(...parameters);
    } catch {
      return undefined;
    }
  };
}

function drawItems(title: string, items: readonly Described[]): Child {
  if (!items.length) return;
  return h(
    "details",
    {},
    h("summary", { id: `${title} ${items.map(({ id }) => id)}` }, `${title}: ${items.length}`),
    h(
      "ul",
      { part: "partners" },
      ...items.map(({ name, description, illustrations = [] }) =>
        h(
          "li",
          { part: "partner" },
          name,
          ...[description, ...illustrations].map((text) => text && h("p", { part: "soft" }, text)),
        ),
      ),
    ),
  );
}

function drawVendor(vendor: Vendor, words: VendorList, say: Say, language: string): Child {
  const named = (items: Record<string, Described>, ids: readonly number[] = []) =>
    ids.map((id) => items[id]?.name ?? `${id}`).join(", ");
  const { urls = [], dataRetention } = vendor;
  const own = urls.find(({ langId }) => language.startsWith(langId)) ?? urls[0];
  const lines: [name: string, what: string | undefined][] = [
    ["tcf.purposes", named(words.purposes, vendor.purposes)],
    ["tcf.interest", named(words.purposes, vendor.legIntPurposes)],
    ["tcf.special", named(words.specialPurposes, vendor.specialPurposes)],
    [
      "tcf.features",
      [named(words.features, vendor.features), named(words.specialFeatures, vendor.specialFeatures)]
        .filter(Boolean)
        .join(", "),
    ],
    ["tcf.data", named(words.dataCategories, vendor.dataDeclaration)],
    ["tcf.storage", storage(vendor, say)],
  ];
  const retention = dataRetention?.stdRetention;
  return h(
    "div",
    {},
    ...lines.map(([name, what]) => what && h("p", { part: "soft" }, `${say(name)}: ${what}`)),
    retention !== undefined &&
      h("p", { part: "soft" }, say("tcf.retention", { days: retention })),
    h(
      "p",
      { part: "links" },
      own?.privacy && link(own.privacy, say("policy")),
      own?.legIntClaim && link(own.legIntClaim, say("tcf.interest")),
      vendor.deviceStorageDisclosureUrl &&
        link(vendor.deviceStorageDisclosureUrl, say("tcf.storage")),
    ),
  );
}

function storage(vendor: Vendor, say: Say): string {
  const days = Math.ceil((vendor.cookieMaxAgeSeconds ?? 0) / day_s);
  return [
    vendor.usesCookies && say("tcf.days", { days }),
    vendor.usesCookies && vendor.cookieRefresh && say("tcf.refresh"),
    vendor.usesNonCookieAccess && say("tcf.other"),
  ]
    .filter(Boolean)
    .join(", ");
}

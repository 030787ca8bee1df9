// Random TC and GPP strings, made by the reference libraries, which the caller hands in. One seed
// gives the same strings at every time.

/** A generator of numbers 0 ≤ x < 1. */
export function randomOf(seed) {
  let state = (seed * 2654435761) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
}

const range = (first, last) => Array.from({ length: last - first + 1 }, (_, i) => first + i);

// A list in which every vendor may rest on either basis, so that the library drops nothing.
function vendorList(GVL, vendors) {
  const purposes = range(1, 11);
  const named = (ids) => Object.fromEntries(ids.map((id) => [id, { id, name: `${id}`, description: "" }]));
  const vendor = (id) => ({
    ...{ id, name: `v${id}`, purposes: [1, 3, 4, 5, 6], legIntPurposes: [2, 7, 8, 9, 10, 11] },
    ...{ flexiblePurposes: purposes, specialPurposes: [], features: [], specialFeatures: [] },
  });
  return new GVL({
    ...{ gvlSpecificationVersion: 3, vendorListVersion: 48, tcfPolicyVersion: 5 },
    ...{ lastUpdated: "2026-01-01T00:00:00Z", purposes: named(purposes), specialPurposes: {} },
    ...{ features: {}, specialFeatures: named([1, 2]), stacks: {}, dataCategories: {} },
    vendors: Object.fromEntries(range(1, vendors).map((id) => [id, vendor(id)])),
  });
}

const day_ms = 86_400_000;

/**
 * TC strings of up to `vendors` vendors.
 * @param library @iabtechlabtcf/core
 * @param dense   every set of vendors reaches the last one, and is full enough for a bit field
 */
export function tcStrings(library, { seed, count, vendors, dense = false }) {
  const { TCModel, TCString, PurposeRestriction, RestrictionType, GVL } = library;
  const random = randomOf(seed);
  const below = (limit) => Math.floor(random() * limit);
  const list = vendorList(GVL, vendors);
  const some = (ids, share) => ids.filter(() => random() < share);
  return range(1, count).map(() => {
    const model = new TCModel(list);
    const share = dense ? 0.3 + 0.4 * random() : random() ** 3;
    model.cmpId = 2 + below(4000);
    model.cmpVersion = below(4096);
    model.consentScreen = below(64);
    model.consentLanguage = ["EN", "DE", "FR"][below(3)];
    model.publisherCountryCode = ["DE", "AA", "IT"][below(3)];
    model.isServiceSpecific = true;
    model.specialFeatureOptins.set(some([1, 2], 0.5));
    model.purposeConsents.set(some(range(1, 11), 0.5));
    model.purposeLegitimateInterests.set(some([2, 7, 8, 9, 10, 11], 0.5));
    model.vendorConsents.set([...some(range(1, vendors), share), ...(dense ? [vendors] : [])]);
    model.vendorLegitimateInterests.set([...some(range(1, vendors), share), ...(dense ? [vendors] : [])]);
    model.vendorsDisclosed.set(dense ? range(1, vendors) : some(range(1, vendors), share));
    model.publisherConsents.set(some(range(1, 11), 0.3));
    if (!dense) {
      for (let i = below(6); i > 0; --i) {
        const type = [RestrictionType.NOT_ALLOWED, RestrictionType.REQUIRE_CONSENT][below(2)];
        model.publisherRestrictions.add(1 + below(vendors), new PurposeRestriction(2 + below(9), type));
      }
    }
    const text = TCString.encode(model);
    const today = new Date((19_000 + below(2_000)) * day_ms);
    return stamp(text, today);
  });
}

// The library stamps the day on which it runs; a seed has to give the same text next year.
function stamp(text, day) {
  const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  let tenths = day.getTime() / 100;
  let time = "";
  for (let i = 0; i < 6; ++i) {
    time = digits[tenths % 64] + time;
    tenths = Math.floor(tenths / 64);
  }
  return text[0] + time + time + text.slice(13);
}

/** GPP strings of one to five sections; `library` is @iabgpp/cmpapi. */
export function gppStrings({ GppModel, layouts }, { seed, count }) {
  const random = randomOf(seed);
  const below = (limit) => Math.floor(random() * limit);
  const names = Object.keys(layouts).filter((name) => name !== "tcfeuv2" && name !== "tcfcav1");
  return range(1, count).map(() => {
    const model = new GppModel();
    for (const name of range(1, 1 + below(5)).map(() => names[below(names.length)])) {
      for (const { name: field, type, bits, count: size } of layouts[name].segments.flatMap((s) => s.fields)) {
        if (/Version$|SegmentType$/.test(field)) continue;
        model.setFieldValue(name, field, valueOf({ field, type, bits, size }, below));
      }
    }
    return model.encode();
  });
}

function valueOf({ field, type, size }, below) {
  if (type === "Character") return "YN-"[below(3)];
  if (type === "Boolean") return below(2) === 1;
  if (type === "FixedIntegerList") return range(1, size).map(() => below(3));
  return field === "MspaCoveredTransaction" ? 1 + below(2) : below(3);
}

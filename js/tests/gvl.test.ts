// The rules of the global vendor list: what is refused, what is left out, and what is said of it.

import { afterEach, describe, expect, jest, test } from "@jest/globals";
import { archivedList, vendorList } from "../src/iab/gvl.ts";
import { judgeList } from "../src/iab/gvl_rules.ts";

const now = Date.UTC(2026, 10, 22);
const described = (...ids: number[]) =>
  Object.fromEntries(ids.map((id) => [id, { id, name: `N${id}`, description: `D${id}` }]));
const vendor = (id: number, more: object = {}) => ({
  ...{ id, name: `V${id}`, purposes: [1, 2], legIntPurposes: [7], flexiblePurposes: [2, 7] },
  ...{ specialPurposes: [1], features: [1], specialFeatures: [1], dataDeclaration: [1] },
  dataRetention: { stdRetention: 30, purposes: { 1: 5 }, specialPurposes: [] },
  urls: [{ langId: "en", privacy: "https://v.example/p", legIntClaim: "https://v.example/l" }],
  ...{ usesCookies: true, cookieMaxAgeSeconds: 100, cookieRefresh: false, usesNonCookieAccess: false },
  ...{ deviceStorageDisclosureUrl: "https://v.example/d.json", overflow: { httpGetLimit: 128 } },
  ...more,
});
const list = (more: object = {}, vendors: object = {}): any => ({
  ...{ gvlSpecificationVersion: 3, vendorListVersion: 48, tcfPolicyVersion: 5 },
  lastUpdated: "2026-11-19T16:00:00Z",
  purposes: described(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
  ...{ specialPurposes: described(1), features: described(1), specialFeatures: described(1) },
  ...{ dataCategories: described(1), stacks: { 1: { ...described(1)[1], purposes: [2], specialFeatures: [1] } } },
  vendors: { 8: vendor(8), ...vendors },
  ...more,
});

const places = (value: unknown) => judgeList(value, now).problems.map(({ pointer }) => pointer);

describe("a list", () => {
  test("that keeps all rules has no problem", () => {
    expect(judgeList(list(), now)).toEqual({ list: list(), problems: [] });
  });

  test.each([
    ["no object", [1], [""]],
    ["nothing", undefined, [""]],
    ["another specification", list({ gvlSpecificationVersion: 2 }), ["/gvlSpecificationVersion"]],
    ["no version", list({ vendorListVersion: 0 }), ["/vendorListVersion"]],
    ["a version as text", list({ vendorListVersion: "48" }), ["/vendorListVersion"]],
    ["an ended policy", list({ tcfPolicyVersion: 3 }), ["/tcfPolicyVersion"]],
    ["no time", list({ lastUpdated: "yesterday" }), ["/lastUpdated"]],
    ["purposes as a list", list({ purposes: [], stacks: {} }), ["/purposes"]],
    ["a purpose above 24", list({ purposes: { ...list().purposes, 25: { id: 25, name: "x", description: "y" } } }), ["/purposes/25/id"]],
    ["an id that is not its key", list({ features: { 1: { id: 2, name: "x", description: "y" } } }), ["/features/1/id"]],
    ["a purpose without words", list({ specialPurposes: { 1: { id: 1 } } }), ["/specialPurposes/1/name", "/specialPurposes/1/description"]],
    ["a ninth special feature", list({ specialFeatures: described(1, 9) }), ["/specialFeatures/9/id"]],
    ["a stack of unknown purposes", list({ stacks: { 1: { purposes: [12], specialFeatures: [] } } }), ["/stacks/1/purposes/0"]],
    ["vendors as a list", list({ vendors: [] }), ["/vendors"]],
    ["no vendor that may be shown", list({ vendors: {} }), ["/vendors"]],
  ])("is refused: %s", (_name, value, expected) => {
    expect(judgeList(value, now).list).toBeUndefined();
    expect(places(value)).toEqual(expected);
  });
});

describe("a vendor", () => {
  test.each<[string, object, string[]]>([
    ["an id that is not its key", { id: 10 }, ["/id"]],
    ["no name", { name: "" }, ["/name"]],
    ["a purpose that no list has", { purposes: [1, 99] }, ["/purposes/1"]],
    ["a purpose twice", { purposes: [1, 1] }, ["/purposes/1"]],
    ["no list of purposes", { purposes: undefined }, ["/purposes"]],
    ["a purpose on both bases", { purposes: [2, 7], flexiblePurposes: [] }, ["/legIntPurposes/0"]],
    ["legitimate interest in purpose 3", { legIntPurposes: [3], flexiblePurposes: [] }, ["/legIntPurposes/0"]],
    ["flexible in what it does not declare", { flexiblePurposes: [9] }, ["/flexiblePurposes/0"]],
    ["an unknown feature", { features: [5] }, ["/features/0"]],
    ["an unknown category of data", { dataDeclaration: [7] }, ["/dataDeclaration/0"]],
    ["no address", { urls: [{ langId: "en" }] }, ["/urls/0/privacy"]],
    ["an address that runs code", { urls: [{ langId: "en", privacy: "javascript:alert(1)" }] }, ["/urls/0/privacy"]],
    ["cookies that are neither", { usesCookies: "yes" }, ["/usesCookies"]],
    ["an age that is no number", { cookieMaxAgeSeconds: "1" }, ["/cookieMaxAgeSeconds"]],
    ["a disclosure that is no address", { deviceStorageDisclosureUrl: "data:x" }, ["/deviceStorageDisclosureUrl"]],
    ["an odd limit", { overflow: { httpGetLimit: 64 } }, ["/overflow/httpGetLimit"]],
    ["retention of an unknown purpose", { dataRetention: { purposes: { 30: 1 } } }, ["/dataRetention/purposes/30"]],
    ["retention below nothing", { dataRetention: { stdRetention: -1 } }, ["/dataRetention/stdRetention"]],
    ["no date of deletion", { deletedDate: "soon" }, ["/deletedDate"]],
  ])("is left out: %s", (_name, more, expected) => {
    const judged = judgeList(list({}, { 9: vendor(9, more) }), now);
    expect(Object.keys(judged.list!.vendors)).toEqual(["8"]);
    expect(judged.problems.map(({ pointer }) => pointer)).toEqual(expected.map((place) => `/vendors/9${place}`));
    for (const { code, found, allowed } of judged.problems) expect([code, !!found, !!allowed]).toEqual(["gvl_invalid", true, true]);
  });

  test("that was deleted is not shown, and is no problem; one that will be is shown", () => {
    const gone = vendor(9, { deletedDate: "2026-01-01T00:00:00Z" });
    const soon = vendor(10, { deletedDate: "2027-01-01T00:00:00Z" });
    const judged = judgeList(list({}, { 9: gone, 10: soon }), now);
    expect([Object.keys(judged.list!.vendors), judged.problems]).toEqual([["8", "10"], []]);
  });

  test("a list of nonsense is told of in some places", () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, id) => [id + 100, {}]));
    expect(judgeList(list({}, many), now).problems).toHaveLength(100);
  });
});

describe("loading", () => {
  const page = globalThis as any;
  afterEach(() => {
    delete page.document;
    jest.restoreAllMocks();
  });

  function site(files: Record<string, unknown>) {
    page.document = { baseURI: "https://shop.example/a/" };
    const asked: string[] = [];
    page.fetch = async (url: string) => {
      asked.push(url);
      const found = files[new URL(url).pathname];
      const [ok, status] = found === undefined ? [false, 404] : [true, 200];
      return { ok, status, text: async () => JSON.stringify(found) };
    };
    return asked;
  }

  test("the IAB's own host is never asked", async () => {
    const asked = site({});
    for (const host of ["vendor-list.consensu.org", "consensu.org", "VENDOR-LIST.consensu.org"]) {
      const { list, problems } = await vendorList({ iab: { gvl_url: `https://${host}/v3/vendor-list.json` } });
      expect([list, problems[0]!.code, problems[0]!.pointer]).toEqual([undefined, "not_allowed", "/consent/iab/gvl_url"]);
    }
    expect(asked).toEqual([]);
  });

  test("what does not come is a problem that names the address", async () => {
    site({});
    const { problems } = await vendorList({ iab: { gvl_url: "/none.json" } });
    expect(problems).toEqual([
      {
        ...{ code: "gvl_unreachable", pointer: "/consent/iab/gvl_url" },
        found: "the answer 404 from https://shop.example/none.json",
        allowed: "the global vendor list there",
      },
    ]);
  });

  test("in the page's language, where the owner has it; words alone are taken", async () => {
    const purposes = { 1: { id: 99, name: "Speichern", description: "Auf dem Gerät", illustrations: ["So"] }, 2: { name: 5 } };
    const asked = site({ "/g/list.json": list(), "/g/purposes-de.json": { purposes, vendors: {} } });
    const policy = { iab: { gvl_url: "/g/list.json", gvl_languages: ["de"] } };
    const { list: plain, shown } = await vendorList(policy, "de");
    expect(plain!.purposes[1]!.name).toBe("N1");
    expect(shown!.purposes[1]).toEqual({ id: 1, name: "Speichern", description: "Auf dem Gerät", illustrations: ["So"] });
    expect([shown!.purposes[2]!.name, Object.keys(shown!.vendors)]).toEqual(["N2", ["8"]]);
    await vendorList(policy, "de");
    await vendorList(policy, "fr");
    const [one, words] = ["https://shop.example/g/list.json", "https://shop.example/g/purposes-de.json"];
    expect(asked).toEqual([one, words, one]);
  });

  test("an archive answers for the version that it was asked for", async () => {
    site({ "/g/archives/vendor-list-v47.json": list({ vendorListVersion: 47 }), "/g/archives/vendor-list-v46.json": list() });
    const iab = { gvl_archives: "/g/archives/" };
    expect((await archivedList(iab, 47))!.vendorListVersion).toBe(47);
    expect(await archivedList(iab, 46)).toBeUndefined();
    expect(await archivedList({}, 47)).toBeUndefined();
  });
});

// `__tcfapi` and `__gpp` by the tables of their specifications, without a browser: scenes in, what
// listeners hear out.

import { describe, expect, jest, test } from "@jest/globals";
import { GppApi } from "../src/iab/gpp.ts";
import type { Signals, TcFields } from "../src/iab/signals.ts";
import { type Scene, TcfApi } from "../src/iab/tcf.ts";

const fields: TcFields = {
  ...{ cmpId: 880, cmpVersion: 3, vendorListVersion: 48, policyVersion: 5 },
  ...{ isServiceSpecific: true, useNonStandardTexts: false, purposeOneTreatment: false },
  ...{ publisherCountryCode: "DE", specialFeatureOptins: [1], purposeConsents: [1, 2] },
  ...{ purposeLegitimateInterests: [10], vendorConsents: [12], vendorLegitimateInterests: [] },
  ...{ vendorsDisclosed: [12, 755], publisherConsents: [], publisherLegitimateInterests: [] },
  ...{ publisherCustomConsents: [], publisherCustomLegitimateInterests: [] },
  publisherRestrictions: [{ purposeId: 2, restrictionType: 1, vendors: [3, 5] }],
};

const european: Signals = {
  ...{ gdpr_applies: true, tc: "C1", tc_fields: fields },
  ...{ gpp: "D~C1", gpp_sections: { tcfeuv2: { Version: 2 } }, problems: [] },
};

const scene = (more: Partial<Scene> = {}, signals: Partial<Signals> = {}): Scene => ({
  signals: { ...european, ...signals },
  ...{ visible: false, shown: false, due: true, decided_ms: 0 },
  ...more,
});

const asked = { visible: true, shown: true };
const answered = { visible: false, shown: true, due: false, decided_ms: 1 };

function tcfOf(...scenes: Scene[]) {
  const list = jest.fn(async (version: unknown) => (version === 48 ? { v: 48 } : undefined));
  const api = new TcfApi({ id: 880, version: 3 }, list as any);
  scenes.forEach((each) => api.become(each));
  const call = (...[command, version, parameter]: unknown[]) => {
    const heard: unknown[][] = [];
    api.call(command, version, (...values: unknown[]) => heard.push(values), parameter);
    return heard;
  };
  return { api, call };
}

describe("__tcfapi", () => {
  test.each([
    ["a new person", [scene(), scene(asked), scene(answered)], [undefined, "cmpuishown", "useractioncomplete"]],
    ["one of before", [scene({ due: false, decided_ms: 1 })], ["tcloaded"]],
    [
      "one of before who asks again",
      [
        scene({ due: false, decided_ms: 1 }),
        scene({ ...asked, due: false, decided_ms: 1 }),
        scene({ ...answered, decided_ms: 2 }),
      ],
      ["tcloaded", "cmpuishown", "useractioncomplete"],
    ],
    [
      "one who closes it again",
      [
        scene({ due: false, decided_ms: 1 }),
        scene({ ...asked, due: false, decided_ms: 1 }),
        scene({ shown: true, due: false, decided_ms: 1 }),
      ],
      ["tcloaded", "cmpuishown", "useractioncomplete"],
    ],
    ["one who has answered before this is there", [scene(answered)], ["useractioncomplete"]],
    [
      "one who answers in another tab",
      [scene(), scene({ due: false, decided_ms: 1 })],
      [undefined, "useractioncomplete"],
    ],
    [
      "one who withdraws in an open centre",
      [scene(answered), scene({ ...asked, due: false, decided_ms: 1 }), scene({ ...asked, due: false, decided_ms: 2 })],
      ["useractioncomplete", "cmpuishown", "useractioncomplete"],
    ],
    ["nothing to be asked", [scene({ due: false })], ["tcloaded"]],
    ["no answer yet and nothing shown", [scene(), scene()], [undefined]],
    ["another region", [scene({}, { gdpr_applies: undefined }), scene()], [undefined, undefined]],
  ])("events of %s", (_name, [first, ...rest], expected) => {
    const { api } = tcfOf(first!);
    const heard: unknown[] = [];
    api.call("addEventListener", 2, ({ eventStatus }: any) => heard.push(eventStatus));
    rest.forEach((each) => api.become(each));
    expect(heard).toEqual(expected);
  });

  test.each([
    [undefined, true],
    [null, true],
    [0, true],
    [2, true],
    ["2", true],
    [1, false],
    [3, false],
    [-2, false],
    [2.5, false],
    ["x", false],
    [{}, false],
    [[2], false],
    [NaN, false],
  ])("version %p", (version, success) => {
    const { call } = tcfOf(scene(answered));
    for (const command of ["ping", "getTCData", "addEventListener"]) {
      const [[value, told]] = call(command, version) as [[unknown, boolean]];
      expect([command, told, value === null]).toEqual([command, success, !success]);
    }
  });

  test("unknown commands are told to be so, and what is no callback is left alone", () => {
    const { api, call } = tcfOf(scene(answered));
    const odd = ["x", "", "constructor", "__proto__", "toString", undefined, 7, {}, Symbol("s")];
    for (const command of odd) expect(call(command, 2)).toEqual([[null, false]]);
    for (const callback of [undefined, null, 1, "f", {}]) api.call("ping", 2, callback);
  });

  test("where GDPR does not apply, four members and no more", () => {
    const { call } = tcfOf(scene({ due: false }, { gdpr_applies: false, tc: undefined, tc_fields: undefined }));
    const four = { gdprApplies: false, tcfPolicyVersion: 5, cmpId: 880, cmpVersion: 3 };
    expect(call("getTCData", 2)).toEqual([[four, true]]);
    expect(call("addEventListener", 2)).toEqual([[{ ...four, listenerId: 1 }, true]]);
    expect((call("getInAppTCData", 2) as any)[0][0]).toEqual({ ...four, gdprApplies: 0 });
    expect((call("ping", 2) as any)[0][0]).toMatchObject({ gdprApplies: false, displayStatus: "disabled" });
  });

  test("unknown is undefined, and whoever asked hears when it is known", () => {
    const { api, call } = tcfOf(scene({}, { gdpr_applies: undefined }));
    expect((call("ping", 2) as any)[0][0].gdprApplies).toBeUndefined();
    const waiting = call("getTCData", 2);
    expect(waiting).toEqual([]);
    api.become(scene(answered));
    expect(waiting).toHaveLength(1);
    expect((waiting as any)[0][0].gdprApplies).toBe(true);
  });

  test.each([
    ["hidden", scene()],
    ["visible", scene(asked)],
    ["hidden", scene(answered)],
    ["disabled", scene({ due: false, decided_ms: 1 })],
  ])("displayStatus %s", (status, now) => {
    expect((tcfOf(now).call("ping", 2) as any)[0][0].displayStatus).toBe(status);
  });

  test("vendors may be asked for by their ids; a list of something else is refused", () => {
    const { call } = tcfOf(scene(answered));
    const [[{ vendor }]] = call("getTCData", 2, [12, 99]) as any;
    expect(vendor.consents).toEqual({ 12: true, 99: false });
    for (const parameter of ["12", [1.5], ["a"], 12, {}]) {
      expect(call("getTCData", 2, parameter)).toEqual([[null, false]]);
    }
  });

  test("what a vendor does with its answer the next one does not see", () => {
    const { call } = tcfOf(scene(answered));
    const [[first]] = call("getTCData", 2) as any;
    first.vendor.consents[755] = true;
    first.purpose.consents = {};
    const [[second]] = call("getTCData", 2) as any;
    expect(second.vendor.consents).toEqual({ 12: true, 755: false });
    expect(second.publisher.restrictions).toEqual({ 2: { 3: 1, 5: 1 } });
  });

  test("in the form of apps", () => {
    const [[data]] = tcfOf(scene(answered)).call("getInAppTCData", 2) as any;
    expect(data).toMatchObject({
      ...{ tcString: "C1", gdprApplies: 1, isServiceSpecific: 1, useNonStandardTexts: 0 },
      purpose: { consents: "11", legitimateInterests: "0000000001" },
      vendor: { consents: "000000000001", legitimateInterests: "" },
      publisher: { restrictions: { 2: "__1_1" } },
    });
  });

  test("a listener that throws harms nobody, one that is removed hears no more", () => {
    const log = jest.spyOn(console, "error").mockImplementation(() => {});
    const { api, call } = tcfOf(scene());
    const heard: string[] = [];
    api.call("addEventListener", 2, () => {
      throw new Error("of a vendor");
    });
    api.call("addEventListener", 2, ({ listenerId }: any) => heard.push(`b${listenerId}`));
    expect(call("removeEventListener", 2, 7)).toEqual([[false, false]]);
    api.become(scene(asked));
    expect(call("removeEventListener", 2, 2)).toEqual([[true, true]]);
    api.become(scene(answered));
    expect(heard).toEqual(["b2", "b2"]);
    log.mockRestore();
  });

  test("the vendor list is answered once, or refused", async () => {
    const { call } = tcfOf(scene(answered));
    const [known, unknown] = [call("getVendorList", 2, 48), call("getVendorList", 2, 3)];
    await Promise.resolve().then(() => {});
    expect([known, unknown]).toEqual([[[{ v: 48 }, true]], [[null, false]]]);
  });
});

function gppOf(first: Scene, early?: object) {
  const tcf = jest.fn();
  const api = new GppApi(880, ["2:tcfeuv2", "7:usnat"], tcf as any, early as any);
  api.become(first);
  const call = (command: unknown, parameter?: unknown, version?: unknown) => {
    const heard: unknown[][] = [];
    api.call(command, (...values: unknown[]) => heard.push(values), parameter, version);
    return heard[0];
  };
  return { api, call, tcf };
}

const after = { gpp: "D~C2" };

describe("__gpp", () => {
  const events = (early: unknown[]) => [
    { id: 3, callback: ({ eventName, data, pingData }: any) => early.push([eventName, data, pingData.signalStatus]) },
  ];

  test("a new person: the first table of the specification", () => {
    const heard: unknown[] = [];
    const { api } = gppOf(scene(), { events: events(heard), lastId: 3 });
    api.become(scene(asked));
    api.become(scene(answered, after));
    expect(heard).toEqual([
      ["cmpStatus", "loaded", "not ready"],
      ["cmpDisplayStatus", "visible", "not ready"],
      ["cmpDisplayStatus", "hidden", "not ready"],
      ["sectionChange", "tcfeuv2", "not ready"],
      ["signalStatus", "ready", "ready"],
    ]);
  });

  test("one of before: the second table", () => {
    const heard: unknown[] = [];
    const before = { due: false, decided_ms: 1 };
    const { api } = gppOf(scene(before), { events: events(heard) });
    api.become(scene({ ...before, ...asked }));
    api.become(scene({ ...answered, decided_ms: 2 }, after));
    expect(heard).toEqual([
      ["cmpStatus", "loaded", "not ready"],
      ["signalStatus", "ready", "ready"],
      ["signalStatus", "not ready", "not ready"],
      ["cmpDisplayStatus", "visible", "not ready"],
      ["cmpDisplayStatus", "hidden", "not ready"],
      ["sectionChange", "tcfeuv2", "not ready"],
      ["signalStatus", "ready", "ready"],
    ]);
  });

  test("a change that nobody sees stands between not ready and ready, each section told", () => {
    const heard: unknown[] = [];
    const { api } = gppOf(scene({ due: false, decided_ms: 1 }), { events: events(heard) });
    heard.length = 0;
    const sections = { usnat: { Version: 2, GpcSegmentType: 1, Gpc: true } };
    const american = { gdpr_applies: false, tc: undefined, gpp: "D~B.Y", gpp_sections: sections };
    api.become(scene({ due: false, decided_ms: 1 }, american));
    expect(heard).toEqual([
      ["signalStatus", "not ready", "not ready"],
      ["sectionChange", "tcfeuv2", "not ready"],
      ["sectionChange", "usnat", "not ready"],
      ["signalStatus", "ready", "ready"],
    ]);
    const { call } = gppOf(scene({ due: false }, american));
    expect(call("getSection", "usnat")).toEqual([[{ Version: 2 }, { GpcSegmentType: 1, Gpc: true }], true]);
    expect(call("getField", "usnat.Gpc")).toEqual([true, true]);
    expect(call("hasSection", "usnat")).toEqual([true, true]);
    expect((call("ping") as any)[0]).toMatchObject({ applicableSections: [7], sectionList: [7] });
  });

  test("no section applies: -1; not known yet: none", () => {
    const nothing = { gpp: undefined, gpp_sections: {} };
    const ping = (signals: Partial<Signals>) => (gppOf(scene({ due: false }, signals)).call("ping") as any)[0];
    expect(ping({ ...nothing, gdpr_applies: false })).toMatchObject({ applicableSections: [-1], signalStatus: "ready" });
    expect(ping({ ...nothing, gdpr_applies: undefined })).toMatchObject({
      ...{ applicableSections: [], signalStatus: "not ready" },
    });
  });

  test.each([
    ["hasSection", "constructor", [false, true]],
    ["hasSection", 5, [false, false]],
    ["getSection", "tcfeuv2", [null, true]],
    ["getSection", "__proto__", [null, true]],
    ["getSection", undefined, [null, false]],
    ["getField", "usnat", [null, false]],
    ["getField", "usnat.Nothing", [null, true]],
    ["getField", "a.b.c", [null, false]],
    ["getField", "usnat.constructor", [null, true]],
    ["removeEventListener", 99, [false, true]],
    ["constructor", undefined, [null, false]],
    ["usnat.anything", undefined, [null, false]],
  ])("%s of %p", (command, parameter, expected) => {
    expect(gppOf(scene(answered)).call(command, parameter)).toEqual(expected);
  });

  test("versions: 1 and 1.1, or none said", () => {
    const { call } = gppOf(scene(answered));
    for (const version of [undefined, null, "1.1", 1.1, "1.0", 1]) expect(call("ping", undefined, version)![1]).toBe(true);
    for (const version of ["2", 0, 2, {}, "x"]) expect(call("ping", undefined, version)).toEqual([null, false]);
  });

  test("commands of the TCF go to its interface", () => {
    const { api, tcf } = gppOf(scene(answered));
    const callback = () => {};
    api.call("tcfeuv2.getVendorList", callback, "LATEST");
    expect(tcf).toHaveBeenCalledWith("getVendorList", 2, callback, "LATEST");
  });

  test("ids of listeners go on where the stub ended", () => {
    const { call } = gppOf(scene(answered), { events: events([]), lastId: 3 });
    expect(call("addEventListener")![0]).toMatchObject({ eventName: "listenerRegistered", listenerId: 4, data: true });
    expect(call("removeEventListener", 3)![0]).toMatchObject({ eventName: "listenerRemoved", data: true });
  });
});

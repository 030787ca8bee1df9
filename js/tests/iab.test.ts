// `waymark iab` over all of tests/vectors/iab.json, by the module that the command line loads.

import { describe, expect, test } from "@jest/globals";
import { readFileSync } from "node:fs";
import { run } from "../src/cli/run.ts";
import { RawEngine, tools_file } from "./raw_engine.ts";

const vectors = JSON.parse(
  readFileSync(new URL("../../tests/vectors/iab.json", import.meta.url), "utf8"),
);

async function waymark(words: string[], input = "") {
  let out = "";
  let err = "";
  const terminal = {
    in: () => input,
    words: () => ({}),
    out: (text: string) => void (out += text),
    err: (text: string) => void (err += text),
  };
  return { code: await run(["iab", ...words], tools_file, terminal), out, err };
}

// The documents of lines that go in by standard input.
async function documents(words: string[], lines: string[]): Promise<any[]> {
  const { out } = await waymark(words, lines.map((line) => line + "\n").join(""));
  const documents = out.trimEnd().split("\n").map((line) => JSON.parse(line));
  expect(documents).toHaveLength(lines.length);
  return documents;
}

const strings = (list: { string: string }[]) => list.map(({ string }) => string);

function fields({ violations: _violations, ...rest }: any) {
  return rest;
}

describe("decode", () => {
  test.each(["tc", "tcPinned", "gpp"])("every string of %s", async (name) => {
    const decoded = await documents(["decode"], strings(vectors[name]));
    vectors[name].forEach((vector: any, i: number) =>
      expect(fields(decoded[i])).toEqual(vector.expected),
    );
  });

  test("the pinned GPP strings, one of which is wrong in the specification", async () => {
    const decoded = await documents(["decode"], strings(vectors.gppPinned));
    vectors.gppPinned.forEach((vector: any, i: number) => {
      if (vector.error) expect(decoded[i].error.section).toBe("tcfcav1");
      else expect(fields(decoded[i])).toEqual(vector.expected);
    });
  });

  test("every wrong string is an error or has violations, also the empty one", async () => {
    const { code } = await waymark(["decode", vectors.tcNegative[0].string]);
    expect(code).toBe(1);
    const decoded = await documents(["decode"], strings(vectors.tcNegative));
    decoded.forEach((document, i) => {
      const found = document.error ? [document.error] : document.violations;
      expect([i, found?.length > 0]).toEqual([i, true]);
      for (const { code, rule, at } of found) {
        expect(code).toMatch(/^[a-z0-9_]+$/);
        expect(rule).not.toBe("");
        expect(at).toBeGreaterThanOrEqual(0);
      }
    });
  });

  test.each([["usp", "usp"], ["acString", "ac"]])("every string of %s", async (name, kind) => {
    const decoded = await documents(["decode", `--kind=${kind}`], strings(vectors[name]));
    const guessed = await documents(["decode"], strings(vectors[name]));
    vectors[name].forEach((vector: any, i: number) => {
      if (vector.expected === null) {
        expect([vector.string, Object.keys(decoded[i])]).toEqual([vector.string, ["error"]]);
        expect(Object.keys(guessed[i])).toEqual(["error"]);
      } else {
        expect(decoded[i]).toEqual(vector.expected);
        expect(guessed[i]).toEqual(vector.expected);
      }
    });
  });

  test("headers of both paddings", async () => {
    for (const { sectionIds, spec6, iabgpp } of vectors.gppHeaders) {
      const text: Record<number, string> = {
        2: "CQSbk4AQSbk4ANwAAAENAwCgAAAAAAAAAAYgACPAAAAA",
        5: "BP7qygAP9_GsAGni3VENQmdypQK8gCUP0AAAAAAAAA",
        6: "1YNN",
      };
      const sections = sectionIds.map((id: number) => "~" + (text[id] ?? "BVVVVVVVVVVVVVVVV")).join("");
      const decoded = await documents(["decode"], [spec6 + sections, iabgpp + sections]);
      expect(Object.keys(fields(decoded[0]))).toHaveLength(sectionIds.length);
      expect(fields(decoded[1])).toEqual(fields(decoded[0]));
    }
  });

  test("a Fibonacci number as a vendor of Canada", async () => {
    const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const number = (value: number, bits: number) => value.toString(2).padStart(bits, "0");
    const text = (bits: string) =>
      (bits.match(/.{1,6}/g) ?? []).map((six) => digits[parseInt(six.padEnd(6, "0"), 2)]).join("");
    const lines = vectors.fibonacci.map(({ n, bits }: { n: number; bits: string }) =>
      "DBABDA~BP7qygAP9_GsAGni3VENQmdypQK8gCUP0AAAAAAAAA." +
      text("001" + number(n, 16) + "1" + number(1, 12) + "0" + bits));
    const decoded = await documents(["decode"], lines);
    decoded.forEach((document, i) =>
      expect(document.tcfcav1.DisclosedVendors).toEqual([vectors.fibonacci[i].n]),
    );
  });
});

describe("encode", () => {
  test.each(["tc", "gpp", "usp", "acString"])("%s survives it", async (name) => {
    const made = vectors[name].filter(
      ({ expected }: any) => expected !== null && !(expected.cmpId <= 1),
    );
    const encoded = await documents(
      ["encode"],
      made.map(({ expected }: any) => JSON.stringify(expected)),
    );
    const decoded = await documents(["decode"], encoded.map(({ string }) => string));
    made.forEach((vector: any, i: number) => expect(fields(decoded[i])).toEqual(vector.expected));
  });

  test("asks for the id of a CMP", async () => {
    const { code, out } = await waymark(["encode", JSON.stringify({ ...vectors.tc[0].expected, cmpId: 1 })]);
    expect(code).toBe(1);
    expect(JSON.parse(out).error).toMatchObject({ code: "not_allowed", pointer: "/cmpId" });
  });

  test("says what the string it makes violates", async () => {
    const document = { ...vectors.tcPinned[0].expected, purposeLegitimateInterests: [3] };
    const { code, out } = await waymark(["encode", JSON.stringify(document)]);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      string: expect.stringMatching(/^C/),
      violations: [{ code: "policy_version_retired" }, { code: "legitimate_interest_forbidden" }],
    });
  });

  test("says where a line stops being JSON", async () => {
    const { code, out } = await waymark(["encode"], '{"usva": }\n');
    expect(code).toBe(1);
    expect(JSON.parse(out).error).toEqual({
      code: "invalid_json",
      pointer: "",
      found: "}",
      allowed: "a value",
      column: 10,
    });
  });
});

describe("validate", () => {
  test("says of what is valid no more than that", async () => {
    const [{ string }] = await documents(["encode"], [JSON.stringify(vectors.usp[1].expected)]);
    expect(await waymark(["validate", string])).toEqual({
      code: 0,
      out: '{"kind":"usp","valid":true,"violations":[]}\n',
      err: "",
    });
  });

  test("names each violation, and where a text cannot be read", async () => {
    const [global, cut] = await documents(["validate"], [
      vectors.tcNegative[14].string,
      vectors.tcNegative[3].string,
    ]);
    expect(global).toMatchObject({ kind: "tc", valid: false });
    expect(global.violations.map(({ code }: any) => code)).toEqual(["not_service_specific"]);
    expect(cut).toMatchObject({ valid: false, error: { code: "truncated", field: "lastUpdated" } });
  });
});

test("keys: what an app keeps", async () => {
  const given = vectors.tc.filter(({ inApp }: any) => inApp);
  const lists = await documents(["keys"], strings(given));
  given.forEach(({ inApp }: any, i: number) =>
    expect(Object.fromEntries(lists[i].keys.map(({ key, value }: any) => [key, value]))).toEqual(inApp),
  );
});

describe("questions of the same module", () => {
  const engine = new RawEngine(tools_file, "{}", Buffer.alloc(0));
  const ask = (question: object) => JSON.parse(engine.query(JSON.stringify(question))!.text).result;

  test("legal basis", () => {
    for (const { declared, flexible, restriction, check } of vectors.legalBasis) {
      expect(ask({ query: "iab_basis", declared, flexible, restriction })).toEqual({ check });
    }
  });

  test("gcs of Consent Mode", () => {
    for (const { gcs, ...types } of vectors.gcs) {
      expect(ask({ query: "consent_mode", types })).toMatchObject({ gcs, types });
    }
  });
});

test("a line each, whatever ends them", async () => {
  const { code, out } = await waymark(["decode"], "\ufeff1YNN\r\n\n1---\n");
  expect(code).toBe(1);
  expect(out.split("\n").map((line) => line && Object.keys(JSON.parse(line))[0])).toEqual([
    "version",
    "error",
    "version",
    "",
  ]);
});

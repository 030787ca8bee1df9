// The OTLP bodies that are judged: what the SDK sends, as the contract of all faces has it, and one by hand with
// values that the SDK seldom sends (bodies/README.md).
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

import { lanesOf } from "../contract/requests.mjs";
import { recordsOf } from "./otlp_tree.mjs";

const JSON_TYPE = "application/json";
const PROTOBUF_TYPE = "application/x-protobuf";

/**
 * @typedef {{name: string, headers: Record<string, string>, body: Buffer, want: object[]}} Body
 *   `want` are its records, read from the JSON that stands beside it
 */

const nameOf = (name, { "Content-Type": type, "Content-Encoding": encoding = "not packed" }) => `${name}: ${type}, ${encoding}`;

/** @returns {Body[]} JSON and protobuf, packed and not */
export function sdkBodies() {
  const lanes = lanesOf("otlp");
  const inJson = ({ options: { encoding, ...rest } }) => lanes.find(({ case: name, options }) => name !== "de-identified" && JSON.stringify(options) === JSON.stringify(rest));
  return lanes.map((lane) => {
    const [{ headers, body }] = lane.requests;
    const twin = lane.case === "de-identified" ? lane : inJson(lane);
    return { name: nameOf(lane.case.split(",")[0], headers), headers, body, want: recordsOf(JSON.parse(twin.requests[0].content)) };
  });
}

/** @returns {Body[]} the values of bodies/types.json in the same four forms */
export function typeBodies() {
  const file = (name) => readFileSync(new URL(`bodies/${name}`, import.meta.url));
  const json = file("types.json");
  const want = recordsOf(JSON.parse(json));
  return [[JSON_TYPE, json], [PROTOBUF_TYPE, file("types.pb")]].flatMap(([type, plain]) => {
    const headers = { "Content-Type": type };
    const packed = { ...headers, "Content-Encoding": "gzip" };
    return [
      { name: nameOf("types", headers), headers, body: plain, want },
      { name: nameOf("types", packed), headers: packed, body: gzipSync(plain), want },
    ];
  });
}

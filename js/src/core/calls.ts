// Calls on their way to the engine: the bounded list of those that come before it is there, and
// the search for what JSON cannot say.
//
// Promise: a call is text from the moment it is made, so later changes to the caller's objects or
// to the page do not reach it; nothing here throws.

/** Calls kept until the engine is there. A second of heavy use; the rest is counted. */
export const calls_max = 500;

const names = "track|page|screen|identify|alias|group|reset|forget|consent.\\w+|set_\\w+|refused";
/** What may go to the engine of a later page: the begin of an input, or the name of a method. */
export const isCall = new RegExp(`^({"type":"|)(${names})("|$)`);
export const isDecision = /^{"type":"set_consent"/;

export interface Refusal {
  pointer: string;
  found: string;
}

/** Gives where and why `JSON.stringify(value)` fails, for a value for which it does. */
export function refusal(value: unknown): Refusal {
  return find(value, "", []) ?? { pointer: "", found: "more than can be written" };
}

function find(value: any, pointer: string, above: unknown[]): Refusal | undefined {
  try {
    value = value?.toJSON ? value.toJSON() : value;
  } catch {
    return { pointer, found: "a toJSON that throws" };
  }
  if (typeof value === "bigint") return { pointer, found: "a BigInt" };
  if (typeof value !== "object" || !value) return;
  if (above.includes(value)) return { pointer, found: "a cycle" };
  if (above.length > 99) return { pointer, found: "more than 99 levels" };
  for (const key of Object.keys(value)) {
    const here = pointer + "/" + key.replace(/~/g, "~0").replace(/\//g, "~1");
    let member;
    try {
      member = value[key];
    } catch {
      return { pointer: here, found: "a getter that throws" };
    }
    const refused = find(member, here, [...above, value]);
    if (refused) return refused;
  }
}

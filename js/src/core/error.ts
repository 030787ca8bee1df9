// The one error that the package gives out, only ever through `client.ready`.
//
// Promise: the message is whole sentences that say what is wrong and where, so that it can be
// shown as it is; `code` and `problems` say the same to a program.

import type { Problem } from "./types.ts";

export class WaymarkError extends Error {
  readonly code: string;
  readonly problems: Problem[];

  constructor(code: string, problems: Problem[]) {
    super("Waymark is off. " + problems.map(sentence).join(" "));
    this.name = "WaymarkError";
    this.code = code;
    this.problems = problems;
  }
}

/** An error that is about no place in the config. */
export function failure(code: string, found: string, allowed: string): WaymarkError {
  return new WaymarkError(code, [{ code, pointer: "", found, allowed }]);
}

function sentence({ pointer, found, allowed }: Problem): string {
  return `${pointer ? pointer + ": found" : "Found"} ${found}; allowed: ${allowed}.`;
}

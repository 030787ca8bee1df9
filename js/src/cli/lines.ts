// Files of any size, a few megabytes of whole lines at a time.

import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { reading, Unusable } from "./document.ts";

const chunk_bytes = 4 * 1024 * 1024;
const newline = 10;

export interface Lines {
  bytes: Uint8Array;
  /** How much of the file has been read. */
  share: number;
}

/** Throws `Unusable` for a line that is longer than anything of ours. */
export function* linesOf(file: string): Generator<Lines> {
  const handle = reading(file, () => openSync(file, "r"));
  try {
    const { size } = fstatSync(handle);
    const buffer = new Uint8Array(chunk_bytes);
    let [kept, read] = [0, 0];
    for (;;) {
      const room = buffer.length - kept;
      const count = reading(file, () => readSync(handle, buffer, kept, room, null));
      read += count;
      const filled = kept + count;
      const end = count ? buffer.lastIndexOf(newline, filled - 1) + 1 : filled;
      if (!end && filled === buffer.length) {
        throw new Unusable(`${file}: a line of more than 4 MB; allowed: one JSON document a line`);
      }
      const share = size ? read / size : 1;
      if (end) yield { bytes: buffer.subarray(0, end), share };
      buffer.copyWithin(0, end, filled);
      kept = filled - end;
      if (!count) return;
    }
  } finally {
    closeSync(handle);
  }
}

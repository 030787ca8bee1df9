// What an app carries on a phone: the stripped library for 64-bit ARM, built here where the compiler is at hand.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { weighLibrary } from "../library_size.mjs";

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const ready = spawnSync(join(ROOT, "scripts/fetch_arm64"), { encoding: "utf8" });
const skip = ready.status === 0 ? false : `make arm64: ${ready.stderr.trim().split("\n")[0]}`;

test("the library for 64-bit ARM fits its budget", { skip }, () => {
  execFileSync(join(ROOT, "scripts/build"), ["arm64"], {
    env: { ...process.env, WAYMARK_TARGETS: "waymark_shared" },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const { bytes, budget, fits } = weighLibrary("build/arm64/mobile/native/libwaymark.so");
  assert.ok(fits, `${bytes} bytes, ${budget} allowed`);
});

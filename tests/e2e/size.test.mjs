// What a visitor downloads keeps its budget (wasm/size_budget.json).
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

test("every built file is within its budget", () => {
  const script = fileURLToPath(new URL("../../scripts/size.mjs", import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [script], { encoding: "utf8" });
  assert.equal(status, 0, `${stdout}\n${stderr}`);
});

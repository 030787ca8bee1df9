import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";

import { startGroup } from "../lib/process_group.mjs";

test("what ended well has no trouble", async () => {
  assert.equal(await startGroup(["true"]).ended, undefined);
});

test("an exit code is told", async () => {
  assert.equal(await startGroup(["bash", "-c", "exit 3"]).ended, "exit code 3");
});

test("a program that does not exist is told", async () => {
  assert.match(await startGroup(["waymark-no-such-program"]).ended, /ENOENT/);
});

test("the reason for which it was killed is told", async () => {
  const group = startGroup(["sleep", "60"]);
  group.kill("too slow");
  assert.equal(await group.ended, "too slow");
});

test("what a program left running ends with it", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "waymark-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "pid");
  const script = 'sleep 60 & echo $! >"$0"';
  assert.equal(await startGroup(["bash", "-c", script, file]).ended, undefined);
  const pid = Number(readFileSync(file, "utf8"));
  assert.ok(pid > 1);
  for (let tries = 0; isRunning(pid) && tries < 50; tries += 1) await setTimeout(100);
  assert.ok(!isRunning(pid));
});

/** A process that ended but was not yet collected by its parent has no command line any more. */
function isRunning(pid) {
  const about = `/proc/${pid}/cmdline`;
  return existsSync(about) && readFileSync(about, "utf8") !== "";
}

import assert from "node:assert/strict";
import { test } from "node:test";

import { table } from "../lib/table.mjs";

test("columns are as wide as their widest cell, numbers to the right", () => {
  assert.equal(
    table(["name", ">bytes"], [["a", 5], ["longer", 1024]]),
    ["  name    bytes\n", "  a           5\n", "  longer   1024\n"].join(""),
  );
});

test("what is not known is a dash, and what is empty stays empty", () => {
  assert.equal(table(["name", "note"], [[undefined, ""], [0, "x"]]), "  name  note\n  –\n  0     x\n");
});

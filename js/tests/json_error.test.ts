// Where a text stops being JSON. `JSON.parse` is the judge of whether it does.

import { expect, test } from "@jest/globals";
import { jsonError } from "../src/cli/json_error.ts";

test.each([
  ["{}"],
  ['  [1, -0.5e+3, "\\u00e9\\n", true, false, null, {"a": []}] \n'],
  ['"text"'],
  ['{"a":{"b":[{}]}}'],
])("takes %s", (text) => {
  expect(() => JSON.parse(text)).not.toThrow();
  expect(jsonError(text)).toBeUndefined();
});

test.each<[string, number, number, string, string]>([
  ["", 1, 1, "the end of the text", "a value"],
  ['{\n  "a": 1,\n}', 3, 1, "}", "a name in double quotes"],
  ['{"a" 1}', 1, 6, "1", ":"],
  ["{'a': 1}", 1, 2, "'", "a name in double quotes or }"],
  ["[1 2]", 1, 4, "2", ", or ]"],
  ["[1,]", 1, 4, "]", "a value"],
  ['{"a": "x', 1, 9, "the end of the text", 'a closing "'],
  ['"a\nb"', 1, 3, "a control character or line end", 'a closing "'],
  ['"\\x"', 1, 2, "\\", "an escape such as \\n or \\u00e9"],
  ["{} // done", 1, 4, "/", "the end of the document"],
  ["01", 1, 2, "1", "the end of the document"],
  ["nul", 1, 1, "n", "a value"],
])("refuses %j", (text, line, column, found, expected) => {
  expect(() => JSON.parse(text)).toThrow();
  expect(jsonError(text)).toMatchObject({ line, column, found, expected });
});

// `waymark` as a test runs it, and the files that it is given.

import { afterAll, expect, jest } from "@jest/globals";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../src/cli/run.ts";
import { tools_file } from "./raw_engine.ts";

const folders = { receipts: "records", banner: "banner", disclosure: "policy" };

export const terminalWords = (of: keyof typeof folders, language: string) => {
  const texts = new URL(`../src/${folders[of]}/texts/${language}.json`, import.meta.url);
  return JSON.parse(readFileSync(texts, "utf8"));
};

export const receiptWords = (language: string) => terminalWords("receipts", language);

// Some commands open the engine dozens of times, on machines that have more to do.
jest.setTimeout(60_000);

const folder = mkdtempSync(join(tmpdir(), "waymark-cli-"));
afterAll(() => rmSync(folder, { recursive: true }));

export function file(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

export async function waymark(...line: string[]) {
  let out = "";
  let err = "";
  const terminal = {
    in: () => "",
    words: terminalWords,
    out: (text: string) => void (out += text),
    err: (text: string) => void (err += text),
  };
  const code = await run(line, tools_file, terminal);
  // Where the files of a test lie changes nothing.
  const plain = (text: string) => text.split(folder + "/").join("");
  return { code, out: plain(out), err: plain(err) };
}

/** Compares with tests/golden/; with WAYMARK_RECORD=1 the file is written anew. */
export function expectGolden(name: string, text: string): void {
  const golden = new URL(`golden/${name}`, import.meta.url);
  if (process.env.WAYMARK_RECORD) writeFileSync(golden, text);
  expect(existsSync(golden)).toBe(true);
  expect(text).toBe(readFileSync(golden, "utf8"));
}

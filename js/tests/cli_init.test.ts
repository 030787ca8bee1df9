// `waymark init` and `serve`: from a few questions to a policy without findings, and a page.

import { afterAll, describe, expect, test } from "@jest/globals";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { run } from "../src/cli/run.ts";
import { starting_protocols } from "../src/policy/starting.ts";
import { waymark } from "./cli_terminal.ts";
import { tools_file } from "./raw_engine.ts";

const folder = mkdtempSync(join(tmpdir(), "waymark-init-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function asked(words: string[], answers: string[]) {
  let [out, err] = ["", ""];
  const asks: string[] = [];
  const code = await run(words, tools_file, {
    in: () => "",
    words: () => ({}),
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    ask: async (question) => {
      asks.push(question);
      return answers.shift() ?? "";
    },
  });
  return { code, out, err, asks };
}

describe("init", () => {
  test("--yes writes a policy that has no finding, and notes on all of it", async () => {
    const file = join(folder, "site/waymark.json");
    const { code, out } = await waymark("init", file, "--yes", "--page");
    expect(code).toBe(0);
    expect(out).toContain("next: npx waymark lint");
    expect(await waymark("lint", file)).toEqual({ code: 0, out: "", err: "" });
    const notes = readFileSync(join(folder, "site/waymark.notes.md"), "utf8");
    const policy = JSON.parse(readFileSync(file, "utf8"));
    for (const name of ["app", "consent", "collectors", "fields", "capture", "privacy"]) {
      expect(policy[name]).toBeDefined();
      expect(notes).toContain(`\`/${name}`);
    }
    expect(readFileSync(join(folder, "site/index.html"), "utf8")).toContain(
      "data-waymark-preferences",
    );
  });

  test("asks, says what an answer cannot be, and asks again", async () => {
    const file = join(folder, "asked.json");
    const answers = [
      ...["my shop", "shop", "Shop GmbH", "privacy@shop.example", "https://shop.example/privacy"],
      ...["de, en", "statistcs", "statistics, marketing", "posthog", "shop.example"],
      ...["https://eu.i.posthog.com", "phc_x", "16"],
    ];
    const { code, err, asks } = await asked(["init", file], answers);
    expect(code).toBe(0);
    expect(asks[0]).toBe("A short name for your site [my-site]: ");
    expect(err).toContain("Letters, digits, _ . - only.");
    expect(err).toContain("There is no statistcs. Did you mean statistics?");
    expect(err).toContain("An address that begins with https://");
    const { app, consent, collectors } = JSON.parse(readFileSync(file, "utf8"));
    expect(app.id).toBe("shop");
    expect(consent.ui.languages).toEqual(["de", "en"]);
    expect(consent.age.minimum).toBe(16);
    expect(collectors.map(({ id, options }: any) => [id, options])).toEqual([
      ["posthog-analytics", { api_key: "phc_x" }],
      ["posthog-marketing", { api_key: "phc_x" }],
    ]);
    expect((await waymark("lint", file)).out).toBe("");
  });

  test.each(starting_protocols)("of %s has no finding", async (protocol) => {
    const file = join(folder, `${protocol}.json`);
    await asked(["init", file], ["", "", "", "", "", "", protocol]);
    expect(await waymark("lint", file)).toEqual({ code: 0, out: "", err: "" });
  });

  test("writes over nothing, and asks nobody who is not there", async () => {
    const file = join(folder, "there.json");
    writeFileSync(file, "mine");
    const { code, err } = await waymark("init", file, "--yes");
    expect([code, readFileSync(file, "utf8")]).toEqual([2, "mine"]);
    expect(err).toContain("there already; --force writes over it.");
    expect((await waymark("init", file, "--yes", "--force")).code).toBe(0);
    expect((await waymark("init", join(folder, "x.json"))).err).toContain("use --yes");
    expect(existsSync(join(folder, "x.json"))).toBe(false);
  });
});

describe("serve", () => {
  const root = join(folder, "package");
  const served = async (words: string[], visit: (address: string) => Promise<void>) => {
    let address = "";
    let [out, err] = ["", ""];
    const wasm = new URL("waymark-tools.wasm", pathToFileURL(`${root}/`));
    const code = await run(["serve", ...words, "--port", "0"], wasm, {
      in: () => "",
      words: () => ({}),
      out: (text) => void (out += text),
      err: (text) => void (err += text),
      open: (at) => void (address = at),
      stopped: () => visit(address),
    });
    return { code, out, err };
  };

  test("the studio, and nothing outside of it", async () => {
    mkdirSync(join(root, "studio"), { recursive: true });
    writeFileSync(join(root, "studio/index.html"), "<p>studio");
    writeFileSync(join(root, "secret.txt"), "x");
    const { code, out } = await served([], async (address) => {
      const page = await fetch(address);
      expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
      expect(await page.text()).toBe("<p>studio");
      expect((await fetch(`${address}..%2fsecret.txt`)).status).toBe(404);
      expect((await fetch(`${address}nothing`)).status).toBe(404);
      expect((await fetch(address, { method: "POST" })).status).toBe(404);
    });
    expect([code, out]).toEqual([0, expect.stringContaining("studio at http://127.0.0.1:")]);
  });

  test("a folder, with the files of the package under waymark/", async () => {
    const site = join(folder, "my-site");
    mkdirSync(site);
    writeFileSync(join(site, "index.html"), "<p>mine");
    writeFileSync(join(root, "waymark.js"), "1");
    const { code } = await served([site], async (address) => {
      expect(await (await fetch(address)).text()).toBe("<p>mine");
      const script = await fetch(`${address}waymark/waymark.js`);
      expect(script.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
      expect((await fetch(`${address}waymark/..%2f..%2fthere.json`)).status).toBe(404);
    });
    expect(code).toBe(0);
  });

  test("what is not there", async () => {
    expect((await waymark("serve", "/nowhere")).err).toContain("No such folder.");
    expect((await waymark("serve", "--port", "x")).err).toContain("--port takes a number");
  });
});

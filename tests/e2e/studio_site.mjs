// The studio as a static host serves it, and what is done in it.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import axe from "axe-core";

const built = new URL("../../js/dist/studio/", import.meta.url);
const TYPES = {
  html: "text/html; charset=utf-8",
  js: "text/javascript",
  mjs: "text/javascript",
  wasm: "application/wasm",
  json: "application/json",
  css: "text/css",
  svg: "image/svg+xml",
};

/** Serves a built studio, this tree's without `dist`; `stop` takes the network away from whoever is still there. */
export async function startStudio(dist = built) {
  const answer = async ({ url }, response) => {
    const { pathname } = new URL(url, "http://studio");
    const file = pathname === "/" ? "index.html" : pathname.slice(1);
    const body = await readFile(new URL(file, dist)).catch(() => undefined);
    if (!body) return response.writeHead(404).end();
    response.writeHead(200, { "Content-Type": TYPES[file.split(".").pop()] ?? "text/plain" }).end(body);
  };
  const server = createServer((request, response) => void answer(request, response)).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address();
  return {
    url: `http://127.0.0.1:${port}/`,
    stop: () => new Promise((resolve) => (server.close(resolve), server.closeAllConnections())),
  };
}

export const valid = '.status[data-state="valid"]';

/** What stands in the editor. */
export const textIn = (page) =>
  page.evaluate(() => {
    const lines = document.querySelector("#editor .cm-content").cmTile ?? document.querySelector("#editor .cm-content").cmView;
    return lines.view.state.doc.toString();
  });

/** Puts the cursor behind a text that stands in the editor once. */
export async function placeBehind(page, words) {
  await page.evaluate((words) => {
    const content = document.querySelector("#editor .cm-content");
    const { view } = content.cmTile ?? content.cmView;
    const at = view.state.doc.toString().indexOf(words) + words.length;
    view.dispatch({ selection: { anchor: at }, scrollIntoView: true });
    view.focus();
  }, words);
}

/** What axe finds in the whole page but in its frames. */
export async function findings(page) {
  await page.evaluate(axe.source);
  const violations = await page.evaluate(async () => {
    const { violations } = await window.axe.run(document, { resultTypes: ["violations"], iframes: false });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
  });
  return violations;
}

export async function assertAccessible(page, what) {
  assert.deepEqual(await findings(page), [], what);
}

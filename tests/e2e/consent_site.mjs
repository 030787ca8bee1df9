// A site under one name and others under theirs, all on this machine: what each was asked for is remembered. Names end in
// .localhost: browsers find them here, and take them for as safe as https.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";

import { newVisitor } from "./browser.mjs";

const dist = new URL("../../js/dist/", import.meta.url);
const TYPES = { js: "text/javascript", mjs: "text/javascript", wasm: "application/wasm", json: "application/json", css: "text/css", gif: "image/gif", html: "text/html" };
export const stub = await readFile(new URL("stub.js", dist), "utf8");

/** What a tag of that name answers: a script says that it ran. */
const answers = {
  js: (name) => `(window.ran ||= []).push(${JSON.stringify(name)});`,
  mjs: (name) => `(window.ran ||= []).push(${JSON.stringify(name)}); export default 1;`,
  css: () => "",
  html: (name) => `<!doctype html><title>${name}</title><p>${name}</p>`,
};

/**
 * `site`: the name whose files are ours, from `pages` ({path: markup, or [markup, headers]}) and from the package. Every other
 * name answers like a tracker.
 */
export async function startHosts({ site, pages, config, sites = [site] }) {
  const hosts = { asked: [], pages, config, held: {} };
  const answer = async ({ headers: { host, ...headers }, url, method }, response) => {
    const { pathname, searchParams } = new URL(url, `http://${host}`);
    const name = host.split(":")[0];
    const file = pathname.slice(1);
    hosts.asked.push({ host: name, path: pathname, method, headers });
    const type = TYPES[file.split(".").pop()] ?? "text/html";
    const give = (body, more) => response.writeHead(200, { "Content-Type": type, "Access-Control-Allow-Origin": "*", ...more }).end(body);
    if (!sites.some((one) => name === one || name.endsWith(`.${one}`))) {
      await new Promise((resolve) => setTimeout(resolve, Number(searchParams.get("slow") ?? 0)));
      return give(answers[file.split(".").pop()]?.(file) ?? "");
    }
    if (pathname in hosts.pages) {
      const [markup, more] = [hosts.pages[pathname]].flat();
      return give(typeof markup === "function" ? markup(name, headers) : markup, more);
    }
    if (file === "waymark.json") return give(JSON.stringify(hosts.config));
    const body = await readFile(new URL(file, dist)).catch(() => undefined);
    return body ? give(body) : response.writeHead(404).end();
  };
  const server = createServer((request, response) => void answer(request, response)).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  hosts.port = server.address().port;
  hosts.url = (path = "/", name = site) => `http://${name}:${hosts.port}${path}`;
  /** Which of these names were asked, for what. */
  hosts.askedOf = (pattern) => hosts.asked.filter(({ host }) => pattern.test(host)).map(({ host, path }) => `${host}${path}`);
  hosts.stop = () => (server.close(), server.closeAllConnections());
  return hosts;
}

export const configWith = (consent) => ({
  waymark: 1,
  app: { id: "shop" },
  collectors: [],
  consent: {
    revision: "1",
    purposes: [
      { id: "necessary", basis: "exempt" },
      { id: "analytics", basis: "consent", storage: true },
      { id: "marketing", basis: "consent", storage: true },
    ],
    ...consent,
  },
});

/** Starts it all with one visitor, and ends it after `t`. `expected`: faults of the page that are none. */
export async function newSite(t, browser, options, visitor) {
  const hosts = await startHosts({ site: "shop.localhost", ...options });
  const scene = await newVisitor(browser, visitor);
  scene.logged = [];
  scene.context.on("page", (page) => page.on("console", (message) => scene.logged.push(message.text())));
  scene.page.on("console", (message) => scene.logged.push(message.text()));
  t.after(async () => {
    await scene.context.close();
    hosts.stop();
    assert.deepEqual(scene.faults, [], "what pages threw");
  });
  return { ...scene, hosts };
}

export const ready = (page) => page.evaluate(() => window.waymark.client.ready);
export const choose = (page, choices) => page.evaluate((choices) => window.waymark("consent.set", choices), choices);
export const stateOf = (page, purpose) => page.evaluate((purpose) => window.waymark("consent.get").purposes[purpose], purpose);

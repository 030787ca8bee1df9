// What the shop answers to a request. Files come from sirv; the folders that a browser may read are
// named one by one, so that tests, server and node_modules stay out of reach.

import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import sirv from "sirv";
import { isForGa4, passOn } from "./ga4.mjs";
import { configText, contentPolicy, pageText } from "./page.mjs";

const FOLDERS = ["src", "styles", "img"];
const folder = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url));

// `dev` reads from the disk each time and answers `no-store`: what was just built is what is served.
const FILES = { dev: true, brotli: true, gzip: true, extensions: [] };

const looksLikeFile = (path) => /\.[a-z0-9]+$/i.test(path);

function refuse(response, status, sentence) {
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8" });
  response.end(`${sentence}\n`);
}

function send(response, type, text) {
  response.writeHead(200, { "Content-Type": type, "Cache-Control": "no-store" });
  response.end(text);
}

function sendPage(options, response) {
  const nonce = randomBytes(16).toString("base64");
  response.setHeader("Content-Security-Policy", contentPolicy(options, nonce));
  send(response, "text/html; charset=utf-8", pageText(options, nonce));
}

function ownFiles() {
  const servers = new Map(FOLDERS.map((name) => [name, sirv(folder(name), FILES)]));
  return (request, response, next) => {
    const [, name, rest] = /^\/([^/]+)(\/.*)$/.exec(request.url) ?? [];
    const serve = servers.get(name);
    if (!serve) return next();
    request.url = rest;
    serve(request, response, () => refuse(response, 404, `There is no file ${name}${rest}.`));
  };
}

export function createShop(options) {
  const own = ownFiles();
  const sdk = sirv(options.sdk, FILES);

  return (request, response) => {
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setHeader("Referrer-Policy", "same-origin");
    if (isForGa4(request)) return passOn(options, request, response);
    if (!["GET", "HEAD"].includes(request.method)) return refuse(response, 405, "The shop only answers GET.");

    const path = request.url.split("?")[0];
    if (path === "/waymark.json") return send(response, "application/json", configText(options, `http://${request.headers.host}`));
    own(request, response, () => {
      if (!looksLikeFile(path)) return sendPage(options, response);
      sdk(request, response, () => refuse(response, 404, `There is no file ${path.slice(1)}.`));
    });
  };
}

// index.html and waymark.json as the browser gets them: the files of this folder, with what only
// the server knows put in. Both are read for each request, so that an edit shows on reload.

import { readFileSync } from "node:fs";
import { stubText } from "./sdk.mjs";

const file = (name) => readFileSync(new URL(`../${name}`, import.meta.url), "utf8");

const STUB_MARK = "<!-- waymark:stub -->";
const DEFAULT_COLLECTOR = "http://127.0.0.1:8802";

const attribute = (text) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;");

function stubTag(sdk, nonce) {
  const text = stubText(sdk);
  return text === undefined ? "" : `<script nonce="${nonce}">${text}</script>`;
}

export function pageText({ sdk, collector }, nonce) {
  return file("index.html")
    .replaceAll(DEFAULT_COLLECTOR, () => attribute(collector))
    .replace(STUB_MARK, () => stubTag(sdk, nonce));
}

/** Every dialect has its own place at the collector, save GA4's, which lies behind the shop's own (ga4.mjs). */
function dialectCollectors(collector, shop) {
  const place = ({ id, protocol }) => (protocol === "ga4" ? `${shop}/${id}` : `${collector}/${protocol}`);
  return JSON.parse(file("dialects.json")).map((entry) => ({ ...entry, url: place(entry), needs: ["analytics"] }));
}

/** `shop` is its own address. */
export function configText({ collector, dialects }, shop) {
  const config = JSON.parse(file("waymark.json"));
  const collectors = config.collectors.map((entry) => ({ ...entry, url: collector }));
  config.consent.controller.policy_url = `${shop}/privacy`;
  if (dialects) collectors.push(...dialectCollectors(collector, shop));
  return JSON.stringify({ ...config, collectors }, null, 2);
}

/** Only our own files, the one inline stub, WebAssembly, and requests to ourselves and the collector. */
export function contentPolicy({ collector }, nonce) {
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'wasm-unsafe-eval'`,
    "style-src 'self'",
    "img-src 'self'",
    `connect-src 'self' ${new URL(collector).origin}`,
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}

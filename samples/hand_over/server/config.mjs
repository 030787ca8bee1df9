// Reads the config: for which hosts tokens are, and where the keys lie.

import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";

const host_form = /^[a-z0-9-]+(\.[a-z0-9-]+)*$/;
const isHost = (value) => typeof value === "string" && host_form.test(value);
const isWhole = (value, least, most) => Number.isInteger(value) && value >= least && value <= most;

/** The config in a file, or an Error that names the place in it. */
export function readConfig(file) {
  const document = parse(file, readFileSync(file, "utf8"));
  const fail = (pointer, allowed) => {
    throw new Error(`${file}: ${pointer}: allowed: ${allowed}`);
  };
  const { domains, cookie_domain, keys, ttl_s = 120, used_max = 100_000, without_origin = "refuse" } = document;
  const isDomains = Array.isArray(domains) && domains.length && domains.every(isHost);
  if (!isDomains) fail("/domains", "the identity.link_domains of the pages, in lower case");
  if (cookie_domain !== undefined && !isHost(cookie_domain)) fail("/cookie_domain", "a domain");
  if (typeof keys !== "string" || !keys) fail("/keys", "the file with the keys");
  if (!isWhole(ttl_s, 1, 3600)) fail("/ttl_s", "1 to 3600 seconds");
  if (!isWhole(used_max, 1, 1e7)) fail("/used_max", "1 to 10000000 tokens");
  if (!["accept", "refuse"].includes(without_origin)) fail("/without_origin", '"accept" or "refuse"');
  return { domains, cookie_domain, keys: resolve(dirname(file), keys), ttl_s, used_max, without_origin };
}

function parse(file, text) {
  try {
    const document = JSON.parse(text);
    if (document && typeof document === "object") return document;
  } catch (error) {
    throw new Error(`${file}: ${error.message}`);
  }
  throw new Error(`${file}: allowed: an object`);
}

/** Whether a host is one of the domains or below one. */
export const isOf = (host, domains) => domains.some((domain) => host === domain || host.endsWith(`.${domain}`));

// Reads the config: who may send, and where deletions go. Secrets stand in the environment or in
// files of their own and are read anew for each call, so that they may be renewed meanwhile.

import { readFileSync } from "node:fs";
import { KINDS } from "./vendors.mjs";

const isText = (value) => typeof value === "string" && value !== "";
const isTexts = (value) => Array.isArray(value) && value.every(isText);

/** The config in a file, or an Error that names the place in it. */
export function readConfig(file) {
  const document = parse(file, readFileSync(file, "utf8"));
  const fail = (pointer, allowed) => {
    throw new Error(`${file}: ${pointer}: allowed: ${allowed}`);
  };
  const { write_keys, origins = [], user_ids = "refuse", vendors = {} } = document;
  if (!isTexts(write_keys) || !write_keys.length) fail("/write_keys", "the keys of collectors that send here");
  if (!isTexts(origins)) fail("/origins", "the origins of pages that send here");
  if (!["accept", "refuse"].includes(user_ids)) fail("/user_ids", '"accept" or "refuse"');
  for (const [collector, vendor] of Object.entries(vendors)) {
    const at = `/vendors/${collector}`;
    const kind = Object.hasOwn(KINDS, vendor?.kind) ? KINDS[vendor.kind] : undefined;
    if (!kind) fail(`${at}/kind`, Object.keys(KINDS).map((name) => `"${name}"`).join(" or "));
    for (const member of kind.needs) if (!isText(vendor[member])) fail(`${at}/${member}`, "a text");
    if (vendor.url !== undefined && !URL.canParse(vendor.url)) fail(`${at}/url`, "an address");
    const { env, file: secret } = vendor.token ?? {};
    if (isText(env) === isText(secret)) fail(`${at}/token`, '{"env": name} or {"file": path}');
  }
  return { write_keys, origins, user_ids, vendors };
}

function parse(file, text) {
  try {
    const document = JSON.parse(text);
    if (document && typeof document === "object") return document;
  } catch (error) {
    throw new Error(`${file}: ${error.message}`);
  }
  throw new Error(`${file}: allowed: a JSON object`);
}

/** The secret that a vendor's token names. Throws when it is not there. */
export function secretOf({ env, file }) {
  const secret = (env ? process.env[env] : readFileSync(file, "utf8"))?.trim();
  if (!secret) throw new Error(`no secret in ${env ? `the environment's ${env}` : file}`);
  return secret;
}

// `waymark stub`: the script to paste into a page before all others, made for one config: the queue
// of calls, the defaults of Google's tags, and `__tcfapi` and `__gpp` for whoever asks early.

import { createHash } from "node:crypto";
import {
  asksEverywhere,
  first_registered_cmp,
  type IabPolicy,
  supportedApis,
  wantsTcf,
} from "../iab/sections.ts";
import { readDocument } from "./document.ts";
import { openQuestions } from "./engine.ts";
import { askAbout } from "./policy.ts";
import type { ExitCode, Terminal } from "./terminal.ts";
import { onlyFile, readWords } from "./words.ts";

/** The pieces, as built from src/entry/stub*.ts. */
declare const WAYMARK_STUB: Record<"calls" | "google" | "iab", string>;

interface Google {
  wait_for_update_ms?: number;
  ads_data_redaction?: boolean;
  url_passthrough?: boolean;
}

type Policy = IabPolicy & {
  tags?: { data_layer?: string; google?: Google };
  share?: { cookie?: string };
  signals?: { dnt?: string };
};
type Types = Record<string, "granted" | "denied">;

interface Defaults {
  strict: Types;
  defaults: { types: Types; region?: string[] }[];
}

export interface StubOptions {
  global?: string;
  prefix?: string;
}

export async function runStub(words: string[], wasm: URL, terminal: Terminal): Promise<ExitCode> {
  const kinds = { global: "value", prefix: "value", html: "switch", hash: "switch" } as const;
  const given = readWords("stub", words, kinds);
  const config = readDocument(onlyFile("stub", "the config", given));
  const engine = await openQuestions(wasm);
  const defaults = askAbout<Defaults>(engine, "consent_defaults", config);
  const options = { global: given.one("global"), prefix: given.one("prefix") };
  const text = stubOf(config.value.consent, defaults, options);
  if (given.has("hash")) terminal.out(`'sha256-${sha256(text)}'\n`);
  else terminal.out(given.has("html") ? `<script>${text}</script>\n` : `${text}\n`);
  return 0;
}

/** The stub of a policy. */
export function stubOf(
  policy: Policy,
  { strict, defaults }: Defaults,
  { global = "waymark", prefix = "waymark." }: StubOptions,
): string {
  const names = { WAYMARK_GLOBAL: global, WAYMARK_PREFIX: prefix };
  const pieces = [fill(WAYMARK_STUB.calls, names)];
  if (policy.tags?.google || policy.purposes?.some(({ consent_mode }) => consent_mode?.length)) {
    const { data_layer = "dataLayer", google = {} } = policy.tags ?? {};
    const wait = { wait_for_update: google.wait_for_update_ms ?? 500 };
    pieces.push(
      fill(WAYMARK_STUB.google, {
        WAYMARK_DATA_LAYER: data_layer,
        WAYMARK_DEFAULTS: defaults.map(({ types, region }) => ({ ...types, region, ...wait })),
        WAYMARK_STRICT: { ...strict, ...wait },
        WAYMARK_SETTINGS: (["ads_data_redaction", "url_passthrough"] as const).filter(
          (name) => google[name],
        ),
        WAYMARK_PREFIX: prefix,
        WAYMARK_COOKIE: policy.share?.cookie ?? "waymark_consent",
        WAYMARK_DNT: policy.signals?.dnt === "honour",
      }),
    );
  }
  const tcf = wantsTcf(policy) && { gdprApplies: asksEverywhere(policy) || undefined };
  const supportedAPIs = supportedApis(policy);
  const cmpId = Math.max(policy.iab?.cmp_id ?? 0, first_registered_cmp - 1);
  if (tcf || supportedAPIs.length) {
    const gpp = supportedAPIs.length > 0 && { cmpId, supportedAPIs };
    pieces.push(fill(WAYMARK_STUB.iab, { WAYMARK_TCF: tcf || 0, WAYMARK_GPP: gpp || 0 }));
  }
  return pieces.join("\n");
}

// What a Content-Security-Policy may name instead of a nonce: the text stays as it is.
const sha256 = (text: string) => createHash("sha256").update(text).digest("base64");

// A script in a page ends where its text says so.
function fill(piece: string, values: Record<string, unknown>): string {
  return piece.replace(/WAYMARK_\w+/g, (name) =>
    JSON.stringify(values[name]).replace(/</g, "\\u003c"),
  );
}

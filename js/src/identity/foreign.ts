// The anonymous ids of other software, in what it keeps on this device and in the parameters with
// which its links bring them to another domain. Pure: text in, id out.

import { attempt } from "../platform/browser/spill.ts";

export interface Source {
  /** The names under which it keeps its id: of cookies, or keys in localStorage. */
  kept: RegExp;
  read(text: string): unknown;
  /** The parameter of its links. */
  parameter?: string;
  take?(text: string, now_ms: number): unknown;
}

const decoded = (text: string) => attempt(() => decodeURIComponent(text), text);
const json = (text: string): any => attempt(() => JSON.parse(decoded(text)));
const first = (text: string, form: RegExp) => form.exec(text)?.[1];

// Clocks of two hosts are those of one device: links are young.
const isYoung = (made_ms: number, now_ms: number) => Math.abs(now_ms - made_ms) < 180_000;

const unpadded = (text: string) => text.replace(/\.+$/, "").replace(/-/g, "+").replace(/_/g, "/");

export const sources: Record<string, Source> = {
  // A JSON text in old cookies and in localStorage, the id itself in new ones.
  segment: {
    kept: /^ajs_anonymous_id$/,
    read: (text) => json(text) ?? decoded(text),
    parameter: "ajs_aid",
    take: (text) => text,
  },
  snowplow: {
    kept: /^_sp_id\.\w+$/,
    read: (text) => first(text, /^([^.]+)\./),
    parameter: "_sp",
    take: (text, now_ms) => {
      const [id, made_ms] = text.split(".");
      return isYoung(Number(made_ms), now_ms) && id;
    },
  },
  // GA1.1.<number>.<seconds>; links: version*sum*name*value…, values in base 64.
  ga: {
    kept: /^_ga$/,
    read: (text) => first(text, /^GA\d\.\d+\.(\d+\.\d+)$/),
    parameter: "_gl",
    take: (text) => {
      const items = text.split("*");
      const value = items[items.indexOf("_ga") + 1];
      const id = items.includes("_ga") && attempt(() => atob(unpadded(value!)));
      return id && first(id, /^(\d+\.\d+)$/);
    },
  },
  matomo: {
    kept: /^_pk_id\.\w+\.\w+$/,
    read: (text) => first(text, /^([0-9a-f]{16})\./),
    parameter: "pk_vid",
    take: (text, now_ms) => {
      const [, id, made_s] = /^([0-9a-f]{16})(\d{10})\w{6}$/i.exec(text) ?? [];
      return isYoung(Number(made_s) * 1000, now_ms) && id;
    },
  },
  // Whoever is identified there has the user's id as distinct_id.
  posthog: {
    kept: /^ph_.+_posthog$/,
    read: (text) => {
      const { distinct_id, $device_id, $user_state } = json(text) ?? {};
      return $device_id ?? ($user_state === "identified" ? undefined : distinct_id);
    },
  },
};

const isId = (id: unknown): id is string =>
  typeof id === "string" && /^[\x21-\x7e]{1,200}$/.test(id);

/** The id of a source: in the parameters of this page where they count, else what it has kept. */
export function foreignId(
  { kept, read, parameter, take }: Source,
  search: string,
  find: (name: RegExp) => string | undefined,
  now_ms: number,
): string | undefined {
  const given = parameter && new URLSearchParams(search).get(parameter);
  const brought = given && take!(given, now_ms);
  if (isId(brought)) return brought;
  const text = find(kept);
  const id = text && read(text);
  return isId(id) ? id : undefined;
}

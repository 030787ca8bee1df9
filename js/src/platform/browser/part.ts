// What the parts of the page, and the stub, may ask of the device: what is known of the visitor's
// decision, what an address means on this page, and a document of the owner's own host.

import type { Texts } from "../../core/say.ts";
import { attempt } from "./spill.ts";

const link_name = "waymark_consent";

/**
 * Whether anything of a decision lies here, a record or a call that waits for an engine, or is on
 * its way from another host: by a cookie or a link of the part `share`, or by the app around.
 */
export function knowsVisitor(prefix = "waymark.", cookie = link_name): boolean {
  const known = (name: string) =>
    name === prefix + "consent/record" || name.startsWith(prefix + "spill/");
  const comes = (text: string) => [cookie, link_name].some((name) => text.includes(name + "="));
  const tests = [
    () => "WaymarkHost" in window || comes(document.cookie + location.href),
    () => Object.keys(localStorage).some(known),
  ];
  // Where one place may not be looked at the others count.
  return tests.some((test) => attempt(test, false));
}

/** What an address of this page leads to, or undefined when it is none. */
export const addressOf = (text: unknown) =>
  attempt(() => new URL(String(text), document.baseURI));

/** The JSON document at an address, or undefined when it does not come or is none. */
export async function readJson(url: string | URL): Promise<unknown> {
  try {
    const response = await fetch(url);
    return response.ok ? await response.json() : undefined;
  } catch {
    return undefined;
  }
}

/**
 * What a server of the owner's answers to a document: its status and JSON, or undefined when none
 * comes in time. A text of no type of its own needs no question before, and no cookie goes along.
 */
export async function postJson(
  url: string,
  document: object,
  ms: number,
): Promise<[status: number, answer: any] | undefined> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), ms);
  try {
    const response = await fetch(url, {
      method: "POST",
      body: JSON.stringify(document),
      credentials: "omit",
      redirect: "error",
      signal: controller.signal,
    });
    return [response.status, await response.json()];
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

/** Words of ours: a file of the folder `waymark-texts`, or what the page has brought of it. */
export const readTexts = async (
  texts: string | Record<string, Texts>,
  name: string,
): Promise<Texts | undefined> =>
  typeof texts === "string"
    ? ((await readJson(new URL(`${name}.json`, new URL(texts, document.baseURI)))) as Texts)
    : texts[name];

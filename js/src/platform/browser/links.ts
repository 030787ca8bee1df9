// Tokens in the addresses of links and forms: put in at the moment of the click, taken out on the
// page that is reached. The address in the page stays as it is: who copies a link copies no token.

import { attempt } from "./spill.ts";

const own_fragment = "#waymark_";

export const isBelow = (host: string, domain: string) =>
  host === domain || host.endsWith(`.${domain}`);

/** Whether that is a page of these domains. One that is not told may be anybody's. */
export function isFrom(referrer: string, domains: string[]): boolean {
  const host = attempt(() => new URL(referrer).hostname);
  return !!host && domains.some((domain) => isBelow(host, domain));
}

/** The address with a token. In the fragment no server, cache or log sees it, and no other site. */
export function withToken(address: string, name: string, token: string): string {
  const url = new URL(address);
  const { hash } = url;
  // A fragment of the page's own may be a place in it, or the path of an app.
  if (hash && !hash.startsWith(own_fragment)) url.searchParams.set(name, token);
  else url.hash = `${hash && `${hash}&`}${name}=${encodeURIComponent(token)}`;
  return url.href;
}

/** The token in an address, and the address without it. */
export function takeToken(
  address: string,
  name: string,
): [token: string, rest: string] | undefined {
  const url = new URL(address);
  const items = url.hash.slice(1).split("&");
  const found = url.hash.startsWith(own_fragment)
    ? items.find((item) => item.startsWith(`${name}=`))
    : undefined;
  // What nobody wrote so is no token, and does not stay in the address.
  const text = found?.slice(name.length + 1);
  const token =
    text === undefined ? url.searchParams.get(name) : attempt(() => decodeURIComponent(text), "");
  if (token === null) return;
  if (found === undefined) url.searchParams.delete(name);
  else url.hash = items.filter((item) => item !== found).join("&");
  return [token, url.href];
}

/** Takes the token out of the address of this page. */
export function takeOwnToken(name: string): string | undefined {
  const [token, rest] = takeToken(location.href, name) ?? [];
  if (rest) history.replaceState(history.state, "", rest);
  return token;
}

/** Where somebody is about to go: what says so, by which attribute, and the address there. */
export interface Way {
  element: Element;
  attribute: string;
  url: URL;
}

/** The link, or the form that is submitted, of an event. */
export function wayOf(event: Event): Way | undefined {
  const isLink = (target: any) => target instanceof HTMLAnchorElement && target.href;
  const link = event.composedPath().find(isLink) as HTMLAnchorElement | undefined;
  const { target, submitter } = event as SubmitEvent;
  const pressed = submitter?.hasAttribute("formaction") ? submitter : undefined;
  const form = event.type === "submit" ? (pressed ?? (target as Element)) : undefined;
  const element = link ?? form;
  if (!element) return;
  const attribute = link ? "href" : pressed ? "formaction" : "action";
  // A field of a form may have the name of the attribute, and then its property is that field.
  const text = link?.href ?? element.getAttribute(attribute);
  const url = attempt(() => new URL(text!, document.baseURI));
  return url && { element, attribute, url };
}

/** Whether a way leads to another page of these domains, and not into the open. */
export const leadsTo = ({ url: { hostname, protocol } }: Way, domains: string[]) =>
  /^https?:$/.test(protocol) &&
  (protocol === location.protocol || protocol === "https:") &&
  hostname !== location.hostname &&
  domains.some((domain) => isBelow(hostname, domain));

/** Puts what `token` gives for a host into the ways there. Gives what ends it. */
export function markWays(
  domains: string[],
  name: string,
  token: (host: string) => string | undefined,
): () => void {
  const go = (event: Event) => {
    // A menu opens, from which an address may be copied.
    const way = (event as MouseEvent).button === 2 ? undefined : wayOf(event);
    if (!way || !leadsTo(way, domains)) return;
    const { element, attribute, url } = way;
    // The fields of such a form take the place of the parameters, and its fragment is its own.
    const full = event.type === "submit" && url.hash && !url.hash.startsWith(own_fragment);
    const marks = !full && token(url.hostname);
    if (marks) mark(element, attribute, withToken(url.href, name, marks));
  };
  const kinds = ["click", "auxclick", "submit"];
  for (const kind of kinds) addEventListener(kind, go, true);
  return () => kinds.forEach((kind) => removeEventListener(kind, go, true));
}

// Several parts may mark the same way: the first remembers what stood there.
const original = Symbol.for("waymark");

function mark(element: any, attribute: string, address: string): void {
  if (!element[original]) {
    const before = element.getAttribute(attribute);
    element[original] = true;
    setTimeout(() => {
      element.setAttribute(attribute, before);
      delete element[original];
    });
  }
  element.setAttribute(attribute, address);
}

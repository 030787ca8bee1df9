// Requests of scripts that nobody marked: fetch, XMLHttpRequest, sendBeacon, and the addresses that
// scripts give to images, scripts, frames and links.
//
// Promise: what is refused looks to its caller like a network that failed. Scripts, frames and
// links are held instead, and load in their order once they may. The page's own functions are
// replaced once, and do what they did for every address that nobody refuses.

import { addressOf } from "./part.ts";
import { attempt } from "./spill.ts";

/** Whether this address is refused now. `runs`: it is that of a script. */
export type Refuses = (url: URL, runs: boolean) => boolean;

const held_max = 200;

interface Held {
  element: HTMLElement;
  url: URL;
  runs: boolean;
  go(): void;
}

// What is there once for all parts that are started in this page.
let refuses: Refuses | undefined;
let held: Held[] = [];

/** From now on this decides. */
export function ruleRequests(rule: Refuses): void {
  if (!refuses) replaceAll();
  refuses = rule;
}

/** Lets go of what was held and is refused no more. */
export function releaseRequests(): void {
  const waiting = held;
  held = [];
  for (const request of waiting) {
    if (isRefused(request.url, request.runs)) held.push(request);
    // One that fails holds up no other.
    else attempt(request.go);
  }
}

// Who cannot say that it may go has not said so.
const isRefused = (url: URL, runs: boolean) => attempt(() => refuses!(url, runs), true);

/** The address, where it is refused. Of what is none the caller hears from the browser. */
function refused(address: unknown, runs = false): URL | undefined {
  const url = addressOf(address);
  return url && isRefused(url, runs) ? url : undefined;
}

function replace(owner: any, name: string, make: (original: any) => (...given: any[]) => unknown) {
  owner[name] = make(owner[name]);
}

// By its kind, where an element has the addresses that it loads.
const addresses: Record<string, string[]> = {
  img: ["src", "srcset"],
  script: ["src"],
  iframe: ["src"],
  link: ["href"],
  video: ["src"],
  audio: ["src"],
};

function replaceAll(): void {
  replace(
    window,
    "fetch",
    (fetch) =>
      function (this: any, request, ...more) {
        const refusal = () => Promise.reject(new TypeError("Failed to fetch: no consent"));
        return refused(request?.url ?? request) ? refusal() : fetch.call(this, request, ...more);
      },
  );
  // An address that fails of itself, so that all of its events are the browser's own.
  replace(
    XMLHttpRequest.prototype,
    "open",
    (open) =>
      function (this: any, method, url, ...more) {
        return open.call(this, method, refused(url) ? "about:blank" : url, ...more);
      },
  );
  replace(
    Navigator.prototype,
    "sendBeacon",
    (send) =>
      function (this: any, url, ...more) {
        return !refused(url) && send.call(this, url, ...more);
      },
  );
  replace(
    Element.prototype,
    "setAttribute",
    (set) =>
      function (this: any, name, value) {
        const put = () => set.call(this, name, value);
        if (addresses[this.localName]?.includes(String(name).toLowerCase())) give(this, value, put);
        else put();
      },
  );
  const kinds = [
    HTMLImageElement,
    HTMLScriptElement,
    HTMLIFrameElement,
    HTMLLinkElement,
    HTMLMediaElement,
  ];
  for (const { prototype } of kinds) {
    for (const name of ["src", "srcset", "href"]) replaceProperty(prototype, name);
  }
}

function replaceProperty(prototype: object, name: string): void {
  const property = Object.getOwnPropertyDescriptor(prototype, name);
  if (!property) return;
  const set = function (this: any, value: unknown) {
    give(this, value, () => property.set!.call(this, value));
  };
  Object.defineProperty(prototype, name, { ...property, set });
}

function give(element: HTMLElement, address: unknown, put: () => void): void {
  const kind = element.localName;
  const runs = kind === "script";
  // A newer address takes the place of one that waits.
  held = held.filter((request) => request.element !== element);
  // A list of addresses, each with its size, is refused with any of them.
  const list = kind === "img" ? (String(address).match(/\S*[^\s,]/g) ?? []) : [address];
  const url = list.map((one) => refused(one, runs)).find((one) => one);
  if (!url) put();
  // A pixel that comes late would tell of what was before the answer.
  else if (kind === "img") setTimeout(() => element.dispatchEvent(new Event("error")));
  else if (held.push({ element, url, runs, go: put }) > held_max) held.shift();
}

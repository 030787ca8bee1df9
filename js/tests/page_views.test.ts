// Page views of an app that navigates without loading, with and without the Navigation API.

import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { pageViews } from "../src/capture/page_views.ts";

const names = ["window", "document", "location", "history", "addEventListener"];
names.push("removeEventListener");
let saved: Record<string, unknown>;

class FakePage extends EventTarget {
  navigation: EventTarget | undefined;
  prerendering = false;
  referrer = "https://search.example/";
  url = new URL("https://shop.example/?a=1#top");
  readonly history = {
    pushState: (_state: unknown, _title: string, to: string) => this._move(to, "push"),
    replaceState: (_state: unknown, _title: string, to: string) => this._move(to, "replace"),
  };

  install(): void {
    const page = this;
    const globals: Record<string, unknown> = {
      window: this,
      document: this,
      history: this.history,
      addEventListener: this.addEventListener.bind(this),
      removeEventListener: this.removeEventListener.bind(this),
    };
    Object.assign(globalThis, globals);
    Object.defineProperty(globalThis, "location", { get: () => page.url, configurable: true });
  }

  back(to: string): void {
    this._move(to, "traverse");
    this.dispatchEvent(new Event("popstate"));
  }

  restored(): void {
    this.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));
  }

  private _move(to: string, navigationType: string): void {
    this.url = new URL(to, this.url);
    const event = Object.assign(new Event("currententrychange"), { navigationType });
    this.navigation?.dispatchEvent(event);
  }
}

let page: FakePage;
let held: (() => void) | undefined;
let seen: string[];

/** Ends the task, as far as the client's hold is concerned. */
function task(): string[] {
  held?.();
  held = undefined;
  return seen.splice(0);
}

const client: any = {
  _hold: (run: () => void) => (held = run),
  _page: (referrer: string) => seen.push(`${location.pathname}${location.search} < ${referrer}`),
  _context: () => seen.push(`context ${location.pathname}${location.search}`),
};

beforeEach(() => {
  saved = {};
  for (const name of names) saved[name] = (globalThis as any)[name];
  page = new FakePage();
  held = undefined;
  seen = [];
});

afterEach(() => {
  delete (globalThis as any).location;
  for (const name of names) {
    if (saved[name] === undefined) delete (globalThis as any)[name];
    else (globalThis as any)[name] = saved[name];
  }
});

describe.each([
  ["with the Navigation API", true],
  ["with a wrapped history", false],
])("%s", (_name, modern) => {
  let unwatch: () => void;
  beforeEach(() => {
    if (modern) page.navigation = new EventTarget();
    page.install();
    unwatch = pageViews(client);
  });

  test("the first page is seen once, with the document's referrer", () => {
    expect(task()).toEqual(["/?a=1 < https://search.example/"]);
    expect(task()).toEqual([]);
  });

  test("a navigation is seen, with the page before as its referrer", () => {
    task();
    history.pushState(null, "", "/cart");
    expect(task()).toEqual(["/cart < https://shop.example/?a=1"]);
    page.back("/?a=1");
    expect(task()).toEqual(["/?a=1 < https://shop.example/cart"]);
  });

  test("the same URL again, or another fragment, is no page view", () => {
    task();
    history.pushState(null, "", "/?a=1");
    history.pushState(null, "", "#below");
    page.back("#top");
    expect(task()).toEqual([]);
  });

  test("a router's redirect within one task is one page view", () => {
    task();
    history.pushState(null, "", "/account");
    history.replaceState(null, "", "/login");
    expect(task()).toEqual(["/login < https://shop.example/?a=1"]);
  });

  test("a query that is only replaced changes the context", () => {
    task();
    for (let zoom = 0; zoom < 30; zoom++) history.replaceState(null, "", `/?zoom=${zoom}`);
    expect(task()).toEqual(["context /?zoom=29"]);
    history.pushState(null, "", "/cart");
    expect(task()).toEqual(["/cart < https://shop.example/?zoom=29"]);
  });

  test("a replaced query in the task of a navigation keeps the page view", () => {
    task();
    history.pushState(null, "", "/list");
    history.replaceState(null, "", "/list?page=1");
    expect(task()).toEqual(["/list?page=1 < https://shop.example/?a=1"]);
  });

  test("a page that comes back from the back/forward cache is seen again", () => {
    task();
    page.restored();
    expect(task()).toEqual(["/?a=1 < https://search.example/"]);
  });

  test("after the end of the watch nothing is seen", () => {
    task();
    unwatch();
    history.pushState(null, "", "/cart");
    page.back("/other");
    page.restored();
    expect(task()).toEqual([]);
  });
});

test("a page that is only prepared is seen when it is shown", () => {
  page.prerendering = true;
  page.install();
  pageViews(client);
  expect(task()).toEqual(["context /?a=1"]);
  page.dispatchEvent(new Event("prerenderingchange"));
  expect(task()).toHaveLength(1);
});

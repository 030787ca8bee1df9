// What the page tells about itself, as facts of the boundary.

import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { BrowserStore } from "../src/platform/browser/store.ts";
import { context, watch } from "../src/platform/browser/surroundings.ts";
import type { Fact } from "../src/platform/platform.ts";
import { fakeLocalStorage } from "./browser_fakes.ts";

const names = ["window", "document", "navigator", "location", "screen", "devicePixelRatio"];
names.push("innerWidth", "innerHeight", "localStorage");
let saved: [string, PropertyDescriptor | undefined][];
let page: EventTarget & Record<string, any>;
let view: EventTarget & Record<string, any>;
let facts: Fact[];

function set(name: string, value: unknown): void {
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}

beforeEach(() => {
  saved = names.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)]);
  page = Object.assign(new EventTarget(), {
    hidden: false,
    referrer: "https://search.example/",
    title: "Shop",
    characterSet: "UTF-8",
    documentElement: { scrollWidth: 1000, scrollHeight: 3000 },
  });
  view = new EventTarget() as typeof view;
  set("window", view);
  set("document", page);
  set("navigator", { onLine: true, language: "de-DE", userAgent: "Test/1" });
  set("location", new URL("https://shop.example/p/1?q=a#access_token=secret"));
  set("screen", { width: 1920, height: 1080 });
  set("devicePixelRatio", 2);
  set("innerWidth", 1200);
  set("innerHeight", 800);
  set("localStorage", fakeLocalStorage());
  facts = [];
});

afterEach(() => {
  for (const [name, descriptor] of saved) {
    if (descriptor) Object.defineProperty(globalThis, name, descriptor);
    else delete (globalThis as any)[name];
  }
});

// That the page may be gone soon stands among the facts as a fact of the test.
const open = () => {
  const away = (sleeps: boolean) => facts.push({ type: "away", state: sleeps ? "sleeps" : "away" });
  return watch(new BrowserStore(), (fact) => facts.push(fact), away);
};
const begin = () => {
  const [end, hear] = open();
  hear();
  return end;
};
const told = () => facts.splice(0);

test("the context has the names of the Segment specification, and no fragment", () => {
  expect(context()).toEqual({
    page: {
      url: "https://shop.example/p/1?q=a",
      path: "/p/1",
      referrer: "https://search.example/",
      search: "?q=a",
      title: "Shop",
    },
    locale: "de-DE",
    timezone: expect.any(String),
    userAgent: "Test/1",
    screen: { width: 1920, height: 1080, density: 2 },
    viewport: { width: 1200, height: 800 },
    document: { width: 1000, height: 3000, charset: "UTF-8" },
  });
  expect(JSON.stringify(context("https://shop.example/"))).not.toContain("search.example");
});

test("an ordinary page has nothing to tell at start", () => {
  begin();
  expect(told()).toEqual([]);
});

test("signals are told with their source", () => {
  Object.assign(navigator, { globalPrivacyControl: true, doNotTrack: "1" });
  begin();
  expect(told()).toEqual([
    { type: "signal", name: "gpc", value: true, source: "navigator" },
    { type: "signal", name: "dnt", value: true, source: "navigator" },
  ]);
});

test("a signal that says no is told as no", () => {
  Object.assign(navigator, { globalPrivacyControl: false, doNotTrack: "0" });
  begin();
  expect(told().map(({ value }) => value)).toEqual([false, false]);
});

test("each step of the page's life is told", () => {
  begin();
  const step = (target: EventTarget, type: string, more = {}) => {
    target.dispatchEvent(Object.assign(new Event(type), more));
    return told().map(({ state, key }) => state ?? key);
  };
  page.hidden = true;
  expect(step(page, "visibilitychange")).toEqual(["hidden", "away"]);
  page.hidden = false;
  expect(step(page, "visibilitychange")).toEqual(["visible"]);
  expect(step(view, "pagehide")).toEqual(["closing", "sleeps"]);
  expect(step(view, "pageshow", { persisted: true })).toEqual(["consent/record", "visible"]);
  expect(step(view, "pageshow", { persisted: false })).toEqual([]);
  expect(step(page, "freeze")).toEqual(["frozen", "sleeps"]);
  expect(step(page, "resume")).toEqual(["consent/record", "resumed"]);
});

describe("a navigation that begins", () => {
  const navigation = () => new EventTarget() as EventTarget & { transition?: object };
  const go = async (target: EventTarget, more: object, prevent = false) => {
    const event = new Event("navigate", { cancelable: true });
    target.dispatchEvent(Object.assign(event, { destination: {}, downloadRequest: null }, more));
    // Who listens behind us.
    if (prevent) event.preventDefault();
    expect(told()).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve, 1));
    return told().map(({ state }) => state);
  };

  test("in Firefox is told before the next page is there", async () => {
    Object.assign(view, { navigation: navigation(), mozInnerScreenX: 0 });
    begin();
    expect(await go(view.navigation, {})).toEqual(["closing", "sleeps"]);
  });

  test("and does not leave the page is not", async () => {
    Object.assign(view, { navigation: navigation(), mozInnerScreenX: 0 });
    begin();
    expect(await go(view.navigation, { destination: { sameDocument: true } })).toEqual([]);
    expect(await go(view.navigation, { downloadRequest: "" })).toEqual([]);
    expect(await go(view.navigation, {}, true)).toEqual([]);
    view.navigation.transition = {};
    expect(await go(view.navigation, {})).toEqual([]);
  });

  test("elsewhere is told by `pagehide` alone", async () => {
    Object.assign(view, { navigation: navigation() });
    begin();
    expect(await go(view.navigation, {})).toEqual([]);
  });
});

test("nothing listens to unload or beforeunload", () => {
  const heard: string[] = [];
  view.addEventListener = page.addEventListener = (type: string) => void heard.push(type);
  begin();
  expect(heard).toContain("pagehide");
  expect(heard.filter((type) => type.includes("unload"))).toEqual([]);
});

test("a page that starts hidden or offline says so", () => {
  page.hidden = true;
  Object.assign(navigator, { onLine: false, connection: { saveData: true } });
  begin();
  expect(told()).toEqual([
    { type: "lifecycle", state: "hidden" },
    { type: "connectivity", online: false, metered: true },
  ]);
});

test("that the visitor saves data is told at the start, and when it changes", () => {
  const connection = Object.assign(new EventTarget(), { saveData: true });
  Object.assign(navigator, { onLine: true, connection });
  begin();
  expect(told()).toEqual([{ type: "connectivity", online: true, metered: true }]);
  connection.saveData = false;
  connection.dispatchEvent(new Event("change"));
  expect(told()).toEqual([{ type: "connectivity", online: true, metered: false }]);
});

test("another tab's decision is told with its value, and so is its end", () => {
  begin();
  const changed = (key: string | null) =>
    view.dispatchEvent(Object.assign(new Event("storage"), { key }));
  localStorage.setItem("waymark.consent/record", "{}");
  changed("waymark.consent/record");
  const value = new TextEncoder().encode("{}");
  expect(told()).toEqual([{ type: "store_changed", key: "consent/record", value }]);
  localStorage.removeItem("waymark.consent/record");
  changed("waymark.consent/record");
  changed(null);
  const gone = { type: "store_changed", key: "consent/record", value: undefined };
  expect(told()).toEqual([gone, gone]);
});

test("what others keep in localStorage is not ours to tell", () => {
  begin();
  for (const key of ["cart", "waymark.other", "consent/record"]) {
    view.dispatchEvent(Object.assign(new Event("storage"), { key }));
  }
  expect(told()).toEqual([]);
});

test("before an engine is there only that is heard by which calls could be lost", () => {
  const [, hear] = open();
  const all = () => {
    view.dispatchEvent(new Event("offline"));
    view.dispatchEvent(Object.assign(new Event("storage"), { key: null }));
    page.dispatchEvent(new Event("freeze"));
    view.dispatchEvent(new Event("pagehide"));
    return told().map(({ type, state }) => state ?? type);
  };
  expect(all()).toEqual(["closing", "sleeps"]);
  hear();
  const leaves = ["frozen", "sleeps", "closing", "sleeps"];
  expect(all()).toEqual(["connectivity", "store_changed", ...leaves]);
});

test("after the end of the watch nothing is told", () => {
  begin()();
  view.dispatchEvent(new Event("pagehide"));
  page.dispatchEvent(new Event("freeze"));
  view.dispatchEvent(new Event("offline"));
  expect(told()).toEqual([]);
});

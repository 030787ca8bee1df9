// Firefox, by Puppeteer over WebDriver BiDi, in Playwright's words.
import { EventEmitter } from "node:events";
import puppeteer from "puppeteer-core";

import { findFirefox } from "../../../scripts/lib/browsers.mjs";
import { clickable } from "./element.mjs";
import { CommonPage, until } from "./page.mjs";

const PREFERENCES = {
  // German as in the other engines; and no request but those of the pages.
  "intl.accept_languages": "de-DE",
  "app.normandy.enabled": false,
  "browser.safebrowsing.malware.enabled": false,
  "browser.safebrowsing.phishing.enabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "extensions.update.enabled": false,
};

export const missingForFirefox = () => (findFirefox() ? undefined : "Firefox is not on this machine");

/** `preferences` go to Firefox, beside those of all tests. */
export async function launchFirefox({ preferences } = {}) {
  const browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: findFirefox(),
    headless: true,
    extraPrefsFirefox: { ...PREFERENCES, ...preferences },
  });
  const version = (await browser.version()).replace(/^\w+\//, "");
  return {
    version: () => version,
    newContext: async (options) => new Context(await browser.createBrowserContext(), options),
    process: () => browser.process(),
    close: () => browser.close(),
  };
}

class Context extends EventEmitter {
  constructor(context, { viewport } = {}) {
    super();
    this._context = context;
    this._viewport = viewport;
  }

  async newPage() {
    const page = new Page(await this._context.newPage(), this);
    if (this._viewport) await page.setViewportSize(this._viewport);
    this.emit("page", page);
    return page;
  }

  cookies() {
    return this._context.cookies();
  }

  close() {
    return this._context.close();
  }
}

class Page extends CommonPage {
  constructor(page, context) {
    super();
    this._page = page;
    this._context = context;
    this.keyboard = { press: (keys) => this._press(keys.split("+")) };
    page.setDefaultTimeout(0);
    page.on("pageerror", (error) => this.emit("pageerror", error));
  }

  context() {
    return this._context;
  }

  async goto(url, { waitUntil = "load" } = {}) {
    if (waitUntil !== "commit") return void (await this._page.goto(url, { waitUntil }));
    // Puppeteer waits for more, which need not come where a page leaves as soon as it is there.
    await this._page.evaluate((url) => void (location.href = url), url);
    await until(() => this.url() !== "about:blank");
  }

  async reload() {
    await this._page.reload();
  }

  async goBack() {
    await this._page.goBack();
  }

  url() {
    return this._page.url();
  }

  evaluate(run, argument) {
    return this._page.evaluate(run, argument);
  }

  async click(selector) {
    const find = () => this._page.evaluateHandle(clickable, selector).catch(() => undefined);
    const element = await until(async () => (await find())?.asElement());
    await element.click();
  }

  async _press(keys) {
    const last = keys.pop();
    for (const key of keys) await this._page.keyboard.down(key);
    await this._page.keyboard.press(last);
    for (const key of keys) await this._page.keyboard.up(key);
  }

  setViewportSize(size) {
    return this._page.setViewport(size);
  }

  screenshot(options) {
    return this._page.screenshot(options);
  }

  close() {
    return this._page.close();
  }
}

// What Firefox's and WebKit's pages have in common: all that can be said with `evaluate`, `url` and
// a click on an element that was found.
import { EventEmitter } from "node:events";

import { shown, textOf } from "./element.mjs";

const again_ms = 30;

/** Asks until the answer is neither false nor empty; the test runner ends a test that waits for ever. */
export async function until(ask) {
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    await new Promise((resolve) => setTimeout(resolve, again_ms));
  }
}

export class CommonPage extends EventEmitter {
  // Those who use Playwright's have time limits; ours are the runner's.
  setDefaultTimeout() {}

  async isVisible(selector) {
    return this.evaluate(shown, selector);
  }

  async waitForSelector(selector, { state = "visible" } = {}) {
    // While one page goes and the next one comes there is nobody to ask.
    const visible = () => this.isVisible(selector).catch(() => undefined);
    await until(async () => (await visible()) === (state === "visible"));
  }

  async innerText(selector) {
    await this.waitForSelector(selector);
    return this.evaluate(textOf, selector);
  }

  async waitForURL(url) {
    await until(async () => (await this.url()) === url);
    await until(() => this.evaluate(() => document.readyState === "complete").catch(() => false));
  }

  async waitForFunction(run, argument) {
    await until(() => this.evaluate(run, argument).catch(() => false));
  }
}

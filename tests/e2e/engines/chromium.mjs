// Chromium, by Playwright.
import { chromium } from "playwright-core";

import { findChromium } from "../../../scripts/lib/browsers.mjs";

const QUIET = [
  ...["--disable-gpu", "--disable-background-networking", "--disable-component-update"],
  ...["--disable-sync", "--no-first-run"],
];

const path = () => process.env.WAYMARK_CHROMIUM ?? findChromium();

export const missingForChromium = () => (path() ? undefined : "No Chromium was found: run `make setup`.");

/** `options` go to Playwright. */
export async function launchChromium(options) {
  const executablePath = path();
  if (!executablePath) throw new Error(missingForChromium());
  // Chromium refuses its sandbox to root, which is who runs most containers.
  const chromiumSandbox = process.getuid?.() !== 0;
  // Playwright switches the back/forward cache off; visitors have it.
  const ignoreDefaultArgs = ["--disable-back-forward-cache"];
  return chromium.launch({ executablePath, chromiumSandbox, args: QUIET, ignoreDefaultArgs, ...options });
}

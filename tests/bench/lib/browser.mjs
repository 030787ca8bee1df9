// Starts Chromium the same way for all peers, and gives profiles in which nothing gives away a robot.

import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium } from "playwright-core";

import { findChromium } from "../../../scripts/lib/browsers.mjs";

const FLAGS = [
  ...["--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  ...["--no-first-run", "--disable-background-timer-throttling", "--disable-renderer-backgrounding"],
  ...["--disable-backgrounding-occluded-windows", "--disable-blink-features=AutomationControlled"],
];

// The headless shell renders nothing for itself; a whole Chromium keeps two cores busy with that.
function findShell() {
  const folders = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  return folders.map((folder) => join(folder, "chromium-headless-shell")).find(isProgram);
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** @returns {Promise<import("playwright-core").Browser & {program: string}>} */
export async function launch() {
  const executablePath = process.env.CHROMIUM_PATH ?? findShell() ?? findChromium();
  if (!executablePath) throw new Error("No Chromium was found: run `make setup`.");
  // Chromium refuses its sandbox to root, which is who runs most containers.
  const chromiumSandbox = process.getuid?.() !== 0;
  const browser = await chromium.launch({ executablePath, chromiumSandbox, args: FLAGS });
  browser.program = executablePath;
  return browser;
}

/** A fresh profile. Some peers drop what "HeadlessChrome" tracks. */
export async function newProfile(browser) {
  const major = browser.version().split(".")[0];
  const engine = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)";
  const userAgent = `${engine} Chrome/${major}.0.0.0 Safari/537.36`;
  const viewport = { width: 1200, height: 900 };
  const context = await browser.newContext({ userAgent, locale: "en-US", viewport });
  context.setDefaultTimeout(60_000);
  return context;
}

/** A DevTools session whose figures are CPU time of the page's main thread. */
export async function cpuSession(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  return session;
}

/** CPU milliseconds of all the page's main-thread tasks up to now. */
export async function taskCpuMs(session) {
  const { metrics } = await session.send("Performance.getMetrics");
  return metrics.find(({ name }) => name === "TaskDuration").value * 1000;
}

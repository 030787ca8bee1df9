// Finds the browsers that are installed on this machine; nothing is downloaded.

import { accessSync, constants, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";

const CHROMIUM = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
const CHROMIUM_ELSEWHERE = [
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];
const FIREFOX_ELSEWHERE = ["/Applications/Firefox.app/Contents/MacOS/firefox"];
// Where WebKitGTK keeps the browser that its driver opens: below a folder for the processor on
// Debian, beside it elsewhere.
const WEBKIT_ROOTS = ["/usr/lib", "/usr/lib64", "/usr/libexec"];

/** @returns {string | undefined} path of the program; CHROMIUM_PATH goes before all others */
export function findChromium() {
  return [process.env.CHROMIUM_PATH, ...onPath(CHROMIUM), ...CHROMIUM_ELSEWHERE].find(isProgram);
}

/** @returns {string | undefined} path of the program; FIREFOX_PATH goes before all others */
export function findFirefox() {
  const paths = onPath(["firefox-esr", "firefox"]);
  return [process.env.FIREFOX_PATH, ...paths, ...FIREFOX_ELSEWHERE].find(isProgram);
}

/**
 * WebKitGTK's driver, the browser that it opens, and the screen that it needs.
 * @returns {{driver?: string, browser?: string, screen?: string}}
 */
export function findWebKit() {
  const first = (name) => onPath([name]).find(isProgram);
  return { driver: first("WebKitWebDriver"), browser: findMiniBrowser(), screen: first("Xvfb") };
}

function findMiniBrowser() {
  const roots = WEBKIT_ROOTS.flatMap((root) => [root, ...below(root, /-linux-gnu/)]);
  const folders = roots.flatMap((root) => below(root, /^webkit2?gtk-[46]\./));
  return folders.map((folder) => join(folder, "MiniBrowser")).find(isProgram);
}

function below(folder, name) {
  try {
    return readdirSync(folder).filter((one) => name.test(one)).map((one) => join(folder, one));
  } catch {
    return [];
  }
}

function onPath(names) {
  const folders = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  return names.flatMap((name) => folders.map((folder) => join(folder, name)));
}

function isProgram(path) {
  try {
    accessSync(path ?? "", constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

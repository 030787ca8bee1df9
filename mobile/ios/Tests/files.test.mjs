// What needs no Swift: texts that are the banner's, and the privacy manifest, read by Python's plist reader.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const root = path("../../../");

test("the sheet's texts are the banner's", () => {
  execFileSync("node", [`${root}scripts/app_texts.mjs`, "--check"]);
});

const readPlist = "import json, plistlib, sys; print(json.dumps(plistlib.load(open(sys.argv[1], 'rb'))))";
const manifest = () =>
  JSON.parse(execFileSync("python3", ["-c", readPlist, path("../Sources/Waymark/PrivacyInfo.xcprivacy")]));

// developer.apple.com/documentation/bundleresources/privacy-manifest-files: which reasons a category may have.
const reasons = {
  NSPrivacyAccessedAPICategoryUserDefaults: ["CA92.1", "1C8F.1", "C56D.1", "AC6B.1"],
  NSPrivacyAccessedAPICategoryFileTimestamp: ["DDA9.1", "C617.1", "3B52.1", "0A2A.1"],
  NSPrivacyAccessedAPICategorySystemBootTime: ["35F9.1", "8FFB.1", "3D61.1"],
  NSPrivacyAccessedAPICategoryDiskSpace: ["85F4.1", "E174.1", "7D9E.1", "B728.1"],
};

test("the privacy manifest has what the App Store asks for", () => {
  const about = manifest();
  assert.deepEqual(Object.keys(about).sort(), [
    "NSPrivacyAccessedAPITypes",
    "NSPrivacyCollectedDataTypes",
    "NSPrivacyTracking",
    "NSPrivacyTrackingDomains",
  ]);
  assert.equal(about.NSPrivacyTracking, false);
  assert.deepEqual(about.NSPrivacyTrackingDomains, []);
  for (const type of about.NSPrivacyCollectedDataTypes) {
    assert.match(type.NSPrivacyCollectedDataType, /^NSPrivacyCollectedDataType[A-Z]/);
    assert.equal(typeof type.NSPrivacyCollectedDataTypeLinked, "boolean");
    assert.equal(type.NSPrivacyCollectedDataTypeTracking, false);
    assert.ok(type.NSPrivacyCollectedDataTypePurposes.length);
  }
  for (const { NSPrivacyAccessedAPIType: category, NSPrivacyAccessedAPITypeReasons: given } of about.NSPrivacyAccessedAPITypes)
    assert.ok(given.length && given.every((reason) => reasons[category]?.includes(reason)), category);
});

// Apple's list of functions that need a reason, as far as this code could use them.
const needing = {
  NSPrivacyAccessedAPICategoryUserDefaults: /\bUserDefaults\b/,
  NSPrivacyAccessedAPICategoryFileTimestamp: /\b(f?stat|lstat|fstatat|getattrlist\w*)\s*\(|contentModificationDate|creationDate|fileModificationDate/,
  NSPrivacyAccessedAPICategorySystemBootTime: /\bsystemUptime\b|\bmach_absolute_time\s*\(/,
  NSPrivacyAccessedAPICategoryDiskSpace: /\bf?statv?fs\s*\(|volumeAvailableCapacity|systemFreeSize/,
};

test("the privacy manifest names what the code uses, and nothing else", () => {
  const under = (folder, ending) =>
    readdirSync(path(folder), { recursive: true, encoding: "utf8" })
      .filter((name) => ending.test(name))
      .map((name) => readFileSync(path(`${folder}/${name}`), "utf8"));
  const code = [...under("../Sources/Waymark", /\.swift$/), ...under("../../native/src", /\.(cc|h)$/)]
    .join("\n")
    .replace(/\/\/.*$/gm, "");
  const used = Object.keys(needing).filter((category) => needing[category].test(code));
  const named = manifest().NSPrivacyAccessedAPITypes.map((type) => type.NSPrivacyAccessedAPIType);
  assert.deepEqual(named.sort(), used.sort());
});

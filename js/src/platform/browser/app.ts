// A page in a web view whose app has an engine of its own: that engine is this page's, too. The
// page opens none, stores nothing and keeps no id. How it talks to the app is a part of its own.

import type { Opener } from "../../core/bridge.ts";
import type { Platform } from "../platform.ts";
import { attempt } from "./spill.ts";

/** Whether the app around this page has an engine: by its object, of which Java shows methods. */
export function appHasEngine(): boolean {
  const host = (globalThis as any).WaymarkHost;
  const says = () => (typeof host.engine === "function" ? host.engine() : host.engine);
  // Nearly every page has none; finding that out by an exception cost a millisecond of its start.
  return !!host && attempt(says) === true;
}

/** The platform of a page, or of one whose engine is the app's. */
export const within = (platform: Platform, open: () => Promise<Opener>): Platform =>
  appHasEngine() ? { ...platform, spill: () => false, module: open } : platform;

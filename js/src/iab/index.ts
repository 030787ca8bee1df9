// `waymark/iab`: what vendors ask on a page, `__tcfapi` and `__gpp`, answered from the engine's
// view.
//
// Promise: it tells what the engine's view says, and decides nothing. Until the engine is there the
// stub answers; when the engine cannot be had only `ping` is answered, with an error.

import type { Page } from "../entry/parts.ts";
import { watchQuestions } from "../entry/page_events.ts";
import { pageLanguage } from "../platform/browser/language.ts";
import { takeOver } from "./calls.ts";
import { GppApi } from "./gpp.ts";
import { archivedList, type Listed, vendorList, type VendorList } from "./gvl.ts";
import { Scenes, type Seen } from "./scenes.ts";
import {
  asksEverywhere,
  first_registered_cmp,
  type IabPolicy,
  lacksList,
  supportedApis,
  wantsTcf,
} from "./sections.ts";
import { openSignals } from "./signals.ts";
import { stubApis } from "./stub_apis.ts";
import { type Scene, TcfApi } from "./tcf.ts";

export { vendorList } from "./gvl.ts";
export type * from "./gvl.ts";

export interface Options {
  /** Where `waymark-iab.wasm` is, its bytes or the compiled module. Default: beside this file. */
  iabWasm?: unknown;
}

export type StartOptions = Omit<Page, "options"> & { options?: Options };

// Not where it is used: bundlers take `new URL("…", import.meta.url)` for a file to bundle.
const here = import.meta.url;

// A dialog is told to be closed in a task of its own: so long a decision waits for that, because
// vendors are to hear that it is closed, and then what was decided.
const closing_ms = 50;

/** Puts the interfaces into the page that the config has; gives what ends them. */
export function start({ client, config, options = {} }: StartOptions): () => void {
  const policy = config.consent as IabPolicy;
  const apis = new Interfaces(policy);
  const seen: Seen = { visible: false, shown: false };
  let ended = false;
  let settle = () => {};
  const unwatch = watchQuestions((visible) => {
    seen.visible = visible;
    seen.shown ||= visible;
    settle();
  });
  const report = ({ code, pointer, found, allowed }: Listed["problems"][number]) =>
    client._problem(code, pointer, found, allowed);
  const run = async () => {
    const words = pageLanguage(policy.ui?.languages).slice(0, 2);
    const none: Listed = { problems: [] };
    const [ask, listed] = await Promise.all([
      openSignals(options.iabWasm ?? new URL("waymark-iab.wasm", here).href),
      wantsTcf(policy) ? vendorList(policy, words) : none,
      client.ready,
    ]);
    listed.problems.forEach(report);
    apis.know(listed);
    const scenes = new Scenes(client, ask, words, policy, listed);
    if (ended) return;
    settle = patiently(() => scenes.next(seen), (scene) => apis.become(scene));
    client.on("view", settle);
  };
  run().catch(({ problems, message }) => {
    apis.fail();
    // What keeps the engine away the client tells itself.
    const told = () => {};
    const mine = { code: "part_failed", pointer: "", found: message, allowed: "waymark-iab.wasm" };
    client.ready.then(() => report(problems?.[0] ?? mine), told);
  });
  return () => {
    ended = true;
    unwatch();
    client.off("view", settle);
    apis.fail();
  };
}

/** Both interfaces, as far as the config has them. */
class Interfaces {
  private readonly _tcf?: TcfApi;
  private _gpp?: GppApi;
  private _installed = false;
  private _ends = false;
  private _list?: VendorList;
  private readonly _supported: string[];

  constructor(private readonly _policy: IabPolicy) {
    const { cmp_id: id = 0, cmp_version: version = 1 } = _policy.iab ?? {};
    this._supported = supportedApis(_policy);
    const tcf = wantsTcf(_policy);
    if (tcf) this._tcf = new TcfApi({ id, version }, (...asked) => this._listOf(...asked));
    stubApis(
      tcf ? { gdprApplies: asksEverywhere(_policy) || undefined } : 0,
      this._supported.length ? { cmpId: this._cmp(), supportedAPIs: this._supported } : 0,
    );
  }

  /** The list that is shown, before the first scene. Without the one it asks for, TCF cannot be. */
  know({ list }: Listed): void {
    this._list = list;
    if (lacksList(this._policy, list)) this._tcf?.fail();
  }

  become(scene: Scene): void {
    if (this._ends) return;
    if (!this._installed) return this._install(scene);
    this._tcf?.become(scene);
    this._gpp?.become(scene);
  }

  fail(): void {
    this._ends = true;
    this._tcf?.fail();
    if (!this._installed) this._install();
    this._gpp?.fail();
  }

  private _install(scene?: Scene): void {
    this._installed = true;
    const tcf = this._tcf;
    if (tcf) takeOver("__tcfapi", tcf.call, () => scene && tcf.become(scene));
    if (!this._supported.length) return;
    const gpp = new GppApi(this._cmp(), this._supported, tcf?.call, (window as any).__gpp);
    this._gpp = gpp;
    takeOver("__gpp", gpp.call, () => (scene ? gpp.become(scene) : gpp.fail()));
  }

  // Who is not registered is 1.
  private _cmp(): number {
    return Math.max(this._policy.iab?.cmp_id ?? 0, first_registered_cmp - 1);
  }

  /** `version`: LATEST, a number above 1, or nothing: that of the string. */
  private async _listOf(version: unknown, of_string?: number): Promise<object | undefined> {
    const latest = frozen(this._list);
    if (version === "LATEST") return latest;
    const known = version === undefined || version === null ? (of_string ?? latest) : version;
    if (known === latest) return latest;
    const wanted = /^\d+$/.test(`${known as number}`) ? Number(known) : 0;
    if (wanted < 2) return;
    if (wanted === latest?.vendorListVersion) return latest;
    return archivedList(this._policy.iab ?? {}, wanted);
  }
}

/** Too big to be copied for each who asks: all get the same one, which nobody can change. */
function frozen<Value>(value: Value): Value {
  if (typeof value !== "object" || !value || Object.isFrozen(value)) return value;
  Object.values(value).forEach(frozen);
  return Object.freeze(value);
}

/** Runs once for all that happens in one task; lets what is visible close after a decision. */
function patiently(next: () => Scene | undefined, become: (scene: Scene) => void): () => void {
  let scheduled = false;
  let decided_ms: number | undefined;
  let waits_until = 0;
  const run = () => {
    scheduled = false;
    const scene = next();
    if (!scene) return;
    if (scene.visible && decided_ms !== undefined && scene.decided_ms !== decided_ms) {
      const now = performance.now();
      if (!waits_until) setTimeout(run, closing_ms);
      waits_until ||= now + closing_ms - 1;
      if (now < waits_until) return;
    }
    waits_until = 0;
    decided_ms = scene.decided_ms;
    become(scene);
  };
  return () => {
    if (!scheduled) queueMicrotask(run);
    scheduled = true;
  };
}

// What the names in `data-consent` need, and whether the engine's view allows it.
//
// A name is a purpose, a service of `consent.services` (all its purposes), or `vendor:` and the id
// of a vendor (itself and its purposes). Several names: all of them. A name that nothing bears is
// never allowed. Before the engine's first view only what needs no answer anywhere is.

import type { ConsentView, PurposeView } from "../core/types.ts";
import { isAllowed, needsNoAnswer } from "../entry/view.ts";

export interface Service {
  id: string;
  name?: string;
  purposes: string[];
  /** Names, or what names begin with and a `*`. */
  cookies?: string[];
  local_storage?: string[];
  session_storage?: string[];
  indexed_db?: string[];
  caches?: string[];
  /** `tracker.example`, `*.tracker.example`, with a port, or a whole origin. */
  origins?: string[];
  on_withdraw?: OnWithdraw;
}

export type OnWithdraw = "reload" | "event";

export interface Policy {
  purposes: { id: string; basis: string; requires?: string[]; exempt_in?: string[] }[];
  vendors?: { id: string; purposes: string[] }[];
  services?: Service[];
  guard?: { on_withdraw?: OnWithdraw; texts?: Record<string, Record<string, string>> };
  share?: { cookie?: string };
  ui?: { theme?: string; languages?: string[]; texts?: Record<string, Record<string, string>> };
}

const find = <T extends { id: string }>(list: T[] | undefined, id?: string) =>
  list?.find((one) => one.id === id);

const vendorOf = (id: string) => /^vendor:(.*)/.exec(id)?.[1];

/** Whether a pattern of an origin is about this address. */
export function isFrom({ origin, host, hostname }: URL, pattern: string): boolean {
  if (pattern.startsWith("*.")) return `.${hostname}`.endsWith(pattern.slice(1));
  return [origin, host, hostname].includes(pattern);
}

export const isOneOf = (patterns: string[] | undefined, url: URL) =>
  patterns?.some((pattern) => isFrom(url, pattern)) === true;

/** Where none is named it is the empty one, which nothing bears. */
export const namesIn = (names: string) => names.match(/[^\s,]+/g) ?? [""];

/** The service that these names name, else that to which the address belongs. */
export const serviceOf = ({ services = [] }: Policy, names: string, url?: URL) =>
  services.find(({ id }) => namesIn(names).includes(id)) ??
  services.find(({ origins }) => url && isOneOf(origins, url));

export class Rules {
  private readonly _policy: Policy;
  private _view?: ConsentView;

  constructor(policy: Policy) {
    this._policy = policy;
  }

  take(view: ConsentView): void {
    this._view = view;
  }

  allows(names: string): boolean {
    return !this.missing(names).length;
  }

  /** What is needed and not allowed. */
  missing(names: string): string[] {
    return this._needs(names).filter((id) => !isAllowed(this._standing(id)));
  }

  /** What of it is refused, or was granted and holds no more: what was kept for it goes. */
  refused(names: string): string[] {
    return this.missing(names).filter((id) => {
      const { state, why } = this._standing(id);
      // Until it is known where we are, what was kept is neither used nor deleted.
      return (state === "denied" && why !== "region") || why === "expired" || why === "changed";
    });
  }

  /** Whether an answer can change it: not before there is an engine to take one. */
  isOpen(names: string): boolean {
    const may_answer = (id: string) => /^(?!age|att|region)\w/.test(this._standing(id).why ?? "");
    return !!this._view && this.missing(names).every(may_answer);
  }

  // Purposes and vendors, with all that they require.
  private _needs(names: string): string[] {
    const { purposes, services, vendors } = this._policy;
    const needs = new Set(namesIn(names));
    // What is added is looked at in its turn.
    for (const id of needs) {
      const purpose = find(purposes, id);
      const service = find(services, id);
      const vendor = find(vendors, vendorOf(id));
      for (const more of [purpose?.requires, service?.purposes, vendor?.purposes]) {
        more?.forEach((one) => needs.add(one));
      }
    }
    const is_service = (id: string) => find(services, id) && !find(purposes, id);
    return [...needs].filter((id) => !is_service(id));
  }

  private _standing(id: string): Partial<PurposeView> {
    const { purposes, vendors } = this._policy;
    if (this._view) {
      // Only the vendor of a collector can be refused by itself.
      const known = find(vendors, vendorOf(id));
      return this._view.purposes[id] ?? (known ? { state: "granted" } : {});
    }
    const purpose = find(purposes, id);
    return purpose && needsNoAnswer(purpose) ? { state: "exempt" } : {};
  }
}

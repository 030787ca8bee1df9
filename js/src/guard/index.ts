// `waymark/guard`: what others run and load in the page waits until the engine allows it, and what
// they keep on the device goes when it does not any more.
//
// Promise: nothing is decided here: what is allowed stands in the engine's view. Before there is
// one, and when the engine cannot start, nothing optional runs and the page goes on.

import type { Client } from "../core/client.ts";
import type { ConsentView } from "../core/types.ts";
import type { Page } from "../entry/parts.ts";
import { follow } from "../entry/view.ts";
import { deleteAtOnce, deleteLeftovers } from "../platform/browser/leftovers.ts";
import { Marks, type Place, type Ran } from "./marks.ts";
import type { RequestRules } from "./requests.ts";
import { isOneOf, Rules, serviceOf, type Policy, type Service } from "./rules.ts";
import type { Report } from "./scripts.ts";

/**
 * Starts the guard; gives what ends it: what was not allowed by then never is. Where it is the
 * engine that cannot come, what needs no answer goes on as before.
 */
export function start({ client, config, options }: Page): () => void {
  const guard = new Guard(config.consent as unknown as Policy, client, options);
  const stop = follow(client, ({ consent }) => guard.obey(consent));
  return () => {
    stop();
    const end = () => guard.end();
    client.ready.then(end, ({ code }) => code === "closed" && end());
  };
}

class Guard {
  private readonly _policy: Policy;
  private readonly _services: Service[];
  private readonly _rules: Rules;
  private readonly _own: RegExp;
  private readonly _marks: Marks;
  // Those whose leftovers have been deleted since they were allowed last.
  private readonly _gone = new Set<Service>();
  private readonly _leave = () => this._gone.forEach((gone) => deleteAtOnce(gone, this._own));
  private _requests?: RequestRules;
  private _purposes = "";

  constructor(policy: Policy, client: Client, options: Record<string, any>) {
    this._policy = policy;
    this._services = policy.services ?? [];
    this._rules = new Rules(policy);
    this._own = ownNames(options, policy.share?.cookie ?? "waymark_consent");
    const setting = { policy, rules: this._rules, client, texts: options.texts };
    const report: Report = (found, allowed, code = "mark_refused") => {
      console.warn("waymark guard:", found, "allowed:", allowed);
      client._problem(code, "", found, allowed);
    };
    const lost = (file: string) => (error: unknown) =>
      report(`${error}`, `waymark-guard-${file}.mjs beside this file`, "part_failed");
    const place: Place = (element, once) =>
      import("./placeholder.ts")
        .then(({ placeholder }) => placeholder(element, setting, once))
        .catch(lost("placeholder"));
    this._marks = new Marks(this._rules, place, report);
    if (this._services.some(({ origins }) => origins)) {
      this._rule_requests().catch(lost("requests"));
    }
    // What still runs may have written again.
    addEventListener("pagehide", this._leave);
  }

  end(): void {
    removeEventListener("pagehide", this._leave);
    this._marks.end();
  }

  obey(view: ConsentView): void {
    const purposes = JSON.stringify(view.purposes);
    if (purposes === this._purposes) return;
    this._purposes = purposes;
    const names = [...Object.keys(view.purposes), ...this._services.map(({ id }) => id)];
    const were = names.filter((name) => this._rules.allows(name));
    this._rules.take(view);
    this._requests?.release();
    this._marks.settle();
    const withdrawn = were.filter((name) => !this._rules.allows(name));
    const reload = withdrawn.length > 0 && this._announce(withdrawn, view);
    const deleted = this._delete();
    if (reload) void deleted.then(() => location.reload());
  }

  private async _rule_requests(): Promise<void> {
    await import("./requests.ts");
    this._requests = (window as { waymarkRequests?: RequestRules }).waymarkRequests!;
    this._requests.rule((url, runs) => this._refuses(url, runs));
    this._requests.release();
  }

  private _refuses(url: URL, runs: boolean): boolean {
    if (this._marks.wanted) return false;
    const services = this._services.filter(({ origins }) => isOneOf(origins, url));
    const refused = services.some(({ id }) => !this._rules.allows(id));
    if (runs && !refused) for (const { id } of services) this._marks.ran.push({ names: id });
    return refused;
  }

  // Tells the page, so that it may stop what runs. Whether it is to be loaded anew: code that ran
  // cannot be taken back, and the page has not said that it sees to that.
  private _announce(withdrawn: string[], { purposes }: ConsentView): boolean {
    const stopped = this._marks.ran.filter(({ names }) => !this._rules.allows(names));
    this._marks.ran = this._marks.ran.filter((script) => !stopped.includes(script));
    const detail = {
      purposes: withdrawn.filter((name) => name in purposes),
      services: this._services.map(({ id }) => id).filter((id) => withdrawn.includes(id)),
    };
    const event = new CustomEvent("waymark:withdrawn", { detail, cancelable: true });
    const goes_on = document.dispatchEvent(event);
    return goes_on && stopped.some((script) => this._reloads(script));
  }

  private _reloads({ names, on_withdraw }: Ran): boolean {
    const service = serviceOf(this._policy, names);
    const wanted = on_withdraw ?? service?.on_withdraw ?? this._policy.guard?.on_withdraw;
    return wanted !== "event";
  }

  private async _delete(): Promise<void> {
    const deleted = [];
    for (const service of this._services) {
      if (this._rules.allows(service.id)) this._gone.delete(service);
      else if (this._rules.refused(service.id).length && !this._gone.has(service)) {
        this._gone.add(service);
        deleted.push(deleteLeftovers(service, this._own));
      }
    }
    await Promise.all(deleted);
  }
}

// What Waymark keeps: no service may name it.
function ownNames({ prefix = "waymark.", database = "waymark" }: any, cookie: string): RegExp {
  const plain = (name: string) => name.replace(/[^\w]/g, "\\$&");
  return new RegExp(`^(${plain(prefix)}|${plain(database)}$|${plain(cookie)}$|waymark_id$)`);
}

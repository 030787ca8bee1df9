// Marked scripts, set free: those without `async` run in document order, each after the one before;
// modules and `defer` when the page is parsed and all others have run. As a browser does it.
//
// Promise: a script keeps its attributes and its nonce, and runs once. Where the page enforces
// Trusted Types it needs our policy, `waymark`. On a page with nonces a script without the page's
// nonce is left alone: else markup that someone smuggled in would run in our name.

interface Policy {
  createScript(text: string): any;
  createScriptURL(url: string): any;
}

const is_module = (script: HTMLScriptElement) => script.dataset.type === "module";
// The property says true of every script that was parsed and did not run.
const is_async = (script: HTMLScriptElement) => script.hasAttribute("async");
const address = (script: HTMLScriptElement) => script.dataset.src ?? script.getAttribute("src");

/** Tells the owner: on the console, and as a `problem`. */
export type Report = (found: string, allowed: string, code?: string) => void;

export class Scripts {
  private readonly _ready: (script: HTMLScriptElement) => boolean;
  private readonly _report: Report;
  private readonly _nonce = document.querySelector<HTMLElement>("script[nonce]")?.nonce;
  private _plain: HTMLScriptElement[] = [];
  private _deferred: HTMLScriptElement[] = [];
  private _running = 0;
  private _policy?: Policy;

  /** `ready`: asked again when it is a script's turn. */
  constructor(ready: (script: HTMLScriptElement) => boolean, report: Report) {
    this._ready = ready;
    this._report = report;
    document.addEventListener("readystatechange", () => this._next());
  }

  add(script: HTMLScriptElement): void {
    if (this._nonce && script.nonce !== this._nonce) {
      const name = address(script) ?? "an inline script";
      return this._report(`${name} without the page's nonce`, "the nonce of the page's scripts");
    }
    if (is_async(script)) return this._free(script);
    const late = is_module(script) || (script.defer && address(script));
    (late ? this._deferred : this._plain).push(script);
    this._next();
  }

  // The browser itself keeps scripts with an address and modules in the order in which they are
  // put in; an inline one would run at once.
  private _next(): void {
    const waits = (script: HTMLScriptElement) => this._running > 0 && !address(script);
    while (this._plain.length && !waits(this._plain[0]!)) this._free(this._plain.shift()!);
    if (this._plain.length) return;
    if (this._running || document.readyState === "loading") return;
    this._deferred.splice(0).forEach((script) => this._free(script));
  }

  private _free(marked: HTMLScriptElement): void {
    if (!marked.isConnected || !this._ready(marked)) return;
    try {
      marked.replaceWith(this._copy(marked));
    } catch (error) {
      this._report(
        `${address(marked) ?? "an inline script"}: ${error}`,
        "CSP `trusted-types waymark`",
      );
    }
  }

  private _copy(marked: HTMLScriptElement): HTMLScriptElement {
    const script = document.createElement("script");
    for (const { name, value } of Array.from(marked.attributes)) {
      if (!/^(type|src|nonce|data-(src|type|consent|on-withdraw))$/.test(name)) {
        script.setAttribute(name, value);
      }
    }
    const { type } = marked.dataset;
    if (type) script.type = type;
    script.async = is_async(marked);
    script.nonce = marked.nonce;
    const url = address(marked);
    if (url) {
      script.src = this._trusted("createScriptURL", url);
      if (!script.async && !is_module(marked)) this._await(script);
    } else script.text = this._trusted("createScript", marked.text);
    return script;
  }

  private _await(script: HTMLScriptElement): void {
    this._running++;
    const done = () => {
      this._running--;
      this._next();
    };
    script.addEventListener("load", done);
    script.addEventListener("error", done);
  }

  private _trusted(make: "createScript" | "createScriptURL", text: string): string {
    const same = (given: string) => given;
    const rules = { createScript: same, createScriptURL: same };
    try {
      this._policy ??= (window as any).trustedTypes?.createPolicy("waymark", rules);
    } catch {
      // Where such a policy may not be made the plain text may do.
    }
    return (this._policy ?? rules)[make](text);
  }
}

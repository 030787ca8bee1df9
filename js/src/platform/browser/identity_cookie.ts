// The key `state/cookie`: kept as the first-party cookie `waymark_id`, so that all subdomains and
// the owner's server see it, with a mirror in localStorage for when the browser drops the cookie.
//
// Promise: read and written only when the engine asks; a deletion by its name reaches both, that of
// all of this host's state the mirror. A cookie goes before the mirror: the owner's server may have
// set it since.

import type { Beside, Entry, Fact, StoreEffect, StoreGet, StorePut } from "../platform.ts";
import { done } from "../answers.ts";
import { readCookie, writeCookie } from "./shared.ts";
import { attempt } from "./spill.ts";

export const cookie_key = "state/cookie";

const cookie = "waymark_id";
// What browsers keep at most.
const seconds = 400 * 86_400;
const is_value = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]{1,400}$/;

export class IdentityCookie {
  private readonly _domain: string;
  private readonly _mirror: string;

  constructor(domain: string, prefix = "waymark.") {
    this._domain = domain;
    this._mirror = prefix + cookie_key;
  }

  readonly beside: Beside = (effects, reply) => {
    const gets = new Map<unknown, StoreGet>();
    const others: StoreEffect[] = [];
    for (const effect of effects) {
      const { key, prefix = "-" } = effect as { key?: string; prefix?: string };
      const ours = key === cookie_key || cookie_key.startsWith(prefix);
      if (ours && effect.type === "store_get") gets.set(effect.effect_id, effect);
      if (ours && effect.type === "store_delete") effect.key ? this.delete() : this._forget();
      if (ours && effect.type === "store_put" && this._put(effect)) reply(done(effect));
      else others.push(effect);
    }
    const told = (fact: Fact) => {
      const get = gets.get(fact.effect_id);
      reply(get && fact.type === "store_read" ? this._read(get, fact) : fact);
    };
    return [others, told];
  };

  delete(): void {
    this._write("", 0);
    this._forget();
  }

  // Here. The cookie is that of all hosts of the domain, and goes only by its own name.
  private _forget(): void {
    attempt(() => localStorage.removeItem(this._mirror));
  }

  // False: the store keeps it as any other key.
  private _put({ value, replace }: StorePut): boolean {
    const text = new TextDecoder().decode(value);
    if (!is_value.test(text)) return false;
    if (replace && this._value() === undefined) return true;
    this._write(text, seconds);
    attempt(() => localStorage.setItem(this._mirror, text));
    return true;
  }

  private _write(text: string, seconds: number): void {
    writeCookie(cookie, text, seconds, this._domain, location.protocol === "https:");
  }

  private _value(): string | undefined {
    const mirror = () => localStorage.getItem(this._mirror) ?? undefined;
    const found = [readCookie(cookie), attempt(mirror)];
    return found.find((text) => text !== undefined && is_value.test(text));
  }

  // In its place among the others; what lies behind the page that was read comes with its own.
  private _read({ after = "" }: StoreGet, fact: Fact): Fact {
    const text = this._value();
    const entries = fact.entries as Entry[];
    const last = entries[entries.length - 1];
    const others = entries.filter(({ key }) => key !== cookie_key);
    const outside = after >= cookie_key || (fact.more && last && last.key < cookie_key);
    if (text === undefined || outside) return fact;
    const own = { key: cookie_key, value: new TextEncoder().encode(text) };
    const at = others.filter(({ key }) => key < cookie_key).length;
    others.splice(at, 0, own);
    return { ...fact, entries: others };
  }
}

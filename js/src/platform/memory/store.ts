// A store in memory: the store of Node, and the model that the other stores are tested against.

import { done, readPage } from "../answers.ts";
import type { Fact, Reply, Store, StoreEffect, StorePut } from "../platform.ts";

export class MemoryStore implements Store {
  readonly values = new Map<string, Uint8Array>();

  run(effects: StoreEffect[], reply: Reply): void {
    for (const effect of effects) reply(this._perform(effect));
  }

  close(): void {}

  private _perform(effect: StoreEffect): Fact {
    const { values } = this;
    if (effect.type === "store_get") {
      return readPage([...values.keys()], (key) => values.get(key)!, effect);
    }
    if (effect.type === "store_put") this._put(effect);
    else if (effect.key !== undefined) values.delete(effect.key);
    else this._delete_below(effect.prefix!);
    return done(effect);
  }

  private _put({ key, value, replace }: StorePut): void {
    if (!replace || this.values.has(key)) this.values.set(key, value);
  }

  private _delete_below(prefix: string): void {
    for (const key of this.values.keys()) if (key.startsWith(prefix)) this.values.delete(key);
  }
}

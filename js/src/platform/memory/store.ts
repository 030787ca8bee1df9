// A store in memory: the store of Node, and the model that the other stores are tested against.

import { readPage } from "../paging.ts";
import type { Fact, Reply, Store, StoreEffect, StorePut } from "../platform.ts";

export class MemoryStore implements Store {
  readonly values = new Map<string, Uint8Array>();

  run(effects: StoreEffect[], reply: Reply): void {
    for (const effect of effects) reply(this._perform(effect));
  }

  close(): void {}

  private _perform(effect: StoreEffect): Fact {
    const { effect_id } = effect;
    if (effect.type === "store_get") {
      const { values } = this;
      const page = readPage([...values.keys()], (key) => values.get(key)!, effect);
      return { type: "store_read", effect_id, ...page };
    }
    if (effect.type === "store_put") this._put(effect);
    else if (effect.key !== undefined) this.values.delete(effect.key);
    else this._delete_below(effect.prefix!);
    return { type: "store_done", effect_id };
  }

  private _put({ key, value, replace }: StorePut): void {
    if (!replace || this.values.has(key)) this.values.set(key, value);
  }

  private _delete_below(prefix: string): void {
    for (const key of this.values.keys()) if (key.startsWith(prefix)) this.values.delete(key);
  }
}

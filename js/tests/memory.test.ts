// What ten thousand waiting events take of a page's memory. It never shrinks, so that the most it
// has ever been is what it stays.

import { expect, test } from "@jest/globals";
import { page_file, RawEngine } from "./raw_engine.ts";

const store_ms = 20;

const config = {
  waymark: 1,
  app: { id: "shop" },
  consent: { revision: "1", purposes: [{ id: "analytics", basis: "exempt", storage: true }] },
  collectors: [
    {
      ...{ id: "c", protocol: "segment", url: "https://c.example", needs: ["analytics"] },
      options: { write_key: "K" },
    },
  ],
};

// A host whose collector is down and whose store takes its time.
class Host {
  private readonly _engine: RawEngine;
  private readonly _due: [at: number, reply: object][] = [];
  private _wake_at = Infinity;
  private _time = 0;

  constructor() {
    const start = { now: this._now(), entropy: { offset: 0, size: 32 }, config };
    const sdk = { name: "t", version: "0.1.0" };
    const text = JSON.stringify({ ...start, sdk });
    this._engine = new RawEngine(page_file, text, Buffer.alloc(32, 7));
    this.send({ type: "wake" });
  }

  get memory_bytes(): number {
    return this._engine.memory_bytes;
  }

  get waiting(): number {
    return JSON.parse(this._engine.view()!.text).queue.events;
  }

  send(input: object): void {
    const answer = this._engine.handle(JSON.stringify({ ...input, now: this._now() }), Buffer.alloc(0));
    if (!answer) return;
    const { effects, wake_at_ms } = JSON.parse(answer.text);
    this._wake_at = wake_at_ms ?? Infinity;
    for (const effect of effects) this._perform(effect);
  }

  advance(ms: number): void {
    const end = this._time + ms;
    for (;;) {
      const next = this._due[0];
      const at = Math.min(next?.[0] ?? Infinity, this._wake_at);
      if (at > end) break;
      this._time = Math.max(this._time, at);
      if (next?.[0] === at) this.send(this._due.shift()![1]);
      else this._wake();
    }
    this._time = end;
  }

  private _wake(): void {
    this._wake_at = Infinity;
    this.send({ type: "wake" });
  }

  private _perform({ type, effect_id }: any): void {
    const reply = (after: number, fact: object) => {
      this._due.push([this._time + after, { effect_id, ...fact }]);
      this._due.sort(([a], [b]) => a - b);
    };
    if (type === "store_get") reply(store_ms, { type: "store_read", entries: [], more: false });
    else if (/^store/.test(type)) reply(store_ms, { type: "store_done" });
    else if (type === "claim") reply(1, { type: "lead", others: [] });
    else if (type === "http_send") reply(5, { type: "http_done", status: 0 });
  }

  private _now(): object {
    return { wall_ms: 1_793_817_970_000 + this._time, mono_ms: this._time };
  }
}

test("ten thousand events that wait take less than four megabytes", () => {
  const host = new Host();
  host.advance(1500);
  const before = host.memory_bytes;
  for (let i = 0; i < 10_000; i++) {
    const about = Array.from({ length: 14 }, (_, k) => [`property_${k}`, `value ${i * 7919 + k}`]);
    host.send({ type: "track", name: "product_added", properties: Object.fromEntries(about) });
    if (i % 50 === 49) host.advance(10);
  }
  host.advance(2000);
  expect(host.waiting).toBe(10_000);
  expect(host.memory_bytes - before).toBeLessThan(4 * 1024 * 1024);
});

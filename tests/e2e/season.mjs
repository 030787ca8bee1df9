// A season of a shop whose truth is known: customers, visits, orders, refunds, answers and checkouts that were left, and a player
// that sends them through the engine as a browser would, with a clock of its own.
//
// The truth is worked out here from what is decided, never from what the engine or the collector say.
import { readFileSync } from "node:fs";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
export const START_MS = 1_788_220_800_000;  // 1 September 2026
export const SEASON_DAYS = 84;
const SILENCE_MS = 30 * MINUTE_MS;

/** The same numbers for the same seed, on every machine (mulberry32). */
function randomOf(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  return { next, below: (bound) => Math.floor(next() * bound), chance: (share) => next() < share };
}

// How people come: a channel, and a page that says so.
const ARRIVALS = [
  ["search", "https://shop.example/", "https://www.google.de/"],
  ["search", "https://shop.example/", "https://duckduckgo.com/"],
  ["social", "https://shop.example/?fbclid=x1", "https://l.facebook.com/"],
  ["email", "https://shop.example/?utm_source=news&utm_medium=email&utm_campaign=autumn", ""],
  ["paid", "https://shop.example/?gclid=x2", "https://www.google.com/"],
  ["paid", "https://shop.example/?utm_source=bing&utm_medium=cpc&utm_campaign=brand", "https://www.bing.com/"],
  ["partner", "https://shop.example/?awc=x3", "https://blog.example/"],
  ["ai_assistant", "https://shop.example/?utm_source=chatgpt.com", "https://chatgpt.com/"],
  ["referral", "https://shop.example/", "https://hiking.example/post"],
  ["out_of_home", "https://shop.example/?utm_source=poster&utm_medium=qr&utm_campaign=station", ""],
  ["direct", "https://shop.example/", ""],
];
const STEPS = ["address", "delivery", "payment"];

function visitOf(random, at_ms, ids) {
  const [channel, url, referrer] = ARRIVALS[random.below(ARRIVALS.length)];
  const visit = { at_ms, channel, url, referrer, events: [] };
  let time_ms = at_ms;
  const add = (name, properties = {}) => {
    visit.events.push({ time_ms, name, properties });
    time_ms += (5 + random.below(175)) * 1000;
  };
  add("page");
  if (!random.chance(0.75)) return visit;
  add("product_viewed", { product_id: `p${random.below(40)}` });
  if (!random.chance(0.55)) return visit;
  add("product_added", { product_id: `p${random.below(40)}`, quantity: 1 });
  if (!random.chance(0.7)) return visit;
  add("checkout_started", {});
  visit.left_at = "";
  for (const step of STEPS) {
    if (!random.chance(0.9)) return visit;
    add("checkout_step_viewed", { step });
    visit.left_at = step;
  }
  if (!random.chance(0.85)) return visit;
  add("payment_info_entered", { payment_method: "card" });
  if (!random.chance(0.9)) return visit;
  delete visit.left_at;
  const order = { order_id: `o-${ids.customer}-${++ids.orders}`, total: (500 + random.below(20_000)) / 100, currency: "EUR" };
  visit.order = { ...order, time_ms };
  add("order_completed", order);
  if (random.chance(0.05)) add("order_completed", order);  // the page of thanks is loaded again
  return visit;
}

/** After an order: what came back, and what the customer thinks. */
function afterwards(random, customer, visit) {
  const later = { at_ms: 0, events: [] };
  if (random.chance(0.15)) {
    const part = random.chance(0.5) ? visit.order.total : Math.round(visit.order.total * 40) / 100;
    later.refund = { order_id: visit.order.order_id, total: part, currency: "EUR" };
  }
  if (random.chance(0.4)) later.score = random.below(11);
  if (later.refund === undefined && later.score === undefined) return undefined;
  return Object.assign(later, { customer });
}

function customerOf(random, number) {
  const ids = { customer: number, orders: 0 };
  const customer = { number, visits: [], stays: random.chance(0.5) };
  let at_ms = START_MS + random.below(40 * DAY_MS);
  const visits = 1 + random.below(4) + (random.chance(0.2) ? 2 : 0);
  for (let i = 0; i < visits && at_ms < START_MS + SEASON_DAYS * DAY_MS; ++i) {
    const visit = visitOf(random, at_ms, ids);
    const after = visit.order && afterwards(random, number, visit);
    if (after?.refund) visit.events.push({ time_ms: visit.events.at(-1).time_ms + MINUTE_MS, name: "order_refunded", properties: after.refund });
    if (after?.score !== undefined) {
      const answer = { kind: "nps", score: after.score };
      visit.events.push({ time_ms: visit.events.at(-1).time_ms + MINUTE_MS, name: "survey_answered", properties: answer });
    }
    Object.assign(visit, { refund: after?.refund, score: after?.score });
    customer.visits.push(visit);
    at_ms = visit.events.at(-1).time_ms + HOUR_MS + random.below(16 * DAY_MS);
  }
  return customer;
}

export function seasonOf(seed, customers) {
  const random = randomOf(seed);
  return Array.from({ length: customers }, (_, number) => customerOf(random, number));
}

const add = (map, key, by = 1) => map.set(key, (map.get(key) ?? 0) + by);

/** The six models, by their definitions. */
function sharesOf(touches) {
  const last = touches.length - 1;
  const normal = (weights) => weights.map((weight) => weight / weights.reduce((sum, one) => sum + one, 0));
  const non_direct = touches.findLastIndex(({ channel }) => channel !== "direct");
  const only = (place) => touches.map((_, i) => (i === place ? 1 : 0));
  const ends = touches.map((_, i) => (i === 0 || i === last ? 0.4 : 0.2 / (last - 1)));
  return {
    first: only(0),
    last: only(last),
    last_non_direct: only(non_direct < 0 ? last : non_direct),
    linear: normal(touches.map(() => 1)),
    time_decay: normal(touches.map(({ at_ms }) => 0.5 ** ((touches[last].at_ms - at_ms) / (7 * DAY_MS)))),
    position: last < 2 ? normal(touches.map(() => 1)) : ends,
  };
}

/** What is true of a season: maps and numbers by the names of the queries. */
export function truthOf(season) {
  const truth = {
    visits: new Map(), with_order: new Map(), steps: new Map(), abandoned: new Map(), orders: 0, ordered: 0, lifetime: [],
    retained: new Map(), scores: new Map(), engaged: 0, to_order: [], earned: {},
  };
  for (const customer of season) tellCustomer(customer, truth);
  return truth;
}

function tellCustomer({ number, visits, stays }, truth) {
  const months = new Set(visits.map(({ at_ms }) => at_ms));
  truth.months = [...(truth.months ?? []), [...months]];
  let ordered = 0;
  let refunded = 0;
  let orders = 0;
  visits.forEach((visit, i) => {
    add(truth.visits, visit.channel);
    truth.engaged += visit.events.length > 1 || leavesSilence(visit, i, visits, stays);
    for (const name of new Set(visit.events.map((event) => event.name))) add(truth.steps, name);
    if (leavesSilence(visit, i, visits, stays)) add(truth.abandoned, visit.left_at);
    if (visit.score !== undefined) truth.scores.set(number, visit.score);
    if (!visit.order) return;
    add(truth.with_order, visit.channel);
    orders += 1;
    ordered += visit.order.total;
    refunded += visit.refund?.total ?? 0;
    if (orders === 1) truth.to_order.push(visit.order.time_ms - visits[0].at_ms);
    const touches = visits.slice(0, i + 1).filter(({ at_ms }) => visit.order.time_ms - at_ms <= 90 * DAY_MS);
    for (const [model, shares] of Object.entries(sharesOf(touches))) {
      const earned = (truth.earned[model] ??= new Map());
      shares.forEach((share, place) => add(earned, touches[place].channel, share));
    }
  });
  truth.orders += orders;
  truth.ordered += ordered;
  if (orders) truth.lifetime.push(ordered - refunded);
}

// Who leaves a checkout and neither stays on the page nor comes back is never heard of again.
const leavesSilence = (visit, i, visits, stays) => visit.left_at !== undefined && (stays || i + 1 < visits.length);

/** One browser and its tab: the engine, a store, and the collector over HTTP. */
export class Visitor {
  constructor(module, config, send, number) {
    const imports = {};
    for (const { module: from, name } of WebAssembly.Module.imports(module)) (imports[from] ??= {})[name] = () => {};
    this._wasm = new WebAssembly.Instance(module, imports).exports;
    this._wasm._initialize?.();
    this._send = send;
    this._config = config;
    this._store = new Map();
    this._number = number;
    this._opened = 0;
    this._now_ms = START_MS;
  }

  async open(at_ms) {
    this._now_ms = at_ms;
    this._queue = [];
    const start = { now: this._now(), entropy: { offset: 0, size: 32 }, sdk: { name: "waymark-web", version: "0.1.0" }, config: this._config };
    const record = this._store.get("consent/record");
    if (record) start.consent = JSON.parse(record);
    this._handle = this._give(start, this._entropy(), this._wasm.waymark_open);
    await this.input({ type: "wake" });
  }

  close() {
    this._wasm.waymark_close(this._handle);
  }

  /** One input at a time, and all that comes of it. */
  async input(input, bodies = Buffer.alloc(0)) {
    this._hand(input, bodies);
    while (this._queue.length) await this._perform(this._queue.shift());
  }

  async consent(choices) {
    await this.input({ type: "set_consent", choices, entropy: { offset: 0, size: 32 } }, this._entropy());
  }

  /** Lets time pass, and wakes the engine whenever it asked for that. */
  async until(at_ms) {
    for (let i = 0; i < 1000 && this._wake_ms !== null && this._wake_ms <= at_ms - START_MS; ++i) {
      this._now_ms = Math.max(this._now_ms, START_MS + this._wake_ms);
      await this.input({ type: "wake" });
    }
    this._now_ms = Math.max(this._now_ms, at_ms);
  }

  _now() {
    return { wall_ms: this._now_ms, mono_ms: this._now_ms - START_MS };
  }

  _entropy() {
    const random = randomOf(this._number * 1000 + ++this._opened);
    return Buffer.from(Array.from({ length: 32 }, () => random.below(256)));
  }

  _give(document, bodies, call) {
    const json = Buffer.from(JSON.stringify(document));
    const size = Buffer.alloc(4);
    size.writeUInt32LE(json.length);
    const frame = Buffer.concat([size, json, bodies]);
    const at = this._wasm.waymark_alloc(frame.length);
    new Uint8Array(this._wasm.memory.buffer).set(frame, at);
    const answer = call(at, frame.length);
    this._wasm.waymark_free(at);
    return answer;
  }

  _hand(input, bodies) {
    const at = this._give({ ...input, now: this._now() }, bodies, (...frame) => this._wasm.waymark_handle(this._handle, ...frame));
    const size = this._wasm.waymark_result_size(this._handle);
    if (!size) return;
    const frame = Buffer.from(new Uint8Array(this._wasm.memory.buffer, at, size));
    const end = 4 + frame.readUInt32LE(0);
    const output = JSON.parse(frame.toString("utf8", 4, end));
    if (output.problems.length) throw new Error(JSON.stringify(output.problems));
    this._wake_ms = output.wake_at_ms;
    for (const effect of output.effects) {
      const place = effect.value ?? effect.body;
      const bytes = place && Buffer.from(frame.subarray(end + place.offset, end + place.offset + place.size));
      this._queue.push({ effect, bytes });
    }
  }

  async _perform({ effect, bytes }) {
    const { type, effect_id, key, prefix } = effect;
    if (type === "claim") return this._hand({ type: "lead", live: [effect.writer] }, Buffer.alloc(0));
    if (type === "http_send") {
      const status = await this._send(effect, bytes);
      return this._hand({ type: "http_done", effect_id, status }, Buffer.alloc(0));
    }
    if (type === "store_get") return this._read(effect);
    if (type === "store_put" && (!effect.replace || this._store.has(key))) this._store.set(key, bytes.toString());
    if (type === "store_delete") {
      for (const name of [...this._store.keys()]) if (name === key || (prefix && name.startsWith(prefix))) this._store.delete(name);
    }
    if (type.startsWith("store_")) this._hand({ type: "store_done", effect_id }, Buffer.alloc(0));
  }

  _read({ effect_id, prefix, after = "" }) {
    const entries = [];
    const bodies = [];
    let offset = 0;
    for (const name of [...this._store.keys()].sort()) {
      if (!name.startsWith(prefix) || name <= after) continue;
      const value = Buffer.from(this._store.get(name));
      entries.push({ key: name, value: { offset, size: value.length } });
      offset += value.length;
      bodies.push(value);
    }
    this._hand({ type: "store_read", effect_id, entries, more: false }, Buffer.concat(bodies));
  }
}

/** Plays one customer: each visit is a page, closed at its end, save for those who stay until silence has begun. */
export async function playCustomer(visitor, { visits, stays }) {
  for (const visit of visits) {
    await visitor.open(visit.at_ms);
    if (visit === visits[0]) await visitor.consent({ analytics: "granted" });
    const page = { url: visit.url, path: "/", referrer: visit.referrer, title: "Shop" };
    for (const { time_ms, name, properties } of visit.events) {
      await visitor.until(time_ms);
      if (name === "page") await visitor.input({ type: "set_context", context: { page } });
      await visitor.input(name === "page" ? { type: "page" } : { type: "track", name, properties });
    }
    await visitor.until(visit.events.at(-1).time_ms + MINUTE_MS);
    if (stays) await visitor.until(visit.events.at(-1).time_ms + SILENCE_MS + MINUTE_MS);
    await visitor.input({ type: "flush" });
    visitor.close();
  }
}

export const silence = { name: "checkout_abandoned", after: "checkout_started", without: "order_completed", within_ms: SILENCE_MS };
export const moduleFrom = (file) => new WebAssembly.Module(readFileSync(file));

// `__gpp`: the CMP API of the Global Privacy Platform, version 1.1, over what the engine says.
//
// Promise: `signalStatus` is "not ready" from before anything changes until all of it has, and each
// listener hears the events in the order of the specification; every answer is a copy of its own.

import { type Callback, listeners_max, tell } from "./calls.ts";
import { sectionIds } from "./sections.ts";
import type { GppFields } from "./signals.ts";
import type { Scene } from "./tcf.ts";

interface Ping {
  gppVersion: string;
  cmpStatus: string;
  cmpDisplayStatus: string;
  signalStatus: string;
  supportedAPIs: string[];
  cmpId: number;
  sectionList: number[];
  applicableSections: number[];
  gppString: string;
}

type Section = Record<string, unknown>[];

/** What a stub has noted of a listener. */
export interface EarlyListener {
  id: number;
  callback: unknown;
}

/** `__tcfapi`, where there is one: `tcfeuv2.getVendorList` goes there. */
type TcfCall = (command: string, version: number, callback: unknown, parameter: unknown) => void;

const versions: unknown[] = [undefined, null, 1, 1.1, "1", "1.0", "1.1"];

export class GppApi {
  private readonly _listeners = new Map<number, unknown>();
  private _next_listener = 1;
  private readonly _ping: Ping;
  private _sections: Record<string, Section> = {};
  // The text of each section, to see which have changed.
  private _texts: Record<string, string> = {};
  private _before?: Scene;
  // People see the question, and have not decided.
  private _choosing = false;

  constructor(
    cmp: number,
    supported: string[],
    private readonly _tcf?: TcfCall,
    early: { events?: EarlyListener[]; lastId?: number } = {},
  ) {
    this._ping = {
      gppVersion: "1.1",
      cmpStatus: "loading",
      cmpDisplayStatus: "hidden",
      signalStatus: "not ready",
      supportedAPIs: supported,
      cmpId: cmp,
      sectionList: [],
      applicableSections: [],
      gppString: "",
    };
    for (const { id, callback } of early.events ?? []) this._listeners.set(id, callback);
    this._next_listener = Math.max(0, +early.lastId! || 0, ...this._listeners.keys()) + 1;
  }

  /** The function of the page. */
  readonly call = (...args: unknown[]): void => {
    const [command, given, parameter, version] = args;
    const callback = given as Callback;
    const failed = this._ping.cmpStatus === "error" && command !== "ping";
    if (typeof callback !== "function" || failed) return;
    if (typeof command !== "string" || !versions.includes(version)) {
      return tell(callback, null, false);
    }
    const run = commands[command];
    if (run) run(this, callback, parameter);
    else if (this._tcf && command.startsWith("tcfeuv2.")) {
      this._tcf(command.slice(8), 2, callback, parameter ?? undefined);
    } else tell(callback, null, false);
  };

  /** The engine cannot be had. */
  fail(): void {
    this._set("cmpStatus", "error");
    this._listeners.clear();
  }

  /** Takes over how things stand, and tells the listeners what has changed. */
  become(scene: Scene): void {
    const before = this._before;
    this._before = scene;
    const decided = scene.decided_ms !== (before ?? scene).decided_ms;
    const opens = scene.visible && !before?.visible;
    if (opens) this._choosing = true;
    if (decided || !scene.visible) this._choosing = false;
    const changes = this._changes(scene);
    const first = !before;
    if (first) this._load(scene);
    if ((opens || changes.length) && !first) this._set("signalStatus", "not ready");
    this._set("cmpDisplayStatus", this._display(scene));
    if (first) this._take(scene);
    else if (changes.length) {
      this._take(scene);
      for (const name of changes) this._emit("sectionChange", name);
    }
    const known = scene.signals.gdpr_applies !== undefined;
    if (known && !scene.due && !this._choosing) this._set("signalStatus", "ready");
  }

  _answer_ping(callback: Callback): void {
    tell(callback, this._ping_data(), true);
  }

  _listen(callback: Callback): void {
    const full = this._listeners.size >= listeners_max;
    const id = full ? 0 : this._next_listener++;
    if (!full) this._listeners.set(id, callback);
    tell(callback, this._event("listenerRegistered", id, !full), !full);
  }

  // The specification has it both ways: an event, and false when there was no such listener.
  _forget(callback: Callback, id: unknown): void {
    const removed = this._listeners.delete(id as number);
    tell(callback, removed && this._event("listenerRemoved", id as number, true), true);
  }

  _has(callback: Callback, name: unknown): void {
    tell(callback, Object.keys(this._sections).includes(name as string), isText(name));
  }

  _section(callback: Callback, name: unknown): void {
    if (!isText(name)) return tell(callback, null, false);
    tell(callback, copy(this._open(name)) ?? null, true);
  }

  _field(callback: Callback, path: unknown): void {
    const [, name, field] = (isText(path) && /^(\w+)\.(\w+)$/.exec(path)) || [];
    if (!field) return tell(callback, null, false);
    const part = this._open(name!)?.find((fields) => Object.keys(fields).includes(field));
    tell(callback, copy(part?.[field]) ?? null, true);
  }

  // Since TCF 2.2 its data is told by events alone.
  private _open(name: string): Section | undefined {
    return name === "tcfeuv2" || !Object.keys(this._sections).includes(name)
      ? undefined
      : this._sections[name];
  }

  private _display({ visible, shown, due }: Scene): string {
    return visible ? "visible" : shown || due ? "hidden" : "disabled";
  }

  // What is there when this is loaded is told with it.
  private _load(scene: Scene): void {
    if (!scene.visible) this._ping.cmpDisplayStatus = this._display(scene);
    this._take(scene);
    this._set("cmpStatus", "loaded");
  }

  /** The prefixes of the sections that are other than before, also of those that have gone. */
  private _changes({ signals }: Scene): string[] {
    const texts = textsOf(signals.gpp, signals.gpp_sections);
    const names = new Set([...Object.keys(this._texts), ...Object.keys(texts)]);
    return [...names].filter((name) => texts[name] !== this._texts[name]);
  }

  private _take({ signals }: Scene): void {
    const { gpp = "", gpp_sections, gdpr_applies } = signals;
    this._texts = textsOf(gpp, gpp_sections);
    this._sections = {};
    for (const [name, fields] of Object.entries(gpp_sections)) {
      this._sections[name] = partsOf(fields);
    }
    const ids = Object.keys(gpp_sections).map((name) => sectionIds[name]!);
    this._ping.gppString = gpp;
    this._ping.sectionList = ids;
    this._ping.applicableSections = ids.length ? ids : gdpr_applies === undefined ? [] : [-1];
  }

  private _set(name: "cmpStatus" | "cmpDisplayStatus" | "signalStatus", value: string): void {
    if (this._ping[name] === value) return;
    this._ping[name] = value;
    this._emit(name, value);
  }

  private _emit(name: string, data: string): void {
    for (const [id, callback] of [...this._listeners]) {
      if (this._listeners.has(id)) tell(callback, this._event(name, id, data), true);
    }
  }

  private _event(eventName: string, listenerId: number, data: unknown): object {
    return { eventName, listenerId, data, pingData: this._ping_data() };
  }

  private _ping_data(): object {
    return copy({ ...this._ping, parsedSections: this._sections });
  }
}

const commands: Record<string, (api: GppApi, callback: Callback, parameter: unknown) => void> = {
  ping: (api, callback) => api._answer_ping(callback),
  addEventListener: (api, callback) => api._listen(callback),
  removeEventListener: (api, callback, id) => api._forget(callback, id),
  hasSection: (api, callback, name) => api._has(callback, name),
  getSection: (api, callback, name) => api._section(callback, name),
  getField: (api, callback, path) => api._field(callback, path),
};
Object.setPrototypeOf(commands, null);

const isText = (value: unknown): value is string => typeof value === "string";

/** Vendors may do with it what they like. */
function copy<Value>(value: Value): Value {
  if (Array.isArray(value)) return value.map(copy) as Value;
  if (typeof value !== "object" || !value || value instanceof Date) return value;
  const made: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) made[name] = copy(member);
  return made as Value;
}

/** Behind the header a string has its sections in the order of their ids, as the object has. */
function textsOf(gpp = "", sections: GppFields): Record<string, string> {
  const [, ...texts] = gpp.split("~");
  return Object.fromEntries(Object.keys(sections).map((name, place) => [name, texts[place]!]));
}

// The first fields of sub-sections behind the core.
const begins_part = /SegmentType$/;

/** One object for each sub-section; times are dates. */
function partsOf(fields: Record<string, unknown>): Section {
  const parts: Section = [{}];
  for (const [name, value] of Object.entries(fields)) {
    if (begins_part.test(name)) parts.push({});
    const time = /^(Created|LastUpdated)$/.test(name);
    parts[parts.length - 1]![name] = time ? new Date(value as string) : value;
  }
  return parts;
}

// Stored events against records of consent: lines by the megabyte go into the engine as they came
// from the file, and violations come out. Like the bridge this file sees the memory of the module;
// no view of it leaves.

import { encode } from "../core/bridge.ts";
import { failure } from "../core/error.ts";
import type { Problem } from "../core/types.ts";
import type { PolicyDocument } from "./questions.ts";

/** What lines are given for: all records, then all events, then the same events once more. */
export const audit_parts = ["records", "links", "events"] as const;
export type AuditPart = (typeof audit_parts)[number];

export interface Violation {
  code: string;
  file: "records" | "events";
  /** From 1. */
  line: number;
  collector?: string;
  purpose?: string;
  /** Of a field: where it stands in the event. */
  pointer?: string;
  /** The event's own id. */
  event?: string;
  time_ms?: number;
  found: string;
  allowed: string;
}

export interface AuditOptions {
  now_ms: number;
  /** Of events that do not name their own. */
  collector?: string | undefined;
}

interface Exports {
  memory: WebAssembly.Memory;
  _initialize?(): void;
  waymark_alloc(size: number): number;
  waymark_free(at: number): void;
  waymark_audit_open(at: number, size: number): number;
  waymark_audit_take(audit: number, part: number, at: number, size: number): number;
  waymark_audit_close(audit: number): void;
}

interface Answer {
  violations: Violation[];
  lines: number;
  problems: Problem[];
}

export class Audit {
  private readonly _wasm: Exports;
  private readonly _audit: number;

  private constructor(wasm: Exports, asked: object) {
    this._wasm = wasm;
    const [text] = encode(asked);
    const bytes = new TextEncoder().encode(`____${text}`);
    new DataView(bytes.buffer).setUint32(0, bytes.length - 4, true);
    this._audit = this._with(bytes, (at) => wasm.waymark_audit_open(at, bytes.length));
  }

  /** The config is one that the engine takes. */
  static async open(
    module: WebAssembly.Module,
    { value: config }: PolicyDocument,
    options: AuditOptions,
  ): Promise<Audit> {
    const wasm = (await WebAssembly.instantiate(module, {})).exports as unknown as Exports;
    wasm._initialize?.();
    const audit = new Audit(wasm, { config, ...options });
    const [problem] = audit.take("records", new Uint8Array()).problems;
    if (problem) throw failure("config_refused", problem.found, problem.allowed);
    return audit;
  }

  /** Takes whole lines; only the last of a file may have no end. */
  take(part: AuditPart, lines: Uint8Array): Answer {
    const number = audit_parts.indexOf(part);
    const at = this._with(lines, (from) =>
      this._wasm.waymark_audit_take(this._audit, number, from, lines.length),
    );
    const memory = new Uint8Array(this._wasm.memory.buffer);
    const size = new DataView(memory.buffer).getUint32(at, true);
    return JSON.parse(new TextDecoder().decode(memory.subarray(at + 4, at + 4 + size))) as Answer;
  }

  close(): void {
    this._wasm.waymark_audit_close(this._audit);
  }

  private _with(bytes: Uint8Array, use: (at: number) => number): number {
    const at = this._wasm.waymark_alloc(bytes.length || 1);
    if (!at) throw new Error("no memory for so many lines");
    new Uint8Array(this._wasm.memory.buffer, at, bytes.length).set(bytes);
    const answer = use(at);
    this._wasm.waymark_free(at);
    return answer;
  }
}

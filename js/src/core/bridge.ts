// The only file that sees the memory of the wasm module.
//
// Promise: what goes in is text and bodies, what comes out is an object whose bodies are copies;
// no pointer and no view of the memory leaves this file. Each open engine is closed once.
//
// Frame, both ways: u32 little-endian size of the JSON text, the text, the raw bodies.

import type { Effect } from "../platform/platform.ts";
import { failure } from "./error.ts";
import type { Problem, View } from "./types.ts";

export interface Output {
  effects: Effect[];
  wake_at_ms: number | null;
  problems: Problem[];
  refused?: boolean;
}

/** The text of one document and the bodies that it points at, in the order of their offsets. */
export type Frame = readonly [text: string, bodies?: Uint8Array[]];

/** An open engine, as the shell sees it. */
export interface Engine {
  handle(text: string, bodies?: Uint8Array[]): Output | undefined;
  view(): View;
  query(text: string): unknown;
  close(): void;
}

/** An engine elsewhere: it is told what ours would start with. */
export type Opener = (start: Frame) => Promise<Engine>;

interface Exports {
  memory: WebAssembly.Memory;
  _initialize?(): void;
  waymark_abi_version(): number;
  waymark_alloc(size: number): number;
  waymark_free(at: number): void;
  waymark_open(at: number, size: number): number;
  waymark_handle(handle: number, at: number, size: number): number;
  waymark_view(handle: number): number;
  waymark_query(handle: number, at: number, size: number): number;
  waymark_result_size(handle: number): number;
  waymark_close(handle: number): void;
}

// Holds nearly every call, at three bytes for each UTF-16 unit; longer ones get their own memory.
const standing_bytes = 16384;

/** Gives the document's text and bodies; a Uint8Array becomes `{offset, size}`. */
export function encode(input: object): Frame {
  const bodies: Uint8Array[] = [];
  let end = 0;
  const text = JSON.stringify(input, (_key, value) => {
    if (!ArrayBuffer.isView(value)) return value;
    const offset = end;
    bodies.push(value as Uint8Array);
    end += value.byteLength;
    return { offset, size: value.byteLength };
  });
  return [text, bodies];
}

/** Gives an engine; rejects with a `WaymarkError` when the module is not ours. */
export async function openEngine(
  module: WebAssembly.Module | Opener,
  start: Frame,
): Promise<Engine> {
  if (typeof module === "function") return module(start);
  // Our module asks its host for nothing (wasm/imports.txt): another one gets nothing.
  const [foreign] = WebAssembly.Module.imports(module);
  if (foreign) {
    const name = `${foreign.module}.${foreign.name}`;
    throw failure("wasm_invalid", `a wasm file that asks for ${name}`, "waymark.wasm");
  }
  const wasm = (await WebAssembly.instantiate(module, {})).exports as unknown as Exports;
  wasm._initialize?.();
  if (wasm.waymark_abi_version?.() !== 1) {
    throw failure("wasm_invalid", "a wasm file of another version", "the one beside the script");
  }
  return new WasmEngine(wasm, start);
}

class WasmEngine implements Engine {
  private readonly _wasm: Exports;
  private readonly _encoder = new TextEncoder();
  private readonly _decoder = new TextDecoder();
  private readonly _input_at: number;
  private readonly _handle: number = 0;
  // All have length 0 once the memory has grown, and are then made again.
  private _input = new Uint8Array();
  private _input_text = new Uint8Array();
  private _memory = new Uint8Array();
  private _bodies_at = 0;

  constructor(wasm: Exports, [text, bodies]: Frame) {
    this._wasm = wasm;
    this._input_at = wasm.waymark_alloc(standing_bytes);
    this._handle = this._call((_, at, size) => wasm.waymark_open(at, size), text, bodies);
    if (!this._handle) throw new Error("no memory for the engine");
  }

  handle(text: string, bodies?: Uint8Array[]): Output | undefined {
    const at = this._call(this._wasm.waymark_handle, text, bodies);
    const size = this._wasm.waymark_result_size(this._handle);
    return size ? this._output(at, size) : undefined;
  }

  view(): View {
    return this._read(this._wasm.waymark_view(this._handle)) as View;
  }

  query(text: string): unknown {
    return this._read(this._call(this._wasm.waymark_query, text));
  }

  close(): void {
    this._wasm.waymark_close(this._handle);
    this._wasm.waymark_free(this._input_at);
  }

  // Writes one frame and hands it to `call`; gives the address of the answer.
  private _call(
    call: (handle: number, at: number, size: number) => number,
    text: string,
    bodies: Uint8Array[] = [],
  ): number {
    let room = 4 + text.length * 3;
    for (const body of bodies) room += body.length;
    if (room <= standing_bytes) {
      if (!this._input.length) {
        this._input = new Uint8Array(this._wasm.memory.buffer, this._input_at, standing_bytes);
        this._input_text = this._input.subarray(4);
      }
      const size = this._write(this._input, this._input_text, text, bodies);
      return call(this._handle, this._input_at, size);
    }
    const at = this._wasm.waymark_alloc(room);
    if (!at) throw new Error("no memory for an input");
    const into = new Uint8Array(this._wasm.memory.buffer, at, room);
    const size = this._write(into, into.subarray(4), text, bodies);
    const answer = call(this._handle, at, size);
    this._wasm.waymark_free(at);
    return answer;
  }

  private _write(
    into: Uint8Array,
    into_text: Uint8Array,
    text: string,
    bodies: Uint8Array[],
  ): number {
    const size = this._encoder.encodeInto(text, into_text).written!;
    into[0] = size;
    into[1] = size >> 8;
    into[2] = size >> 16;
    into[3] = size >> 24;
    let end = 4 + size;
    for (const body of bodies) {
      into.set(body, end);
      end += body.length;
    }
    return end;
  }

  // Gives the document at an address; sets `_bodies_at`, where its bodies begin.
  private _read(at: number): unknown {
    if (!this._memory.length) this._memory = new Uint8Array(this._wasm.memory.buffer);
    const [a, b, c, d] = this._memory.subarray(at, at + 4) as unknown as number[];
    this._bodies_at = at + 4 + (a! | (b! << 8) | (c! << 16) | (d! << 24));
    return JSON.parse(this._decoder.decode(this._memory.subarray(at + 4, this._bodies_at)));
  }

  private _output(at: number, size: number): Output {
    const output = this._read(at) as Output;
    for (const effect of output.effects as Record<string, any>[]) {
      for (const member of ["body", "value"]) {
        const body = effect[member];
        if (!body) continue;
        const from = this._bodies_at + body.offset;
        if (from + body.size > at + size) throw new Error("the engine gave a torn frame");
        effect[member] = this._memory.slice(from, from + body.size);
      }
    }
    return output;
  }
}

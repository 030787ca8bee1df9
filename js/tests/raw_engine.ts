// The engine by its bytes alone, without the package's own bridge: for tests of the boundary.

import { existsSync, readFileSync } from "node:fs";

/** What web pages load. */
export const page_file = new URL("../../build/wasm/wasm/waymark.wasm", import.meta.url);
/** The same engine with every protocol. */
export const all_file = new URL("../../build/wasm/wasm/waymark-all.wasm", import.meta.url);
/** What vendors are told, without an engine. */
export const iab_file = new URL("../../build/wasm/wasm/waymark-iab.wasm", import.meta.url);
/** The same with every question: what the command line loads. */
export const tools_file = new URL("../../build/wasm/wasm/waymark-tools.wasm", import.meta.url);

export interface RawAnswer {
  text: string;
  bodies: Buffer;
}

const compiled = new Map<URL, WebAssembly.Module>();

export function wasmModule(file: URL): WebAssembly.Module {
  if (!existsSync(file)) throw new Error(`${file.pathname} is missing: run make build`);
  const module = compiled.get(file) ?? new WebAssembly.Module(readFileSync(file));
  compiled.set(file, module);
  return module;
}

export class RawEngine {
  private readonly _wasm: any;
  private readonly _handle: number;

  constructor(file: URL, start_text: string, bodies: Buffer) {
    const imports: Record<string, Record<string, () => void>> = {};
    for (const { module, name } of WebAssembly.Module.imports(wasmModule(file))) {
      (imports[module] ??= {})[name] = () => {};
    }
    this._wasm = new WebAssembly.Instance(wasmModule(file), imports).exports;
    this._wasm._initialize?.();
    this._handle = this._give(start_text, bodies, this._wasm.waymark_open);
  }

  handle(text: string, bodies: Buffer): RawAnswer | null {
    const call = (at: number, size: number) => this._wasm.waymark_handle(this._handle, at, size);
    return this._answer(this._give(text, bodies, call));
  }

  view(): RawAnswer | null {
    return this._answer(this._wasm.waymark_view(this._handle));
  }

  query(text: string): RawAnswer | null {
    const call = (at: number, size: number) => this._wasm.waymark_query(this._handle, at, size);
    return this._answer(this._give(text, Buffer.alloc(0), call));
  }

  get memory_bytes(): number {
    return this._wasm.memory.buffer.byteLength;
  }

  close(): void {
    this._wasm.waymark_close(this._handle);
  }

  private _give(text: string, bodies: Buffer, call: (at: number, size: number) => number): number {
    const json = Buffer.from(text);
    const size = Buffer.alloc(4);
    size.writeUInt32LE(json.length);
    const frame = Buffer.concat([size, json, bodies]);
    const at = this._wasm.waymark_alloc(frame.length);
    new Uint8Array(this._wasm.memory.buffer).set(frame, at);
    const answer = call(at, frame.length);
    this._wasm.waymark_free(at);
    return answer;
  }

  private _answer(at: number): RawAnswer | null {
    const size = this._wasm.waymark_result_size(this._handle);
    if (!size) return null;
    const frame = Buffer.from(new Uint8Array(this._wasm.memory.buffer, at, size));
    const end = 4 + frame.readUInt32LE(0);
    return { text: frame.toString("utf8", 4, end), bodies: frame.subarray(end) };
  }
}

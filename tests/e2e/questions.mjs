// Questions to the engine: waymark_query of the built tools module, called as the C boundary has it.
import { readFile } from "node:fs/promises";

const encode = (text) => new TextEncoder().encode(text);

/** Gives a function that asks one question, and gives the answer. */
export async function openQuestions() {
  const bytes = await readFile(new URL("../../js/dist/waymark-tools.wasm", import.meta.url));
  const module = await WebAssembly.compile(bytes);
  const imports = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) (imports[from] ??= {})[name] = () => {};
  const { exports: engine } = await WebAssembly.instantiate(module, imports);
  engine._initialize?.();

  const call = (name, text, ...before) => {
    const json = encode(text);
    const at = engine.waymark_alloc(json.length + 4);
    new DataView(engine.memory.buffer).setUint32(at, json.length, true);
    new Uint8Array(engine.memory.buffer).set(json, at + 4);
    const result = engine[name](...before, at, json.length + 4);
    engine.waymark_free(at);
    return result;
  };
  const handle = call("waymark_open", "{}");
  return (question) => {
    const at = call("waymark_query", JSON.stringify(question), handle);
    const size = engine.waymark_result_size(handle);
    return JSON.parse(new TextDecoder().decode(new Uint8Array(engine.memory.buffer, at + 4, size - 4)));
  };
}

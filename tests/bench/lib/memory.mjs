// What a page holds in memory and on the device.

/** Runs in the page before all else: remembers every WebAssembly memory, ours or a peer's. */
export function watchWasmMemory() {
  const memories = (window.wasm_memories = []);
  const keep = (instance) => {
    for (const one of Object.values(instance.exports)) if (one instanceof WebAssembly.Memory) memories.push(one);
  };
  for (const name of ["instantiate", "instantiateStreaming"]) {
    const original = WebAssembly[name];
    WebAssembly[name] = async (...given) => {
      const result = await original.apply(WebAssembly, given);
      keep(result.instance ?? result);
      return result;
    };
  }
}

/** Bytes after two forced collections: the JS heap with its array buffers, WebAssembly's memory, both. */
export async function heapBytes(page) {
  const session = await page.context().newCDPSession(page);
  for (let i = 0; i < 2; i++) await session.send("HeapProfiler.collectGarbage");
  const { usedSize, backingStorageSize = 0, embedderHeapUsedSize = 0 } = await session.send("Runtime.getHeapUsage");
  const wasm = await page.evaluate(() =>
    (window.wasm_memories ?? []).reduce((sum, { buffer }) => sum + buffer.byteLength, 0),
  );
  await session.detach();
  const js = usedSize + backingStorageSize;
  return { js, wasm, sum: js + wasm, array_buffers: backingStorageSize, embedder: embedderHeapUsedSize };
}

/** Bytes on the device: localStorage as UTF-16, IndexedDB as the browser estimates it. */
export function deviceBytes(page) {
  return page.evaluate(async () => {
    const local = Object.entries(localStorage).reduce((sum, [key, value]) => sum + key.length + value.length, 0);
    const { usageDetails } = await navigator.storage.estimate();
    return { local_storage: local * 2, indexed_db: usageDetails?.indexedDB ?? 0 };
  });
}

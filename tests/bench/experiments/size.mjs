// A: what a page downloads: the adapter bundled with its peer; for Waymark the engine beside it.

import { brotliCompressSync, gzipSync } from "node:zlib";

import { bundleOf, wasm } from "../lib/bundle.mjs";

async function measure(_bench, peer) {
  const files = [Buffer.from(await bundleOf(peer.peer))];
  if (peer.peer === "waymark") files.push(wasm);
  const total = (weigh) => files.reduce((sum, file) => sum + weigh(file), 0);
  return {
    raw: total((file) => file.length),
    gzip: total((file) => gzipSync(file, { level: 9 }).length),
    brotli: total((file) => brotliCompressSync(file).length),
  };
}

export const size = {
  id: "A",
  name: "a-size",
  with_noop: true,
  reps: 1,
  once: true,
  measure,
  tables: [
    {
      id: "A",
      title: "A1. esbuild --bundle --minify of the adapter, Waymark with its wasm (bytes)",
      headings: ["raw", "gzip -9", "brotli -q 11"],
      cells: ({ "": [{ raw, gzip, brotli }] }) => [raw, gzip, brotli],
    },
  ],
};

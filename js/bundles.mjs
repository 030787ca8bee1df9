// What is bundled from what, and how: for build.mjs and for the tests of what is shipped.

import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync, transform } from "esbuild";
import { minify } from "terser";

const here = dirname(fileURLToPath(import.meta.url));
const { version } = JSON.parse(readFileSync(join(here, "package.json"), "utf8"));

/** A style sheet is imported as its text, minified. */
const styles = {
  name: "styles",
  setup({ onLoad }) {
    onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const css = readFileSync(path, "utf8");
      const { code } = await transform(css, { loader: "css", minify: true, target: "safari15" });
      return { contents: code.trim(), loader: "text" };
    });
  },
};

/** Once more what esbuild has minified: it joins and inlines what that leaves. A 25th less to load. */
const smaller = {
  name: "smaller",
  setup({ initialOptions: { format }, onEnd }) {
    onEnd(async ({ outputFiles = [] }) => {
      for (const file of outputFiles) {
        const options = { module: format === "esm", compress: { passes: 3, keep_fargs: false } };
        const { code } = await minify(file.text, { ...options, ecma: 2020 });
        file.contents = new TextEncoder().encode(code);
      }
    });
  },
};

/** All of it runs when a page begins: V8 then compiles the whole file where it was loaded, and not
 * each function in the page's own thread when it is first called (docs/adr/0019). */
const begins_pages = {
  name: "begins_pages",
  setup({ onEnd }) {
    onEnd(({ outputFiles = [] }) => {
      for (const file of outputFiles) {
        file.contents = new TextEncoder().encode(`//# allFunctionsCalledOnLoad\n${file.text}`);
      }
    });
  },
};

const shared = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  target: "es2020",
  charset: "utf8",
  legalComments: "none",
  // Members without a first value need no code.
  tsconfigRaw: { compilerOptions: { useDefineForClassFields: false } },
  // Members that begin with one underscore are ours alone; the wasm's own names are kept, and what
  // parts of the page call of the script.
  mangleProps: /^_[a-z]/,
  reserveProps: /^_(initialize|problem|settled|request|hands|beside|engine|kept|viewed)$/,
  define: { WAYMARK_VERSION: JSON.stringify(version) },
  logLevel: "warning",
  write: false,
};
const page = { ...shared, plugins: [smaller] };

/** What a part imports only when it is wanted is a file beside it. */
const later = {
  name: "later",
  setup({ onResolve }) {
    onResolve({ filter: /./ }, ({ kind, path, resolveDir }) => {
      if (kind !== "dynamic-import") return;
      const [, folder, name] = /(\w+)\/(\w+)\.ts$/.exec(join(resolveDir, path));
      const whole = [...parts, "app"].includes(folder) ? `waymark-${folder}` : folder;
      const file = name === "index" ? whole : `waymark-${folder}-${name}`;
      return { path: `./${file}.mjs`, external: true };
    });
  },
};

// What one file of capture calls in another has one short name in all of them: the members of the kit.
const members = ["elements", "kit"].flatMap((name) =>
  readFileSync(join(here, `src/capture/${name}.ts`), "utf8").match(/\b_[a-z]\w*(?=[:(])/g),
);
const short_names = [...new Set(members)]
  .filter((name) => !shared.reserveProps.test(name))
  .map((name, index) => [name, String.fromCharCode(65 + index)]);
const capture = (name, file) => ({
  ...part("capture", name, file),
  mangleCache: Object.fromEntries(short_names),
});

/** What is in a file of the words of one language: of the banner's all save what few get to see. */
const speaking = (language, has) => ({
  name: "speaking",
  setup({ onLoad }) {
    onLoad({ filter: /banner\/texts\/en\.json$/ }, ({ path }) => {
      const texts = JSON.parse(readFileSync(join(dirname(path), `${language}.json`), "utf8"));
      const kept = Object.entries(texts).filter(([name]) => has.test(name));
      return { contents: JSON.stringify(Object.fromEntries(kept)), loader: "json" };
    });
  },
});
const of_banner = /^(?!tcf\.(?!text)|placeholder\.|notice\.)/;
const of_placeholder = /^(placeholder\.|purposes\.\w+$)/;

// A part of the page: it is loaded by the script, and by whoever imports `waymark/<name>`.
const part_options = { ...shared, format: "esm", plugins: [styles, later, speaking("en", of_placeholder), smaller] };
const part = (name, file = "index", outfile = `waymark-${name}.mjs`) =>
  from(part_options, `${name}/${file}.ts`, outfile);

const node = { ...shared, platform: "node", target: "node20", format: "esm" };

function from(options, source, outfile) {
  return { ...options, entryPoints: [`src/${source}`], outfile: `dist/${outfile}` };
}

export const parts = ["banner", "iab", "guard", "tags", "share", "identity", "capture", "segments", "inspector"];

/** The files that hold the kinds of capture, beside what all have in common. */
export const captures = ["page", "clicks", "forms", "shop", "errors", "vitals", "all"];

/** The banner of a site that speaks this language above all: one request less. */
export function bannerIn(language) {
  const { define, plugins, ...options } = part("banner");
  return {
    ...options,
    define: { ...define, WAYMARK_LANGUAGE: JSON.stringify(language) },
    plugins: [speaking(language, of_banner), ...plugins],
  };
}

// What stands in pages as it is keeps to a syntax that every browser reads.
const stub = { ...shared, target: "es2017" };

const piece = (source, options) =>
  buildSync({ ...from({ ...stub, ...options }, source), write: false }).outputFiles[0].text.trim();

/** The pieces of which `waymark stub` makes the stub of a config; it fills in their WAYMARK_…. */
const stub_pieces = {
  calls: piece("entry/stub.ts", { bundle: false }),
  google: piece("entry/stub_google.ts", { format: "iife" }),
  iab: piece("entry/stub_iab.ts", { format: "iife" }),
};

// The studio is a page of its own: its files lie in dist/studio, with the banner and its words.
const studio_of = "../samples/consent-studio";
const as_text = {
  name: "as_text",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\?text$/ }, ({ path, resolveDir }) => {
      return { path: join(resolveDir, path.slice(0, -"?text".length)), namespace: "text" };
    });
    onLoad({ filter: /./, namespace: "text" }, ({ path }) => {
      return { contents: readFileSync(path, "utf8"), loader: "text" };
    });
  },
};
const studio_shared = {
  ...shared,
  plugins: [as_text],
  format: "esm",
  // Code of others may have names that begin with one underscore; nothing of it is counted by bytes.
  mangleProps: undefined,
  reserveProps: undefined,
  nodePaths: [join(here, "node_modules")],
  target: "es2022",
};
const studio = (source, name = source) => ({
  ...studio_shared,
  entryPoints: [`${studio_of}/src/${source}.ts`],
  outfile: `dist/studio/${name}.js`,
});
/** What the page begins with, and what comes to it later: in files that have what they share. */
export const studio_page = {
  ...studio_shared,
  entryPoints: { studio: `${studio_of}/src/main.ts` },
  outdir: "dist/studio",
  splitting: true,
  chunkNames: "studio-[hash]",
  metafile: true,
};

/** What lies beside the studio's scripts as it is. */
export const studio_pages = ["index.html", "preview.html"];

/** `files`: all that the studio needs without a network. */
export const studioBundles = (files) => [
  studio("start"),
  studio("worker"),
  { ...studio("preview_frame", "preview"), external: ["./waymark-banner.mjs"] },
  { ...studio("offline"), define: { WAYMARK_STUDIO_FILES: JSON.stringify(files) } },
  ...["studio", "preview"].map((name) => ({
    absWorkingDir: here,
    entryPoints: [`${studio_of}/styles/${name}.css`],
    outfile: `dist/studio/${name}.css`,
    bundle: true,
    minify: true,
    target: "safari15",
    logLevel: "warning",
  })),
];

export const cli_define = { ...shared.define, WAYMARK_STUB: JSON.stringify(stub_pieces) };

export const bundles = {
  stub: from(
    { ...stub, bundle: false, define: { WAYMARK_GLOBAL: '"waymark"', WAYMARK_PREFIX: '"waymark."' } },
    "entry/stub.ts",
    "stub.js",
  ),
  script: from({ ...page, plugins: [smaller, begins_pages], format: "iife" }, "entry/script.ts", "waymark.js"),
  index: from({ ...shared, format: "esm", plugins: [later, smaller] }, "entry/index.ts", "index.mjs"),
  node: from(node, "entry/node.ts", "node.mjs"),
  records: from({ ...shared, format: "esm" }, "records/index.ts", "records.mjs"),
  ...Object.fromEntries(parts.map((name) => [name, part(name)])),
  banner: bannerIn("en"),
  banner_notice: part("banner", "notice", "waymark-banner-notice.mjs"),
  banner_receipts: part("banner", "receipts", "waymark-banner-receipts.mjs"),
  banner_tcf: part("banner", "tcf", "waymark-banner-tcf.mjs"),
  placeholder: part("guard", "placeholder", "waymark-guard-placeholder.mjs"),
  // The same for the guard, and for a page that puts it before all other scripts.
  guard_requests: part("guard", "requests", "waymark-guard-requests.mjs"),
  requests: from({ ...page, format: "iife" }, "guard/requests.ts", "waymark-requests.js"),
  app: part("app"),
  links: part("share", "links", "waymark-share-links.mjs"),
  capture: capture("index", "waymark-capture.mjs"),
  ...Object.fromEntries(captures.map((name) => [`capture_${name}`, capture(name, `waymark-capture-${name}.mjs`)])),
  share_server: from(node, "share/server.ts", "share-server.mjs"),
  cli: from({ ...node, minify: false, define: cli_define }, "cli/main.ts", "cli.mjs"),
};

// `waymark.js`, the script for a page without a bundler: opens a client from the attributes of its
// own tag, then takes over the calls that the stub has kept.
//
//     <script async src="waymark.js" data-config="waymark.json"></script>
//
// Further attributes: data-wasm, data-remote, data-global, data-prefix, data-database,
// data-region, data-age, and those of the optional parts, which lie beside this file.

import { pageViews } from "../capture/page_views.ts";
import { Client, type Early } from "../core/client.ts";
import { within } from "../platform/browser/app.ts";
import { browserPlatform } from "../platform/browser/index.ts";
import { startParts } from "./parts.ts";

/** One call as the stub keeps it. */
type Kept = [
  parameters: unknown[],
  now: [wall_ms: number, mono_ms: number],
  url: string,
  title: string,
  referrer: string,
];

type GlobalFunction = {
  (...parameters: any[]): unknown;
  q?: Kept[];
  lost?: number;
  client?: Client;
};

const methods = new RegExp(
  "^(track|page|screen|identify|alias|group|reset|flush|forget|narrow" +
    "|view|journey|on|off|close|ready|signal|handOver.(create|accept)" +
    "|consent.([gs]et|withdraw|explain|inventory|records))$",
);

function run({ dataset, src }: HTMLScriptElement): void {
  const name = dataset.global || "waymark";
  const page = window as any;
  const { q: calls = [], lost, client: other }: GlobalFunction = page[name] || {};
  // The tag stands twice in the page: one client is enough.
  if (other) return;
  const folder = src.replace(/[^/]*([?#].*)?$/, "");
  const wasm = dataset.wasm || folder + "waymark.wasm";
  const opened = calls[0] && early(calls[0]).now;
  const config = dataset.config || "waymark.json";
  // A page that writes no age into the attribute says nothing: of that Number() makes 0.
  const options = { ...dataset, wasm, age: parseFloat(dataset.age!) };
  const platform = within(browserPlatform(dataset), async () => {
    const { open } = await import(`${folder}waymark-app.mjs`);
    return (start) => open(client, start, dataset);
  });
  const client = new Client(platform, config, options, pageViews, opened);
  client._configured = (document) =>
    startParts(folder, { client, config: document, options: dataset });
  const call: GlobalFunction = (method, ...parameters) => {
    if (!methods.test(method)) {
      return client._problem("unknown_method", "", "a call of an unknown method", "one of the API");
    }
    let owner: any;
    let member: any = client;
    for (const part of method.split(".")) [owner, member] = [member, member[part]];
    return typeof member === "function" ? member.apply(owner, parameters) : member;
  };
  call.client = client;
  page[name] = call;
  // Where there was undefined, text has null.
  client._replay = (kept: Kept) =>
    client._as(early(kept), () => call(...kept[0].map((parameter) => parameter ?? undefined)));
  calls.forEach(client._replay);
  client._lost += lost || 0;
}

function early([, [wall_ms, mono_ms], href, title, referrer]: Kept): Early {
  const now = { wall_ms, mono_ms: Math.floor(mono_ms) };
  if (href === location.href) return { now };
  const { pathname: path, search } = new URL(href);
  const url = href.split("#")[0];
  return { now, context: { page: { url, path, referrer, search, title } } };
}

run(document.currentScript as HTMLScriptElement);

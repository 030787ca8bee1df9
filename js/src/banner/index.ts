// `waymark/banner`: the question, the preference centre, and the way back to them.
//
// Promise: it shows what the engine's view says and hands over what the person chose. It decides
// nothing and keeps nothing.

import { type Say, sayFrom, type Texts } from "../core/say.ts";
import type { ConsentView } from "../core/types.ts";
import type { Page } from "../entry/parts.ts";
import { follow } from "../entry/view.ts";
import { fileFor, pageLanguage } from "../platform/browser/language.ts";
import { knowsVisitor, readTexts } from "../platform/browser/part.ts";
import { askEarly } from "./asking.ts";
import { Banner } from "./banner.ts";
import type { ConsentPolicy, Duties } from "./scene.ts";
import { built_in, built_in_language } from "./texts.ts";

// Not where it is used: bundlers take `new URL("…", import.meta.url)` for a file to bundle.
const here = import.meta.url;

export interface Options {
  /** As the script's tag has them: they tell what can be asked before the engine is there. */
  region?: string;
  age?: string | number;
  prefix?: string;
  /** Where the folder `waymark-texts` is: an address, or the texts themselves by language. */
  texts?: string | Record<string, Texts>;
}

export type StartOptions = Omit<Page, "options"> & { options?: Options };

/** Starts the banner; gives what ends it. */
export function start({ client, config, options = {} }: StartOptions): () => void {
  let banner: Banner | undefined;
  let ended = false;
  const run = async () => {
    const policy = config.consent as unknown as ConsentPolicy;
    const spoken = await words(policy, options);
    const { language, say } = spoken;
    await body();
    if (ended) return;
    banner = new Banner({
      client,
      policy,
      language,
      say,
      duties: policy.iab?.cmp_id! > 1 ? () => tcf(policy, spoken).catch(report) : undefined,
      download: (form) =>
        void import("./receipts.ts")
          .then(({ download }) => download(client, config, spoken, form))
          .catch(report),
    });
    ends.push(listen(banner));
    banner.ask({ purposes: askEarly(policy, facts(options, policy.share?.cookie)), reasons: [] });
    const obey = (view: ConsentView) => {
      banner!.sync(view);
      if (view.model === "opt_in") return;
      import("./notice.ts").then(({ notify }) => notify(banner!, spoken)).catch(report);
    };
    ends.push(follow(client, ({ consent }) => obey(consent)));
  };
  const ends: (() => void)[] = [];
  run().catch(report);
  return () => {
    ended = true;
    ends.forEach((end) => end());
    banner?.end();
  };
}

const report = (error: unknown): undefined => void console.error("waymark:", error);

export interface Words {
  language: string;
  say: Say;
  /** All strings, also those that are not built in; with those of another folder of ours. */
  all(folder?: string): Promise<Texts>;
}

/** The page's language, then those of the browser. */
async function words(
  { ui }: ConsentPolicy,
  { texts = new URL("waymark-texts/", here).href }: Options,
): Promise<Words> {
  const language = pageLanguage(ui.languages);
  const file = fileFor(language);
  const own = ui.texts?.[language];
  const read = (name: string) => readTexts(texts, name);
  const over = (...ours: (Texts | undefined)[]): Texts =>
    Object.assign({}, built_in, ui.texts?.en, ...ours, own);
  const known = file === built_in_language ? {} : await read(file);
  return {
    // Where there are no words in it, nobody shall take the words of another for it.
    language: known || own ? language : built_in_language,
    say: sayFrom(over(known)),
    all: async (folder) =>
      over(...(await Promise.all([read(file), folder ? read(folder + file) : undefined]))),
  };
}

const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));

/** A script in the head may be faster than the page. */
async function body(): Promise<void> {
  while (!document.body) await frame();
}

function facts({ region, age, prefix }: Options, cookie?: string) {
  const { globalPrivacyControl: gpc, doNotTrack } = navigator as any;
  const years = parseFloat(`${age}`);
  const known = knowsVisitor(prefix, cookie);
  return { region, age: years, gpc: !!gpc, dnt: doNotTrack === "1", known };
}

/** The page's own ways to the preference centre: links that are marked, and an event. */
function listen(banner: Banner): () => void {
  const open = () => banner.openCentre();
  const click = (event: Event) => {
    const marked = (node: EventTarget) =>
      (node as Element).hasAttribute?.("data-waymark-preferences");
    if (!event.composedPath().some(marked)) return;
    event.preventDefault();
    open();
  };
  document.addEventListener("click", click);
  document.addEventListener("waymark:preferences", open);
  return () => {
    document.removeEventListener("click", click);
    document.removeEventListener("waymark:preferences", open);
  };
}

async function tcf(policy: ConsentPolicy, { language, all }: Words): Promise<Duties | undefined> {
  const [{ dutiesOf }, texts] = await Promise.all([import("./tcf.ts"), all()]);
  return dutiesOf(policy, sayFrom(texts), language);
}

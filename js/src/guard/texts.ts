// The words of placeholders, in the language of the page, else of the browser. The owner's come
// first (`consent.guard.texts`, then `consent.ui.texts`), then ours in that language, then English.

import { type Say, sayFrom, type Texts } from "../core/say.ts";
import english from "../banner/texts/en.json" with { type: "json" };
import { fileFor, languages, pageLanguage } from "../platform/browser/language.ts";
import { readTexts } from "../platform/browser/part.ts";
import type { Policy } from "./rules.ts";

export interface Words {
  language: string;
  say: Say;
}

/** English is here; all others are in the banner's files, which may have come already. */
export async function wordsFor(
  { ui, guard }: Policy,
  texts: string | Record<string, Texts>,
): Promise<Words> {
  const own = guard?.texts ?? {};
  const language = pageLanguage(ui?.languages ?? [...languages, ...Object.keys(own)]);
  const file = fileFor(language);
  const ours = file === "en" ? {} : await readTexts(texts, file);
  const there = ours || own[language] || ui?.texts?.[language];
  const layers = [ui?.texts?.en, own.en, ours, ui?.texts?.[language], own[language]];
  return {
    // Where there are no words in it, nobody shall take the words of another for it.
    language: there ? language : "en",
    say: sayFrom(Object.assign({}, english, ...layers)),
  };
}

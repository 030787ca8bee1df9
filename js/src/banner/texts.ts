// The words of the banner: which language, and what is in it without a file.

import type { Texts } from "../core/say.ts";
import built_in_texts from "./texts/en.json" with { type: "json" };

declare const WAYMARK_LANGUAGE: string;

/** The language that the banner has in it: English, unless it was built with another one. */
export const built_in_language = WAYMARK_LANGUAGE;

export const built_in: Texts = built_in_texts;

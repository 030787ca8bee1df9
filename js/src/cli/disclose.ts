// `waymark disclose`: what the privacy notice has to say: what is stored, for what and how long,
// and who gets data; in the languages of the config.

import { languages, spokenIn } from "../platform/browser/language.ts";
import { disclose, type Disclosure, iabDisclosure } from "../policy/disclose.ts";
import { asHtml, asMarkdown, blocksOf, noticeWords } from "../policy/disclosure_text.ts";
import { type Document, readDocument } from "./document.ts";
import { openQuestions, toolsModule } from "./engine.ts";
import { expectTaken } from "./policy.ts";
import type { ExitCode, Terminal } from "./terminal.ts";
import { expectKnown, onlyFile, readWords } from "./words.ts";

const kinds = { language: "list", form: "value", json: "switch" } as const;
const forms = ["markdown", "html", "json", "iab"];

export async function runDisclose(
  words: string[],
  wasm: URL,
  terminal: Terminal,
): Promise<ExitCode> {
  const given = readWords("disclose", words, kinds);
  const config = readDocument(onlyFile("disclose", "a config document", given));
  const form = given.has("json") ? "json" : (given.one("form") ?? "markdown");
  expectKnown("form", form, forms);
  for (const tag of given.all("language")) expectKnown("language", spokenIn(tag) ?? tag, languages);
  expectTaken(await openQuestions(wasm), config);
  const found = await disclose(await toolsModule(wasm), config);
  if (form === "json" || form === "iab") {
    const answer = form === "iab" ? iabDisclosure(found) : found;
    terminal.out(JSON.stringify(answer, null, 2) + "\n");
    return 0;
  }
  const wanted = given.all("language").length ? given.all("language") : configured(config);
  const spoken = wanted.filter(spokenIn);
  for (const tag of wanted.filter((tag) => !spoken.includes(tag))) {
    terminal.err(`There are no words for a notice in ${tag}: it is left out.\n`);
  }
  terminal.out(spoken.map((tag) => written(found, config, tag, form, terminal)).join("\n"));
  return spoken.length === wanted.length ? 0 : 1;
}

const configured = ({ value }: Document): string[] => value.consent.ui?.languages ?? ["en"];

function written(
  found: Disclosure,
  config: Document,
  language: string,
  form: string,
  terminal: Terminal,
): string {
  const file = spokenIn(language)!;
  const notice = terminal.words("disclosure", file);
  const say = noticeWords(config.value, language, notice, terminal.words("banner", file));
  const blocks = blocksOf(found, say);
  return form === "html" ? asHtml(blocks, language) : asMarkdown(blocks);
}

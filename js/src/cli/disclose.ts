// `waymark disclose`: what the privacy notice has to say: what is stored, for what and how long,
// and who gets data; in the languages of the config.

import type { Texts } from "../core/say.ts";
import { sayFrom } from "../core/say.ts";
import { disclose, type Disclosure, iabDisclosure } from "../policy/disclose.ts";
import { asHtml, asMarkdown, blocksOf } from "../policy/disclosure_text.ts";
import { type Document, readDocument } from "./document.ts";
import { openQuestions, toolsModule } from "./engine.ts";
import { expectTaken } from "./policy.ts";
import type { ExitCode, Terminal } from "./terminal.ts";
import { expectKnown, onlyFile, readWords } from "./words.ts";

const kinds = { language: "list", form: "value", json: "switch" } as const;
const forms = ["markdown", "html", "json", "iab"];

/** The languages in which a notice can be written. */
export const disclosure_languages = (
  "cs da de en es fi fr it nl no pl pt pt-BR ro sv"
).split(" ");

export async function runDisclose(
  words: string[],
  wasm: URL,
  terminal: Terminal,
): Promise<ExitCode> {
  const given = readWords("disclose", words, kinds);
  const config = readDocument(onlyFile("disclose", "a config document", given));
  const form = given.has("json") ? "json" : (given.one("form") ?? "markdown");
  expectKnown("form", form, forms);
  for (const tag of given.all("language")) expectKnown("language", tag, disclosure_languages);
  expectTaken(await openQuestions(wasm), config);
  const found = await disclose(await toolsModule(wasm), config);
  if (form === "json" || form === "iab") {
    const answer = form === "iab" ? iabDisclosure(found) : found;
    terminal.out(JSON.stringify(answer, null, 2) + "\n");
    return 0;
  }
  const wanted = given.all("language").length ? given.all("language") : configured(config);
  const languages = wanted.filter((tag) => disclosure_languages.includes(tag));
  for (const tag of wanted.filter((tag) => !languages.includes(tag))) {
    terminal.err(`There are no words for a notice in ${tag}: it is left out.\n`);
  }
  const texts = languages.map((tag) => written(found, config, tag, form, terminal));
  terminal.out(texts.join("\n"));
  return languages.length === wanted.length ? 0 : 1;
}

const configured = ({ value }: Document): string[] => value.consent.ui?.languages ?? ["en"];

function written(
  found: Disclosure,
  config: Document,
  language: string,
  form: string,
  terminal: Terminal,
): string {
  const { ui, services = [] } = config.value.consent;
  const named = services.map(({ id, name }: any) => [`services.${id}`, name ?? id]);
  // The same purpose has the same name here and in the banner.
  const banner = onlyPurposes(terminal.words("banner", language));
  const own = onlyPurposes(ui?.texts?.[language] ?? {});
  const notice = terminal.words("disclosure", language);
  const say = sayFrom({ ...Object.fromEntries(named), ...banner, ...own, ...notice });
  const blocks = blocksOf(found, say);
  return form === "html" ? asHtml(blocks, language) : asMarkdown(blocks);
}

const onlyPurposes = (texts: Texts): Texts =>
  Object.fromEntries(Object.entries(texts).filter(([name]) => name.startsWith("purposes.")));

// What only a page makes wrong: secrets in a document that everybody can read, words that are
// missing in a language, a refusal that is harder than an acceptance.

import type { Config, Properties } from "../core/types.ts";
import { receipt_languages } from "../records/receipt.ts";
import { sources, type Told } from "./lint_rules.ts";

type Add = (told: Told) => void;

const secret_names = /^(authorization|cookie|x-api-key|api-key|x-auth-token|x-access-token)$/i;

/** What is in the config of a page is public. */
export function checkSecrets({ app, collectors }: Config, add: Add): void {
  if (app.channel && app.channel !== "web") return;
  const tell = (pointer: string, found: string) =>
    add({
      ...{ severity: "error", code: "secret", pointer, found },
      allowed: "nothing secret: everybody can read the config of a page",
      source: "GDPR article 32",
      fix: "Send to a proxy of your own that adds it, and take it out here.",
    });
  collectors.forEach(({ url, options, own_proxy }, at) => {
    const pointer = `/collectors/${at}`;
    const keys = [...new URL(url).searchParams.keys()];
    const secret = keys.some((key) => /secret|token|password/i.test(key));
    if (secret) tell(`${pointer}/url`, "a secret in the address");
    if (own_proxy) return;
    const given = (options ?? {}) as Properties;
    for (const name of Object.keys((given.headers as object | undefined) ?? {})) {
      if (secret_names.test(name)) tell(`${pointer}/options/headers/${name}`, "a secret header");
    }
  });
}

// What people press to say no, and what they press to say yes.
const answers: [refuse: string, accept: string][] = [
  ["reject", "accept"],
  ["notice.refuse", "notice.ok"],
  ["withdraw", "save"],
];
const common = ["necessary", "functional", "analytics", "personalization", "marketing"];

export function checkTexts({ consent }: Config, add: Add): void {
  const ui = consent.ui as Properties | undefined;
  if (!ui) return;
  const texts = (ui.texts ?? {}) as Record<string, Record<string, string>>;
  checkAnswers(texts, add);
  const languages = (ui.languages as string[] | undefined) ?? Object.keys(texts);
  languages.forEach((language, at) => {
    const written = texts[language] ?? {};
    const base = language.split("-")[0]!;
    if (!receipt_languages.includes(language) && !receipt_languages.includes(base)) {
      const missing = ["title", "text", "accept", "reject", "settings"].filter(
        (name) => !written[name],
      );
      if (missing.length) {
        add({
          ...{ severity: "error", code: "missing_text", pointer: `/consent/ui/languages/${at}` },
          found: `no words in ${language}: ${missing.join(", ")}, …`,
          allowed: `a language that there are words for, or texts of your own in ${language}`,
          source: "GDPR articles 7(2) and 12(1)",
          fix: `Write all texts under /consent/ui/texts/${language} (sdk/docs/banner.md).`,
        });
      }
    }
    for (const { id } of consent.purposes) {
      if (common.includes(id) || written[`purposes.${id}`]) continue;
      add({
        ...{ severity: "warning", code: "missing_text" },
        pointer: texts[language] ? `/consent/ui/texts/${language}` : "/consent/ui",
        found: `no words for the purpose ${id} in ${language}`,
        allowed: `"purposes.${id}" and "purposes.${id}.text"`,
        source: "GDPR articles 7(2) and 12(1)",
        fix: `Add "purposes.${id}" to /consent/ui/texts/${language}: people read "${id}" now.`,
      });
    }
  });
}

function checkAnswers(texts: Record<string, Record<string, string>>, add: Add): void {
  for (const [language, written] of Object.entries(texts)) {
    for (const [refuse, accept] of answers) {
      if (written[refuse] !== "" || written[accept] === "") continue;
      add({
        ...{ severity: "error", code: "harder" },
        pointer: `/consent/ui/texts/${language}/${refuse}`,
        found: `no button to refuse, and one to accept (${accept})`,
        allowed: "to refuse takes as little as to accept",
        source: sources.as_easy,
        fix: `Take the empty "${refuse}" out: there are words for it.`,
      });
    }
  }
}

// In which language people are spoken to: one answer for all parts of a page.

/** The files of `waymark-texts`; the first is what is left in the end. */
export const languages = (
  "en bg cs da de el es et fi fr ga hr hu it lt lv mt nl pl pt ro sk sl sv " +
  "ar he ja ko no pt-BR ru tr uk zh"
).split(" ");

// Norwegian has two written forms under tags of their own; Hebrew had another tag once.
const aliases: Record<string, string> = { nb: "no", nn: "no", iw: "he" };

const base = (tag: string) => tag.split("-")[0]!.toLowerCase();

/** The first language that is wanted and there is: as it is asked for, or without its region. */
export function chooseLanguage(wanted: readonly string[], offered: readonly string[]): string {
  const find = (tag: string) => {
    const same = (other: string) => other.toLowerCase() === tag.toLowerCase();
    const plain = base(tag);
    return (
      offered.find(same) ??
      offered.find((other) => other === (aliases[plain] ?? plain)) ??
      offered.find((other) => base(other) === plain)
    );
  };
  for (const tag of wanted) {
    const found = tag && find(tag);
    if (found) return found;
  }
  return offered[0] ?? "en";
}

/** The page's language, then those of the browser; of those that the owner offers, or of ours. */
export const pageLanguage = (offered = languages): string =>
  chooseLanguage([document.documentElement.lang, ...(navigator.languages ?? [])], offered);

/** Which file of ours speaks a language best. */
export const fileFor = (language: string) => chooseLanguage([language], languages);

/** The file of ours in a language, whatever its region; undefined where there is none. */
export function spokenIn(language: string): string | undefined {
  const plain = base(language);
  const file = fileFor(language);
  return base(file) === (aliases[plain] ?? plain) ? file : undefined;
}

/** The attribute `dir` for words of a language. */
export const directionOf = (language: string) =>
  /^(ar|fa|he|iw|ur|yi|dv|ps)\b/i.test(language) ? "rtl" : "ltr";

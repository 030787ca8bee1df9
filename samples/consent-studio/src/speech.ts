// What the studio says, in the language of whoever reads it. What the engine says of a policy, and
// what the schema says of a setting, is English in all of them.

import { sayFrom, type Texts } from "../../../js/src/core/say.ts";
import { chooseLanguage } from "../../../js/src/platform/browser/language.ts";
import type { Reason } from "../../../js/src/policy/questions.ts";
import type { CellWords } from "../../../js/src/policy/table.ts";
import de from "../texts/de.json" with { type: "json" };
import en from "../texts/en.json" with { type: "json" };
import fr from "../texts/fr.json" with { type: "json" };
import type { Outcome } from "./simulator.ts";

export type Name = keyof typeof en;
type Counted = Name extends infer Each ? (Each extends `${infer Of}.one` ? Of : never) : never;

const tables: Record<string, Texts> = { en, de, fr };
export const languages_spoken = Object.keys(tables);

/** In the address, so that it can be passed on, and nothing is kept for it. */
const asked = () => new URLSearchParams(location.search).get("language") ?? "";

let language = "en";

export const languageNow = () => language;

/** Speaks what the address asks for, or the browser's language, where it is one of ours. */
export const speakAsAsked = () =>
  void (language = chooseLanguage([asked(), ...navigator.languages], languages_spoken));

/** From now on the studio speaks this language. */
export function speak(next: string): void {
  language = next;
  const address = new URL(location.href);
  address.searchParams.set("language", next);
  history.replaceState(null, "", address);
}

export const say = (name: Name, values: Record<string, string | number> = {}): string =>
  sayFrom(tables[language]!)(name, values);

/** The same for one and for many, as the language counts. */
export function counted(of: Counted, count: number): string {
  const one = new Intl.PluralRules(language).select(count) === "one";
  return say(`${of}.${one ? "one" : "other"}` as Name, { count });
}

/** A word of the engine's, or the word itself where there is none for it. */
const word = (kind: string, of: string) => say(`${kind}.${of}` as Name) || of;

export const stateOf = (state: string) => word("state", state);
export const labelOf = (outcome: Outcome) => say(`outcome.${outcome}`);

/** `analytics granted: they answered` */
export const reasonOf = ({ purpose, state, why }: Reason) =>
  `${purpose} ${stateOf(state)}: ${word("why", why)}`;

/** How somebody is asked in a place, and about what. */
export function modelOf(model: string, due: readonly string[]): string {
  const asked = due.length ? say("asked", { purposes: due.join(", ") }) : say("asked.nothing");
  return `${word("model", model)} ${asked}`;
}

/** The words of the decision table. */
export const cellWords = (): CellWords => ({
  any: say("cell.any"),
  or: say("cell.or"),
  said: (value) => say(`cell.${value}` as Name) || stateOf(value),
  why: (why) => word("why", why),
});

/** Verdicts of the decision table. */
export const outcome_of: Record<string, Outcome> = {
  admit: "sent",
  deidentify: "deidentified",
  hold: "held",
  drop: "dropped",
};

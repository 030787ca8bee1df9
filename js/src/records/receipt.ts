// The receipt for the person: what was decided or deleted, when, under which version, and the way
// back. sdk/docs/consent_receipt.schema.json.
//
// Of the person it holds nothing at all, not even the subject: the number of the record finds it.

import { nameOf, type Say, sayFrom, type Texts } from "../core/say.ts";
import type { Config } from "../core/types.ts";
import { languages } from "../platform/browser/language.ts";
import { missingIn } from "./consent_record.ts";
import { type Entry, standingsOf } from "./entry.ts";
import { controllerIn, policyAt } from "./policy.ts";
import english from "./texts/en.json" with { type: "json" };

/** Those in which there are words, as files of `waymark-texts/receipts`. */
export const receipt_languages: readonly string[] = languages;

export interface Receipt {
  schema_version: "waymark-consent-receipt-1";
  receipt_id: string;
  language: string;
  time: string;
  policy_revision: string;
  controller: string | null;
  privacy_notice: string | null;
  /** Where to write, or what the owner says. */
  withdrawal_method: string | null;
  /** What the person reads. */
  text: string;
  /** JSON pointers to what is null. */
  missing: string[];
}

export interface ReceiptOptions {
  /** Default: English, of which the words are here. */
  language?: string;
  /**
   * Words in that language: `waymark-texts/receipts/<language>.json`, with strings of your own over
   * it, as names of purposes (`purposes.analytics`).
   */
  words?: Texts;
  /** How to withdraw, in that language. Else the controller's contact. */
  withdrawal_method?: string;
}

/** The receipt of a decision or deletion; `config` must be the one of its revision. */
export function receipt(
  entry: Entry,
  config?: Config,
  { language = "en", words, withdrawal_method }: ReceiptOptions = {},
): Receipt {
  if (language !== "en" && !words?.["receipt.title"]) {
    throw new RangeError(`no words in ${language}: give those of waymark-texts/receipts as words`);
  }
  const said = sayFrom({ ...english, ...words });
  const say: Say = (name, values) => said(`receipt.${name}`, values);
  const { name, contact, policy_url } = controllerIn(policyAt(entry, config ? [config] : []));
  const way = withdrawal_method ?? (contact ? say("write_to", { contact }) : undefined);
  const time = new Date(entry.time_ms).toISOString();
  const version = entry.revision + (policy_url ? ` (${policy_url})` : "");
  const nameIn = (id: string) => nameOf(said, id);
  const lines = [
    say("title"),
    "",
    say("when", { time: `${time.slice(0, 10)} ${time.slice(11, 16)} UTC` }),
    ...(name ? [say("controller", { name })] : []),
    "",
    ...(entry.type === "deletion" ? deleted(entry, say, nameIn) : decided(entry, say, nameIn)),
    "",
    say("version", { version }),
    ...(way ? [say("withdraw", { way })] : []),
    say("number", { number: entry.hash }),
  ];
  const made: Receipt = {
    schema_version: "waymark-consent-receipt-1",
    receipt_id: entry.hash,
    language,
    time,
    policy_revision: entry.revision,
    controller: name ?? null,
    privacy_notice: policy_url ?? null,
    withdrawal_method: way ?? null,
    text: lines.join("\n") + "\n",
    missing: [],
  };
  made.missing = missingIn(made);
  return made;
}

type NameIn = (id: string) => string;

// Names of standards are the same everywhere.
const signals: Record<string, string> = { gpc: "Global Privacy Control", dnt: "Do Not Track" };

function decided(entry: Entry, say: Say, nameIn: NameIn): string[] {
  // What a vendor may do goes without saying until the person says otherwise.
  const standings = Object.entries(standingsOf(entry)).filter(
    ([id, { why }]) => !id.startsWith("vendor:") || why !== "default",
  );
  const purposes = standings.map(([id, { state, why }]) => {
    const reason = signals[why] ?? say(`why.${why}`);
    return `- ${say("item", { name: nameIn(id), state: say(state) })}${reason && ` (${reason})`}`;
  });
  // Who has read a notice has not decided anything by that.
  const noted = entry.shown?.layer === "notice" && entry.shown.control === "ok";
  return [say(`by.${noted ? "notice" : entry.by}`) || say("by.policy"), ...purposes];
}

function deleted(entry: Entry, say: Say, nameIn: NameIn): string[] {
  const counted = ["events", "may_have_left", "ids"] as const;
  const purposes = (entry.purposes as string[]).map(nameIn).join(", ");
  return [
    say("deleted", { purposes }),
    ...counted.map((name) => `- ${say(name, { count: entry[name] ?? 0 })}`),
    ...(entry.store_cleared ? [`- ${say("store_cleared")}`] : []),
  ];
}

// The receipt for the person: what was decided or deleted, when, under which version, and the way
// back. sdk/docs/consent_receipt.schema.json.
//
// Of the person it holds nothing at all, not even the subject: the number of the record finds it.

import type { Config } from "../core/types.ts";
import { missingIn } from "./consent_record.ts";
import { type Entry, standingsOf } from "./entry.ts";
import { controllerIn, policyAt } from "./policy.ts";
import { type ReceiptLanguage, texts } from "./receipt_texts.ts";

export { receipt_languages, type ReceiptLanguage } from "./receipt_texts.ts";

export interface Receipt {
  schema_version: "waymark-consent-receipt-1";
  receipt_id: string;
  language: ReceiptLanguage;
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
  language?: ReceiptLanguage;
  /** How to withdraw, in that language. Else the controller's contact. */
  withdrawal_method?: string;
}

/** The receipt of a decision or deletion; `config` must be the one of its revision. */
export function receipt(
  entry: Entry,
  config?: Config,
  { language = "en", withdrawal_method }: ReceiptOptions = {},
): Receipt {
  const words = texts[language];
  if (!words) throw new RangeError(`no receipts in ${language}: ${Object.keys(texts).join(", ")}`);
  const { name, contact, policy_url } = controllerIn(policyAt(entry, config ? [config] : []));
  const way = withdrawal_method ?? (contact ? words.write_to(contact) : undefined);
  const time = new Date(entry.time_ms).toISOString();
  const when = `${time.slice(0, 10)} ${time.slice(11, 16)} UTC`;
  const lines = [
    words.title,
    "",
    `${words.when}: ${when}`,
    ...(name ? [`${words.with}: ${name}`] : []),
    "",
    ...(entry.type === "deletion" ? deleted(entry, language) : decided(entry, language)),
    "",
    `${words.version}: ${entry.revision}${policy_url ? ` (${policy_url})` : ""}`,
    ...(way ? [`${words.withdraw}: ${way}`] : []),
    `${words.number}: ${entry.hash}`,
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

function decided(entry: Entry, language: ReceiptLanguage): string[] {
  const words = texts[language];
  // What a vendor may do goes without saying until the person says otherwise.
  const standings = Object.entries(standingsOf(entry)).filter(
    ([id, { why }]) => !id.startsWith("vendor:") || why !== "default",
  );
  const purposes = standings.map(([id, { state, why }]) => {
    const reason = words.why[why];
    return `- ${id}: ${words.state[state]}${reason ? ` (${reason})` : ""}`;
  });
  return [words.by[entry.by ?? ""] ?? words.by.policy!, ...purposes];
}

function deleted(entry: Entry, language: ReceiptLanguage): string[] {
  const words = texts[language];
  const { events = 0, may_have_left = 0, ids = 0, store_cleared, purposes } = entry;
  return [
    words.deleted((purposes as string[]).join(", ")),
    `- ${words.events}: ${events}`,
    `- ${words.may_have_left}: ${may_have_left}`,
    `- ${words.ids}: ${ids}`,
    ...(store_cleared ? [`- ${words.store_cleared}`] : []),
  ];
}

// The receipts of the decisions on this device, as a file for the person who took them. Loaded
// when somebody wants them.

import type { Client } from "../core/client.ts";
import type { Config } from "../core/types.ts";
import type { Entry } from "../records/entry.ts";
import { receipt } from "../records/receipt.ts";
import { h } from "./dom.ts";
import type { Words } from "./index.ts";

/** Hands over all receipts: as text to read, or as the documents with their proof. */
export async function download(
  client: Client,
  config: Config,
  spoken: Words,
  form: "txt" | "json",
): Promise<void> {
  const [log, words] = await Promise.all([client.consent.records(), spoken.all("receipts/")]);
  // Where no words of that language come it is better to be understood by some than by nobody.
  const language = words["receipt.title"] ? spoken.language : "en";
  const entries = (log?.entries ?? []) as unknown as Entry[];
  const receipts = entries.map((entry) => receipt(entry, config, { language, words }));
  const text =
    form === "json"
      ? JSON.stringify({ receipts, anchor: log?.anchor }, undefined, 2)
      : receipts.map(({ text }) => text).join("\n");
  save(text, `privacy-choices.${form}`);
}

function save(text: string, name: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
  h("a", { href: url, download: name }).click();
  // The browser takes it in its own time; a minute is more than it needs.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

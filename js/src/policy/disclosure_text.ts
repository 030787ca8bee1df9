// A disclosure for people to read: as Markdown, and as HTML to be put into a privacy notice.

import { nameOf, type Say, sayFrom, type Texts } from "../core/say.ts";
import { directionOf } from "../platform/browser/language.ts";
import type { Disclosure, Periods, Recipient, StoredItem } from "./disclose.ts";

/** What stands in a document: a heading, a sentence, or a table with its head. */
export type Block = { heading: string; level: number } | { text: string } | { rows: string[][] };

/**
 * The words of a notice in a language of the config: those of `waymark-texts/disclosure`, and
 * purposes under the names that they have in the banner.
 */
export function noticeWords(config: any, language: string, notice: Texts, banner: Texts): Say {
  const { ui, services = [] } = config.consent;
  const named = services.map(({ id, name }: any) => [`services.${id}`, name ?? id]);
  const own = onlyPurposes(ui?.texts?.[language] ?? {});
  return sayFrom({ ...Object.fromEntries(named), ...onlyPurposes(banner), ...own, ...notice });
}

const onlyPurposes = (texts: Texts): Texts =>
  Object.fromEntries(Object.entries(texts).filter(([name]) => name.startsWith("purposes.")));

/** The disclosure in the words of `say`, which has purposes and services by name, too. */
export function blocksOf(disclosure: Disclosure, say: Say): Block[] {
  const { revision, controller, purposes, storage, recipients, periods } = disclosure;
  const names = (ids: string[]) => ids.map((id) => nameOf(say, id)).join(", ");
  const heading = (name: string, level = 2): Block => ({ heading: say(name), level });
  const table = (head: string[], rows: string[][]): Block[] =>
    rows.length ? [{ rows: [head.map((name) => say(name)), ...rows] }] : [{ text: say("none") }];
  const party = [controller.name, controller.address, controller.contact].filter(Boolean);
  return [
    heading("title", 1),
    { text: say("version", { version: revision }) },
    ...(party.length ? [{ text: `${say("controller")}: ${party.join(", ")}` }] : []),
    { text: say("withdraw") },
    heading("purposes"),
    ...table(
      ["purpose", "means", "basis"],
      purposes.map(({ id, basis, exemption, exempt_in }) => [
        nameOf(say, id),
        say(`purposes.${id}.text`),
        [say(`basis.${basis}`), exemption, exempt_in?.join(", ")].filter(Boolean).join("; "),
      ]),
    ),
    heading("storage"),
    ...table(
      ["name", "kind", "means", "purpose", "period"],
      storage.map((item) => [
        item.name,
        say(`kind.${item.kind}`),
        meaningOf(item, say),
        item.purposes.length ? names(item.purposes) : say("proof"),
        periodOf(item, say),
      ]),
    ),
    heading("recipients"),
    ...table(
      ["recipient", "kind", "purpose", "notice"],
      recipients.map((one) => [
        whoOf(one, say),
        say(`recipient.${one.kind}`),
        names(one.purposes),
        one.privacy_url ?? "",
      ]),
    ),
    heading("periods"),
    ...periods.answers.map((one) => ({ text: answerText(one, say) })),
    { text: say("period.storage", { days: periods.storage_days }) },
    ...(periods.events_days ? [{ text: say("period.events", { days: periods.events_days }) }] : []),
  ];
}

function meaningOf({ what, service }: StoredItem, say: Say): string {
  if (what) return say(what);
  return say("by", { name: say(`services.${service}`) || service! });
}

function whoOf({ name, host, deidentified }: Recipient, say: Say): string {
  const place = host && host !== name ? ` (${host})` : "";
  return name + place + (deidentified ? `; ${say("deidentified")}` : "");
}

const day_s = 86_400;

function periodOf({ max_age_s, what, kind }: StoredItem, say: Say): string {
  if (max_age_s !== null) return say("days", { days: Math.round(max_age_s / day_s) });
  if (kind === "session_storage") return say("period.session");
  return say(what ? "period.entry" : "period.unknown");
}

function answerText({ region, granted_days, denied_days }: Periods, say: Say): string {
  const text = say("period.answer", { granted: granted_days, denied: denied_days });
  return region ? `${region.join(", ")}: ${text}` : text;
}

export function asMarkdown(blocks: Block[]): string {
  const cell = (text: string) => text.replace(/\|/g, "\\|").replace(/\n/g, " ");
  const row = (cells: string[]) => `| ${cells.map(cell).join(" | ")} |\n`;
  const parts = blocks.map((block) => {
    if ("heading" in block) return `${"#".repeat(block.level)} ${block.heading}\n`;
    if ("text" in block) return `${block.text}\n`;
    const [head, ...rows] = block.rows;
    return [head!, head!.map(() => "---"), ...rows].map(row).join("");
  });
  return parts.join("\n");
}

export function asHtml(blocks: Block[], language: string): string {
  const row = (cells: string[], tag: string) =>
    `<tr>${cells.map((text) => `<${tag}>${escaped(text)}</${tag}>`).join("")}</tr>\n`;
  const parts = blocks.map((block) => {
    if ("heading" in block) return `<h${block.level}>${escaped(block.heading)}</h${block.level}>\n`;
    if ("text" in block) return `<p>${escaped(block.text)}</p>\n`;
    const [head, ...rows] = block.rows;
    const body = rows.map((cells) => row(cells, "td")).join("");
    return `<table>\n<thead>\n${row(head!, "th")}</thead>\n<tbody>\n${body}</tbody>\n</table>\n`;
  });
  const direction = directionOf(language) === "rtl" ? ' dir="rtl"' : "";
  return `<section lang="${escaped(language)}"${direction}>\n${parts.join("")}</section>\n`;
}

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escaped = (text: string) => text.replace(/[&<>"]/g, (sign) => entities[sign]!);

// What helps in writing, beside the editor itself: completion and explanations from the schema,
// brackets that close, and search. It comes when the policy can already be read and changed.

import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  type Completion,
  type CompletionContext,
  type CompletionResult,
  snippetCompletion,
  startCompletion,
} from "@codemirror/autocomplete";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import type { Extension } from "@codemirror/state";
import { EditorView, hoverTooltip, keymap, type ViewUpdate } from "@codemirror/view";
import { h } from "../../../js/src/banner/dom.ts";
import schema_document from "../../../sdk/docs/config.schema.json" with { type: "json" };
import { parse, spotAt, wholeOf } from "./places.ts";
import type { Policy } from "./policy.ts";
import { describe, type Proposal, proposals, type Schema } from "./schema.ts";

const schema: Schema = schema_document;

export function assistance(policy: Policy): Extension {
  const offered = EditorView.updateListener.of((update) => {
    if (quotes(update)) setTimeout(() => startCompletion(update.view));
  });
  return [
    [closeBrackets(), keymap.of(closeBracketsKeymap)],
    autocompletion({ icons: false, override: [(context) => complete(context, policy)] }),
    hoverTooltip((view, at) => explain(view, at, policy)),
    [highlightSelectionMatches(), keymap.of(searchKeymap)],
    offered,
  ];
}

/** A quotation mark has just been typed: what may stand in it is offered. */
function quotes({ transactions }: ViewUpdate): boolean {
  const typed = transactions.filter((one) => one.isUserEvent("input.type"));
  return typed.some(({ changes }) => {
    let found = false;
    changes.iterChanges((_a, _b, _c, _d, inserted) => (found ||= /^"/.test(inserted.toString())));
    return found;
  });
}

const configOf = (policy: Policy) => policy.taken?.value ?? {};

function complete(context: CompletionContext, policy: Policy): CompletionResult | null {
  const text = context.state.doc.toString();
  const tree = parse(text);
  const spot = spotAt(tree, text, context.pos);
  if (!spot) return null;
  const written = text.slice(spot.range.from, context.pos).replace(/"/g, "").toLowerCase();
  if (spot.range.to === spot.range.from && !context.explicit) return null;
  // The document as it stands names more than the last one without problems, when it is JSON.
  const config = jsonOr(text, configOf(policy));
  const has_value = /^"?\s*:/.test(text.slice(spot.range.to));
  const wanted = proposals(schema, config, tree, text, spot).filter(({ label }) =>
    label.toLowerCase().includes(written),
  );
  const starts = ({ label }: Proposal) => label.toLowerCase().startsWith(written);
  const sorted = [...wanted.filter(starts), ...wanted.filter((one) => !starts(one))];
  const options = sorted.map((one) => asCompletion(one, spot.kind === "name" && has_value));
  // The editor would compare quotation marks, too.
  return { from: spot.range.from, to: spot.range.to, options, filter: false };
}

function asCompletion({ label, text, detail, info }: Proposal, name_only: boolean): Completion {
  const type = /^"[^"]*": /.test(text) ? "property" : "enum";
  const shown = { label, detail, info, type };
  if (name_only) return { ...shown, apply: JSON.stringify(label) };
  return text.includes("${") ? snippetCompletion(text, shown) : { ...shown, apply: text };
}

function jsonOr(text: string, otherwise: unknown): any {
  try {
    return JSON.parse(text);
  } catch {
    return otherwise;
  }
}

function explain(view: EditorView, at: number, policy: Policy) {
  const text = view.state.doc.toString();
  const tree = parse(text);
  const spot = spotAt(tree, text, at + 1);
  if (!spot) return null;
  const word = text.slice(spot.range.from, spot.range.to);
  const path = spot.kind === "name" ? [...spot.path, word.replace(/"/g, "")] : spot.path;
  const sentences = describe(schema, jsonOr(text, configOf(policy)), path);
  if (!sentences.length || !wholeOf(tree, text, "")) return null;
  const dom = h("div", { class: "hover" }, ...sentences.map((sentence) => h("p", {}, sentence)));
  return { pos: spot.range.from, end: spot.range.to, create: () => ({ dom }) };
}

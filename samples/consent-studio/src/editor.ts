// The editor: the policy as text, with completion from the schema and errors in place.

import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  type Completion,
  type CompletionContext,
  completionKeymap,
  type CompletionResult,
  snippetCompletion,
  startCompletion,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import {
  bracketMatching,
  foldGutter,
  foldKeymap,
  HighlightStyle,
  indentOnInput,
  indentUnit,
  syntaxHighlighting,
} from "@codemirror/language";
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { EditorState, type Extension } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  hoverTooltip,
  keymap,
  lineNumbers,
  type ViewUpdate,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { h } from "../../../js/src/banner/dom.ts";
import type { Problem } from "../../../js/src/core/types.ts";
import type { Finding } from "../../../js/src/policy/lint.ts";
import { markFor, parse, spotAt, wholeOf } from "./places.ts";
import type { Judgement, Policy } from "./policy.ts";
import { describe, type Proposal, proposals, type Schema } from "./schema.ts";

/** Colours by classes: the page's Content-Security-Policy and both themes have a say. */
const colours = HighlightStyle.define([
  { tag: tags.propertyName, class: "token-name" },
  { tag: tags.string, class: "token-text" },
  { tag: [tags.number, tags.bool, tags.null], class: "token-value" },
  { tag: tags.invalid, class: "token-invalid" },
]);

/** How JSON is laid out and coloured, here and where two policies are compared. */
export const reading: Extension = [json(), syntaxHighlighting(colours), EditorView.lineWrapping];

export function createEditor(parent: HTMLElement, policy: Policy, schema: Schema): EditorView {
  const written = EditorView.updateListener.of((update) => {
    if (update.docChanged) policy.write(update.state.doc.toString());
    if (quotes(update)) setTimeout(() => startCompletion(update.view));
  });
  const names = {
    ...{ "aria-label": "The policy, as JSON", "aria-describedby": "editor-help" },
    tabindex: "0",
  };
  const state = EditorState.create({
    doc: policy.text,
    extensions: [
      [lineNumbers(), foldGutter(), lintGutter(), highlightActiveLineGutter()],
      [history(), drawSelection(), indentOnInput(), indentUnit.of("  ")],
      [bracketMatching(), closeBrackets(), highlightActiveLine(), highlightSelectionMatches()],
      autocompletion({
        icons: false,
        override: [(context) => complete(context, policy, schema)],
      }),
      hoverTooltip((view, at) => explain(view, at, policy, schema)),
      keymap.of([
        ...[closeBracketsKeymap, defaultKeymap, searchKeymap, historyKeymap].flat(),
        ...[foldKeymap, completionKeymap, lintKeymap].flat(),
        indentWithTab,
      ]),
      EditorView.contentAttributes.of(names),
      reading,
      written,
    ],
  });
  const view = new EditorView({ state, parent });
  policy.on("judged", (judgement) => {
    view.dispatch(setDiagnostics(view.state, diagnosticsOf(judgement)));
  });
  return view;
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

/** Replaces the whole text; what was there comes back with undo. */
export function replaceText(view: EditorView, text: string): void {
  view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
}

/** Shows the place of a problem. */
export function goTo(view: EditorView, pointer: string): void {
  const text = view.state.doc.toString();
  const { from } = markFor(parse(text), text, pointer);
  view.dispatch({
    selection: { anchor: from },
    effects: EditorView.scrollIntoView(from, { y: "center" }),
  });
  view.focus();
}

function diagnosticsOf({ text, error, problems, findings }: Judgement): Diagnostic[] {
  if (error) {
    const lines = text.split("\n").slice(0, error.line - 1);
    const at = lines.reduce((sum, line) => sum + line.length + 1, 0) + error.column - 1;
    const from = Math.min(at, Math.max(0, text.length - 1));
    const message = `Found ${error.found}; expected ${error.expected}.`;
    return [{ from, to: Math.min(from + 1, text.length), severity: "error", message }];
  }
  const tree = parse(text);
  const all = [...problems, ...findings].map((finding) => ({
    ...markFor(tree, text, finding.pointer),
    severity: severities[finding.severity],
    message: adviceOf(finding),
  }));
  return all.sort((a, b) => a.from - b.from);
}

const severities = { error: "error", warning: "warning", note: "info" } as const;

/** All that is to be said of a finding: what it is, what to do, and who says so. */
export const adviceOf = (finding: Finding) =>
  [sentenceOf(finding), finding.fix, finding.source && `Source: ${finding.source}.`]
    .filter(Boolean)
    .join(" ");

export const sentenceOf = ({ found, allowed }: Problem) => `Found ${found}. Allowed: ${allowed}.`;

const configOf = (policy: Policy) => policy.taken?.value ?? {};

function complete(
  context: CompletionContext,
  policy: Policy,
  schema: Schema,
): CompletionResult | null {
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

function explain(view: EditorView, at: number, policy: Policy, schema: Schema) {
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

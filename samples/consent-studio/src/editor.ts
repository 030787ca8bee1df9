// The editor: the policy as text, with errors in place.

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
import { Compartment, EditorState, type Extension } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";
import type { JsonError } from "../../../js/src/cli/json_error.ts";
import type { Problem } from "../../../js/src/core/types.ts";
import type { Finding } from "../../../js/src/policy/lint.ts";
import { markFor, parse } from "./places.ts";
import type { Judgement, Policy } from "./policy.ts";
import { say } from "./speech.ts";

/** Colours by classes: the page's Content-Security-Policy and both themes have a say. */
const colours = HighlightStyle.define([
  { tag: tags.propertyName, class: "token-name" },
  { tag: tags.string, class: "token-text" },
  { tag: [tags.number, tags.bool, tags.null], class: "token-value" },
  { tag: tags.invalid, class: "token-invalid" },
]);

/** How JSON is laid out and coloured, here and where two policies are compared. */
export const reading: Extension = [json(), syntaxHighlighting(colours), EditorView.lineWrapping];

// What depends on the language, and what comes later.
const names = new Compartment();
const later = new Compartment();

const namesNow = () =>
  EditorView.contentAttributes.of({
    ...{ "aria-label": say("editor"), "aria-describedby": "editor-help" },
    tabindex: "0",
  });

export function createEditor(parent: HTMLElement, policy: Policy): EditorView {
  const written = EditorView.updateListener.of((update) => {
    if (update.docChanged) policy.write(update.state.doc.toString());
  });
  const state = EditorState.create({
    doc: policy.text,
    extensions: [
      [lineNumbers(), foldGutter(), lintGutter(), highlightActiveLineGutter()],
      [history(), drawSelection(), indentOnInput(), indentUnit.of("  ")],
      [bracketMatching(), highlightActiveLine()],
      // Its keys count before the usual ones.
      later.of([]),
      keymap.of([...defaultKeymap, ...historyKeymap, ...foldKeymap, ...lintKeymap, indentWithTab]),
      names.of(namesNow()),
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

/** The language is another one. */
export function rename(view: EditorView, { judgement }: Policy): void {
  view.dispatch({ effects: names.reconfigure(namesNow()) });
  // Else what is there now is about to be judged.
  if (judgement.text !== view.state.doc.toString()) return;
  view.dispatch(setDiagnostics(view.state, diagnosticsOf(judgement)));
}

/** Adds what helps in writing. */
export function assist(view: EditorView, assistance: Extension): void {
  view.dispatch({ effects: later.reconfigure(assistance) });
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
    const message = brokenAt(error);
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
export function adviceOf(finding: Finding): string {
  const { fix, source } = finding;
  const whose = source && say("problem.source", { source });
  return [sentenceOf(finding), fix, whose].filter(Boolean).join(" ");
}

export const sentenceOf = ({ found, allowed }: Problem) => say("problem.found", { found, allowed });

export const brokenAt = (error: JsonError) => say("problem.broken", { ...error });

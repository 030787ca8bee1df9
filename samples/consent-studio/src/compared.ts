// Two policies compared in the text.

import { unifiedMergeView } from "@codemirror/merge";
import { EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { h } from "../../../js/src/banner/dom.ts";
import { reading } from "./editor.ts";
import { say } from "./speech.ts";

/** The new text, with what it says otherwise than the `original`. */
export function comparedNode(original: string, doc: string): HTMLElement {
  const fixed = [EditorState.readOnly.of(true), EditorView.editable.of(false)];
  const names = EditorView.contentAttributes.of({
    "aria-label": say("changes.texts"),
    tabindex: "0",
  });
  const merge = unifiedMergeView({ original, mergeControls: false, collapseUnchanged: {} });
  const parent = h("div", {});
  const extensions = [reading, fixed, names, merge];
  new EditorView({ state: EditorState.create({ doc, extensions }), parent });
  return parent;
}

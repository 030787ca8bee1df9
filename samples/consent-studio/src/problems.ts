// What is wrong with the policy, below it: each problem leads to its place.

import type { EditorView } from "@codemirror/view";
import { h } from "../../../js/src/banner/dom.ts";
import type { JsonError } from "../../../js/src/cli/json_error.ts";
import type { Finding } from "../../../js/src/policy/lint.ts";
import { goTo, sentenceOf } from "./editor.ts";
import type { Judgement } from "./policy.ts";
import { plural } from "./words.ts";

export function statusOf({ error, problems, findings }: Judgement): {
  text: string;
  state: string;
} {
  if (error) return { text: `Not JSON: line ${error.line}`, state: "error" };
  if (problems.length) return { text: plural(problems.length, "problem"), state: "error" };
  const grave = findings.filter(({ severity }) => severity !== "note").length;
  const count = plural(findings.length, "finding");
  if (findings.length) return { text: `Valid, ${count}`, state: grave ? "warning" : "valid" };
  return { text: "Valid", state: "valid" };
}

export const brokenAt = ({ line, column, found, expected }: JsonError) =>
  `Line ${line}, column ${column}: found ${found}; expected ${expected}.`;

export function drawProblems(node: HTMLElement, judgement: Judgement, editor: EditorView): void {
  const { error, problems, findings } = judgement;
  const row = (finding: Finding) => {
    const click = () => goTo(editor, finding.pointer);
    const place = h("code", {}, finding.pointer || "the document");
    const more = [finding.fix, finding.source && `Source: ${finding.source}.`].filter(Boolean);
    const advice = more.length > 0 && h("span", { class: "advice" }, more.join(" "));
    const said = h("span", {}, sentenceOf(finding));
    return h(
      "li",
      { class: finding.severity },
      h("button", { type: "button", click }, place, said, advice),
    );
  };
  const broken = error && h("li", { class: "error" }, brokenAt(error));
  const all = broken ? [broken] : [...problems, ...findings].map(row);
  node.hidden = !all.length;
  node.replaceChildren(h("ul", {}, ...all));
}

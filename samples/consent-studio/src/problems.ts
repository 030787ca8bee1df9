// What is wrong with the policy, below it: each problem leads to its place.

import type { EditorView } from "@codemirror/view";
import { h } from "../../../js/src/banner/dom.ts";
import type { Finding } from "../../../js/src/policy/lint.ts";
import { brokenAt, goTo, sentenceOf } from "./editor.ts";
import type { Judgement } from "./policy.ts";
import { counted, say } from "./speech.ts";

export function statusOf({ error, problems, findings }: Judgement): {
  text: string;
  state: string;
} {
  if (error) return { text: say("status.broken", { line: error.line }), state: "error" };
  if (problems.length) return { text: counted("status.problems", problems.length), state: "error" };
  const grave = findings.filter(({ severity }) => severity !== "note").length;
  const text = findings.length ? counted("status.findings", findings.length) : say("status.valid");
  return { text, state: grave ? "warning" : "valid" };
}

export function drawProblems(node: HTMLElement, judgement: Judgement, editor: EditorView): void {
  const { error, problems, findings } = judgement;
  const row = (finding: Finding) => {
    const click = () => goTo(editor, finding.pointer);
    const place = h("code", {}, finding.pointer || say("problem.document"));
    const source = finding.source && say("problem.source", { source: finding.source });
    const more = [finding.fix, source].filter(Boolean).join(" ");
    const advice = more && h("span", { class: "advice" }, more);
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

// The studio: the policy on one side, what it does on the other.
//
// The order is that in which somebody can do something with it: the text to read and to change,
// then what the engine says of it, then all else.

import { redo, redoDepth, undo, undoDepth } from "@codemirror/commands";
import type { EditorView } from "@codemirror/view";
import { h } from "../../../js/src/banner/dom.ts";
import shop from "../policies/shop.json?text";
import smallest from "../policies/smallest.json?text";
import { begin } from "./begun.ts";
import { assist, createEditor, rename, replaceText } from "./editor.ts";
import { button, languageName, openFile, save, select } from "./form.ts";
import { Keeping } from "./keeping.ts";
import { Policy } from "./policy.ts";
import { drawProblems, statusOf } from "./problems.ts";
import { Questions } from "./questions.ts";
import { languageNow, languages_spoken, type Name, say, speak, speakAsAsked } from "./speech.ts";
import type { Workbench } from "./workbench.ts";

const { module, worker } = begin();
const questions = new Questions(worker, module);
const policy = new Policy(questions);
const keeping = new Keeping();

const at = (id: string) => document.getElementById(id)!;

const said = h("span", { class: "status", role: "status" });
function tell(text: string, state = ""): void {
  said.textContent = text;
  said.dataset.state = state;
}

/** The words that stand in the page itself. */
function drawPage(): void {
  document.documentElement.lang = languageNow();
  for (const node of document.querySelectorAll<HTMLElement>("[data-text]")) {
    node.textContent = say(node.dataset.text as Name);
  }
  for (const node of document.querySelectorAll<HTMLElement>("[data-label]")) {
    node.setAttribute("aria-label", say(node.dataset.label as Name));
  }
}

function beginWith(editor: EditorView): HTMLElement {
  const examples: Record<string, string> = { shop, smallest };
  const offered: [string, string][] = [
    ["", say("examples")],
    ["shop", say("example.shop")],
    ["smallest", say("example.smallest")],
  ];
  const list = select(offered, "", (name) => {
    if (examples[name]) replaceText(editor, examples[name]);
    list.value = "";
  });
  list.setAttribute("aria-label", say("examples.begin"));
  return list;
}

function languagesOf(again: () => void): HTMLElement {
  const names = languages_spoken.map((tag): [string, string] => [tag, languageName(tag, tag)]);
  const list = select(names, languageNow(), (tag) => {
    speak(tag);
    again();
    at("actions").querySelector<HTMLElement>(".languages")!.focus();
  });
  list.className = "languages";
  list.setAttribute("aria-label", say("language.studio"));
  return list;
}

/** Gives what is to be called when there may be more or less to undo. */
function drawActions(editor: EditorView, again: () => void): () => void {
  const open = () => {
    const take = (text: string) => replaceText(editor, text);
    openFile(take, (why) => tell(why, "error"));
  };
  const back = button(say("undo"), () => undo(editor), { title: say("undo.keys") });
  const forth = button(say("redo"), () => redo(editor), { title: say("redo.keys") });
  at("actions").replaceChildren(
    beginWith(editor),
    button(say("open"), open),
    button(say("save"), () => save("waymark.json", editor.state.doc.toString())),
    back,
    forth,
    languagesOf(again),
  );
  const settle = () => {
    back.disabled = undoDepth(editor.state) === 0;
    forth.disabled = redoDepth(editor.state) === 0;
  };
  settle();
  return settle;
}

function drawKeeping(): void {
  const change = () => {
    if (!ask.checked) return keeping.forget();
    ask.checked = keeping.keep(policy.text);
    if (!ask.checked) tell(say("keep.refused"), "warning");
  };
  const ask = h("input", { type: "checkbox", checked: keeping.keeps, change });
  at("keep").replaceChildren(h("label", { class: "tick" }, ask, h("span", {}, say("keep"))));
}

function drawJudgement(editor: EditorView): void {
  const { judgement } = policy;
  const { text, state } = statusOf(judgement);
  tell(text, state);
  drawProblems(at("problems"), judgement, editor);
  document.body.classList.toggle("stale", !!policy.taken && policy.stale);
}

/** When the browser has drawn what is there. */
const drawn = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));

/** All that can wait until the policy can be edited and has been judged. */
async function goOn(editor: EditorView): Promise<Workbench> {
  await drawn();
  const { assistance, Workbench } = await import("./later.ts");
  assist(editor, assistance(policy));
  const workbench = new Workbench(at("workbench"), questions, module);
  policy.on("taken", (taken) => workbench.show(taken));
  if (policy.taken) workbench.show(policy.taken);
  performance.mark("complete");
  if ("serviceWorker" in navigator) navigator.serviceWorker.register("offline.js").catch(() => {});
  return workbench;
}

function start(): void {
  speakAsAsked();
  policy.text = keeping.kept() ?? shop;
  const editor = createEditor(at("editor"), policy);
  let more: Promise<Workbench> | undefined;
  const again = () => {
    draw();
    rename(editor, policy);
    drawJudgement(editor);
    void more?.then((workbench) => workbench.name());
  };
  let settle = () => {};
  const draw = () => {
    drawPage();
    settle = drawActions(editor, again);
    drawKeeping();
  };
  at("document").append(said);
  draw();
  performance.mark("editor");
  policy.on("judged", ({ text }) => {
    drawJudgement(editor);
    keeping.update(text);
    settle();
    if (more) return;
    performance.mark("interactive");
    more = goOn(editor);
  });
  module.catch((error) => tell(error.message, "error"));
  policy.write(policy.text, true);
}

start();

// The studio: the policy on one side, what it does on the other.

import { redo, redoDepth, undo, undoDepth } from "@codemirror/commands";
import type { EditorView } from "@codemirror/view";
import { h } from "../../../js/src/banner/dom.ts";
import { loadModule } from "../../../js/src/platform/load.ts";
import schema from "../../../sdk/docs/config.schema.json" with { type: "json" };
import shop from "../policies/shop.json?text";
import smallest from "../policies/smallest.json?text";
import { ChangesPanel } from "./changes_panel.ts";
import { DecisionsPanel } from "./decisions_panel.ts";
import { createEditor, replaceText } from "./editor.ts";
import { button, openFile, save, select } from "./form.ts";
import { Keeping } from "./keeping.ts";
import { NoticePanel } from "./notice_panel.ts";
import { Policy } from "./policy.ts";
import { Preview } from "./preview.ts";
import { drawProblems, statusOf } from "./problems.ts";
import { Questions } from "./questions.ts";
import { SimulatorPanel } from "./simulator_panel.ts";
import { Tabs } from "../../../js/src/inspector/tabs.ts";
import { VisitorPanel } from "./visitor.ts";
import { models } from "./words.ts";

const module = loadModule(new URL("waymark-tools.wasm", location.href));
const questions = new Questions(new Worker("worker.js", { type: "module" }), module);
const policy = new Policy(questions);
const keeping = new Keeping();

const at = (id: string) => document.getElementById(id)!;

const visitors = new VisitorPanel(() => visit());
const simulator = new SimulatorPanel(module);
const decisions = new DecisionsPanel(questions);
const changes = new ChangesPanel(questions, module);
const notice = new NoticePanel(module);
const preview = new Preview(module, {
  decided: (choices) => simulator.choose(choices),
  viewed: ({ model, due = [] }) => {
    const asked = due.length ? `Asked about ${due.join(", ")}.` : "Nothing is asked.";
    visitors.tell(`${models[model]} ${asked}`);
  },
});

/** The visitor comes anew, to the policy as it is. */
function visit(): void {
  const { taken } = policy;
  if (!taken) return;
  preview.show(taken.value, { ...visitors.visitor });
  simulator.show(taken.value, visitors.visitor);
}

function drawWorkbench(): void {
  const visited = h("div", {}, preview.node, simulator.node);
  const tabs = new Tabs(
    "What it does",
    [
      { id: "preview", label: "Preview", panel: preview.node },
      { id: "simulator", label: "Simulator", panel: simulator.node },
      { id: "decisions", label: "Decisions", panel: decisions.node },
      { id: "changes", label: "Changes", panel: changes.node },
      { id: "notice", label: "Notice", panel: notice.node },
    ],
    (id) => {
      visitors.node.hidden = !/preview|simulator/.test(id);
      decisions.seen(id === "decisions");
      changes.seen(id === "changes");
      notice.seen(id === "notice");
    },
  );
  const late = "Shown is the last version without problems.";
  const stale = h("p", { class: "stale-note" }, late);
  const others = [decisions.node, changes.node, notice.node];
  at("workbench").append(tabs.list, stale, visitors.node, visited, ...others);
}

function drawActions(editor: EditorView): () => void {
  const examples: Record<string, string> = { shop, smallest };
  const begin = select(
    [
      ["", "Examples"],
      ["shop", "A shop, worldwide"],
      ["smallest", "The smallest"],
    ],
    "",
    (name) => {
      if (examples[name]) replaceText(editor, examples[name]);
      begin.value = "";
    },
  );
  begin.setAttribute("aria-label", "Begin with an example");
  const open = () => {
    const take = (text: string) => replaceText(editor, text);
    openFile(take, (why) => say(why, "error"));
  };
  const back = button("Undo", () => undo(editor), { title: "Control Z" });
  const forth = button("Redo", () => redo(editor), { title: "Control Y" });
  at("actions").append(
    begin,
    button("Open…", open),
    button("Save as file", () => save("waymark.json", editor.state.doc.toString())),
    back,
    forth,
  );
  return () => {
    back.disabled = undoDepth(editor.state) === 0;
    forth.disabled = redoDepth(editor.state) === 0;
  };
}

const said = h("span", { class: "status", role: "status" });
const say = (text: string, state = "") => {
  said.textContent = text;
  said.dataset.state = state;
};

function drawKeeping(): void {
  const ask = h("input", {
    type: "checkbox",
    checked: keeping.keeps,
    change: () => {
      if (ask.checked) keeping.keep(policy.text);
      else keeping.forget();
    },
  });
  at("keep").append(
    h("label", { class: "tick" }, ask, h("span", {}, "Keep my policy in this browser")),
  );
}

function start(): void {
  policy.text = keeping.kept() ?? shop;
  const editor = createEditor(at("editor"), policy, schema);
  performance.mark("editor");
  const settle = drawActions(editor);
  at("document").append(said);
  drawWorkbench();
  drawKeeping();
  policy.on("judged", (judgement) => {
    const { text, state } = statusOf(judgement);
    say(text, state);
    drawProblems(at("problems"), judgement, editor);
    document.body.classList.toggle("stale", !!policy.taken && policy.stale);
    keeping.update(judgement.text);
    settle();
  });
  policy.on("taken", (taken) => {
    visitors.offer(taken.value);
    decisions.show(taken);
    changes.show(taken);
    notice.show(taken);
    visit();
    performance.mark("interactive");
  });
  module.catch((error) => say(error.message, "error"));
  policy.write(policy.text, true);
}

start();
if ("serviceWorker" in navigator) navigator.serviceWorker.register("offline.js").catch(() => {});

// The first layer: what is asked, why, and three answers of which two weigh the same.

import { nameOf } from "../core/say.ts";
import { answerAll, type Question } from "./asking.ts";
import { h, link, slot } from "./dom.ts";
import { partnersOf, type Scene } from "./scene.ts";

/** A section beside a page that goes on, or for the layout `modal` a dialog in front of it. */
export function drawQuestion(scene: Scene, { purposes, reasons }: Question): HTMLElement {
  const { policy, say } = scene;
  const { layout = "bar" } = policy.ui;
  const blocks = layout === "modal";
  const partners = partnersOf(policy).length;
  const answer = (granted: boolean) => () =>
    scene.decide(answerAll(purposes, granted), "question", granted ? "accept" : "reject");
  const names = purposes.map((id) => h("li", { part: "purpose-name" }, nameOf(say, id)));
  const more = { type: "button", click: () => scene.openCentre() };
  const texts = scene.tcf ? ["tcf.text", "text"] : ["text"];
  const said = texts.map((name) => h("p", { part: "text" }, say(name, { count: partners })));
  const words = h(
    "div",
    { part: "words" },
    slot("logo"),
    h("h2", { id: "question", part: "title", tabindex: "-1", autofocus: blocks }, say("title")),
    slot("text", ...said),
    ...reasons.map((reason) => h("p", { part: "note" }, say(reason))),
    h("ul", { part: "about" }, ...names),
    h(
      "div",
      { part: "links" },
      partners > 0 &&
        h("button", { part: "plain", ...more }, say("partners", { count: partners })),
      link(policy.controller?.policy_url, say("policy")),
      slot("links"),
    ),
  );
  const button = (name: string, click: () => void, rank = "primary") =>
    h("button", { type: "button", part: `button ${rank} ${name}`, click }, say(name));
  return h(
    blocks ? "dialog" : "section",
    { part: `question ${layout}`, "aria-labelledby": "question" },
    words,
    h(
      "div",
      { part: "buttons" },
      button("reject", answer(false)),
      button("accept", answer(true)),
      button("settings", more.click, "secondary"),
    ),
  );
}

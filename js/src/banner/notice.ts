// Where nobody is asked before anything runs (`opt_out`, `notice`): a notice of it at the first
// visit, and again under each new revision. Loaded in such places alone.
//
// Promise: who reads it has agreed to nothing. "OK" is a decision that names no purpose: what holds
// by law goes on as before, and is no consent elsewhere. That it was read stands in the decision
// log, the only place where it is kept.

import { nameOf, type Say, sayFrom } from "../core/say.ts";
import type { ConsentView } from "../core/types.ts";
import { answerAll, isImposed, isSignalHonoured, type Purpose } from "./asking.ts";
import type { Banner } from "./banner.ts";
import { h, link, slot } from "./dom.ts";
import type { Words } from "./index.ts";
import type { Scene } from "./scene.ts";

// For what each banner has been judged last.
const judged = new WeakMap<Banner, string>();

/** Shows the notice where it is due. To be called with each view. */
export async function notify(banner: Banner, words: Words): Promise<void> {
  const { model, generation } = banner.view() ?? {};
  const now = `${model} ${generation}`;
  if (judged.get(banner) === now) return;
  judged.set(banner, now);
  const [log, texts] = await Promise.all([banner.records(), words.all()]);
  const view = banner.view();
  const say = sayFrom(texts);
  // A notice without words is none; the way back has some of its own.
  if (!log || !view || view.model === "opt_in" || banner.asks || !say("notice.ok")) return;
  const { revision, purposes } = banner.policy;
  const open = purposes.filter(openIn(view));
  const seen = log.entries.some((entry) => entry.revision === revision && isTheirs(entry.by));
  // Where nothing is on there is nothing to be told of.
  if (!seen && open.length) banner.show(drawNotice(banner, view, open, say), "notice");
}

// Whoever decides here has been to the settings, or has read it.
const isTheirs = (by: unknown) => by === "person" || by === "account";

// Of what is on, all that a person may switch off.
const openIn = ({ purposes }: ConsentView) => (purpose: Purpose) => {
  const standing = purposes[purpose.id];
  return standing?.state === "granted" && !isImposed(standing);
};

function drawNotice(
  scene: Scene,
  view: ConsentView,
  open: readonly Purpose[],
  say: Say,
): HTMLElement {
  const { policy } = scene;
  // The purposes for which the law lets people say no by a browser's signal are those of this no.
  const sold = open.filter(({ signals }) => !signals || signals.includes("gpc"));
  const opts_out = view.model === "opt_out";
  const decide = (ids: readonly Purpose[], control: string) => () =>
    scene.decide(answerAll(ids.map(({ id }) => id), false), "notice", control);
  const button = (name: string, text: string, click: () => void) =>
    h("button", { type: "button", part: `button primary ${name}`, click }, say(text));
  const more = { type: "button", click: () => scene.openCentre() };
  const names = open.map(({ id }) => h("li", { part: "purpose-name" }, nameOf(say, id)));
  const words = h(
    "div",
    { part: "words" },
    slot("logo"),
    h("h2", { id: "question", part: "title", tabindex: "-1" }, say("title")),
    slot("text", h("p", { part: "text" }, say(opts_out ? "notice.opt_out" : "notice.text"))),
    isSignalHonoured(view) && h("p", { part: "note" }, say("gpc.text")),
    h("ul", { part: "about" }, ...names),
    h(
      "div",
      { part: "links" },
      h("button", { part: "plain settings", ...more }, say("settings")),
      link(policy.controller?.policy_url, say("policy")),
      slot("links"),
    ),
  );
  return h(
    "section",
    { part: "question notice box", "aria-labelledby": "question" },
    words,
    h(
      "div",
      { part: "buttons" },
      opts_out && sold.length > 0 && button("reject", "notice.refuse", decide(sold, "reject")),
      button("ok", "notice.ok", decide([], "ok")),
    ),
  );
}

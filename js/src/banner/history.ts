// The choices so far: what, when, under which version; each that is allowed can be taken back here,
// and the receipts of all can be had as a file.

import { nameOf } from "../core/say.ts";
import type { ConsentView } from "../core/types.ts";
import type { Entry } from "../records/entry.ts";
import { h } from "./dom.ts";
import type { Scene } from "./scene.ts";

/** A part that can be unfolded. It is filled once the engine has answered. */
export function drawHistory(scene: Scene, view?: ConsentView): HTMLElement {
  const { say } = scene;
  const list = h("ol", {});
  const granted = Object.entries(view?.purposes ?? {}).filter(
    ([id, { state }]) => state === "granted" && !id.startsWith("vendor:"),
  );
  const tools = h(
    "div",
    { part: "tools" },
    ...granted.map(([id]) => withdrawal(scene, id)),
    ...(["txt", "json"] as const).map((form) =>
      h(
        "button",
        { type: "button", click: () => scene.download(form) },
        `${say("download")} (${form.toUpperCase()})`,
      ),
    ),
  );
  void fill(scene, list);
  const summary = h("summary", { id: "history" }, say("history"));
  return h("details", { part: "history" }, summary, list, tools);
}

function withdrawal(scene: Scene, id: string): HTMLElement {
  const { say } = scene;
  const click = () => scene.decide({ [id]: "denied" }, "centre", "withdraw");
  return h("button", { type: "button", click }, say("withdraw", { name: nameOf(say, id) }));
}

async function fill(scene: Scene, list: HTMLElement): Promise<void> {
  const log = await scene.records();
  const entries = (log?.entries ?? []) as unknown as Entry[];
  list.replaceChildren(
    ...entries.map((entry) => drawEntry(scene, entry)).reverse(),
    ...(entries.length ? [] : [h("li", { part: "decision" }, scene.say("history.none"))]),
  );
}

function drawEntry({ say, language }: Scene, entry: Entry): HTMLElement {
  const { time_ms, revision, by, purposes, type } = entry;
  const when = new Date(time_ms);
  const options = { dateStyle: "medium", timeStyle: "short" } as const;
  const made = { person: "", account: say("account") }[by ?? ""] ?? say("automatic");
  const list = Array.isArray(purposes)
    ? purposes.map((id) => nameOf(say, id))
    : Object.entries(purposes ?? {})
        .filter(([id, { state }]) => /granted|denied/.test(state) && !id.startsWith("vendor:"))
        .map(([id, { state }]) => `${nameOf(say, id)}: ${say(state)}`);
  const what = type === "deletion" ? say("deleted") : made;
  return h(
    "li",
    { part: "decision" },
    h("time", { datetime: when.toISOString() }, when.toLocaleString(language, options)),
    ` · ${say("version", { version: revision })}${what && ` · ${what}`}`,
    h("p", { part: "soft" }, list.join(", ")),
  );
}

// The second layer: every purpose with its partners, each with a switch of its own, and the choices
// so far. Nothing is on here that is not allowed already.

import { nameOf } from "../core/say.ts";
import type { Choices, ConsentView, PurposeView } from "../core/types.ts";
import { answerAll, isImposed, isOpen, isSignalHonoured, type Purpose } from "./asking.ts";
import { type Child, h, link, slot } from "./dom.ts";
import { drawHistory } from "./history.ts";
import { partnersOf, type Scene, type Vendor } from "./scene.ts";

/** By what they decide about. */
type Switches = Map<string, HTMLInputElement>;

interface Centre {
  scene: Scene;
  view?: ConsentView;
  switches: Switches;
}

/** What stands in the dialog. */
export function drawCentre(scene: Scene): HTMLElement[] {
  const { policy, say } = scene;
  const view = scene.view();
  const switches: Switches = new Map();
  const centre = { scene, view, switches };
  const sections = policy.purposes.map((purpose) => drawPurpose(centre, purpose));
  const closes = { type: "button", part: "close", "aria-label": say("close") };
  const decide = (choices: Choices, control: string) => scene.decide(choices, "centre", control);
  const all = (granted: boolean) => () => {
    const open = [...switches].filter(([, { dataset }]) => !dataset.imposed);
    // A vendor goes with its purposes: to refuse all is to leave it nothing.
    const ids = open.map(([id]) => id).filter((id) => granted || !isVendor(id));
    decide(answerAll(ids, granted), granted ? "accept" : "reject");
  };
  const button = (name: string, click: () => void) =>
    h("button", { type: "button", part: `button primary ${name}`, click }, say(name));
  keepRequirements(policy.purposes, switches);
  return [
    h(
      "div",
      { part: "head" },
      h("h2", { id: "centre", tabindex: "-1", autofocus: true }, say("centre")),
      h("button", { ...closes, click: () => scene.closeCentre() }, cross()),
    ),
    h(
      "div",
      { part: "body" },
      h("p", { part: "told", role: "status" }),
      slot("centre-text", h("p", {}, say("centre.text"))),
      isSignalHonoured(view) && h("p", { part: "note" }, say("gpc.text")),
      ...sections,
      scene.duties?.rest(),
      drawHistory(scene, view),
      h(
        "div",
        { part: "links" },
        link(policy.controller?.policy_url, say("policy")),
        contact(policy.controller?.contact),
        slot("centre-links"),
      ),
    ),
    h(
      "div",
      { part: "foot" },
      h(
        "div",
        { part: "buttons" },
        button("reject", all(false)),
        button("accept", all(true)),
        button("save", () => decide(chosen(switches, view), "save")),
      ),
    ),
  ];
}

const isVendor = (id: string) => id.startsWith("vendor:");

const cross = () => h("span", { "aria-hidden": "true" }, "✕");

const contact = (address?: string) =>
  address && (address.includes("@") ? link(`mailto:${address}`, address) : h("span", {}, address));

/** All purposes as they are switched; of the vendors those that were switched over. */
function chosen(switches: Switches, view?: ConsentView): Choices {
  const choices: Choices = {};
  for (const [id, { checked, dataset }] of switches) {
    const before = view?.purposes[id]?.state === "granted";
    if (dataset.imposed || (isVendor(id) && checked === before)) continue;
    choices[id] = checked ? "granted" : "denied";
  }
  return choices;
}

/** What needs another purpose can be on only while that is. */
function keepRequirements(purposes: readonly Purpose[], switches: Switches): void {
  const dependent = purposes.filter(({ id, requires }) => requires && switches.has(id));
  const settle = () => {
    // Once for each: what needs one that needs another is settled by then.
    for (const _ of dependent) {
      for (const { id, requires } of dependent) {
        const input = switches.get(id)!;
        const missing = requires!.some((other) => switches.get(other)?.checked === false);
        input.disabled = missing || !!input.dataset.imposed;
        if (missing) input.checked = false;
      }
    }
  };
  for (const input of switches.values()) input.addEventListener("change", settle);
  settle();
}

function drawPurpose(centre: Centre, purpose: Purpose): HTMLElement {
  const { policy, say, duties } = centre.scene;
  const { id, tcf } = purpose;
  const name = nameOf(say, id);
  const standing = centre.view?.purposes[id];
  const open = isOpen(purpose, centre.view);
  return h(
    "section",
    { part: "purpose", "aria-labelledby": `name-${id}` },
    h(
      "div",
      { part: "row" },
      h("h3", { id: `name-${id}` }, open ? h("label", { for: `switch-${id}` }, name) : name),
      open ? drawSwitch(centre, id, standing) : h("span", { part: "soft" }, say("always")),
    ),
    h(
      "div",
      { id: `about-${id}` },
      ...notes(centre, purpose, open).map((text) => text && h("p", { part: "soft" }, text)),
    ),
    tcf && duties?.ofPurpose(tcf),
    drawPartners(centre, partnersOf(policy, id), id),
  );
}

/** What there is to say of a purpose. */
function notes({ scene: { say }, view }: Centre, purpose: Purpose, open: boolean) {
  const { id, basis, requires = [] } = purpose;
  const standing = view?.purposes[id];
  const names = requires.map((other) => nameOf(say, other)).join(", ");
  return [
    say(`purposes.${id}.text`),
    open && basis === "legitimate_interest" && say("objection"),
    open && names && say("needs", { names }),
    open && isImposed(standing) && say("unavailable"),
    /^(expired|changed)$/.test(standing?.why ?? "") && say(standing!.why),
    view?.conflicts?.includes(id) && say("conflict"),
    view?.contradictions?.includes(id) && say("contradiction"),
  ];
}

function drawSwitch({ switches }: Centre, id: string, standing?: PurposeView): HTMLInputElement {
  const imposed = isImposed(standing);
  const input = h("input", {
    type: "checkbox",
    role: "switch",
    id: `switch-${id}`,
    "aria-describedby": `about-${id}`,
    checked: standing?.state === "granted",
    disabled: imposed,
    "data-imposed": imposed && "1",
  });
  switches.set(id, input);
  return input;
}

function drawPartners(centre: Centre, vendors: readonly Vendor[], purpose: string): Child {
  const { policy, say } = centre.scene;
  const services = (policy.services ?? []).filter(({ purposes }) => purposes?.includes(purpose));
  const count = vendors.length + services.length;
  if (!count) return;
  return h(
    "details",
    {},
    h("summary", { id: `partners-${purpose}` }, say("partners", { count })),
    h(
      "ul",
      { part: "partners" },
      ...vendors.map((vendor) => drawVendor(centre, vendor)),
      ...services.map(({ id, name = id }) =>
        h("li", { part: "partner" }, name, h("small", {}, say(`services.${id}.text`))),
      ),
    ),
  );
}

// Only a vendor of a collector has a switch of its own; it stands at the first of its purposes.
function drawVendor(centre: Centre, { id, name = id, privacy_url, tcf_id }: Vendor): HTMLElement {
  const { say, duties } = centre.scene;
  const own = `vendor:${id}`;
  const standing = centre.view?.purposes[own];
  const input = standing && !centre.switches.has(own) && drawSwitch(centre, own, standing);
  const text = say(`vendors.${id}.text`);
  const label = input ? h("label", { for: input.id }, name) : h("span", {}, name);
  return h(
    "li",
    { part: "partner" },
    h("div", { part: "row" }, label, input),
    h(
      "div",
      { id: input ? `about-${own}` : "" },
      text && h("p", { part: "soft" }, text),
      h("small", {}, link(privacy_url, say("policy"))),
    ),
    tcf_id !== undefined && duties?.ofVendor(tcf_id),
  );
}

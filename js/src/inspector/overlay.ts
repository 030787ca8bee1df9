// The overlay: an element with a shadow root of its own in a corner of the page. Nothing of the
// page moves, and nothing is left of it when it is closed.

import { dress, h } from "../banner/dom.ts";
import styles from "./inspector.css";
import type { Seen, SeenEvent } from "./log.ts";
import {
  consentNodes,
  deviceNodes,
  eventRow,
  historyNodes,
  journeyNodes,
  peopleNodes,
  queueNodes,
  requestRow,
  type Scene,
} from "./panels.ts";
import { type Tab, Tabs } from "./tabs.ts";

export const tag = "waymark-inspector";

// Fast enough to follow, slow enough to cost a busy page nothing.
const redraw_ms = 200;

type Side = "right" | "bottom";

export class Overlay {
  private readonly _scene: Scene;
  private readonly _host = document.createElement(tag);
  private readonly _panels: Record<string, HTMLElement> = {};
  private readonly _rows = new Map<string, [signature: string, node: HTMLElement]>();
  private readonly _count = h("span", { class: "count" });
  private readonly _root: HTMLElement;
  private _shown = "events";
  private _filter = "";
  private _timer = 0;
  private _signature = "";

  constructor({ close, ...scene }: Scene & { close: () => void }) {
    this._scene = scene;
    const shadow = this._host.attachShadow({ mode: "open" });
    dress(shadow, styles);
    this._root = this._draw(close);
    shadow.append(this._root);
    // Beside the body, which apps like to draw anew.
    document.documentElement.append(this._host);
    this.refresh();
  }

  /** Something has changed: it is drawn soon. */
  refresh(): void {
    if (this._timer) return;
    this._timer = window.setTimeout(() => {
      this._timer = 0;
      this._redraw();
    }, redraw_ms);
  }

  end(): void {
    clearTimeout(this._timer);
    this._timer = -1;
    this._host.remove();
  }

  private _draw(close: () => void): HTMLElement {
    const names: [string, string][] = [
      ...[
        ["events", "Events"],
        ["requests", "Requests"],
        ["consent", "Consent"],
      ],
      ...[
        ["device", "Device"],
        ["queue", "Queue"],
        ["people", "People"],
        ["journey", "Journey"],
      ],
    ] as [string, string][];
    const tabs = names.map(([id, label]): Tab => {
      const panel = h("div", { class: "panel", tabindex: "0" });
      this._panels[id] = panel;
      return { id, label, panel };
    });
    const bar = new Tabs("What Waymark sees", tabs, (id) => this._show(id));
    const tool = (label: string, text: string, click: () => void) =>
      h(
        "button",
        { type: "button", class: "tool", "aria-label": label, title: label, click },
        text,
      );
    const head = h(
      "header",
      {},
      h("h2", {}, "Waymark"),
      this._count,
      tool("Save what was seen, without values", "Save", () => this._save()),
      tool("Move to the other side", "Move", () => this._move()),
      tool("Make small", "–", () => this._fold()),
      tool("Close the inspector", "✕", close),
    );
    const keydown = (event: KeyboardEvent) => event.stopPropagation();
    const place = {
      class: "root",
      "data-side": "right",
      "aria-label": "Waymark inspector",
      keydown,
    };
    return h("aside", place, head, bar.list, ...Object.values(this._panels));
  }

  private _show(id: string): void {
    this._shown = id;
    this._signature = "";
    this._redraw();
  }

  private _move(): void {
    const { dataset } = this._root;
    dataset.side = ((dataset.side as Side) === "right" ? "bottom" : "right") satisfies Side;
  }

  private _fold(): void {
    this._root.toggleAttribute("data-small");
  }

  private _redraw(): void {
    const { log, client } = this._scene;
    const panel = this._panels[this._shown];
    if (!panel || !this._root) return;
    const view = client.view();
    const events = log.seen.filter(({ kind }) => kind === "event").length;
    this._count.textContent = `${events} events, ${view?.queue.held ?? 0} held`;
    const { _scene: scene } = this;
    if (this._shown === "events") return this._list(panel, this._events(), "seen");
    if (this._shown === "requests") {
      const rows = [...log.requests].reverse().map((request) => {
        const { status, error, contents } = request;
        return this._row(`r${request.id}`, JSON.stringify([status, error, !!contents]), () =>
          requestRow(request),
        );
      });
      return this._list(panel, rows, "request");
    }
    // What has not changed keeps its place: somebody may be reading it.
    const signature = JSON.stringify([this._shown, view, log.changes]);
    if (signature === this._signature) return;
    this._signature = signature;
    if (this._shown === "consent") {
      const now = consentNodes(view);
      void historyNodes(client).then((history) => panel.replaceChildren(...now, ...history));
    } else if (this._shown === "device") panel.replaceChildren(...deviceNodes(scene, view));
    else if (this._shown === "queue") panel.replaceChildren(...queueNodes(view));
    else if (this._shown === "people") panel.replaceChildren(...peopleNodes(scene, view));
    else {
      panel.replaceChildren(...journeyNodes(scene, view));
      // What has just happened stands at the end.
      const wide = panel.querySelector(".wide");
      if (wide) wide.scrollLeft = wide.scrollWidth;
    }
  }

  private _events(): HTMLElement[] {
    const wanted = ({ name, type }: SeenEvent) => `${type} ${name ?? ""}`.includes(this._filter);
    const shown = this._scene.log.seen.filter((one) => one.kind !== "event" || wanted(one));
    const generation = JSON.stringify(this._scene.client.view()?.consent.purposes);
    return [...shown].reverse().map((one) => {
      return this._row(`e${one.number}`, signatureOf(one, generation), () =>
        eventRow(one, this._scene),
      );
    });
  }

  private _list(panel: HTMLElement, rows: HTMLElement[], what: string): void {
    let list = panel.querySelector<HTMLElement>(".list");
    if (!list) {
      list = h("div", { class: "list" });
      panel.replaceChildren(...(what === "seen" ? [this._filterField()] : []), list);
    }
    const none = h("p", { class: "note" }, `No ${what === "seen" ? "event" : what} yet.`);
    const wanted = rows.length ? rows : [none];
    // Only what is new is put in: what has the focus must not be taken out and put back.
    const there = [...list.children];
    for (const node of there) if (!wanted.includes(node as HTMLElement)) node.remove();
    wanted.forEach((node, at) => {
      if (list!.children[at] !== node) list!.insertBefore(node, list!.children[at] ?? null);
    });
  }

  private _filterField(): HTMLElement {
    const input = (event: any) => {
      this._filter = event.target.value.trim();
      this._redraw();
    };
    const names = { type: "search", placeholder: "Filter by name", "aria-label": "Filter by name" };
    return h("input", { ...names, input });
  }

  private _row(key: string, signature: string, draw: () => HTMLElement): HTMLElement {
    const known = this._rows.get(key);
    if (known?.[0] === signature) return known[1];
    const node = draw();
    if (known?.[1].hasAttribute("open")) node.setAttribute("open", "");
    this._rows.set(key, [signature, node]);
    return node;
  }

  // Names, verdicts and reasons: what somebody may send to a colleague. No value of any event.
  private _save(): void {
    const events = this._scene.log.seen.map(savedOf);
    const requests = this._scene.log.requests.map(({ contents, ...request }) => ({
      ...request,
      events: contents?.texts.length,
    }));
    const text = JSON.stringify({ url: location.origin, events, requests }, null, 2);
    const href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    h("a", { href, download: "waymark-inspector.json" }).click();
    setTimeout(() => URL.revokeObjectURL(href));
  }
}

const signatureOf = (seen: Seen, consent: string) =>
  seen.kind === "event"
    ? JSON.stringify([
        consent,
        Object.values(seen.requests).map(({ status, error }) => [status, error]),
      ])
    : "";

function savedOf(seen: Seen): object {
  if (seen.kind !== "event") return seen;
  const { call: _values, requests, ...rest } = seen;
  const answers = Object.entries(requests).map(([id, { status, error }]) => [id, status ?? error]);
  return { ...rest, answers: Object.fromEntries(answers) };
}

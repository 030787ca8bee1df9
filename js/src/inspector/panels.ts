// What stands on each page of the overlay.

import { h } from "../banner/dom.ts";
import type { Client } from "../core/client.ts";
import type { Config, View } from "../core/types.ts";
import { fieldsOf } from "./bodies.ts";
import { drawJourney, type JourneyView, stopsOf } from "./journey.ts";
import type { Log, Request, Seen, SeenEvent, SeenNote, Verdict } from "./log.ts";
import { drawGraph, graphOf } from "./people.ts";
import { plural, reasonOf, short, timeOf, verdict_words, whenOf } from "./words.ts";

export interface Scene {
  client: Client;
  config: Config;
  log: Log;
}

type Nodes = (Node | string)[];

const note = (text: string) => h("p", { class: "note" }, text);
const scroll = (label: string, inner: Node) =>
  h("div", { class: "wide", tabindex: "0", role: "region", "aria-label": label }, inner);

/** A row for each event, decision and fact; `open` are the numbers of those that are unfolded. */
export function eventRow(seen: Seen, { client }: Scene): HTMLElement {
  return seen.kind === "event" ? drawEvent(seen, client) : drawNote(seen);
}

const note_words = { decision: "Decision: ", fact: "", silence: "Moment of silence: " };

const drawNote = ({ kind, at_ms, text }: SeenNote) =>
  h(
    "div",
    { class: `row ${kind}` },
    h("time", {}, timeOf(at_ms)),
    h("span", { class: "what" }, note_words[kind] + text),
  );

function drawEvent(event: SeenEvent, client: Client): HTMLElement {
  const { at_ms, type, name, off, verdicts, problems } = event;
  const lanes = Object.entries(verdicts);
  const chips = off
    ? [h("span", { class: "chip drop" }, "off")]
    : lanes.map(([id, verdict]) => chip(id, verdict, event, client));
  const what = h("span", { class: "what" }, name ?? type, name && h("small", {}, ` ${type}`));
  const rows = lanes.map(([id, verdict]) => verdictRow(id, verdict, event));
  return h(
    "details",
    { class: "row" },
    h("summary", {}, h("time", {}, timeOf(at_ms)), what, h("span", { class: "chips" }, ...chips)),
    h(
      "div",
      { class: "inside" },
      h("ul", {}, ...rows),
      ...problems.map(problemNode),
      callTable(event),
    ),
  );
}

/** What the engine would say of what still waits, when it is asked now. */
function nowOf(id: string, verdict: Verdict, { type, name, requests }: SeenEvent, client: Client) {
  if (verdict.verdict !== "hold" || requests[id]) return verdict;
  const asked = { type, ...(name && { name }) } as any;
  return client.consent.explain(asked)?.collectors[id] ?? verdict;
}

function chip(id: string, first: Verdict, event: SeenEvent, client: Client): HTMLElement {
  if (!first.wanted) return h("span", { class: "chip", title: "It asks for other events" }, id);
  const { verdict } = nowOf(id, first, event, client);
  const request = event.requests[id];
  // What has gone out has not stayed what it was.
  const shown = request && verdict === "hold" ? "admit" : verdict;
  const title = [`${id}: ${verdict_words[first.verdict]}`, request && answerOf(request)];
  const mark = request?.status ? (request.status < 300 ? " ✓" : " !") : "";
  const names = { class: `chip ${shown}`, title: title.filter(Boolean).join(", ") };
  return h("span", names, id + mark);
}

function verdictRow(id: string, { wanted, verdict, because }: Verdict, event: SeenEvent) {
  const reasons = because.map(reasonOf).join("; ") || "needs nothing that is asked";
  const request = event.requests[id];
  return h(
    "li",
    {},
    h("b", {}, id),
    h(
      "span",
      { class: `chip ${wanted ? verdict : ""}` },
      wanted ? verdict_words[verdict]! : "not for it",
    ),
    h("span", {}, wanted ? reasons : "its config names other events"),
    request && h("span", { class: "note" }, answerOf(request)),
  );
}

const problemNode = ({ pointer, found, allowed }: SeenEvent["problems"][number]) =>
  h("p", { class: "problem" }, `${pointer} Found ${found}; allowed: ${allowed}.`);

function callTable({ call }: SeenEvent): HTMLElement {
  const { now: _now, type: _type, name: _name, entropy: _entropy, ...said } = call;
  const rows = fieldsOf(said)
    .filter(([path]) => path !== "/")
    .map(([path, value]) => h("tr", {}, h("th", { scope: "row" }, path), h("td", {}, value)));
  return h("table", {}, h("caption", {}, "The call"), h("tbody", {}, ...rows));
}

function answerOf({ status, error, answered_ms, at_ms, transport }: Request): string {
  if (answered_ms === undefined) return `${transport}, no answer yet`;
  const took = `after ${answered_ms - at_ms} ms`;
  if (error === "queued") return "handed to the browser as the page left";
  return status ? `${status} ${took}` : `${error ?? "no answer"} ${took}`;
}

export function requestRow(request: Request): HTMLElement {
  const { at_ms, method, url, bytes, collectors, status, answered_ms, contents } = request;
  const state = answered_ms === undefined ? "" : status && status < 300 ? "admit" : "drop";
  const count = contents?.opaque
    ? "unreadable"
    : contents && plural(contents.texts.length, "event");
  const label = status ? String(status) : answered_ms === undefined ? "…" : "no answer";
  const tables = (contents?.records ?? []).map((fields, at) => {
    const rows = fields.map(([path, value]) =>
      h("tr", {}, h("th", { scope: "row" }, path), h("td", {}, value)),
    );
    return h("table", {}, h("caption", {}, `Event ${at + 1}`), h("tbody", {}, ...rows));
  });
  return h(
    "details",
    { class: "row" },
    h(
      "summary",
      {},
      h("time", {}, timeOf(at_ms)),
      h("span", { class: "what" }, collectors.join(" or ") || "elsewhere"),
      h("small", {}, [count, `${bytes} bytes`].filter(Boolean).join(", ")),
      h("span", { class: `chip ${state}` }, label),
    ),
    h("div", { class: "inside" }, note(`${method} ${url}`), note(answerOf(request)), ...tables),
  );
}

/** How it stands now; the log of decisions comes later. */
export function consentNodes(view: View | undefined): Nodes {
  if (!view) return [note("The engine is not there yet.")];
  const { consent } = view;
  const rows = Object.entries(consent.purposes).map(([purpose, standing]) =>
    h(
      "tr",
      {},
      h("th", { scope: "row" }, purpose),
      h("td", {}, h("span", { class: `chip ${standing.state}` }, standing.state)),
      h("td", {}, reasonOf({ purpose, ...standing }).split(": ")[1] ?? ""),
    ),
  );
  const due = consent.due?.length ? `Asked about: ${consent.due.join(", ")}.` : "Nothing is asked.";
  const where = `${consent.region ?? "Region unknown"}, model ${consent.model}. ${due}`;
  return [note(where), h("table", {}, h("caption", {}, "Now"), h("tbody", {}, ...rows))];
}

export async function historyNodes(client: Client): Promise<Nodes> {
  const log = await client.consent.records();
  const entries = [...(log?.entries ?? [])].reverse() as any[];
  const rows = entries.map(({ number, time_ms, type, by, purposes, revision, events }) => {
    const states = Array.isArray(purposes)
      ? `${purposes.join(", ")}: ${plural(events ?? 0, "event")} deleted`
      : Object.entries<any>(purposes ?? {})
          .map(([id, { state }]) => `${id} ${state}`)
          .join(", ");
    const head = `${number}. ${type}${by ? ` by ${by}` : ""}`;
    return h(
      "li",
      {},
      h("b", {}, head),
      h("span", {}, states),
      note(`${whenOf(time_ms)}, revision ${revision}`),
    );
  });
  const list = h("ol", { class: "history" }, ...rows);
  const anchor = log?.anchor && note(`The chain ends at ${log.anchor.slice(0, 16)}…`);
  return [
    h("h3", {}, "History"),
    rows.length ? list : note("No decision lies on this device."),
    ...(anchor ? [anchor] : []),
  ];
}

export function deviceNodes({ client, log }: Scene, view: View | undefined): Nodes {
  const entries = client.consent.inventory()?.entries ?? [];
  const rows = entries.map(({ key, purposes, expires_ms }) =>
    h(
      "tr",
      {},
      h("th", { scope: "row" }, key),
      h("td", {}, purposes?.join(", ") ?? "proof of the decision"),
      h("td", {}, expires_ms ? `until ${whenOf(expires_ms)}` : "with what it speaks of"),
    ),
  );
  const writes = [...log.writes]
    .reverse()
    .slice(0, 30)
    .map(({ at_ms, key, bytes }) =>
      h(
        "tr",
        {},
        h("th", { scope: "row" }, key),
        h("td", {}, bytes === undefined ? "deleted" : `${bytes} bytes written`),
        h("td", {}, timeOf(at_ms)),
      ),
    );
  const state = view
    ? `The store is ${view.store}${view.store_reason ? ` (${view.store_reason})` : ""}.`
    : "";
  const table = (caption: string, body: Node[]) =>
    h("table", {}, h("caption", {}, caption), h("tbody", {}, ...body));
  return [
    note(rows.length ? state : `Nothing lies on this device. ${state}`),
    ...(rows.length ? [table("What lies on this device, and for what", rows)] : []),
    ...(writes.length ? [table("Written and deleted", writes)] : []),
  ];
}

/** The queue, and what each collector has got. */
export function queueNodes(view: View | undefined): Nodes {
  if (!view) return [note("The engine is not there yet.")];
  const { queue, losses, collectors, leading, off } = view;
  const facts: [string, string | number][] = [
    ["Held for an answer", queue.held],
    ["Waiting to be sent", `${queue.events} (${queue.bytes} bytes)`],
    ["On its way", queue.in_flight],
    ["This tab delivers for all", leading ? "yes" : "no"],
    ...Object.entries(losses)
      .filter(([, count]) => count)
      .map(([reason, count]): [string, number] => [`Lost: ${reason}`, count]),
  ];
  const rows = Object.entries(collectors).map(
    ([id, { sent, acknowledged, state, retry_in_ms, lost }]) => {
      const gone = Object.entries(lost)
        .filter(([, count]) => count)
        .map((pair) => pair.reverse().join(" "));
      const waits = retry_in_ms ? `${state}, again in ${Math.round(retry_in_ms / 1000)} s` : state;
      const cells = [`${sent} sent`, `${acknowledged} acknowledged`, waits, gone.join(", ")];
      return h("tr", {}, h("th", { scope: "row" }, id), ...cells.map((cell) => h("td", {}, cell)));
    },
  );
  const list = facts.map(([name, value]) =>
    h("div", {}, h("dt", {}, name), h("dd", {}, String(value))),
  );
  return [
    ...(off ? [note("Everything is switched off from afar.")] : []),
    h("dl", {}, ...list),
    h("table", {}, h("caption", {}, "Collectors"), h("tbody", {}, ...rows)),
  ];
}

export function peopleNodes({ log }: Scene, view: View | undefined): Nodes {
  const graph = graphOf(log.persons);
  if (!graph.nodes.length)
    return [note("Nobody is known: there is no id as long as nothing allows one.")];
  const ids = [
    view?.anonymous_id && `visitor ${short(view.anonymous_id)}`,
    view?.user_id && `user ${short(view.user_id)}`,
  ];
  const now = ids.filter(Boolean).join(", ") || "nobody";
  return [
    note(`Now: ${now}. Filled is what stands now.`),
    scroll("Identity graph", drawGraph(graph)),
  ];
}

const legend_words: Record<string, string> = {
  deidentified: "de-identified",
  before: "arrival",
};

const legend = () =>
  h(
    "p",
    { class: "legend" },
    ...["sent", "deidentified", "held", "dropped", "decision", "silence", "before"].map((kind) =>
      h("span", { class: kind }, legend_words[kind] ?? kind),
    ),
  );

export function journeyNodes({ log, config }: Scene, view: View | undefined): Nodes {
  const { journey, segments = [] } = (view ?? {}) as { journey?: JourneyView; segments?: string[] };
  const stops = stopsOf(log.seen, config?.app?.channel ?? "web", journey).slice(-60);
  const facts = [
    journey?.stage && `stage: ${journey.stage}`,
    journey?.step && `step: ${journey.step}`,
    journey?.touch_count && plural(journey.touch_count, "touch", "touches"),
    segments.length && `segments: ${segments.join(", ")}`,
  ].filter(Boolean);
  return [
    ...(facts.length ? [note(facts.join(" · "))] : []),
    ...(stops.length
      ? [legend(), scroll("Journey", drawJourney(stops))]
      : [note("No touchpoint has been seen yet.")]),
  ];
}

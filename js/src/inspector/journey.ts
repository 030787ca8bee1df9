// The journey as a timeline: touchpoints in their order, each on the line of its channel.

import { h } from "../banner/dom.ts";
import type { Seen } from "./log.ts";
import { svg, svgText } from "./people.ts";
import { timeOf, whenOf } from "./words.ts";

export interface Stop {
  at_ms: number;
  channel: string;
  label: string;
  /** `before`: how a visit began, as the engine's journey tells. */
  kind: "before" | "sent" | "held" | "dropped" | "deidentified" | "decision" | "silence";
}

/** As the engine's view has it, where the config asks for a journey. */
export interface JourneyView {
  stage?: string;
  step?: string;
  touchpoint?: string;
  touch_count?: number;
  first_ms?: number;
  touches?: { channel?: string; source?: string; campaign?: string; time_ms: number }[];
}

const weight = ["admit", "deidentify", "hold", "drop"];
const kind_of: Record<string, Stop["kind"]> = {
  admit: "sent",
  deidentify: "deidentified",
  hold: "held",
  drop: "dropped",
};

/** What this page has seen, behind what the engine remembers from before. */
export function stopsOf(seen: readonly Seen[], channel: string, journey: JourneyView = {}): Stop[] {
  const here = seen.flatMap((one): Stop[] => {
    const { at_ms } = one;
    if (one.kind !== "event") {
      const decided = { at_ms, channel: "consent", kind: "decision" as const };
      if (one.kind === "silence") return [{ at_ms, channel, kind: "silence", label: one.text }];
      return one.kind === "decision" ? [{ ...decided, label: one.text }] : [];
    }
    const wanted = Object.values(one.verdicts).filter(({ wanted }) => wanted);
    // The best that became of it: somebody got it as it was, somebody without a name, nobody.
    const gone = Object.keys(one.requests).length > 0;
    const [best = "drop"] = wanted
      .map(({ verdict }) => verdict)
      .sort((a, b) => weight.indexOf(a) - weight.indexOf(b));
    const label = one.name ?? one.type;
    const own = one.call.context?.channel ?? one.call.properties?.channel ?? channel;
    return [
      {
        at_ms,
        channel: String(own),
        label,
        kind: gone && best === "hold" ? "sent" : kind_of[best]!,
      },
    ];
  });
  const first = here[0]?.at_ms ?? Infinity;
  const before = (journey.touches ?? [])
    .filter(({ time_ms }) => time_ms < first)
    .map(({ time_ms, channel: of = "other", source, campaign }): Stop => ({
      ...{ at_ms: time_ms, channel: of, kind: "before" },
      label: [source, campaign].filter(Boolean).join(", ") || of,
    }));
  return [...before, ...here].sort((a, b) => a.at_ms - b.at_ms);
}

/** `2 min`, `3 h`, `5 d`; nothing for less than a minute. */
export function gapOf(ms: number): string {
  const steps: [number, string][] = [
    [864e5, "d"],
    [36e5, "h"],
    [6e4, "min"],
  ];
  const [size, unit] = steps.find(([size]) => ms >= size) ?? [0, ""];
  return unit && `${Math.round(ms / size)} ${unit}`;
}

const [step, line, left, top] = [116, 74, 70, 30];

/**
 * Evenly spaced, with what lay between: a visit of minutes and years before it fit one picture. The
 * names of the channels are a picture of their own, which stays when the other one is scrolled.
 */
export function drawJourney(stops: readonly Stop[]): HTMLElement {
  const channels = [...new Set(stops.map(({ channel }) => channel))];
  const width = stops.length * step;
  const height = top + channels.length * line + 6;
  const yOf = (channel: string) => top + channels.indexOf(channel) * line + 22;
  const lines = channels.map((channel) =>
    svg("line", { x1: 0, x2: width, y1: yOf(channel), y2: yOf(channel), class: "lane" }),
  );
  const heads = channels.map((channel) => svgText(0, yOf(channel) + 4, channel, "head"));
  const aside = { width: left, height, class: "names", "aria-hidden": "true" };
  const names = svg("svg", aside, ...heads);
  const places = stops.map((stop, at) => [at * step + step / 2, yOf(stop.channel)] as const);
  const path = svg("polyline", {
    points: places.map((place) => place.join()).join(" "),
    class: "path",
  });
  const marks = stops.map((stop, at) => drawStop(stop, places[at]!, at));
  const gaps = stops.slice(1).map((stop, at) => {
    const gap = gapOf(stop.at_ms - stops[at]!.at_ms);
    return svgText((at + 1) * step, 12, gap && `+ ${gap}`, "gap");
  });
  const label = `${stops.length} touchpoints on ${channels.length} channels`;
  const box = {
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    role: "img",
    "aria-label": label,
  };
  const picture = svg("svg", { ...box, class: "journey" }, ...lines, path, ...marks, ...gaps);
  return h("div", { class: "timeline" }, names, picture);
}

function drawStop(
  { at_ms, label, kind }: Stop,
  [x, y]: readonly [number, number],
  at: number,
): Node {
  const shape =
    kind === "before"
      ? svg("path", { d: `M${x} ${y - 9}L${x + 9} ${y}L${x} ${y + 9}L${x - 9} ${y}Z` })
      : svg("circle", { cx: x, cy: y, r: kind === "decision" ? 6 : 9 });
  const title = svg("title", {}, document.createTextNode(`${label}, ${whenOf(at_ms)}, ${kind}`));
  const cut = label.length > 15 ? `${label.slice(0, 14)}…` : label;
  const words = svgText(x, y + 24, cut, "id");
  const time = svgText(x, y + 37, timeOf(at_ms), "small");
  return svg("g", { class: `stop ${kind}`, "data-at": at }, title, shape, words, time);
}

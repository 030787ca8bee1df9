// The engine's words in those of people who read law more easily than code.

import type { Outcome } from "./simulator.ts";

export { plural, reasonOf } from "../../../js/src/inspector/words.ts";

/** `label`: on the badge; `text`: what it means. */
export const outcomes: Record<Outcome, { label: string; text: string }> = {
  sent: { label: "sent", text: "left for the collector" },
  deidentified: {
    label: "de-identified",
    text: "left without anything that names or joins a person",
  },
  held: { label: "held", text: "waits in memory for an answer; nothing is stored or sent" },
  dropped: { label: "dropped", text: "is gone: nothing is stored or sent" },
  unwanted: { label: "not for it", text: "this collector asks for other events only" },
  left_out: { label: "left out", text: "allowed, but not in the sample, or nothing it can carry" },
};

/** Verdicts of the decision table. */
export const verdicts: Record<string, { label: string; outcome: Outcome }> = {
  admit: { label: "sent", outcome: "sent" },
  deidentify: { label: "de-identified", outcome: "deidentified" },
  hold: { label: "held", outcome: "held" },
  drop: { label: "dropped", outcome: "dropped" },
};

export const models: Record<string, string> = {
  opt_in: "People are asked first (opt-in).",
  opt_out: "On until they object (opt-out).",
  notice: "People are told, and may object (notice).",
};

// A policy to begin with, and notes on each of its settings: what it does, and why it stands as it
// does. The notes are a document beside it: JSON has no comments, and pages read it as it is.

import type { Config } from "../core/types.ts";
import notes from "./starting_notes.json" with { type: "json" };

export const uses = ["statistics", "marketing", "personalization"] as const;
export type Use = (typeof uses)[number];

export interface Wishes {
  /** What the site is called in events. */
  id: string;
  controller: { name: string; contact: string; policy_url: string };
  languages: string[];
  uses: Use[];
  collector: { protocol: string; url: string; key: string };
  /** Years; 0: the site is not for children. */
  age: number;
  revision: string;
}

const purpose_of: Record<Use, string> = {
  statistics: "analytics",
  marketing: "marketing",
  personalization: "personalization",
};

/** The states of the USA whose privacy law lets people opt out of sale and targeting. */
const states = "CA CO CT DE IN IA KY MD MN MT NE NH NJ OR RI TN TX UT VA".split(" ");

// What a protocol calls its key.
const keys: Record<string, string> = {
  ...{ segment: "write_key", rudderstack: "write_key", jitsu: "write_key" },
  ...{ posthog: "api_key", amplitude: "api_key", mixpanel: "token" },
  ...{ plausible: "domain", umami: "website_id", ga4: "measurement_id", snowplow: "app_id" },
};

export const starting_protocols = Object.keys(keys);

export function startingPolicy(wishes: Wishes): Config {
  const { id, controller, languages, uses, collector, age, revision } = wishes;
  const { protocol, url, key } = collector;
  const purposes = uses.map((use) => ({
    ...{ id: purpose_of[use], basis: "consent", storage: true },
    before_answer: use === "statistics" ? "hold" : "drop",
  }));
  const needs = uses.map((use) => purpose_of[use]);
  return {
    waymark: 1,
    app: { id, version: "1.0.0", channel: "web" },
    consent: {
      revision,
      controller,
      purposes: [
        {
          ...{ id: "necessary", basis: "exempt", storage: true },
          exemption: "strictly necessary: ePrivacy directive article 5(3)",
        },
        ...purposes,
      ],
      regions: [
        { match: ["EEA", "GB", "CH"], model: "opt_in" },
        { match: ["CA-QC", "BR"], model: "opt_in" },
        { match: states.map((state) => `US-${state}`), model: "opt_out", gpc: "opt_out" },
        { match: ["*"], model: "opt_in" },
      ],
      signals: { gpc: "honour", dnt: "ignore", att: "honour" },
      ...(age && { age: { minimum: age, below: "deny_all", unknown: "deny_all" } }),
      valid_days: { granted: 180, denied: 180, storage: 390, events: 760 },
      ui: { theme: "auto", layout: "bar", languages },
    },
    // One collector a use: each gets events for what it needs, and for nothing else.
    collectors: needs.map((need) => ({
      ...{ id: needs.length > 1 ? `${protocol}-${need}` : protocol, protocol, url },
      ...{ needs: [need], options: { [keys[protocol]!]: key } },
    })),
    fields: [{ path: "/user/id", needs: [needs[0]!], otherwise: "drop" }],
    capture: { page_views: true },
    privacy: { url_parameters: ["utm_*", "q"] },
  } as unknown as Config;
}

/** What each setting of a starting policy does. */
export function startingNotes({ consent }: Config, file: string): string {
  const there = notes.filter(([pointer]) => pointer !== "/consent/age" || consent.age);
  const rows = there.map(
    ([pointer, text, source]) => `| \`${pointer}\` | ${text} | ${source ?? ""} |`,
  );
  return `# Notes on ${file}

What each setting does, and which rule it follows. Keep this beside the policy, and write down here
why you change something: the policy itself has no room for comments, because browsers read it as it
is.

| setting | what it does | rule |
| --- | --- | --- |
${rows.join("\n")}

Next: \`npx waymark lint ${file}\`, \`npx waymark table ${file}\`, \`npx waymark disclose ${file}\`.
`;
}

/** A page that asks, with the files of the package under \`waymark/\`. */
export function startingPage({ app, consent }: Config, file: string): string {
  const [language] = (consent.ui as { languages: string[] }).languages;
  return `<!doctype html>
<html lang="${language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${app.id}</title>
<script async src="waymark/waymark.js" data-config="${file}"></script>
<h1>${app.id}</h1>
<p>This page asks before it records anything.
<a href="#" data-waymark-preferences>Privacy settings</a></p>
</html>
`;
}

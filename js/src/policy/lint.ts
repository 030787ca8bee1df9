// What is wrong with a policy, for people: what the engine refuses, what it takes and contradicts
// itself, and what it takes and the law, or the visitor, would not. Each with how bad it is, who
// says so, and what to do.

import type { Engine } from "../core/bridge.ts";
import type { Config, Problem, Properties, Purpose } from "../core/types.ts";
import { listIn } from "../records/policy.ts";
import { nearest } from "./did_you_mean.ts";
import { placeOf } from "./place.ts";
import { checkSecrets, checkTexts } from "./lint_page.ts";
import { rules, sources, type Told } from "./lint_rules.ts";
import { ask, type PolicyDocument } from "./questions.ts";

export type Severity = "error" | "warning" | "note";

export interface Finding extends Problem {
  severity: Severity;
  /** The rule, and where it stands. */
  source?: string;
  /** What to do. */
  fix?: string;
  /** In the text, from 1. */
  line?: number;
  column?: number;
}

export interface Verdict {
  /** Why the engine refuses it. */
  problems: Finding[];
  /** What the engine would obey on its strict side, and what is not wise. */
  findings: Finding[];
}

/** Judges a document that is JSON. */
export function lintPolicy(engine: Engine, document: PolicyDocument): Verdict {
  const said = ask<{ problems: Problem[]; findings: Problem[] }>(engine, "lint", document);
  const found = [...said.findings.map(known)];
  if (!said.problems.length) {
    const check = new PolicyCheck(document.value as Config);
    found.push(...check.run());
  }
  const placed = (finding: Finding) => ({ ...finding, ...placeOf(document.text, finding.pointer) });
  return {
    problems: said.problems.map(refused).map(placed),
    findings: found.map(placed).sort((a, b) => a.line - b.line || a.column - b.column),
  };
}

// What the engine refuses it refuses whole: nothing runs with this document.
function refused(problem: Problem): Finding {
  const { code, pointer, found, allowed } = problem;
  const finding: Finding = { ...problem, severity: "error" };
  const words = allowed.split(/, /).map((word) => word.replace(/^"|"$/g, ""));
  const wrong = code === "unknown_key" ? pointer.split("/").at(-1)! : found.replace(/^"|"$/g, "");
  const meant = /^(unknown_key|not_allowed)$/.test(code) && nearest(wrong, words);
  if (meant) finding.fix = `Did you mean ${meant}?`;
  else if (code === "unknown_key") finding.fix = "Take it out: nothing reads it.";
  const source = /\(\d[^()]*: ([^()]+)\)$/.exec(allowed)?.[1];
  if (source) finding.source = source;
  return finding;
}

// What the engine says of a policy that it takes: by code and place.
function known(problem: Problem): Finding {
  const rule = rules.find(({ code, at }) => code === problem.code && at.test(problem.pointer));
  const { severity = "warning", source, fix } = rule ?? {};
  return { ...problem, severity, ...(source && { source }), ...(fix && { fix }) };
}

const answer_days_max = 190;
// Laws that want to be asked before: ePrivacy in Europe, Law 25, the ANPD's guide.
const asks_first: Record<string, string> = {
  ...Object.fromEntries(["EU", "EEA", "GB", "CH"].map((region) => [region, sources.eprivacy])),
  "CA-QC": sources.quebec,
  BR: sources.brazil,
};
const opt_out_states = "CA CO CT DE IN IA KY MD MN MT NE NH NJ OR RI TN TX UT VA".split(" ");

class PolicyCheck {
  private readonly _config: Config;
  private readonly _findings: Finding[] = [];

  constructor(config: Config) {
    this._config = config;
  }

  run(): Finding[] {
    const { consent } = this._config;
    this._controller(consent.controller as Properties | undefined);
    listIn(consent.regions).forEach((rule, at) => this._region(rule, at));
    this._periods(consent.valid_days as Properties | undefined, "/consent/valid_days");
    consent.purposes.forEach((purpose, at) => this._purpose(purpose, at));
    this._config.collectors.forEach((one, at) => this._collector(one as Properties, at));
    const add = (told: Told) => void this._findings.push(told);
    this._identifying();
    checkSecrets(this._config, add);
    checkTexts(this._config, add);
    return this._findings;
  }

  private _add(severity: Severity, told: Omit<Told, "severity">): void {
    this._findings.push({ severity, ...told });
  }

  private _controller(controller: Properties | undefined): void {
    const missing = ["name", "contact", "policy_url"].filter((name) => !controller?.[name]);
    if (!missing.length) return;
    this._add("note", {
      code: "required",
      pointer: "/consent/controller",
      found: `no ${missing.join(", no ")}`,
      allowed: "who answers for the data, how to reach them, and the privacy notice",
      source: "GDPR article 13(1)(a)",
      fix: "Fill it in: the banner, receipts and the notice name it.",
    });
  }

  private _region({ match, model, valid_days }: Properties, at: number): void {
    const pointer = `/consent/regions/${at}`;
    this._periods(valid_days as Properties | undefined, `${pointer}/valid_days`);
    for (const region of match as string[]) {
      const european = european_countries.includes(region);
      const law = asks_first[region] ?? (european ? sources.eprivacy : undefined);
      if (law && model !== "opt_in") {
        this._add("error", {
          code: "unlawful",
          pointer: `${pointer}/model`,
          found: `"${model}" for ${region}`,
          allowed: '"opt_in": people are asked before anything optional runs',
          source: law,
          fix: `Give ${region} a rule of its own with "model": "opt_in".`,
        });
      }
      const state = region.startsWith("US-") && opt_out_states.includes(region.slice(3));
      if (state && model === "notice") {
        this._add("warning", {
          code: "unlawful",
          pointer: `${pointer}/model`,
          found: `"notice" for ${region}`,
          allowed: '"opt_out": people can say no to sale, sharing and targeted advertising',
          source: sources.states,
          fix: `Put ${region} into a rule with "model": "opt_out" and "gpc": "opt_out".`,
        });
      }
    }
  }

  private _periods(days: Properties | undefined, pointer: string): void {
    const granted = days?.granted as number | undefined;
    if (granted === undefined || granted <= answer_days_max) return;
    this._add("warning", {
      code: "too_long",
      pointer: `${pointer}/granted`,
      found: `${granted} days`,
      allowed: "about 6 months, after which people are asked again",
      source: sources.six_months,
      fix: 'Set "granted" to 180, and "denied" to as much or more.',
    });
  }

  private _purpose({ id, basis }: Purpose, at: number): void {
    const regions = listIn(this._config.consent.regions);
    const asked = !regions.length || regions.some(({ model }) => model === "opt_in");
    if (basis === "consent" && !asked) {
      this._add("warning", {
        code: "never_asked",
        pointer: `/consent/purposes/${at}/basis`,
        found: `"consent" for ${id}, about which no region asks`,
        allowed: 'a rule with "model": "opt_in" wherever consent is the legal ground',
        source: "GDPR articles 4(11) and 7",
        fix: 'Add a rule where people are asked: { "match": ["EEA", "GB"], "model": "opt_in" }.',
      });
    }
  }

  private _collector({ needs, vendor, id }: Properties, at: number): void {
    const of = (need: string) => this._config.consent.purposes.find((one) => one.id === need);
    const purposes = (needs as string[]).map(of);
    const unasked = purposes.every((one) => one && one.basis === "exempt" && !one.exempt_in);
    const records = this._config.consent.records === id;
    if (!unasked || records || purposes.some((one) => one!.mode === "deidentify")) return;
    this._add("warning", {
      code: "without_purpose",
      pointer: `/collectors/${at}/needs`,
      found: "only purposes about which nobody is asked",
      allowed: "a purpose that people can refuse, or one with mode deidentify",
      source: vendor ? sources.eprivacy : sources.exemption,
      fix: 'Name the purpose it serves in "needs", or give the exempt one "mode": "deidentify".',
    });
  }

  // A mail address or a phone number is no id: it is the person, in every log that it gets into.
  private _identifying(): void {
    const { privacy, collectors } = this._config;
    const kept = ((privacy as Properties | undefined)?.url_parameters as string[]) ?? [];
    const personal =
      /^((e-?)?mail|phone|tel|name|first_?name|last_?name|token|session|password|address)\*?$/i;
    kept.forEach((name, at) => {
      if (!personal.test(name)) return;
      this._add("warning", {
        ...personal_data,
        pointer: `/privacy/url_parameters/${at}`,
        found: `"${name}" stays in recorded addresses`,
        fix: "Take it out of the list: what is not named is removed.",
      });
    });
    collectors.forEach(({ options }, at) => {
      const event = (options as Properties | undefined)?.event as Properties | undefined;
      for (const [name, value] of Object.entries(event ?? {})) {
        const text = JSON.stringify(value) ?? "";
        const contact = /"\/(traits|properties|context)\/[^"]*(mail|phone)[^"]*"/i.test(text);
        if (!/(^|_)(id|user|uid|who|distinct_id)$/i.test(name) || !contact) continue;
        if (text.includes("sha256")) continue;
        this._add("error", {
          ...personal_data,
          pointer: `/collectors/${at}/options/event/${name}`,
          found: "contact data as an id",
          fix: 'Use {"$": "/user_id"} or {"$": "/anonymous_id"}, or add "as": "sha256".',
        });
      }
    });
  }
}

const personal_data = {
  code: "personal_data",
  allowed: "ids that only you can resolve",
  source: "GDPR articles 5(1)(c) and 25",
};

const european_countries =
  "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK".split(
    " ",
  );

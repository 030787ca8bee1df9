// Who says so: the rules behind findings, and what to do about what the engine finds.

import type { Finding } from "./lint.ts";

export type Told = Finding;

export const sources = {
  eprivacy: "ePrivacy directive article 5(3); EDPB guidelines 2/2023",
  exemption: "ePrivacy directive article 5(3); CNIL on audience measurement, July 2025",
  quebec: "Quebec, Law 25, section 8.1: off by default",
  brazil: "LGPD; ANPD guide on cookies, 2022",
  states: "CCPA section 1798.120 and the privacy laws of the other states",
  six_months: "CNIL guidelines on cookies, 2020, and the Irish DPC: about 6 months",
  as_easy: "EDPB cookie banner taskforce, 2023; GDPR article 7(3)",
  gpc: "CCPA regulations section 7025 and the laws of CO CT DE MD MT NE NH NJ OR TX",
  tcf: "IAB TCF policies 2.2 and 2.3",
};

interface Rule {
  code: string;
  at: RegExp;
  severity: Finding["severity"];
  source?: string;
  fix: string;
}

/** For what the question `lint` finds, by its code and place. */
export const rules: Rule[] = [
  {
    ...{ code: "unlawful", at: /\/gpc$/, severity: "error", source: sources.gpc },
    fix: 'Set "gpc": "opt_out", or leave the line out.',
  },
  {
    ...{
      code: "conflict",
      at: /valid_days\/denied$/,
      severity: "warning",
      source: sources.as_easy,
    },
    fix: 'Make "denied" at least as long as "granted": whoever refuses is not asked more often.',
  },
  {
    ...{ code: "required", at: /\/exemption$/, severity: "warning", source: sources.exemption },
    fix: 'Say in "exemption" which law or guideline it is; the privacy notice prints it.',
  },
  {
    ...{ code: "unused", at: /\/purposes\/\d+\/id$/, severity: "warning" },
    source: "GDPR article 5(1)(b) and recital 42",
    fix: "Take it out, or name it where it is needed: people are asked about it for nothing.",
  },
  {
    ...{ code: "conflict", at: /\/basis$/, severity: "error", source: sources.tcf },
    fix: 'Set "basis": "consent".',
  },
  {
    ...{ code: "conflict", at: /\/needs\/\d+$/, severity: "error" },
    source: "GDPR article 13(1)(e)",
    fix: 'Add it to "purposes" of that vendor: people see who acts for it, and are asked anew.',
  },
  {
    ...{ code: "required", at: /\/age\/unknown$/, severity: "warning", source: "GDPR article 8" },
    fix: 'Say "allow" where the site is not for children, else "deny_all".',
  },
  {
    ...{ code: "unreachable", at: /\/match\//, severity: "warning" },
    fix: "Take it out here: the rule before has it already, and holds.",
  },
  {
    ...{ code: "not_allowed", at: /\/match\//, severity: "error" },
    fix: "Use codes of ISO 3166: DE, US-CA; or EU, EEA, *.",
  },
  {
    ...{ code: "not_allowed", at: /\/purposes\/\d+$/, severity: "error" },
    fix: "Name a purpose that there is: whoever needs one that there is not never gets it.",
  },
  {
    ...{ code: "not_allowed", at: /\/gpp\//, severity: "error", source: "IAB GPP section list" },
    fix: "Use the prefix of a section, such as usnat or usca.",
  },
  {
    ...{ code: "not_allowed", at: /gvl_url$/, severity: "error", source: sources.tcf },
    fix: "Copy the list to a host of yours and name that address.",
  },
  {
    ...{ code: "required", at: /\/iab\//, severity: "warning", source: sources.tcf },
    fix: "Fill it in, or take out the members tcf and tcf_id: nothing is told to vendors as it is.",
  },
];

// A decision as it travels between hosts: in a cookie, a link, and to an app. The bytes are
// described in sdk/docs/consent_cookie.md. Pure.
//
// Invariant: what arrives never widens what the person has said here: a refusal is given up only
// for a later grant under the same policy.

import type { Choices } from "../core/types.ts";
import { attempt } from "../platform/browser/spill.ts";

/** Answers by purpose: granted or not, and when, in Unix milliseconds. */
export interface Decision {
  revision: string;
  answers: Record<string, [granted: boolean, at_ms: number]>;
  /** Of the last answer, or of their taking back. */
  time_ms: number;
}

export interface Rules {
  revision: string;
  /** Purposes that are anybody's choice. */
  choosable: (id: string) => boolean;
  /** How long answers hold. */
  granted_days: number;
  denied_days: number;
}

const bytes_max = 400;
const day_ms = 86_400_000;
/** Clocks of two devices differ. */
export const skew_ms = 60_000;

const is_number = /^[0-9a-z]{1,9}$/;
const is_answer = /^([01])((?:vendor:)?[A-Za-z0-9][\w.-]{0,63})(?:!([0-9a-z]{1,9}))?$/;

const write = (number: number) => number.toString(36);
const read = (text: string) => parseInt(text, 36);

/**
 * What the engine's record says (sdk/docs/record.md), or a message of an app: anything may come.
 */
export function ofRecord(record: any): Decision | undefined {
  const { revision, choices, at, time_ms, expired } = record ?? {};
  if (!(time_ms > 0) || typeof revision !== "string") return;
  const answers: Decision["answers"] = {};
  for (const [id, choice] of Object.entries(choices ?? {})) {
    const at_ms = at?.[id] ?? time_ms;
    const counts = at_ms > 0 && typeof at_ms === "number" && ![expired].flat().includes(id);
    if (counts) answers[id] = [choice === "granted", at_ms];
  }
  return { revision, answers, time_ms: latest(answers) };
}

const latest = (answers: Decision["answers"]) =>
  Math.max(0, ...Object.values(answers).map(([, at_ms]) => at_ms));

/** As text of at most 400 bytes: when it would be more, without the grants; or nothing. */
export function format({ revision, answers, time_ms }: Decision): string | undefined {
  let text = `1~${encodeURIComponent(revision).replace(/~/g, "%7E")}~${write(time_ms)}`;
  const texts: string[] = [];
  for (const wanted of [false, true]) {
    for (const [id, [granted, at_ms]] of Object.entries(answers)) {
      if (granted !== wanted) continue;
      text += `~${+granted}${id}`;
      if (at_ms < time_ms) text += `!${write(time_ms - at_ms)}`;
    }
    texts.unshift(text);
  }
  return texts.find(({ length }) => length <= bytes_max);
}

/** Reads it back; nothing for what was not written by `format`. */
export function parse(text = ""): Decision | undefined {
  const [version, revision, time = "", ...items] = text.split("~");
  if (version !== "1" || !is_number.test(time) || text.length > bytes_max) return;
  const time_ms = read(time);
  const answers: Decision["answers"] = {};
  for (const item of items) {
    const [, granted, id, age = "0"] = is_answer.exec(item) ?? [];
    if (!id) return;
    answers[id] = [granted === "1", time_ms - read(age)];
  }
  const read_back = () => ({ revision: decodeURIComponent(revision!), answers, time_ms });
  return attempt(read_back);
}

/** A text of `format` without the grants. */
export const withoutGrants = (text: string) =>
  text.split("~").filter((item, at) => at < 3 || item[0] !== "1").join("~");

/** What another decision says later than the own one, at the same time of a refusal. */
function laterOf(own: Decision | undefined, other: Decision, rules: Rules, now_ms: number) {
  const { granted_days, denied_days, revision } = rules;
  const answers = new Map(Object.entries(own?.answers ?? {}));
  return Object.entries(other.answers).filter(([id, [granted, at_ms]]) => {
    const [mine, mine_ms = 0] = answers.get(id) ?? [];
    const holds = now_ms - at_ms < (granted ? granted_days : denied_days) * day_ms;
    // Another policy asked another question, and tomorrow is not yet; a refusal stands all the
    // same.
    const counts = !granted || (other.revision === revision && at_ms <= now_ms + skew_ms);
    const later = granted ? at_ms > mine_ms : at_ms >= mine_ms;
    return holds && counts && later && mine !== granted;
  });
}

/** What of a decision from elsewhere is to be taken over here, by when it was decided. */
export function newsOf(own: Decision | undefined, other: Decision, rules: Rules, now_ms: number) {
  const news = new Map<number, Choices>();
  for (const [id, [granted, at_ms]] of laterOf(own, other, rules, now_ms)) {
    if (!rules.choosable(id)) continue;
    news.set(at_ms, { ...news.get(at_ms), [id]: granted ? "granted" : "denied" });
  }
  return [...news].sort(([a], [b]) => a - b);
}

/**
 * The own decision with what another says later, also of purposes that are not known here: who
 * writes over the other loses nothing of it. What is of tomorrow stays out.
 */
export function merge(own: Decision, other: Decision, rules: Rules, now_ms: number): Decision {
  const later = laterOf(own, other, rules, now_ms);
  const news = later.filter(([, [, at_ms]]) => at_ms <= now_ms + skew_ms);
  const answers = { ...own.answers, ...Object.fromEntries(news) };
  return { revision: own.revision, answers, time_ms: latest(answers) };
}

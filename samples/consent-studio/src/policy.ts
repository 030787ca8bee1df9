// The policy that is being written: its text, what is wrong with it, and the last state of it that
// the engine takes.

import { type JsonError, jsonError } from "../../../js/src/cli/json_error.ts";
import type { Finding, Verdict } from "../../../js/src/policy/lint.ts";
import type { PolicyDocument } from "../../../js/src/policy/questions.ts";
import type { Questions } from "./questions.ts";
import { say } from "./speech.ts";

export interface Judgement {
  text: string;
  /** Where it stops being JSON. */
  error?: JsonError | undefined;
  problems: Finding[];
  findings: Finding[];
}

type Listeners = { judged: (judgement: Judgement) => void; taken: (taken: PolicyDocument) => void };

// As long as somebody types nothing is judged: less than a pause between two words.
const rest_ms = 120;

export class Policy {
  text = "";
  judgement: Judgement = { text: "", problems: [], findings: [] };
  /** The last one without problems; what is shown of a policy is shown of this. */
  taken: PolicyDocument | undefined;

  private readonly questions: Questions;
  private readonly listeners: { [Name in keyof Listeners]: Listeners[Name][] } = {
    judged: [],
    taken: [],
  };
  private timer = 0;

  constructor(questions: Questions) {
    this.questions = questions;
  }

  on<Name extends keyof Listeners>(name: Name, listener: Listeners[Name]): void {
    this.listeners[name].push(listener);
  }

  /** The text is another one; `at_once`: nobody is typing. */
  write(text: string, at_once = false): void {
    this.text = text;
    clearTimeout(this.timer);
    if (at_once) void this.judge();
    else this.timer = window.setTimeout(() => void this.judge(), rest_ms);
  }

  /** What is shown is not what stands in the editor. */
  get stale(): boolean {
    return this.taken?.text !== this.text;
  }

  private ask(text: string): Promise<Verdict> {
    return this.questions.lint(text).catch((failed: Error) => {
      const found = say("engine.silent", { why: failed.message });
      const allowed = say("engine.advice");
      const problem = { code: "internal", pointer: "", found, allowed };
      return { problems: [{ ...problem, severity: "error" }], findings: [] };
    });
  }

  private async judge(): Promise<void> {
    const { text } = this;
    const error = jsonError(text);
    const verdict = error ? { problems: [], findings: [] } : await this.ask(text);
    // Something else stands there by now, and is judged on its own.
    if (text !== this.text) return;
    const { problems, findings } = verdict;
    this.judgement = { text, error, problems, findings };
    if (!error && !problems.length) this.taken = { text, value: JSON.parse(text) };
    this.listeners.judged.forEach((listener) => listener(this.judgement));
    if (this.taken?.text === text) this.listeners.taken.forEach((tell) => tell(this.taken!));
  }
}

// Questions to the engine about a policy, asked beside the page.

import type { Problem } from "../../../js/src/core/types.ts";
import type { Verdict } from "../../../js/src/policy/lint.ts";
import type { PolicyCase } from "../../../js/src/policy/questions.ts";

/** What the worker is asked. */
export interface Asked {
  id: number;
  query: string;
  /** A text that is JSON, as it stands. */
  config: string;
  members: Record<string, unknown>;
}

export interface Table {
  cases: PolicyCase[];
  /** False: there were too many. */
  whole: boolean;
}

export interface Proof {
  holds: boolean;
  cases: number;
  counterexample: Partial<PolicyCase>;
  problems: Problem[];
}

type Waiting = { resolve: (answer: any) => void; reject: (error: Error) => void };

export class Questions {
  private readonly worker: Worker;
  private readonly waiting = new Map<number, Waiting>();
  private last = 0;

  constructor(worker: Worker, module: Promise<WebAssembly.Module>) {
    this.worker = worker;
    worker.onmessage = ({ data: { id, answer, error } }) => {
      const { resolve, reject } = this.waiting.get(id)!;
      this.waiting.delete(id);
      if (error) reject(new Error(error));
      else resolve(answer);
    };
    module.then(
      (module) => worker.postMessage({ module }),
      () => {},
    );
  }

  lint = (config: string) => this.ask<Verdict>("lint", config);
  table = (config: string) => this.ask<Table>("table", config);
  prove = (config: string, claim: object) => this.ask<Proof>("prove", config, { ...claim });

  private ask<Answer>(query: string, config: string, members = {}): Promise<Answer> {
    const asked: Asked = { id: ++this.last, query, config, members };
    return new Promise((resolve, reject) => {
      this.waiting.set(asked.id, { resolve, reject });
      this.worker.postMessage(asked);
    });
  }
}

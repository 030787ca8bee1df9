// An engine that answers what a test wrote down: for the tests of the shell alone, which has to be
// seen with outputs that the real engine gives only now and then.

import type { Engine, Output } from "../src/core/bridge.ts";
import type { View } from "../src/core/types.ts";

type Script = (input: any) => Partial<Output> | undefined;

export class ScriptedEngine implements Engine {
  readonly inputs: any[] = [];
  open = true;
  script: Script;

  constructor(script: Script) {
    this.script = script;
  }

  handle(text: string): Output | undefined {
    const input = JSON.parse(text);
    this.inputs.push(input);
    const output = this.script(input);
    return output && { effects: [], problems: [], wake_at_ms: null, ...output };
  }

  view(): View {
    return { inputs: this.inputs.length } as unknown as View;
  }

  query(): unknown {
    return {};
  }

  close(): void {
    this.open = false;
  }
}

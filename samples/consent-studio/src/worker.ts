// Answers questions about policies beside the page: a big decision table must not hold up typing.

import type { Engine } from "../../../js/src/core/bridge.ts";
import { lintPolicy } from "../../../js/src/policy/lint.ts";
import { ask, askingEngine } from "../../../js/src/policy/questions.ts";
import type { Asked } from "./questions.ts";

const engine = new Promise<Engine>((resolve, reject) => {
  self.onmessage = ({ data }) => {
    if (data.module) askingEngine(data.module).then(resolve, reject);
    else void answer(data);
  };
});

async function answer({ id, query, config, members }: Asked): Promise<void> {
  try {
    const document = { text: config, value: JSON.parse(config) };
    const asked = await engine;
    const answer =
      query === "lint" ? lintPolicy(asked, document) : ask(asked, query, document, members);
    self.postMessage({ id, answer });
  } catch (error) {
    self.postMessage({ id, error: String(error) });
  }
}

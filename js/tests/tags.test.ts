// What tags are told, over all answers: the same as the engine's own word for it.

import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { ConsentView } from "../src/core/types.ts";
import { start } from "../src/tags/index.ts";
import { typesOf, type Purpose } from "../src/tags/types.ts";
import { RawEngine, tools_file } from "./raw_engine.ts";

const purposes: Purpose[] = [
  { id: "necessary", basis: "exempt", consent_mode: ["security_storage"] },
  { id: "analytics", basis: "consent", consent_mode: ["analytics_storage"] },
  {
    id: "marketing",
    basis: "consent",
    consent_mode: ["ad_storage", "ad_user_data", "ad_personalization"],
  },
  {
    id: "personal",
    basis: "consent",
    consent_mode: ["ad_personalization", "personalization_storage"],
  },
  {
    id: "service",
    basis: "legitimate_interest",
    consent_mode: ["functionality_storage", "ad_user_data"],
  },
  { id: "other", basis: "consent" },
];
const config = {
  waymark: 1,
  app: { id: "shop" },
  consent: {
    revision: "1",
    purposes,
    regions: [
      { match: ["DE"], model: "opt_in" },
      { match: ["US"], model: "opt_out" },
    ],
  },
  collectors: [],
};
const choosable = purposes.slice(1).map(({ id }) => id);
const answers = [undefined, "granted", "denied"] as const;

/** Every answer to every question. */
const combinations = Array.from({ length: answers.length ** choosable.length }, (_, number) => {
  const choices: Record<string, string> = {};
  choosable.forEach((id, i) => {
    const answer = answers[Math.floor(number / answers.length ** i) % answers.length];
    if (answer) choices[id] = answer;
  });
  return choices;
});

/** The view of an engine of which this was decided, and what the tools module says of it. */
function decided(choices: Record<string, string>, region: string) {
  const now = { wall_ms: 1_800_000_000_000, mono_ms: 1 };
  const entropy = { offset: 0, size: 32 };
  const begin = JSON.stringify({ now, entropy, sdk: { name: "t", version: "1" }, config });
  const engine = new RawEngine(tools_file, begin, Buffer.alloc(32, 1));
  const tell = (input: object) =>
    engine.handle(JSON.stringify({ now, ...input }), Buffer.alloc(32, 2));
  tell({ type: "wake" });
  tell({ type: "signal", name: "region", value: region, source: "page" });
  if (Object.keys(choices).length) tell({ type: "set_consent", choices, entropy });
  const { consent } = JSON.parse(engine.view()!.text);
  const record = {
    version: 1,
    revision: "1",
    generation: 1,
    time_ms: now.wall_ms,
    region,
    choices,
  };
  const question = { query: "signals", now, config, record, facts: { region } };
  const { consent_mode } = JSON.parse(engine.query(JSON.stringify(question))!.text);
  engine.close();
  return { view: consent as ConsentView, types: consent_mode.types };
}

test.each(["DE", "US"])("the types are the engine's in all %s answers", (region) => {
  const seen = new Set<string>();
  for (const choices of combinations) {
    const { view, types } = decided(choices, region);
    expect({ choices, types: typesOf(purposes, view) }).toEqual({ choices, types });
    seen.add(JSON.stringify(types));
  }
  expect(combinations).toHaveLength(243);
  expect(seen.size).toBeGreaterThan(10);
});

describe("what is told, and when", () => {
  const world = globalThis as any;
  let listeners: Record<string, (view?: { consent: Partial<ConsentView> }) => void>;
  let heard: any[];

  beforeEach(() => {
    heard = [];
    world.document = new EventTarget();
    world.document.addEventListener("waymark:consent", ({ detail }: any) => heard.push(detail));
  });
  afterEach(() => {
    for (const name of ["document", "dataLayer", "uetq", "clarity", "queue"]) delete world[name];
  });

  function beginEarly(tags?: object): () => void {
    listeners = {};
    const client: any = {
      on: (name: string, listener: any) => (listeners[name] = listener),
      off: (name: string) => delete listeners[name],
    };
    const page: any = {
      client,
      config: { ...config, consent: { ...config.consent, tags } },
      options: {},
    };
    return start(page);
  }

  /** Begins with an engine that has heard all early calls. */
  function begin(tags?: object): () => void {
    const end = beginEarly(tags);
    listeners.ready!();
    return end;
  }

  function tell(choices: Record<string, "granted" | "denied">, answered = true): void {
    const states: any = {};
    for (const { id, basis } of purposes) {
      states[id] = {
        state: basis === "exempt" ? "exempt" : (choices[id] ?? "unknown"),
        why: "person",
      };
    }
    listeners.view?.({ consent: { answered, purposes: states } });
  }

  const layer = () =>
    world.dataLayer.map((entry: any) => (entry.event ? entry : Array.from(entry)));
  const consents = () =>
    layer()
      .filter((entry: any) => entry[0] === "consent")
      .map((entry: any) => entry.slice(1));

  test("the default is there before any update, with all seven types and nothing granted unasked", () => {
    begin({ google: { wait_for_update_ms: 800, ads_data_redaction: true, url_passthrough: true } });
    expect(consents()).toEqual([
      [
        "default",
        {
          ad_storage: "denied",
          ad_user_data: "denied",
          ad_personalization: "denied",
          analytics_storage: "denied",
          functionality_storage: "denied",
          personalization_storage: "denied",
          security_storage: "granted",
          wait_for_update: 800,
        },
      ],
    ]);
    expect(layer().slice(1)).toEqual([
      ["set", "ads_data_redaction", true],
      ["set", "url_passthrough", true],
    ]);
    // Google takes an array for data, not for a command.
    expect(Array.isArray(world.dataLayer[0])).toBe(false);
  });

  test("a default that the page has set stands", () => {
    world.dataLayer = [
      { event: "x" },
      Object.assign({ length: 3 }, ["consent", "default", { ad_storage: "denied" }]),
    ];
    begin({ google: { ads_data_redaction: true } });
    expect(world.dataLayer).toHaveLength(2);
  });

  test("an update comes with the decision, and once for each", () => {
    begin();
    tell({}, false);
    expect(consents()).toHaveLength(1);
    tell({ analytics: "granted" });
    tell({ analytics: "granted" });
    tell({ analytics: "denied" });
    const updates = consents().slice(1);
    expect(updates.map(([word, types]: any) => [word, types.analytics_storage])).toEqual([
      ["update", "granted"],
      ["update", "denied"],
    ]);
    expect(updates.every(([, types]: any) => Object.keys(types).length === 7)).toBe(true);
    expect(
      layer()
        .filter(({ event }: any) => event)
        .map(({ event, waymark }: any) => [event, waymark.purposes.analytics, waymark.answered]),
    ).toEqual([
      ["waymark_consent", false, false],
      ["waymark_consent", true, true],
      ["waymark_consent", false, true],
    ]);
    expect(heard).toHaveLength(3);
    expect(heard[1].types.analytics_storage).toBe("granted");
  });

  test("nobody is told what holds only until the early calls are heard", () => {
    beginEarly({ microsoft: { uet: true } });
    tell({ analytics: "granted", marketing: "granted" });
    expect(consents()).toHaveLength(1);
    expect([heard.length, world.uetq.length]).toEqual([0, 3]);
    listeners.ready!();
    tell({ analytics: "denied" });
    expect(consents().at(-1)[1].analytics_storage).toBe("denied");
    expect(heard).toHaveLength(1);
  });

  test("what is forgotten is denied again, and a refusal is told though it changes nothing", () => {
    begin();
    tell({ analytics: "denied", marketing: "denied" });
    expect(
      consents()
        .slice(1)
        .map(([word]: any) => word),
    ).toEqual(["update"]);
    tell({ analytics: "granted" });
    tell({}, false);
    expect(consents().at(-1)[1].analytics_storage).toBe("denied");
  });

  test("Microsoft's tags get theirs", () => {
    begin({ microsoft: { uet: true, clarity: true }, data_layer: "queue" });
    expect(world.uetq).toEqual(["consent", "default", { ad_storage: "denied" }]);
    expect(world.clarity).toBe(undefined);
    tell({ marketing: "granted", personal: "granted", service: "granted", analytics: "denied" });
    expect(world.uetq.slice(3)).toEqual(["consent", "update", { ad_storage: "granted" }]);
    const told = world.clarity.q.map((words: any) => Array.from(words));
    expect(told).toEqual([["consentv2", { ad_Storage: "granted", analytics_Storage: "denied" }]]);
    expect(world.dataLayer).toBe(undefined);
    expect(world.queue.length).toBe(3);
  });

  test("what loaded already keeps its own queue, and after the end nothing is told", () => {
    const said: unknown[] = [];
    world.uetq = { push: (...words: unknown[]) => said.push(words) };
    world.clarity = (...words: unknown[]) => said.push(words);
    const end = begin({ microsoft: { uet: true, clarity: true } });
    tell({ analytics: "granted" });
    expect(said).toHaveLength(3);
    end();
    tell({ analytics: "denied" });
    expect(said).toHaveLength(3);
  });
});

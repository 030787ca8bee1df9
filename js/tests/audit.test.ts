// `waymark audit`: finds what was planted, and nothing else; of what the engine itself sends,
// nothing.

import { beforeAll, describe, expect, test } from "@jest/globals";
import { Visit } from "../src/policy/visit.ts";
import {
  audit_ms,
  day_ms,
  hour_ms,
  lawful,
  LineFile,
  Person,
  policy,
  start_ms,
  stored,
} from "./audit_world.ts";
import { expectGolden, file, waymark } from "./cli_terminal.ts";
import { tools_file, wasmModule } from "./raw_engine.ts";

// `make audit` asks for a million; every run of the tests makes do with fewer.
const events_wanted = Number(process.env.WAYMARK_AUDIT_EVENTS ?? 100_000);
const events_each = 50;
const people = events_wanted / events_each;
const now = new Date(audit_ms).toISOString();

interface Planted {
  code: string;
  file: "events" | "records";
  line: number;
}

/** One of each kind, by people of its own. */
function plant(events: LineFile, records: LineFile): Planted[] {
  const planted: Planted[] = [];
  const time_ms = start_ms + 100 * day_ms;
  const consent = { analytics: true, marketing: true };
  const put = (code: string, event: object) => {
    planted.push({ code, file: "events", line: events.add(event as Record<string, unknown>) });
  };
  const known = (person: Person, collector: string, at: number, more: object = {}) => ({
    ...stored(collector, "order_completed", at, { anonymous_id: person.id, consent }),
    ...{ delivery: { decisions: person.anchor }, ...more },
  });
  const someone = (name: string) => new Person(name).decide(time_ms, "granted", "granted");
  const told = (person: Person) => {
    for (const record of person.records) records.add(record);
    return person;
  };

  const changed_mind = someone("withdrawn").decide(time_ms + day_ms, "denied", "denied");
  put("withdrawn", known(told(changed_mind), "stats", time_ms + 2 * day_ms));
  const signalled = new Person("refused").decide(time_ms, "granted", "denied", "gpc");
  put("refused", known(told(signalled), "ads", time_ms + day_ms));
  put("expired", known(told(someone("expired")), "stats", time_ms + 181 * day_ms));
  put("before_decision", known(told(someone("early")), "ads", time_ms - hour_ms));
  const unasked = new Person("unasked").decide(time_ms, "granted", "unknown");
  put("not_asked", known(told(unasked), "ads", time_ms + day_ms));
  put("no_decision", stored("stats", "page", time_ms, { anonymous_id: "nobody-knows" }));
  const lawful_one = told(someone("lawful"));
  put("not_wanted", { ...known(lawful_one, "ads", time_ms + 1), name: "product_viewed" });
  put("unknown_collector", known(lawful_one, "elsewhere", time_ms + 1));
  put("not_deidentified", known(lawful_one, "counter", time_ms + 1));
  const exact_hour = time_ms - (time_ms % hour_ms);
  put("identifying", stored("counter", "a", exact_hour, { properties: { note: "x" } }));
  put("nobody", stored("stats", "a", exact_hour));
  const said_no = { consent: { analytics: false } };
  put("not_allowed_then", known(lawful_one, "stats", time_ms + 1, said_no));
  const no_ads = told(new Person("fields").decide(time_ms, "granted", "denied"));
  put("field", known(no_ads, "stats", time_ms + 1, { user_id: "u-1", consent: undefined }));
  put("kept_too_long", known(told(someone("old")), "stats", audit_ms - 391 * day_ms));

  const gone_ms = time_ms + day_ms;
  const gone = someone("gone").request(gone_ms, ["analytics"], ["stats"]);
  put("not_deleted", known(told(gone.decide(gone_ms, "denied", "granted")), "stats", time_ms + 1));
  const back = someone("back").request(gone_ms, ["analytics"], ["stats"]);
  back.decide(gone_ms, "denied", "denied").delete(gone_ms + 1000, ["analytics"]);
  told(back.decide(gone_ms + day_ms, "granted", "granted"));
  put("id_returned", known(back, "stats", gone_ms + 2 * day_ms));

  const forged = someone("forged").records[0]!;
  const line = records.add({ ...forged, time_ms: (forged.time_ms as number) - day_ms });
  planted.push({ code: "record_changed", file: "records", line });
  const second = someone("gap").decide(gone_ms, "granted", "denied").records[1]!;
  planted.push({ code: "record_missing", file: "records", line: records.add(second) });
  return planted;
}

describe("a log of many people", () => {
  const files = { events: file("events.ndjson", ""), records: file("records.ndjson", "") };
  const config = file("policy.json", policy);
  let planted: Planted[] = [];

  beforeAll(() => {
    const events = new LineFile(files.events);
    const records = new LineFile(files.records);
    for (let number = 0; number < people; ++number) {
      if (number === people / 2) planted = plant(events, records);
      const one = lawful(number, events_each);
      for (const record of one.person.records) records.add(record);
      for (const event of one.events) events.add(event);
    }
    events.close();
    records.close();
    expect(events.lines).toBeGreaterThanOrEqual(events_wanted);
  }, 300_000);

  test("each planted violation is found, and no other", async () => {
    const words = ["audit", files.events, files.records, "--policy", config, "--now", now];
    const began = process.cpuUsage();
    const { code, out, err } = await waymark(...words, "--json");
    const { user, system } = process.cpuUsage(began);
    expect([code, err]).toEqual([1, ""]);
    const { events, violations } = JSON.parse(out);
    const found = violations.map(({ code, file, line }: any) => ({ code, file, line }));
    const by_place = (a: Planted, b: Planted) => a.file.localeCompare(b.file) || a.line - b.line;
    expect(found.sort(by_place)).toEqual(planted.sort(by_place));
    expect(new Set(planted.map(({ code }) => code)).size).toBeGreaterThanOrEqual(15);
    const per_s = Math.round(events / ((user + system) / 1e6));
    console.info(`audit: ${events} events, ${per_s} a second of processor time`);
  }, 300_000);
});

describe("what the engine sends", () => {
  test("is no violation, whatever a person decides and undecides", async () => {
    const events: object[] = [];
    const records: object[] = [];
    let seed = 1;
    const draw = (count: number) => (seed = (seed * 48271) % 2147483647) % count;
    const document = { text: JSON.stringify(policy), value: policy };
    for (let number = 0; number < 25; ++number) {
      const whose = { start_ms: start_ms + number * day_ms, visitor: number };
      const visit = await Visit.open(wasmModule(tools_file), document, whose);
      visit.tell({ region: ["FR", "DE"][draw(2)]!, gpc: draw(4) === 0 });
      for (let step = 0; step < 30; ++step) {
        const chosen = draw(12);
        if (chosen < 6) visit.touch({ type: "track", name: "order_completed" });
        else if (chosen === 6) visit.touch({ type: "identify", user_id: `u-${number}` });
        else if (chosen === 7) visit.answer({ analytics: draw(2) ? "granted" : "denied" });
        else if (chosen === 8) visit.answer({ marketing: draw(2) ? "granted" : "denied" });
        else if (chosen === 9) await visit.comeBack(draw(3) * 100 * day_ms, document);
        else visit.wait(draw(3) * hour_ms);
        visit.wait(200 + draw(5000));
      }
      visit.leave();
      for (const { collector, event } of visit.sent()) {
        if (collector === "proofs") records.push(event);
        else events.push({ collector, ...event });
      }
    }
    const lines = (list: object[]) => list.map((one) => JSON.stringify(one) + "\n").join("");
    // Soon after: what was withdrawn need not be deleted yet, nothing is too old.
    const words = [file("e.ndjson", lines(events)), file("r.ndjson", lines(records))];
    const soon = new Date(start_ms).toISOString();
    const { out } = await waymark(
      "audit",
      ...words,
      "--policy",
      file("p.json", policy),
      "--now",
      soon,
    );
    expect(out).toBe(`${events.length} events, ${records.length} records: no violation\n`);
    expect(events.length).toBeGreaterThan(200);
  });
});

describe("files that are not whole", () => {
  const { person, events } = lawful(1, 3);
  const lines = (list: object[]) => list.map((one) => JSON.stringify(one) + "\n").join("");
  const records = () => file("records.ndjson", lines(person.records));
  const audit = (text: string, ...more: string[]) => {
    const words = [file("events.ndjson", text), records(), "--policy", file("p.json", policy)];
    return waymark("audit", ...words, "--now", now, ...more);
  };

  test("the last line is cut off: it is said, and the others are judged", async () => {
    const { code, out } = await audit(lines(events) + '{"collector":"stats","na');
    expect(code).toBe(1);
    expect(out).toContain("events.ndjson:4: cut: found text that is no JSON object, from byte 25");
    expect(out).toContain("4 events, 1 records: 1 violations: cut 1\n");
  });

  test("what can be read is judged", async () => {
    const { code, out } = await audit(`[]\n\n\r\nnull\n${lines(events)}`);
    expect(code).toBe(1);
    expect(out).toContain("3 events, 1 records: 2 violations: unreadable 2\n".replace("3", "5"));
  });

  test("can be read by people", async () => {
    const late = { ...events[1], message_id: "late", time_ms: start_ms + 300 * day_ms };
    const { out } = await audit(lines([...events, late]));
    expectGolden("audit.txt", out);
  });

  test.each([
    [["audit"], "audit needs two files"],
    [["audit", "a", "b"], "audit needs --policy"],
    [["audit", "a", "b", "--policy", "p", "--max", "x"], "--max takes a whole number, not x."],
  ])("%j", async (words, said) => {
    const { code, err } = await waymark(...words);
    expect(code).toBe(2);
    expect(err).toContain(said);
  });

  test("a collector that the policy does not have", async () => {
    const { code, err } = await audit(lines(events), "--collector", "x");
    expect(code).toBe(2);
    expect(err).toContain("an unknown collector");
  });
});

// The vocabulary as people read it: sdk/docs/vocabulary.md.

const stages = {
  pre_purchase: "Before the purchase",
  purchase: "The purchase",
  post_purchase: "After it",
  any: "At any time",
};

const head = (made) => `# The vocabulary: touchpoints that have a name of their own
<!-- ${made} -->

Every touchpoint of a customer's journey has a name, a stage, the channels on which it happens, and properties with types and units. A
touchpoint of this page keeps its meaning at every collector; a name outside it passes as it is. A site's own events are declared in the same
way: [plan.md](plan.md). The table itself is [vocabulary.json](../event/vocabulary.json), its form [vocabulary.schema.json](vocabulary.schema.json).

Names are snake_case. Properties in **bold** are required: an event without them is still sent, unless a [tracking plan](plan.md) says otherwise.
Where a column says nothing, the collector gets the name as it is; at Snowplow that is a structured event, at Matomo an event whose category
is the stage.
`;

const listed = (event) =>
  [...(event.required ?? []).map((name) => `**\`${name}\`**`), ...(event.optional ?? []).map((name) => `\`${name}\``)].join(", ");

const snowplow = ({ snowplow: action, entities }) => (action ? `\`${action}\` + ${entities.replace("_", " ")}` : "");

const row = (event) =>
  `| \`${event.name}\` | ${event.about} | ${event.channels.join(", ").replaceAll("_", " ")} | ${listed(event)} | ` +
  `${event.segment ?? ""} | ${event.ga4 ? `\`${event.ga4}\`` : ""} | ${snowplow(event)} | ${(event.matomo ?? "").replace("_", " ")} |`;

function stage(events, name) {
  return [
    `\n## ${stages[name]}\n`,
    "| event | what happened | channels | properties | Segment | GA4 | Snowplow | Matomo |",
    "|---|---|---|---|---|---|---|---|",
    ...events.filter((event) => event.stage === name).map(row),
    "",
  ].join("\n");
}

function meaning({ type, unit, minimum, maximum, enum: values, of, about }) {
  const bounds = [minimum !== undefined && `from ${minimum}`, maximum !== undefined && `to ${maximum}`].filter(Boolean).join(" ");
  const kind = values ? values.map((value) => `\`${value}\``).join(", ") : [type, of && `of ${of}`, bounds].filter(Boolean).join(" ");
  return `${kind} | ${unit ?? ""} | ${about}`;
}

function properties(table) {
  return [
    "\n## Properties\n",
    "One name means one thing in all events. `id`: a text or a whole number; `scalar`: a text, number or boolean; `time`: Unix milliseconds or",
    "ISO 8601; the unit `currency`: the event's `currency`.\n",
    "| property | type | unit | |",
    "|---|---|---|---|",
    ...Object.entries(table.properties).map(([name, property]) => `| \`${name}\` | ${meaning(property)} |`),
    "",
    ...Object.entries(table.objects).map(([name, object]) => `A **${name}** (${object.about.toLowerCase()}) has ${listed(object)}.`),
    ...table.events.flatMap((event) =>
      Object.entries(event.properties ?? {}).map(([name, own]) => `In \`${event.name}\`, \`${name}\` is: ${meaning(own).replaceAll(" | ", "; ").replace("; ; ", "; ")}.`),
    ),
    "",
  ].join("\n");
}

export const documentation = (table, made) =>
  head(made) + Object.keys(stages).map((name) => stage(table.events, name)).join("") + properties(table);

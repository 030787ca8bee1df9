// What the engine and its collectors have of the vocabulary, as C++ texts.

const stages = ["pre_purchase", "purchase", "post_purchase", "any"];
const entities = ["none", "product", "products", "cart", "checkout_step", "transaction", "refund"];
const letters = {
  text: "t", id: "i", scalar: "s", integer: "n", number: "d", boolean: "b", url: "u", time: "m", object: "o", list: "l",
};

/** A text as C++ literals of a line each, cut behind `cut`. */
function literals(text, cut) {
  const parts = text.split(cut).map((part, i, all) => (i + 1 < all.length ? part + cut : part));
  const lines = [];
  for (const part of parts) {
    if (lines.length && lines.at(-1).length + part.length <= 88) lines[lines.length - 1] += part;
    else lines.push(part);
  }
  return lines.map((line) => `    "${line.replaceAll("\n", "\\n")}"`).join("\n");
}

const constant = (name, text, cut) => `constexpr const char* ${name} =\n${literals(text, cut)};\n`;
const place = (events, stage) => events.findIndex((event) => stages.indexOf(event.stage) >= stages.indexOf(stage));

/** Those that Segment or Snowplow know by a name of theirs: every module needs them. */
export function engineNames({ events }, made) {
  const known = events.filter(({ segment }) => segment);
  return [
    `// ${made}`,
    constant("kNames", known.map(({ name }) => name).join(","), ","),
    `constexpr int kPurchase = ${place(known, "purchase")};  // the first place of the stage`,
    `constexpr int kPostPurchase = ${place(known, "post_purchase")};`,
    "// Snowplow's actions; nothing where there is none.",
    constant("kActions", known.map(({ snowplow }) => snowplow ?? "").join(","), ","),
    "// In the order of Entities.",
    `constexpr char kEntities[] = "${known.map((event) => entities.indexOf(event.entities ?? "none")).join("")}";\n`,
  ].join("\n");
}

/** A property as event/plan.h writes it. */
export function entryOf(table, event, name, needed) {
  const property = event.properties?.[name] ?? table.properties[name];
  let type = letters[property.type];
  if (property.enum) type = `(${property.enum.join("|")})`;
  else if (property.of) type += property.of;
  else if (property.minimum !== undefined || property.maximum !== undefined) {
    type += `${property.minimum ?? ""}..${property.maximum ?? ""}`;
  }
  return `${name}${needed ? "!" : ":"}${type}`;
}

const entriesOf = (table, event) =>
  [
    ...(event.required ?? []).map((name) => entryOf(table, event, name, true)),
    ...(event.optional ?? []).map((name) => entryOf(table, event, name, false)),
  ].join("\n");

const rows = (name, texts) =>
  `constexpr const char* ${name}[] = {\n${texts.map((text) => literals(text, "\n")).join(",\n")},\n};\n`;

export function engineRows(table, made) {
  const { events, objects } = table;
  return [
    `// ${made}`,
    constant("kTouchpoints", events.map(({ name }) => name).join(","), ","),
    "// The first place of each stage.",
    `constexpr int kStagePlaces[] = {${stages.map((stage) => place(events, stage)).join(", ")}};`,
    "// What their properties are: event/plan.h.",
    rows("kRows", events.map((event) => entriesOf(table, event))),
    constant("kObjects", Object.keys(objects).join(","), ","),
    rows("kObjectRows", Object.values(objects).map((object) => entriesOf(table, object))),
  ].join("\n");
}

export function collectorNames({ events }, made) {
  const map = (list, theirs) => list.map((event) => `${event.name}>${theirs(event)}`).join(" ");
  const google = events.filter(({ ga4 }) => ga4);
  return [
    `// ${made}`,
    "// Events that go by Google's names, with products as items.",
    constant("kGa4ShopNames", map(google.filter((event) => event.ga4_items), ({ ga4 }) => ga4), " "),
    "// Others for which Google recommends a name.",
    constant("kGa4OtherNames", map(google.filter((event) => !event.ga4_items), ({ ga4 }) => ga4), " "),
    "// The form that Matomo has for such an event.",
    constant("kMatomoForms", map(events.filter(({ matomo }) => matomo), ({ matomo }) => matomo), " "),
  ].join("\n");
}

// Writes sdk/engine/config_schema.inc, part_schemas.inc and sdk/collector/option_schemas.inc from sdk/docs/config.schema.json: the same schema
// in the short text that the engine reads (its grammar stands in sdk/base/schema.h), without what only people and editors
// read. The options of the protocols stand by themselves, so that a module holds only those of the protocols it speaks; so do, in
// sdk/engine/part_schemas.inc, members whose $comment says "part: name": those of a part of the engine (sdk/engine/parts.h).
// `--check` writes nothing and fails when they have come apart.
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const source = join(root, "sdk/docs/config.schema.json");
const configTarget = join(root, "sdk/engine/config_schema.inc");
const partsTarget = join(root, "sdk/engine/part_schemas.inc");
const optionsTarget = join(root, "sdk/collector/option_schemas.inc");
const published = JSON.parse(readFileSync(source, "utf8"));
const formats = { id: "i", "http-url": "u", "json-pointer": "p", "iglu-uri": "g", "uri-reference": "r", "header-value": "h" };

function stop(pointer, what) {
  console.error(`${source}#${pointer}: ${what}. scripts/embed_schema.mjs and sdk/base/schema.h do not know that.`);
  process.exit(1);
}

// Takes the members of a schema one by one; what nobody took is a keyword that would be lost.
class Keywords {
  constructor(schema, pointer) {
    this.pointer = pointer;
    this.left = { ...schema };
    for (const forPeople of ["$schema", "$id", "title", "description", "pattern", "$defs"]) delete this.left[forPeople];
    delete this.left.dependentRequired;  // privacy/field_rules.cc demands it
  }
  take(keyword) {
    const value = this.left[keyword];
    delete this.left[keyword];
    return value;
  }
  end() {
    const [unknown] = Object.keys(this.left);
    if (unknown !== undefined) stop(this.pointer, `\`${unknown}\` here`);
  }
}

function bounds(keywords, least, most) {
  const text = (bound) => keywords.take(bound) ?? "";
  const from = text(least);
  const to = text(most);
  if (!/^\d*$/.test(`${from}${to}`)) stop(keywords.pointer, "a bound with more than digits");
  return to === "" ? `${from}` : `${from}-${to}`;
}

function number(letter, keywords) {
  const range = bounds(keywords, "minimum", "maximum");
  if (!/^\d+-\d+$/.test(range)) stop(keywords.pointer, "a number without two bounds");
  const comment = keywords.take("$comment");
  if (comment?.includes("#")) stop(keywords.pointer, "a comment with #");
  return letter + range + (comment === undefined ? "" : `#${comment}#`);
}

function choice(values, pointer) {
  const texts = values.map((value) => JSON.stringify(value));
  if (texts.some((text) => /[,()[\]{}#]/.test(text))) stop(pointer, "a choice with punctuation");
  return `(${texts})`;
}

// The schema of each protocol's options.
const options = {};

// `allOf` of `if` one member has this value `then` another one fits that schema.
function choices(keywords, properties) {
  const chosen = {};
  for (const one of keywords.take("allOf") ?? []) {
    const [[kind, { const: name }]] = Object.entries(one.if.properties);
    const [[key, { $ref: reference }]] = Object.entries(one.then.properties);
    const needed = published.$defs[reference.replace("#/$defs/", "")].required ? [key] : undefined;
    if (String(one.then.required) !== String(needed)) stop(keywords.pointer, `allOf demands ${key} of ${name} wrongly`);
    chosen[key] = `@${kind}`;
    options[name] = write({ $ref: reference }, `${keywords.pointer}/allOf`);
  }
  for (const kind of Object.values(chosen)) {
    const names = properties[kind.slice(1)].enum;
    if (String(names) !== String(Object.keys(options))) stop(keywords.pointer, `allOf has other names than ${kind.slice(1)}`);
  }
  return chosen;
}

// The members of the config that only a part of the engine reads, as a schema of the object that has them.
const partMembers = {};

// What stands in the place of a part's member: anything.
function ofPart(key, { $comment, ...schema }, pointer) {
  (partMembers[$comment.slice("part: ".length)] ??= []).push(`${key}:${write(schema, pointer)}`);
  return `${key}:?`;
}

function object(keywords) {
  const required = new Set(keywords.take("required"));
  const properties = keywords.take("properties") ?? {};
  const chosen = choices(keywords, properties);
  const members = Object.entries(properties).map(([key, value]) => {
    if (/[:!*+]/.test(key)) stop(keywords.pointer, `the key ${key}`);
    if (chosen[key]) return `${key}:${chosen[key]}`;
    if (value.$comment?.startsWith("part: ")) return ofPart(key, value, `${keywords.pointer}/properties/${key}`);
    return key + (required.delete(key) ? "!" : ":") + write(value, `${keywords.pointer}/properties/${key}`);
  });
  if (required.size > 0) stop(keywords.pointer, `the required key ${[...required]} without a schema`);
  const others = keywords.take("additionalProperties") ?? true;
  const names = keywords.take("propertyNames");
  if (names && names.format !== "id") stop(keywords.pointer, "propertyNames that are no ids");
  const star = names ? "+" : "*";
  if (others === true) members.push(`${star}:?`);
  else if (others) members.push(`${star}:${write(others, `${keywords.pointer}/additionalProperties`)}`);
  return `{${members}}`;
}

function string(keywords) {
  const range = bounds(keywords, "minLength", "maxLength");
  const format = keywords.take("format");
  if (format !== undefined && !formats[format]) stop(keywords.pointer, `the format ${format}`);
  return `s${range}${formats[format] ?? ""}`;
}

function array(keywords) {
  const range = bounds(keywords, "minItems", "maxItems");
  return `[${range}${write(keywords.take("items"), `${keywords.pointer}/items`)}]`;
}

const types = {
  object,
  array,
  string,
  boolean: () => "b",
  integer: (keywords) => number("n", keywords),
  number: (keywords) => number("d", keywords),
};

const anything = "object,array,string,number,boolean,null";

function write(schema, pointer) {
  const keywords = new Keywords(schema, pointer);
  const reference = keywords.take("$ref");
  const constant = keywords.take("const");
  const values = keywords.take("enum") ?? (constant === undefined ? undefined : [constant]);
  const type = keywords.take("type");
  const either = keywords.take("anyOf");
  let text;
  if (reference !== undefined) {
    const name = reference.replace("#/$defs/", "");
    text = write(published.$defs[name], `/$defs/${name}`);
  } else if (values) {
    text = choice(values, pointer);
  } else if (either) {
    const [first, second, ...others] = either;
    if (String(Object.entries(first)) !== "type,boolean" || others.length > 0) stop(pointer, "anyOf other than a boolean or one more");
    text = `|${write(second, `${pointer}/anyOf/1`)}`;
  } else if (String(type) === anything) {
    text = "?";
  } else {
    if (!types[type]) stop(pointer, `the type ${type}`);
    text = types[type](keywords);
  }
  keywords.end();
  return text;
}

const made = "// Generated by scripts/embed_schema.mjs from sdk/docs/config.schema.json. Do not edit.\n";

// String literals are cut for compilers that bound their length, and for diffs.
const literals = (text) => text.match(/.{1,90}/gs).map((part) => `R"~~(${part})~~"`).join("\n");
const constant = (name, what, text) => {
  const title = name[0].toUpperCase() + name.slice(1);
  return `inline constexpr char k${title}${what}[] =\n${literals(text)};\n`;
};
const constants = (texts, what) => made + Object.entries(texts).map(([name, text]) => constant(name, what, text)).join("");

const generated = {
  [configTarget]: `${made}${literals(write(published, ""))}\n`,
};
const partSchemas = Object.fromEntries(Object.entries(partMembers).map(([name, members]) => [name, `{${members},*:?}`]));
generated[optionsTarget] = constants(options, "Options");
generated[partsTarget] = constants(partSchemas, "Schema");

for (const [target, text] of Object.entries(generated)) {
  if (!process.argv.includes("--check")) {
    writeFileSync(target, text);
  } else if (readFileSync(target, "utf8") !== text) {
    console.error(`${target} is not what sdk/docs/config.schema.json says: run \`node scripts/embed_schema.mjs\``);
    process.exit(1);
  }
}

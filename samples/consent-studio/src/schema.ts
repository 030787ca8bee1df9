// What the config's schema says about a place: which members, which values, and what they mean.

import type { Tree } from "@lezer/common";
import { namesIn, type Spot } from "./places.ts";

export interface Schema {
  [keyword: string]: any;
}

export interface Proposal {
  label: string;
  /** What is written. `${}` is where the cursor goes. */
  text: string;
  detail: string;
  info: string;
}

/** A place's schema, with all that its neighbours imply. */
export function schemaAt(root: Schema, config: any, path: readonly string[]): Schema | undefined {
  let schema: Schema | undefined = resolved(root, root, config);
  let value = config;
  for (const part of path) {
    if (!schema) return undefined;
    const { properties, additionalProperties, items }: Schema = schema;
    const next: unknown =
      items && /^\d+$/.test(part) ? items : (properties?.[part] ?? additionalProperties);
    value = value?.[part];
    schema = typeof next === "object" ? resolved(root, next as Schema, value) : undefined;
  }
  return schema;
}

// What stands beside a reference counts more; `allOf` here only ever says what a protocol wants.
function resolved(root: Schema, schema: Schema, value: any): Schema {
  const { $ref, allOf, ...own } = schema;
  const named = $ref ? resolved(root, root.$defs[$ref.slice("#/$defs/".length)], value) : {};
  const merged: Schema = { ...named, ...own };
  for (const { if: condition, then } of allOf ?? []) {
    if (!holds(condition, value)) continue;
    merged.properties = { ...merged.properties, ...then.properties };
    merged.required = [...(merged.required ?? []), ...(then.required ?? [])];
  }
  return merged;
}

const holds = ({ properties = {} }: Schema, value: any) =>
  Object.entries<any>(properties).every(([name, { const: wanted }]) => value?.[name] === wanted);

/** `one of "a", "b"`, `a whole number, 1 to 32` … */
export function kindOf({ type, enum: values, const: only, minimum, maximum }: Schema): string {
  if (only !== undefined) return JSON.stringify(only);
  if (values) return values.length > 4 ? `${values.length} choices` : values.join(" | ");
  const numbers = minimum === undefined ? "" : `, ${minimum} to ${maximum}`;
  if (type === "integer") return `whole number${numbers}`;
  const names = [type ?? "any"].flat().map((name: string) => (name === "array" ? "list" : name));
  return names.join(" or ") + (type === "number" ? numbers : "");
}

/** Describes a place in sentences, for whoever rests on it. */
export function describe(root: Schema, config: any, path: readonly string[]): string[] {
  const schema = schemaAt(root, config, path);
  if (!schema) return [];
  const { description, $comment, maxItems } = schema;
  const kind = schema.enum ? `one of ${schema.enum.join(", ")}` : kindOf(schema);
  const many = maxItems ? `, at most ${maxItems}` : "";
  return [description, `${kind}${many}`, $comment].filter(Boolean);
}

/** What may be written at a spot. */
export function proposals(root: Schema, config: any, tree: Tree, text: string, spot: Spot) {
  return spot.kind === "name"
    ? members(root, config, tree, text, spot)
    : choices(root, config, spot);
}

function members(root: Schema, config: any, tree: Tree, text: string, spot: Spot): Proposal[] {
  const schema = schemaAt(root, config, spot.path);
  const there = namesIn(tree, text, spot.path);
  const current = text.slice(spot.range.from, spot.range.to).replace(/"/g, "");
  const wanted = Object.entries<Schema>(schema?.properties ?? {});
  return wanted
    .filter(([name]) => name === current || !there.includes(name))
    .map(([name, raw]) => {
      const member = resolved(root, raw, config);
      const required = schema!.required?.includes(name) ? "required, " : "";
      const info = member.description ?? "";
      const text = `${JSON.stringify(name)}: ${blank(member)}`;
      return { label: name, text, detail: required + kindOf(member), info };
    });
}

function blank({ type, enum: values, const: only, items, required }: Schema): string {
  if (only !== undefined) return JSON.stringify(only);
  if (values) return '"${}"';
  if (type === "array")
    return items?.type === "object" || items?.$ref === undefined ? "[${}]" : '["${}"]';
  if (type === "object" || required) return "{ ${} }";
  if (type === "boolean") return "${true}";
  return type === "string" ? '"${}"' : "${}";
}

function choices(root: Schema, config: any, { path, range, quoted }: Spot): Proposal[] {
  const schema = schemaAt(root, config, path);
  if (!schema) return [];
  const listed = schema.enum ?? (schema.const === undefined ? undefined : [schema.const]);
  const values: unknown[] =
    listed ?? (schema.type === "boolean" ? [true, false] : idsFor(config, path));
  const info = schema.description ?? "";
  const found = values.map((value) => ({
    label: String(value),
    text: JSON.stringify(value),
    detail: "",
    info,
  }));
  if (found.length || quoted || range.to > range.from) return found;
  const opening = blank(schema);
  const detail = kindOf(schema);
  return [{ label: opening.replace(/\$\{(\w*)\}/, "$1…"), text: opening, detail, info }];
}

const ids = (list: unknown): string[] =>
  (Array.isArray(list) ? list : []).map((one) => one?.id).filter((id) => typeof id === "string");

const areas = "EU EEA GB CH US US-CA US-CO US-CT US-VA CA CA-QC BR JP AU *".split(" ");

/** Values that the schema cannot know: what the document itself names, and the usual regions. */
function idsFor(config: any, path: readonly string[]): string[] {
  const names = path.filter((part) => !/^\d+$/.test(part));
  const [own, above] = [names.at(-1), names.at(-2)];
  if (own === "needs" || own === "requires") return ids(config?.consent?.purposes);
  if (own === "purposes" && (above === "vendors" || above === "services")) {
    return ids(config?.consent?.purposes);
  }
  if (own === "vendor") return ids(config?.consent?.vendors);
  if (own === "records") return ids(config?.collectors);
  if (own === "match" || own === "exempt_in") return areas;
  return [];
}

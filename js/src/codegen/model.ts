// A vocabulary or a tracking plan (sdk/docs/vocabulary.schema.json), and what all languages take
// from it.

export type PropertyType =
  | "text"
  | "id"
  | "scalar"
  | "integer"
  | "number"
  | "boolean"
  | "url"
  | "time"
  | "list"
  | "object";

export interface Property {
  type: PropertyType;
  unit?: string;
  minimum?: number;
  maximum?: number;
  enum?: string[];
  of?: string;
  about?: string;
}

export interface Row {
  about?: string;
  required?: string[];
  optional?: string[];
}

export interface EventRow extends Row {
  name: string;
  stage?: string;
  properties?: Record<string, Property>;
  other_properties?: boolean;
}

export interface Table {
  properties?: Record<string, Property>;
  objects?: Record<string, Row>;
  events?: EventRow[];
  vocabulary?: boolean;
}

/** A property of a type that is written. */
export interface Field {
  name: string;
  needed: boolean;
  property: Property;
  /** The name of its type, where it has one of its own: an enumeration, an object. */
  named?: string;
}

export interface Shape {
  /** As the table has it. */
  name: string;
  /** As types are called: ProductViewed. */
  type: string;
  about?: string;
  fields: Field[];
  others: boolean;
}

export interface Enumeration {
  type: string;
  about?: string;
  values: string[];
}

export interface Model {
  enumerations: Enumeration[];
  objects: Shape[];
  events: Shape[];
}

/** What a table has that no types can be made of. */
export class Unwritable extends Error {}

const words = (name: string) => name.split(/[^A-Za-z0-9]+/).filter(Boolean);
const capital = (word: string) => word[0]!.toUpperCase() + word.slice(1);

/** product_viewed, checkout.step → ProductViewed, CheckoutStep */
export function typeName(name: string): string {
  const type = words(name).map(capital).join("");
  return /^[A-Za-z]/.test(type) ? type : `Event${type}`;
}

/**
 * product_id → productId, as a language takes it: a keyword of its stands in backticks, and what is
 * `taken` by ours has a _ behind it.
 */
export function namesFor(keywords: string, taken: string[] = []): (name: string) => string {
  const reserved = new Set(keywords.split(" "));
  return (name) => {
    const plain = memberName(name);
    return reserved.has(plain) ? `\`${plain}\`` : taken.includes(plain) ? `${plain}_` : plain;
  };
}

function memberName(name: string): string {
  const type = words(name).map(capital).join("");
  const member = type === "" ? "" : type[0]!.toLowerCase() + type.slice(1);
  return /^[a-z]/.test(member) ? member : `_${member}`;
}

/** The tables as one: what a later one has of a name replaces what an earlier one has. */
export function merge(tables: Table[]): Table {
  const events = new Map<string, EventRow>();
  for (const table of tables) for (const row of table.events ?? []) events.set(row.name, row);
  return {
    properties: Object.assign({}, ...tables.map(({ properties }) => properties)),
    objects: Object.assign({}, ...tables.map(({ objects }) => objects)),
    events: [...events.values()],
  };
}

/** The types of a table. Throws Unwritable, with the JSON pointer of what is at fault. */
export function modelOf(table: Table): Model {
  const model: Model = { enumerations: [], objects: [], events: [] };
  const taken = new Map<string, string>();
  const take = (type: string, pointer: string): string => {
    const other = taken.get(type);
    if (other !== undefined) {
      throw new Unwritable(`${pointer}: its type would be called ${type}, as that of ${other}`);
    }
    taken.set(type, pointer);
    return type;
  };
  for (const name of Object.keys(table.objects ?? {})) take(typeName(name), `/objects/${name}`);
  const events = table.events ?? [];
  events.forEach((event, i) => take(typeName(event.name), `/events/${i}/name`));

  const enumerate = (type: string, { enum: values, about }: Property, pointer: string): string => {
    const known = model.enumerations.find((one) => one.type === type);
    if (!known) model.enumerations.push({ type: take(type, pointer), about, values: values! });
    return type;
  };
  const field = (row: Row, own: EventRow | undefined, name: string, at: string): Field => {
    const special = own?.properties?.[name];
    const property = special ?? table.properties?.[name];
    if (!property) throw new Unwritable(`${at}: no property ${name} is described`);
    const made: Field = { name, property, needed: !!row.required?.includes(name) };
    const prefix = special ? typeName(own!.name) : "";
    const inUse = !special && taken.get(typeName(name)) !== undefined;
    const type = `${prefix}${typeName(name)}${inUse && !isOwn(model, name) ? "Value" : ""}`;
    if (property.enum) made.named = enumerate(type, property, at);
    if (property.of) {
      if (!table.objects?.[property.of]) throw new Unwritable(`${at}: no object ${property.of}`);
      made.named = typeName(property.of);
    }
    return made;
  };
  const shape = (name: string, row: Row, own: EventRow | undefined, at: string): Shape => ({
    name,
    type: typeName(name),
    about: row.about,
    others: own?.other_properties !== false,
    fields: [...(row.required ?? []), ...(row.optional ?? [])].map((one) =>
      field(row, own, one, at),
    ),
  });
  for (const [name, row] of Object.entries(table.objects ?? {})) {
    model.objects.push(shape(name, row, undefined, `/objects/${name}`));
  }
  events.forEach((event, i) => model.events.push(shape(event.name, event, event, `/events/${i}`)));
  return model;
}

const isOwn = ({ enumerations }: Model, name: string) =>
  enumerations.some(({ type }) => type === typeName(name));

/** What a comment says of a field: what it is, and its unit. */
export function remark({ property: { about, unit, type } }: Field): string {
  const parts = [about, unit && `Unit: ${unit}`, type === "time" && "Unix milliseconds"];
  return parts.filter(Boolean).join(". ").replace(/\*\//g, "* /");
}

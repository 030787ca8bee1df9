// Types of events in TypeScript.

import { type Field, type Model, remark, type Shape } from "./model.ts";

const types = {
  text: "string",
  id: "Id",
  scalar: "Scalar",
  integer: "number",
  number: "number",
  boolean: "boolean",
  url: "string",
  time: "string | number",
  list: "unknown[]",
  object: "Record<string, unknown>",
};

const quoted = (name: string) => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name));

function typeOf({ property: { type }, named }: Field): string {
  if (!named) return types[type];
  return type === "list" ? `${named}[]` : named;
}

function comment(text: string | undefined, indent = ""): string {
  return text ? `${indent}/** ${text.replace(/\*\//g, "* /")}. */\n` : "";
}

function shape({ type, about, fields, others }: Shape): string {
  const members = fields.map(
    (field) =>
      comment(remark(field), "  ") +
      `  ${quoted(field.name)}${field.needed ? "" : "?"}: ${typeOf(field)};\n`,
  );
  const open = others ? "  [other: string]: unknown;\n" : "";
  return `${comment(about)}export type ${type} = {\n${members.join("")}${open}};\n`;
}

const call = `
type Arguments<P> = {} extends P
  ? [properties?: P, options?: Record<string, unknown>]
  : [properties: P, options?: Record<string, unknown>];

/** What a client of Waymark has. */
export interface Tracker {
  track(name: string, properties?: any, options?: any): void;
}

/** track() of a client, for these events alone. */
export function typed(client: Tracker) {
  return {
    track<Name extends keyof Events>(name: Name, ...rest: Arguments<Events[Name]>): void {
      client.track(name, ...rest);
    },
  };
}
`;

/** `inside`: for the package's own client, which has its track(). */
export function writeTypeScript(model: Model, made: string, inside: boolean): string {
  const parts = [
    `// ${made}\n`,
    "export type Id = string | number;\nexport type Scalar = string | number | boolean;\n",
    ...model.enumerations.map(
      ({ type, about, values }) =>
        `${comment(about)}export type ${type} =\n` +
        `${values.map((value) => `  | ${JSON.stringify(value)}`).join("\n")};\n`,
    ),
    ...model.objects.map(shape),
    ...model.events.map(shape),
    `/** The events by their names. */\nexport interface ${inside ? "Vocabulary" : "Events"} {\n` +
      model.events.map(({ name, type }) => `  ${quoted(name)}: ${type};\n`).join("") +
      "}\n",
  ];
  return parts.join("\n") + (inside ? "" : call);
}

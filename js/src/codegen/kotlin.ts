// Types of events in Kotlin: data classes of one sealed class.

import {
  type Enumeration,
  type Field,
  type Model,
  namesFor,
  remark,
  type Shape,
} from "./model.ts";

const types = {
  text: "String",
  id: "String",
  scalar: "Any",
  integer: "Long",
  number: "Double",
  boolean: "Boolean",
  url: "String",
  time: "Long",
  list: "List<Any>",
  object: "Map<String, Any>",
};

const member = namesFor(
  "as break class continue do else false for fun if in interface is null object package return " +
    "super this throw true try typealias typeof val var when while",
  // Members of the sealed class.
  ["eventName", "toProperties"],
);

const text = (value: string) => JSON.stringify(value).replace(/\$/g, "\\$");
const constantName = (value: string) =>
  value.toUpperCase().replace(/[^A-Z0-9]+/g, "_").replace(/^(?=[0-9_]|$)/, "V");

function typeOf({ property: { type }, named }: Field): string {
  if (!named) return types[type];
  return type === "list" ? `List<${named}>` : named;
}

function value({ property: { type, enum: values }, needed, named }: Field, from: string): string {
  const safe = needed ? "." : "?.";
  if (values) return `${from}${safe}value`;
  if (!named) return from;
  const made = type === "list" ? "map { it.toProperties() }" : "toProperties()";
  return from + safe + made;
}

const comment = (about?: string, indent = "") =>
  about ? `${indent}/** ${about.replace(/\*\//g, "* /")}. */\n` : "";

function parameter(field: Field): string {
  const type = typeOf(field) + (field.needed ? "" : "? = null");
  return `${comment(remark(field), "    ")}    val ${member(field.name)}: ${type},\n`;
}

function entries(fields: Field[]): string {
  return fields
    .map((field) => `        ${text(field.name)} to ${value(field, member(field.name))},\n`)
    .join("")
    .replace(/,\n$/, "\n");
}

function body(fields: Field[], inherits: boolean): string {
  const head = `    ${inherits ? "override " : ""}fun toProperties(): Map<String, Any>`;
  return `{\n${head} = propertiesOf(\n${entries(fields)}    )\n}\n`;
}

function shape({ name, type, about, fields }: Shape, event: boolean): string {
  const above = event ? ` : Touchpoint(${text(name)})` : "";
  if (!fields.length) {
    const none = `    ${event ? "override " : ""}fun toProperties(): Map<String, Any> = emptyMap()`;
    return `${comment(about)}object ${type}${above} {\n${none}\n}\n`;
  }
  const parameters = fields.map(parameter).join("").replace(/,\n$/, "\n");
  return `${comment(about)}data class ${type}(\n${parameters})${above} ${body(fields, event)}`;
}

const enumeration = ({ type, about, values }: Enumeration) =>
  `${comment(about)}enum class ${type}(val value: String) {\n` +
  `${values.map((one) => `    ${constantName(one)}(${text(one)})`).join(",\n")}\n}\n`;

const base = `/** Something that happened, as Waymark.track() takes it. */
sealed class Touchpoint(val eventName: String) {
    /** What is said of it; what is not known is left out. */
    abstract fun toProperties(): Map<String, Any>
}

private fun propertiesOf(vararg entries: Pair<String, Any?>): Map<String, Any> {
    val properties = LinkedHashMap<String, Any>()
    for ((name, value) in entries) {
        if (value != null) properties[name] = value
    }
    return properties
}
`;

export function writeKotlin(model: Model, made: string, packageName: string): string {
  return [
    `// ${made}\n@file:Suppress("unused")\n\npackage ${packageName}\n`,
    base,
    ...model.enumerations.map(enumeration),
    ...model.objects.map((one) => shape(one, false)),
    ...model.events.map((one) => shape(one, true)),
  ].join("\n");
}

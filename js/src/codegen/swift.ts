// Types of events in Swift: structs of one protocol.

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
  scalar: "PropertyValue",
  integer: "Int64",
  number: "Double",
  boolean: "Bool",
  url: "String",
  time: "Int64",
  list: "[PropertyValue]",
  object: "[String: PropertyValue]",
};

const cases = {
  text: "text",
  id: "text",
  scalar: "",
  integer: "integer",
  number: "number",
  boolean: "boolean",
  url: "text",
  time: "integer",
  list: "list",
  object: "object",
};

const keywords =
  "as associatedtype break case catch class continue default defer deinit do else enum " +
  "extension fallthrough false fileprivate for func guard if import in init inout internal is " +
  "let nil operator precedencegroup private protocol public repeat rethrows return self static " +
  "struct subscript super switch throw throws true try typealias var where while";

const member = namesFor(keywords, ["eventName", "properties"]);
const nameOfCase = namesFor(keywords);

const text = (value: string) => JSON.stringify(value);
const caseName = (value: string) => nameOfCase(value.replace(/^(?=\d|$)/, "v"));

function typeOf({ property: { type }, named }: Field): string {
  if (!named) return types[type];
  return type === "list" ? `[${named}]` : named;
}

/** The expression that makes a PropertyValue of `from`, which is there. */
function value({ property: { type, enum: values }, named }: Field, from: string): string {
  if (values) return `.text(${from}.rawValue)`;
  if (named && type === "list") return `.list(${from}.map { .object($0.properties) })`;
  if (named) return `.object(${from}.properties)`;
  return cases[type] ? `.${cases[type]}(${from})` : from;
}

const comment = (about?: string, indent = "") =>
  about ? `${indent}/// ${about.replace(/\n/g, " ")}.\n` : "";

function put(field: Field): string {
  const name = member(field.name);
  const key = `properties[${text(field.name)}]`;
  if (field.needed) return `    ${key} = ${value(field, name)}\n`;
  return `    if let given = ${name} { ${key} = ${value(field, "given")} }\n`;
}

function shape({ name, type, about, fields }: Shape, event: boolean): string {
  const members = fields.map(
    (field) =>
      `${comment(remark(field), "  ")}  public var ${member(field.name)}: ` +
      `${typeOf(field)}${field.needed ? "" : "?"}\n`,
  );
  const parameters = fields.map(
    (field) => `    ${member(field.name)}: ${typeOf(field)}${field.needed ? "" : "? = nil"}`,
  );
  const assignments = fields.map(({ name: one }) => `    self.${member(one)} = ${member(one)}\n`);
  const named = event ? `  public static let eventName = ${text(name)}\n` : "";
  const list = fields.length ? `\n${parameters.join(",\n")}\n  ` : "";
  const made = `  public init(${list}) {\n`;
  const first = "    var properties: [String: PropertyValue] = [:]\n";
  const values = fields.length
    ? `${first}${fields.map(put).join("")}    return properties\n`
    : "    return [:]\n";
  return (
    `${comment(about)}public struct ${type}: ${event ? "Touchpoint" : "Equatable, Sendable"} {\n` +
    `${named}${members.join("")}\n${made}${assignments.join("")}  }\n\n` +
    `  public var properties: [String: PropertyValue] {\n${values}  }\n}\n`
  );
}

const enumeration = ({ type, about, values }: Enumeration) =>
  `${comment(about)}public enum ${type}: String, Equatable, Sendable, CaseIterable {\n` +
  `${values.map((one) => `  case ${caseName(one)} = ${text(one)}`).join("\n")}\n}\n`;

const base = `/// What a property may be.
public indirect enum PropertyValue: Equatable, Sendable {
  case text(String)
  case integer(Int64)
  case number(Double)
  case boolean(Bool)
  case list([PropertyValue])
  case object([String: PropertyValue])
}

/// Something that happened, as Waymark.track() takes it.
public protocol Touchpoint: Equatable, Sendable {
  static var eventName: String { get }
  /// What is said of it; what is not known is left out.
  var properties: [String: PropertyValue] { get }
}
`;

export function writeSwift(model: Model, made: string): string {
  return [
    `// ${made}\n`,
    base,
    ...model.enumerations.map(enumeration),
    ...model.objects.map((one) => shape(one, false)),
    ...model.events.map((one) => shape(one, true)),
  ].join("\n");
}

import WaymarkVocabulary

/// JSON as bytes: written without a tree, and looked into without one, so that what came as text
/// goes on as the same text.
enum Json {
  /// Deeper than the engine takes (32 levels): what is below would be refused with the rest.
  private static let levelsMax = 40

  static func object(_ members: [String: PropertyValue]) -> [UInt8] {
    var json: [UInt8] = []
    json.reserveCapacity(64 + members.count * 32)
    write(members, into: &json, level: 0)
    return json
  }

  static func text(_ value: PropertyValue) -> [UInt8] {
    var json: [UInt8] = []
    write(value, into: &json, level: 0)
    return json
  }

  static func quoted(_ text: String) -> String {
    String(decoding: self.text(.text(text)), as: UTF8.self)
  }

  // Members in the order of their names, so that the same properties are the same bytes.
  private static func write(
    _ members: [String: PropertyValue], into json: inout [UInt8], level: Int
  ) {
    json.append(UInt8(ascii: "{"))
    var first = true
    for name in members.keys.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
      if !first { json.append(UInt8(ascii: ",")) }
      first = false
      quote(name, into: &json)
      json.append(UInt8(ascii: ":"))
      write(members[name]!, into: &json, level: level + 1)
    }
    json.append(UInt8(ascii: "}"))
  }

  private static func write(_ value: PropertyValue, into json: inout [UInt8], level: Int) {
    if level > levelsMax { return json.append(contentsOf: "null".utf8) }
    switch value {
    case .text(let text): quote(text, into: &json)
    case .integer(let integer): json.append(contentsOf: String(integer).utf8)
    case .number(let number): json.append(contentsOf: digits(number).utf8)
    case .boolean(let boolean): json.append(contentsOf: (boolean ? "true" : "false").utf8)
    case .object(let members): write(members, into: &json, level: level)
    case .list(let values):
      json.append(UInt8(ascii: "["))
      for (index, value) in values.enumerated() {
        if index > 0 { json.append(UInt8(ascii: ",")) }
        write(value, into: &json, level: level + 1)
      }
      json.append(UInt8(ascii: "]"))
    }
  }

  // Shortest form that is read back as the same number; what is no number has no place in JSON.
  private static func digits(_ number: Double) -> String {
    guard number.isFinite else { return "null" }
    let whole = number.rounded(.towardZero)
    return whole == number && abs(number) < 0x1p53 ? String(Int64(number)) : String(number)
  }

  private static func quote(_ text: String, into json: inout [UInt8]) {
    let digits = Array("0123456789abcdef".utf8)
    json.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): json += [UInt8(ascii: "\\"), byte]
      case 0..<0x20:
        json.append(contentsOf: "\\u00".utf8)
        json += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      default: json.append(byte)
      }
    }
    json.append(UInt8(ascii: "\""))
  }
}

/// The members of one object of JSON, each as it stands in the text.
///
/// The text is only split, not judged: whoever reads a member finds what is wrong with it.
struct JsonMembers {
  private(set) var members: [(name: String, text: String)] = []

  /// Nil for anything but one object.
  init?(_ text: String) {
    var scanner = Scanner(bytes: Array(text.utf8))
    guard scanner.take("{") else { return nil }
    if !scanner.take("}") {
      repeat {
        guard let name = scanner.value(), scanner.take(":"), let value = scanner.value() else {
          return nil
        }
        guard name.count >= 2, name.first == "\"" else { return nil }
        members.append((String(name.dropFirst().dropLast()), value))
      } while scanner.take(",")
      guard scanner.take("}") else { return nil }
    }
    guard scanner.isAtEnd else { return nil }
  }

  /// The first of this name; nil: there is none.
  subscript(name: String) -> String? {
    members.first { $0.name == name }?.text
  }

  /// The string that stands there, where no character of it is escaped: types and names are so.
  func plain(_ name: String) -> String? {
    guard let text = self[name], text.first == "\"", !text.contains("\\") else { return nil }
    return String(text.dropFirst().dropLast())
  }

  /// The object without some of its members.
  func object(without names: Set<String>) -> String {
    let left = members.filter { !names.contains($0.name) }
    return "{" + left.map { "\"\($0.name)\":\($0.text)" }.joined(separator: ",") + "}"
  }
}

/// Finds where values of JSON end.
private struct Scanner {
  let bytes: [UInt8]
  var at = 0

  var isAtEnd: Bool {
    mutating get {
      skipSpace()
      return at == bytes.count
    }
  }

  mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard at < bytes.count, bytes[at] == UInt8(ascii: character) else { return false }
    at += 1
    return true
  }

  /// One value as text. Brackets are counted, not matched.
  mutating func value() -> String? {
    skipSpace()
    let start = at
    var depth = 0
    repeat {
      guard at < bytes.count else { return nil }
      switch bytes[at] {
      case UInt8(ascii: "\""): guard skipString() else { return nil }
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth += 1
        at += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth -= 1
        at += 1
      case UInt8(ascii: ","), UInt8(ascii: ":"):
        guard depth > 0 else { return nil }
        at += 1
      default: skipWord()
      }
    } while depth > 0
    return depth == 0 ? String(decoding: bytes[start..<at], as: UTF8.self) : nil
  }

  private mutating func skipSpace() {
    while at < bytes.count, bytes[at] == 0x20 || (bytes[at] >= 0x09 && bytes[at] <= 0x0d) { at += 1 }
  }

  private mutating func skipString() -> Bool {
    at += 1
    while at < bytes.count {
      if bytes[at] == UInt8(ascii: "\\") {
        at += 1
      } else if bytes[at] == UInt8(ascii: "\"") {
        at += 1
        return true
      }
      at += 1
    }
    return false
  }

  // A number, a literal, or blanks between the parts of what is in brackets.
  private mutating func skipWord() {
    let ends = Set("\"{}[],:".utf8)
    repeat { at += 1 } while at < bytes.count && !ends.contains(bytes[at])
  }
}

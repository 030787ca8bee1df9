@_exported import WaymarkVocabulary

// Properties as people write them: ["price": 49.5, "gift": true, "tags": ["a", "b"]].

extension PropertyValue: ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
  public init(stringLiteral value: String) { self = .text(value) }
}

extension PropertyValue: ExpressibleByIntegerLiteral {
  public init(integerLiteral value: Int64) { self = .integer(value) }
}

extension PropertyValue: ExpressibleByFloatLiteral {
  public init(floatLiteral value: Double) { self = .number(value) }
}

extension PropertyValue: ExpressibleByBooleanLiteral {
  public init(booleanLiteral value: Bool) { self = .boolean(value) }
}

extension PropertyValue: ExpressibleByArrayLiteral {
  public init(arrayLiteral elements: PropertyValue...) { self = .list(elements) }
}

extension PropertyValue: ExpressibleByDictionaryLiteral {
  /// Of a name that stands twice the last value counts.
  public init(dictionaryLiteral elements: (String, PropertyValue)...) {
    self = .object(Dictionary(elements, uniquingKeysWith: { $1 }))
  }
}

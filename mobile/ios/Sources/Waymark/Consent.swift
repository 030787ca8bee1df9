import Foundation

/// An answer to one purpose.
public enum Choice: String, Sendable, Codable {
  case granted, denied
}

/// What a person allows. All of it is decided by the engine, from the config's policy.
public struct Consent: Sendable {
  let client: NativeClient

  /// Who decides.
  public enum Source: String, Sendable {
    case person
    /// What was chosen on another device: fills gaps, and never undoes a refusal.
    case account
  }

  /// A decision. Purposes that are not named keep their state. From this call on nothing is put on
  /// the device on the strength of what was decided before.
  ///
  /// - Parameters:
  ///   - decided: when, where that was elsewhere and before.
  ///   - shown: what the person saw, at most 1,000 bytes of JSON, for the decision log.
  @discardableResult
  public func set(
    _ choices: [String: Choice], source: Source = .person, decided: Date? = nil,
    shown: [String: PropertyValue]? = nil
  ) -> Waymark.Status {
    client.post(
      "set_consent",
      [
        "choices": .object(choices.mapValues { .text($0.rawValue) }),
        "source": .text(source.rawValue),
        "decided_ms": decided.map { .integer(Int64($0.timeIntervalSince1970 * 1000)) },
        "shown": shown.map(PropertyValue.object),
      ])
  }

  /// Takes back what was granted: what is queued, stored and known for these purposes goes.
  @discardableResult
  public func withdraw(_ purposes: String...) -> Waymark.Status {
    set(Dictionary(purposes.map { ($0, .denied) }, uniquingKeysWith: { first, _ in first }))
  }

  /// The state of each purpose and why; nil: not open yet.
  public var current: Waymark.ConsentView? { Waymark.View(json: client.view)?.consent }

  /// What becomes of such an event now, at each collector, and why.
  public func explain(track name: String) async throws -> Explanation {
    let question = #"{"query":"explain","event":{"type":"track","name":\#(Json.quoted(name))}}"#
    return try await answer(question)
  }

  public struct Explanation: Sendable, Decodable {
    /// Nothing is captured, or not this: a remote config says so.
    public let off: Bool
    public let collectors: [String: Verdict]

    public struct Verdict: Sendable, Decodable {
      /// It gets events of this name.
      public let wanted: Bool
      /// `admit`, `deidentify`, `hold` or `drop`.
      public let verdict: String
    }
  }

  /// What lies on the device, for what, and until when.
  public func inventory() async throws -> [Entry] {
    struct Inventory: Decodable { let entries: [Entry] }
    let inventory: Inventory = try await answer(#"{"query":"inventory"}"#)
    return inventory.entries
  }

  public struct Entry: Sendable, Decodable {
    /// A key, or what keys begin with.
    public let key: String
    /// Nil: the proof of decisions.
    public let purposes: [String]?
    /// Unix time; nil: it goes with what it speaks of.
    public let expiresMs: Int64?

    enum CodingKeys: String, CodingKey {
      case key, purposes
      case expiresMs = "expires_ms"
    }
  }

  /// The decision log of this device (`sdk/docs/decision_log.md`): a JSON object with `entries` and
  /// `anchor`, as it is, because its hashes are of these bytes.
  public func records() async throws -> String {
    try await client.ask(#"{"type":"records"}"#)
  }

  private func answer<Answer: Decodable>(_ question: String) async throws -> Answer {
    let text = try await client.ask(question)
    guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(text.utf8)) else {
      throw Waymark.Failure(status: .configRefused)
    }
    return answer
  }
}

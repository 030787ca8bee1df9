import Foundation

/// The decision log of the device (`sdk/docs/decision_log.md`), as far as people are shown it.
struct DecisionLog: Decodable {
  struct Entry: Decodable {
    let type: String
    let timeMs: Double
    let revision: String
    let by: String?
    /// How they stood after a decision; nil of each that was deleted.
    let purposes: [(id: String, state: String?)]

    enum CodingKeys: String, CodingKey {
      case type, revision, by, purposes
      case timeMs = "time_ms"
    }

    init(from decoder: Decoder) throws {
      struct Standing: Decodable { let state: String? }
      let entry = try decoder.container(keyedBy: CodingKeys.self)
      type = try entry.decode(String.self, forKey: .type)
      timeMs = try entry.decodeIfPresent(Double.self, forKey: .timeMs) ?? 0
      revision = try entry.decodeIfPresent(String.self, forKey: .revision) ?? ""
      by = try entry.decodeIfPresent(String.self, forKey: .by)
      if let standings = try? entry.decode([String: Standing].self, forKey: .purposes) {
        purposes = standings.sorted { $0.key < $1.key }.map { ($0.key, $0.value.state ?? "") }
      } else {
        purposes = (try? entry.decode([String].self, forKey: .purposes))?.map { ($0, nil) } ?? []
      }
    }
  }

  let entries: [Entry]

  private init(entries: [Entry]) { self.entries = entries }

  /// Empty for what cannot be read.
  init(_ json: String) {
    self =
      (try? JSONDecoder().decode(Self.self, from: Data(json.utf8))) ?? Self(entries: [])
  }

  /// The choices so far: what, when, under which version; each that is allowed can be taken back.
  func row(_ words: ConsentWords, _ view: Waymark.ConsentView) -> ConsentScreen.Row {
    let past = entries.reversed().flatMap { $0.rows(words) }
    let granted = view.purposes.filter { $1.state == "granted" && !$0.hasPrefix("vendor:") }
    let withdrawals = granted.keys.sorted().map { id in
      let text = words("withdraw", ["name": words.name(of: id)])
      return ConsentScreen.Row.action(
        .init(control: "withdraw", text: text, choices: [id: .denied], isPrimary: false))
    }
    return .fold(
      words("history"), (past.isEmpty ? [.note(words("history.none"))] : past) + withdrawals)
  }
}

extension DecisionLog.Entry {
  fileprivate func rows(_ words: ConsentWords) -> [ConsentScreen.Row] {
    let dates = DateFormatter()
    dates.locale = Locale(identifier: words.language)
    dates.dateStyle = .medium
    dates.timeStyle = .short
    let by = self.by == "person" ? "" : words(self.by == "account" ? "account" : "automatic")
    let said = [
      dates.string(from: Date(timeIntervalSince1970: timeMs / 1000)),
      words("version", ["version": revision]), type == "deletion" ? words("deleted") : by,
    ]
    let standings = purposes.filter { !$0.id.hasPrefix("vendor:") }.compactMap { id, state in
      guard let state else { return words.name(of: id) }
      return ["granted", "denied"].contains(state) ? "\(words.name(of: id)): \(words(state))" : nil
    }
    return [
      .item(said.filter { !$0.isEmpty }.joined(separator: " · ")),
      .note(standings.joined(separator: ", ")),
    ]
  }
}

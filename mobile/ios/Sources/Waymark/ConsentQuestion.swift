import Foundation

/// What a person is asked, worked out from the config's policy and the engine's view: what the
/// banner shows on pages, for the sheet of the app or for one of your own. Pure.
public struct ConsentQuestion: Sendable, Equatable {
  public struct Purpose: Sendable, Equatable, Identifiable {
    public let id: String
    public let name: String
    public let text: String
    /// Sentences about how it stands: run out, objection, what it requires.
    public let notes: [String]
    /// Allowed as of now.
    public let isOn: Bool
    /// The person's to decide; what is not is always on.
    public let isOpen: Bool
    /// Denied whatever is answered, as long as age, system or region say so.
    public let isImposed: Bool
    /// Can be on only while these are.
    public let requires: [String]
  }

  public let language: String
  public let revision: String
  /// A question is due: nobody has answered it, or the answer holds no more.
  public let isDue: Bool
  /// About what.
  public let due: [String]
  /// Why it is asked again.
  public let reasons: [String]
  public let purposes: [Purpose]
  public let policyUrl: URL?
  private let texts: [String: String]

  /// Nil: the config says nothing of consent that can be read; the client's problems say why.
  public init?(
    config: String, view: Waymark.ConsentView, languages: [String] = Locale.preferredLanguages
  ) {
    struct Document: Decodable { let consent: Policy }
    guard let document = try? JSONDecoder().decode(Document.self, from: Data(config.utf8)) else {
      return nil
    }
    let policy = document.consent
    language = Self.language(languages, offered: policy.ui?.languages)
    texts = BannerTexts.of(language).merging(policy.ui?.texts?[language] ?? [:]) { $1 }
    revision = policy.revision
    due = (view.due ?? []) + (view.conflicts ?? []).filter { view.due?.contains($0) != true }
    isDue = !due.isEmpty
    let words = Words(texts)
    reasons = Self.reasons(view).map { words($0) }
    purposes = policy.purposes.map { $0.shown(view: view, words: words) }
    policyUrl = policy.controller?.policyUrl.flatMap(URL.init(string:))
  }

  /// A text of the banner by its name, as in `js/src/banner/texts/en.json`.
  public func text(_ name: String) -> String { texts[name] ?? "" }

  /// All that is asked, answered alike.
  public func answer(_ choice: Choice) -> [String: Choice] {
    let open = purposes.filter { $0.isOpen && !$0.isImposed && due.contains($0.id) }
    return Dictionary(open.map { ($0.id, choice) }, uniquingKeysWith: { first, _ in first })
  }

  /// What the switches say: of all purposes that are the person's to decide. What needs another
  /// purpose is off where that is.
  public func answer(on: Set<String>) -> [String: Choice] {
    var on = on
    // Once for each: what needs one that needs another is settled by then.
    for _ in purposes {
      for purpose in purposes where on.contains(purpose.id) {
        let isMissing = purpose.requires.contains { other in
          purposes.contains { $0.id == other && $0.isOpen } && !on.contains(other)
        }
        if isMissing { on.remove(purpose.id) }
      }
    }
    let open = purposes.filter { $0.isOpen && !$0.isImposed }
    return Dictionary(
      open.map { ($0.id, on.contains($0.id) ? .granted : .denied) },
      uniquingKeysWith: { first, _ in first })
  }

  /// For the decision log: which words were shown, and by which control they were answered.
  public func shown(layer: String, control: String) -> [String: PropertyValue] {
    [
      "version": .text(revision), "language": .text(language), "layer": .text(layer),
      "control": .text(control),
    ]
  }

  /// All words of a layer, in their order: what `text_sha256` in the decision log is made of.
  public func words(layer: String) -> String {
    let names = layer == "centre" ? ["centre", "centre.text"] : ["title", "text"]
    let asked = purposes.filter { layer == "centre" || due.contains($0.id) }
    let about = asked.flatMap { [$0.name] + (layer == "centre" ? [$0.text] + $0.notes : []) }
    let buttons = ["reject", "accept", layer == "centre" ? "save" : "settings"]
    return (names.map(text) + reasons + about + buttons.map(text)).joined(separator: "\n")
  }

  private static func reasons(_ view: Waymark.ConsentView) -> [String] {
    var reasons: [String] = []
    for id in view.due ?? [] {
      guard let why = view.purposes[id]?.why, why == "expired" || why == "changed" else { continue }
      if !reasons.contains(why) { reasons.append(why) }
    }
    return view.conflicts?.isEmpty == false ? reasons + ["conflict"] : reasons
  }

  /// The first of the person's languages that the app speaks (nil: all that there are words in);
  /// else the app's first.
  static func language(_ wanted: [String], offered spoken: [String]?) -> String {
    let offered = spoken ?? BannerTexts.languages
    for tag in wanted.map({ $0.lowercased() }) {
      // "pt-BR", then "pt": a region's own words go before those of the language.
      let forms = [tag, tag.split(separator: "-").first.map(String.init) ?? tag]
      // Bokmål and nynorsk are Norwegian to the banner.
      for form in forms.flatMap({ ["nb", "nn"].contains($0) ? [$0, "no"] : [$0] }) {
        if let found = offered.first(where: { $0.lowercased() == form }) { return found }
      }
    }
    return spoken?.first ?? BannerTexts.fallback
  }
}

/// Says the texts of one language, with values put in.
private struct Words {
  let texts: [String: String]

  init(_ texts: [String: String]) { self.texts = texts }

  func callAsFunction(_ name: String, _ values: [String: String] = [:]) -> String {
    values.reduce(texts[name] ?? "") { text, value in
      text.replacingOccurrences(of: "{\(value.key)}", with: value.value)
    }
  }

  func name(of purpose: String) -> String {
    let name = self("purposes.\(purpose)")
    return name.isEmpty ? purpose : name
  }
}

/// What the sheet needs of the config's `consent`.
private struct Policy: Decodable {
  struct Purpose: Decodable {
    let id: String
    let basis: String
    let requires: [String]?
  }
  struct Interface: Decodable {
    let languages: [String]?
    let texts: [String: [String: String]]?
  }
  struct Controller: Decodable {
    let policyUrl: String?

    enum CodingKeys: String, CodingKey { case policyUrl = "policy_url" }
  }

  let revision: String
  let purposes: [Purpose]
  let ui: Interface?
  let controller: Controller?
}

extension Policy.Purpose {
  fileprivate func shown(view: Waymark.ConsentView, words: Words) -> ConsentQuestion.Purpose {
    let standing = view.purposes[id]
    let isOpen = standing?.state != "exempt"
    let isImposed = ["age", "att", "region"].contains(standing?.why)
    var notes: [String] = []
    if isOpen && basis == "legitimate_interest" { notes.append(words("objection")) }
    if isOpen, let requires, !requires.isEmpty {
      let names = requires.map { words.name(of: $0) }.joined(separator: ", ")
      notes.append(words("needs", ["names": names]))
    }
    if isOpen && isImposed { notes.append(words("unavailable")) }
    if let why = standing?.why, why == "expired" || why == "changed" { notes.append(words(why)) }
    if view.conflicts?.contains(id) == true { notes.append(words("conflict")) }
    return .init(
      id: id, name: words.name(of: id), text: words("purposes.\(id).text"),
      notes: notes.filter { !$0.isEmpty }, isOn: standing?.state == "granted", isOpen: isOpen,
      isImposed: isImposed, requires: requires ?? [])
  }
}

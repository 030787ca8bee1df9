import Foundation

/// What the consent screen needs of the config's `consent`; nobody but the engine judges it.
struct ConsentPolicy: Sendable, Decodable {
  struct Purpose: Sendable, Decodable {
    let id: String
    let basis: String
    let requires: [String]?
    let signals: [String]?
    /// Numbers of the TCF's purposes.
    let tcf: [Int]?

    /// What the law lets people say no to by a browser's signal, they may say no to by name.
    var isSold: Bool { signals?.contains("gpc") ?? true }

    /// Whether it is the person's to decide.
    func isOpen(_ view: Waymark.ConsentView) -> Bool { view.purposes[id]?.state != "exempt" }
  }

  /// What others run (`services`) has names and purposes, as vendors have.
  struct Vendor: Sendable, Decodable {
    let id: String
    let name: String?
    let purposes: [String]
    let privacyUrl: String?
    let tcfId: Int?

    enum CodingKeys: String, CodingKey {
      case id, name, purposes
      case privacyUrl = "privacy_url"
      case tcfId = "tcf_id"
    }

    var switchId: String { "vendor:\(id)" }
  }

  struct Interface: Sendable, Decodable {
    let languages: [String]?
    let texts: [String: [String: String]]?
  }

  struct Controller: Sendable, Decodable {
    let contact: String?
    let policyUrl: String?

    enum CodingKeys: String, CodingKey {
      case contact
      case policyUrl = "policy_url"
    }
  }

  struct Iab: Sendable, Decodable {
    let cmpId: Int?
    let vendorListVersion: Int?

    enum CodingKeys: String, CodingKey {
      case cmpId = "cmp_id"
      case vendorListVersion = "vendor_list_version"
    }
  }

  let revision: String
  let purposes: [Purpose]
  let vendors: [Vendor]?
  let services: [Vendor]?
  let ui: Interface?
  let controller: Controller?
  let iab: Iab?

  /// Nil: the config says nothing of consent that can be read; the client's problems say why.
  init?(config: String) {
    struct Document: Decodable { let consent: ConsentPolicy }
    let document = try? JSONDecoder().decode(Document.self, from: Data(config.utf8))
    guard let document else { return nil }
    self = document.consent
  }

  /// The rules of the TCF apply: there is a registered CMP.
  var isTcf: Bool { (iab?.cmpId ?? 0) > 1 }
}

extension Waymark.ConsentView.Purpose {
  /// Denied whatever is answered, as long as age, system or region say so.
  var isImposed: Bool { ["age", "att", "region"].contains(why) }
}

/// How the switches of the preference centre stand: as the engine says, save those that were moved.
struct Switches {
  /// Those that are the person's to decide as things are.
  let open: [String]
  private let policy: ConsentPolicy
  private let view: Waymark.ConsentView
  private let all: [String]
  private var on: Set<String>

  init(_ policy: ConsentPolicy, _ view: Waymark.ConsentView, moved: [String: Bool]) {
    self.policy = policy
    self.view = view
    let vendors = (policy.vendors ?? []).map(\.switchId).filter { view.purposes[$0] != nil }
    all = policy.purposes.filter { $0.isOpen(view) }.map(\.id) + vendors
    open = all.filter { view.purposes[$0]?.isImposed != true }
    on = Set(all.filter { view.purposes[$0]?.state == "granted" })
    for id in open {
      guard let moved = moved[id] else { continue }
      if moved { on.insert(id) } else { on.remove(id) }
    }
    settle()
  }

  /// Whether each of these is on.
  var standing: [String: Bool] {
    Dictionary(open.map { ($0, on.contains($0)) }, uniquingKeysWith: { first, _ in first })
  }

  func row(_ id: String, _ name: String) -> ConsentScreen.Row {
    .toggle(id: id, name: name, isOn: on.contains(id), isFree: open.contains(id) && !isMissing(id))
  }

  /// All purposes as they stand; of the vendors those that were moved.
  var chosen: [String: Choice] {
    let told = open.filter {
      !$0.hasPrefix("vendor:") || on.contains($0) != (view.purposes[$0]?.state == "granted")
    }
    return told.answered { on.contains($0) ? .granted : .denied }
  }

  // What needs another purpose can be on only while that is. Once for each: what needs one that
  // needs another is settled by then.
  private mutating func settle() {
    for _ in policy.purposes {
      for purpose in policy.purposes where isMissing(purpose.id) { on.remove(purpose.id) }
    }
  }

  private func isMissing(_ id: String) -> Bool {
    let requires = policy.purposes.first { $0.id == id }?.requires ?? []
    return requires.contains { all.contains($0) && !on.contains($0) }
  }
}

extension [String] {
  func answered(_ choice: (String) -> Choice) -> [String: Choice] {
    Dictionary(map { ($0, choice($0)) }, uniquingKeysWith: { first, _ in first })
  }
}

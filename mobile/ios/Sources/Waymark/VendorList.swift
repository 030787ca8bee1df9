import Foundation

/// The global vendor list of the TCF, version 3, as far as people are shown it: the purposes in its
/// words, and of each vendor what it does with which data, on which basis, for how long, and what
/// it stores. It is somebody else's: what is not of the expected form is not shown.
struct VendorList: Sendable {
  typealias Row = ConsentScreen.Row

  private let list: Document
  private let words: Document?

  /// Reads `vendor-list.json`, and `purposes-<language>.json`. A list that is not the one that the
  /// config names would show other words than the TC string stands for: it is refused.
  init?(
    _ json: String, words: String?, policy: ConsentPolicy, tell: (Waymark.Problem) -> Void
  ) {
    func refuse(_ pointer: String, _ found: String, _ allowed: String) {
      tell(.init(code: "not_allowed", pointer: pointer, found: found, allowed: allowed))
    }
    guard let document = Document(json), document.specification == 3 else {
      refuse("", "another document", "a global vendor list, version 3")
      return nil
    }
    let version = document.version ?? 0
    if let wanted = policy.iab?.vendorListVersion, wanted > 0, wanted != version {
      let allowed = "\(version), as the list has it"
      refuse("/consent/iab/vendor_list_version", "\(wanted)", allowed)
      return nil
    }
    list = document.of(Set((policy.vendors ?? []).compactMap(\.tcfId)))
    self.words = words.flatMap(Document.init)
  }

  /// The purposes of these numbers, in the words of the list.
  func purposes(_ ids: [Int], _ say: ConsentWords) -> Row? {
    fold(say("tcf.purposes"), items("purposes", ids))
  }

  /// What the list says of a vendor; nothing of one that is not in it, or was deleted from it.
  func vendor(_ id: Int, _ say: ConsentWords) -> [Row] {
    guard let vendor = vendor(id) else { return [] }
    let lines = [
      ("tcf.purposes", named(vendor, "purposes")),
      ("tcf.interest", named(vendor, "legIntPurposes", in: "purposes")),
      ("tcf.special", named(vendor, "specialPurposes")),
      ("tcf.features", named(vendor, "features") + named(vendor, "specialFeatures")),
      ("tcf.data", named(vendor, "dataDeclaration", in: "dataCategories")),
      ("tcf.storage", storage(vendor, say)),
    ]
    var rows: [Row] = lines.filter { !$1.isEmpty }
      .map { .note("\(say($0)): \($1.joined(separator: ", "))") }
    if let days = vendor.retentionDays {
      rows.append(.note(say("tcf.retention", ["days": "\(days)"])))
    }
    return rows + links(vendor, say)
  }

  /// What needs no choice.
  func rest(_ policy: ConsentPolicy, _ say: ConsentWords) -> [Row]? {
    let vendors = (policy.vendors ?? []).compactMap(\.tcfId).compactMap(vendor)
    func using(_ part: String) -> [Described] {
      items(part, Set(vendors.flatMap { $0.numbers[part] ?? [] }).sorted())
    }
    let special = fold(say("tcf.special"), using("specialPurposes"))
    let features = fold(say("tcf.features"), using("features") + using("specialFeatures"))
    let rows = [special, features].compactMap { $0 }
    return rows.isEmpty ? nil : rows
  }

  // Times of the list are all of one form, so they compare as texts.
  private func vendor(_ id: Int) -> Vendor? {
    guard let vendor = list.vendors[id] else { return nil }
    return (vendor.deletedDate ?? "~") <= (list.lastUpdated ?? "") ? nil : vendor
  }

  private func fold(_ title: String, _ items: [Described]) -> Row? {
    items.isEmpty ? nil : .fold("\(title): \(items.count)", items.flatMap(\.rows))
  }

  /// With the words of the person's language, where there are such.
  private func items(_ part: String, _ ids: [Int]) -> [Described] {
    ids.compactMap { id in
      guard let known = list.described[part]?[id] else { return nil }
      return words?.described[part]?[id].flatMap { $0.name.isEmpty ? nil : $0 } ?? known
    }
  }

  private func named(_ vendor: Vendor, _ member: String, in part: String? = nil) -> [String] {
    (vendor.numbers[member] ?? []).map { items(part ?? member, [$0]).first?.name ?? "\($0)" }
  }

  private func storage(_ vendor: Vendor, _ say: ConsentWords) -> [String] {
    let days = ["days": String((vendor.cookieSeconds + 86_399) / 86_400)]
    return [
      vendor.usesCookies ? say("tcf.days", days) : nil,
      vendor.usesCookies && vendor.refreshes ? say("tcf.refresh") : nil,
      vendor.usesOther ? say("tcf.other") : nil,
    ].compactMap { $0 }
  }

  private func links(_ vendor: Vendor, _ say: ConsentWords) -> [Row] {
    let own = vendor.urls.first { say.language.hasPrefix($0.language) } ?? vendor.urls.first
    return [
      ("policy", own?.privacy), ("tcf.interest", own?.claim), ("tcf.storage", vendor.disclosure),
    ].compactMap { name, url in url.map { .link(say(name), url: $0) } }
  }
}

extension VendorList {
  /// Purposes, special purposes, features, special features, data categories.
  fileprivate struct Described: Sendable, Decodable {
    let name: String
    let texts: [String]

    init(from decoder: Decoder) throws {
      let item = try decoder.container(keyedBy: Member.self)
      name = item.text("name") ?? ""
      texts = [item.text("description") ?? ""] + (item.read([String].self, "illustrations") ?? [])
    }

    var rows: [Row] { [.item(name)] + texts.filter { !$0.isEmpty }.map { .note($0) } }
  }

  fileprivate struct Vendor: Sendable, Decodable {
    static let lists = [
      "purposes", "legIntPurposes", "specialPurposes", "features", "specialFeatures",
      "dataDeclaration",
    ]

    struct Address: Sendable, Decodable {
      let language: String
      let privacy: String?
      let claim: String?

      init(from decoder: Decoder) throws {
        let address = try decoder.container(keyedBy: Member.self)
        language = address.text("langId") ?? "-"
        privacy = address.text("privacy")
        claim = address.text("legIntClaim")
      }
    }

    let numbers: [String: [Int]]
    let retentionDays: Int?
    let usesCookies: Bool
    let cookieSeconds: Int
    let refreshes: Bool
    let usesOther: Bool
    let disclosure: String?
    let deletedDate: String?
    let urls: [Address]

    init(from decoder: Decoder) throws {
      let vendor = try decoder.container(keyedBy: Member.self)
      numbers = Dictionary(
        uniqueKeysWithValues: Self.lists.map { name in
          (name, (vendor.read([Maybe<Int>].self, name) ?? []).compactMap(\.value))
        })
      let retention = vendor.read([String: Maybe<Int>].self, "dataRetention")
      retentionDays = retention?["stdRetention"]?.value
      usesCookies = vendor.read(Bool.self, "usesCookies") ?? false
      cookieSeconds = vendor.read(Int.self, "cookieMaxAgeSeconds") ?? 0
      refreshes = vendor.read(Bool.self, "cookieRefresh") ?? false
      usesOther = vendor.read(Bool.self, "usesNonCookieAccess") ?? false
      disclosure = vendor.text("deviceStorageDisclosureUrl")
      deletedDate = vendor.text("deletedDate")
      urls = (vendor.read([Maybe<Address>].self, "urls") ?? []).compactMap(\.value)
    }
  }

  fileprivate struct Document: Sendable, Decodable {
    static let parts = [
      "purposes", "specialPurposes", "features", "specialFeatures", "dataCategories",
    ]

    let specification: Int?
    let version: Int?
    let lastUpdated: String?
    let described: [String: [Int: Described]]
    private(set) var vendors: [Int: Vendor]

    init?(_ json: String) {
      let list = try? JSONDecoder().decode(Self.self, from: Data(json.utf8))
      guard let list else { return nil }
      self = list
    }

    init(from decoder: Decoder) throws {
      let list = try decoder.container(keyedBy: Member.self)
      specification = list.read(Int.self, "gvlSpecificationVersion")
      version = list.read(Int.self, "vendorListVersion")
      lastUpdated = list.text("lastUpdated")
      described = Dictionary(
        uniqueKeysWithValues: Self.parts.map { ($0, list.numbered(Described.self, $0)) })
      vendors = list.numbered(Vendor.self, "vendors")
    }

    /// Without the hundreds of vendors that the policy does not name.
    func of(_ ids: Set<Int>) -> Self {
      var copy = self
      copy.vendors = vendors.filter { ids.contains($0.key) }
      return copy
    }
  }

  /// A value that is of its type, or nothing.
  fileprivate struct Maybe<Value: Decodable>: Decodable {
    let value: Value?

    init(from decoder: Decoder) throws { value = try? Value(from: decoder) }
  }

  fileprivate struct Member: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }
}

extension KeyedDecodingContainer<VendorList.Member> {
  fileprivate func read<Value: Decodable>(_ type: Value.Type, _ name: String) -> Value? {
    try? decode(type, forKey: Key(stringValue: name))
  }

  fileprivate func text(_ name: String) -> String? {
    read(String.self, name).flatMap { $0.isEmpty ? nil : $0 }
  }

  fileprivate func numbered<Value: Decodable>(_ type: Value.Type, _ name: String) -> [Int: Value] {
    let all = read([String: VendorList.Maybe<Value>].self, name) ?? [:]
    let numbered = all.compactMap { id, item -> (Int, Value)? in
      guard let id = Int(id), let value = item.value else { return nil }
      return (id, value)
    }
    return Dictionary(numbered, uniquingKeysWith: { first, _ in first })
  }
}

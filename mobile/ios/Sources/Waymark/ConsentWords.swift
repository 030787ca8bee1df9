import Foundation

/// The texts of one language: the banner's (`js/src/banner/texts`), and the owner's before them.
struct ConsentWords: Sendable {
  let language: String
  private let texts: [String: String]

  init(_ policy: ConsentPolicy, languages: [String]) {
    language = Self.language(languages, offered: policy.ui?.languages)
    texts = BannerTexts.of(BannerTexts.fallback)
      .merging(BannerTexts.of(language)) { $1 }
      .merging(policy.ui?.texts?[language] ?? [:]) { $1 }
  }

  /// A text with its values; empty where there is none, or where the owner took it away.
  func callAsFunction(_ name: String, _ values: [String: String] = [:]) -> String {
    values.reduce(texts[name] ?? "") { text, value in
      text.replacingOccurrences(of: "{\(value.key)}", with: value.value)
    }
  }

  /// An id that nobody has named is shown as it is.
  func name(of purpose: String) -> String {
    let name = self("purposes.\(purpose)")
    return name.isEmpty ? purpose : name
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

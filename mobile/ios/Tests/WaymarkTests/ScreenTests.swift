import Foundation
import Testing

@testable import Waymark

/// tests/screens: the same cases as on Android, drawn to the same lines.
@Suite struct ScreenCaseTests {
  private typealias Case = [String: Any]
  private let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../../../tests/screens")

  private func document() throws -> Case {
    let data = try Data(contentsOf: folder.appendingPathComponent("cases.json"))
    return try #require(try JSONSerialization.jsonObject(with: data) as? Case)
  }

  private func text(_ json: Any) throws -> String {
    String(decoding: try JSONSerialization.data(withJSONObject: json), as: UTF8.self)
  }

  private func named(_ kind: String, _ name: Any?, _ document: Case) -> Any? {
    (name as? String).flatMap { (document[kind] as? Case)?[$0] }
  }

  private func screens(of one: Case, in document: Case) throws -> ConsentScreens {
    let consent = try #require(named("policies", one["policy"], document))
    let policy = try #require(ConsentPolicy(config: try text(["consent": consent])))
    let seen = try text(try #require(named("views", one["view"], document)))
    let view = try JSONDecoder().decode(Waymark.ConsentView.self, from: Data(seen.utf8))
    var problems: [String] = []
    let words = try one["vendor_list_words"].map(text)
    let list = try named("lists", one["vendor_list"], document).flatMap { list in
      VendorList(try text(list), words: words, policy: policy) { problems.append($0.pointer) }
    }
    #expect(problems == [one["problem"] as? String].compactMap { $0 })
    let languages = one["languages"] as? [String] ?? ["en"]
    return ConsentScreens(policy, view: view, languages: languages, list: list)
  }

  private func draw(_ one: Case, in document: Case) throws -> ConsentScreen {
    let screens = try screens(of: one, in: document)
    var moved: [String: Bool] = [:]
    for step in one["moved"] as? [[Any]] ?? [] {
      moved = screens.move(moved, try #require(step[0] as? String), on: try #require(step[1] as? Bool))
    }
    switch one["layer"] as? String {
    case "question": return screens.question
    case "notice": return screens.notice
    default: return screens.centre(moved: moved, log: try one["log"].map(text))
    }
  }

  @Test func everyCaseIsDrawnAsOnAndroid() throws {
    let document = try document()
    let known = try String(contentsOf: folder.appendingPathComponent("screens.txt"), encoding: .utf8)
    let wanted = known.components(separatedBy: "\n\n")
    let cases = try #require(document["screens"] as? [Case])
    #expect(wanted.count == cases.count)
    for (one, wanted) in zip(cases, wanted) {
      let drawn = ["== \(one["name"] ?? "")"] + lines(of: try draw(one, in: document))
      #expect(drawn == wanted.split(separator: "\n").map(String.init))
    }
  }

  @Test func theNoticeComesUntilSomebodyHasReadIt() throws {
    let document = try document()
    for one in try #require(document["notices"] as? [Case]) {
      let log = try text(["entries": one["entries"]])
      let isDue = try screens(of: one, in: document).isNoticeDue(log: log)
      #expect(isDue == one["due"] as? Bool, "\(one["name"] ?? "")")
    }
  }

  @Test func theWayBackIsCalledByWhatItIsFor() throws {
    let words = try ["never", "opt_out"].map {
      try screens(of: ["policy": "shop", "view": $0], in: try document()).entryWords
    }
    #expect(words == ["Privacy settings", "Your privacy choices"])
  }

  private func lines(of screen: ConsentScreen) -> [String] {
    ["title \(screen.title)"] + screen.rows.flatMap(lines)
      + screen.buttons.map { button in
        let rank = button.isPrimary ? "" : " secondary"
        return "button \(button.control) \(choices(button.choices))\(rank): \(button.text)"
      }
  }

  private func lines(_ row: ConsentScreen.Row) -> [String] {
    switch row {
    case .text(let text): return ["text \(text)"]
    case .note(let text): return ["note \(text)"]
    // When it was is told in the manner of the place, which is the system's.
    case .item(let text):
      return ["item " + (text.range(of: " · Version").map { "…" + text[$0.lowerBound...] } ?? text)]
    case .toggle(let id, let name, let isOn, let isFree):
      return ["switch \(id) \(isOn ? "on" : "off") \(isFree ? "free" : "fixed"): \(name)"]
    case .always(let name, let text): return ["always \(name): \(text)"]
    case .link(let text, let url): return ["link \(text) <\(url)>"]
    case .more(let text): return ["more \(text)"]
    case .fold(let title, let rows): return ["fold \(title)"] + rows.flatMap(lines).map { "  \($0)" }
    case .action(let button):
      return ["action \(button.control) \(choices(button.choices)): \(button.text)"]
    case .group(let rows): return ["group"] + rows.flatMap(lines)
    }
  }

  private func choices(_ choices: [String: Choice]?) -> String {
    guard let choices else { return "-" }
    guard !choices.isEmpty else { return "()" }
    return choices.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
  }
}

/// The screens over a real client: what a button answers is what the engine takes.
@Suite struct ScreenTests {
  private func open(_ more: String = "", region: String? = nil) async throws -> Waymark {
    var options = options(nil, config: config(more))
    options.region = region
    let waymark = Waymark.open(options)
    try await waymark.ready()
    try await settle(waymark)
    return waymark
  }

  private func press(_ control: String, on screen: ConsentScreen, _ waymark: Waymark) async throws {
    let button = try #require(screen.buttons.first { $0.control == control })
    waymark.consent.set(try #require(button.choices), shown: screen.shown(button))
    try await settle(waymark)
  }

  private func state(_ waymark: Waymark, _ purpose: String) -> String? {
    waymark.consent.current?.purposes[purpose].map { "\($0.state) \($0.why)" }
  }

  @Test func aQuestionIsAnsweredByOnePress() async throws {
    for (control, state) in [("reject", "denied"), ("accept", "granted")] {
      let waymark = try await open()
      let screens = try #require(waymark.consentScreens(languages: ["en"]))
      #expect(screens.isDue)
      try await press(control, on: screens.question, waymark)
      #expect(self.state(waymark, "analytics") == "\(state) person")
      #expect(waymark.consentScreens(languages: [])?.isDue == false)
      let log = try await waymark.consent.records()
      #expect(log.contains(#""layer":"question""#) && log.contains(#""control":"\#(control)""#))
      await waymark.close()
    }
  }

  @Test func theSwitchesAreSaved() async throws {
    let waymark = try await open()
    let screens = try #require(waymark.consentScreens(languages: ["en"]))
    let moved = ["analytics": true, "marketing": true]
    try await press("save", on: screens.centre(moved: moved), waymark)
    #expect(state(waymark, "marketing") == "granted person")
    let now = try #require(waymark.consentScreens(languages: ["en"]))
    try await press("save", on: now.centre(moved: ["analytics": false]), waymark)
    #expect(state(waymark, "analytics") == "denied person")
    #expect(state(waymark, "marketing") == "denied person")
    await waymark.close()
  }

  @Test func whereNobodyIsAskedTheNoticeRefuses() async throws {
    let optOut = #", "regions": [{"match": ["US-CA"], "model": "opt_out", "gpc": "opt_out"}]"#
    let waymark = try await open(optOut, region: "US-CA")
    let screens = try #require(waymark.consentScreens(languages: ["en"]))
    #expect(!screens.isDue)
    #expect(screens.isNoticeDue(log: try await waymark.consent.records()))
    try await press("ok", on: screens.notice, waymark)
    #expect(state(waymark, "analytics") == "granted default")
    let read = try #require(waymark.consentScreens(languages: ["en"]))
    #expect(!read.isNoticeDue(log: try await waymark.consent.records()))
    try await press("reject", on: read.notice, waymark)
    #expect(state(waymark, "analytics") == "denied person")
    await waymark.close()
  }

  @Test func theVendorListOfTheAppIsRead() async throws {
    let cases = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../../../tests/screens/cases.json")
    let document = try JSONSerialization.jsonObject(with: Data(contentsOf: cases)) as? [String: Any]
    let list = try #require((document?["lists"] as? [String: Any])?["list"])
    let vendors = #", "vendors": [{"id": "big", "tcf_id": 12, "purposes": ["analytics"]}]"#
    var options = options(nil, config: config(vendors))
    options.vendorList = String(decoding: try JSONSerialization.data(withJSONObject: list), as: UTF8.self)
    let waymark = Waymark.open(options)
    for await _ in waymark.views {
      let screen = waymark.consentScreens(languages: ["en"])?.centre()
      if screen?.words.contains("Kept for 30 days") == true { break }
    }
    await waymark.close()
  }

  @Test func wordsOfTheOwnerGoBeforeOurs() async throws {
    let ui = #", "ui": {"languages": ["fr", "en"], "texts": {"fr": {"purposes.analytics": "Mesure"}}}"#
    let waymark = try await open(ui)
    let screens = try #require(waymark.consentScreens(languages: ["ja", "fr-CA"]))
    #expect(screens.language == "fr")
    #expect(screens.question.rows.contains(.item("Mesure")))
    await waymark.close()
  }

  @Test func theSampleAppsConfigIsOne() async throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../../../samples/ios-app/Sources/waymark.json")
    let document = try String(contentsOf: file, encoding: .utf8)
    let waymark = Waymark.open(options(nil, config: document))
    try await settle(waymark)
    let screens = try #require(waymark.consentScreens(languages: ["en"]))
    #expect(screens.question.rows.contains(.link("Privacy policy", url: "https://shop.example/privacy")))
    await waymark.close()
    for await problem in waymark.problems { Issue.record("\(problem)") }
  }

  @Test func everyLanguageHasEveryWord() {
    #expect(BannerTexts.languages.count == 34)
    let names = Set(BannerTexts.of("en").keys)
    #expect(names.isSuperset(of: ["title", "text", "accept", "reject", "save", "settings", "close"]))
    for language in BannerTexts.languages {
      #expect(Set(BannerTexts.of(language).keys) == names, "\(language)")
    }
    #expect(BannerTexts.of("xx").isEmpty)
  }

  @Test func languages() {
    #expect(ConsentWords.language(["pt-BR"], offered: nil) == "pt-BR")
    #expect(ConsentWords.language(["pt-PT"], offered: nil) == "pt")
    #expect(ConsentWords.language(["nb-NO"], offered: nil) == "no")
    #expect(ConsentWords.language(["zh-Hans-CN"], offered: nil) == "zh")
    #expect(ConsentWords.language(["xx"], offered: nil) == "en")
    #expect(ConsentWords.language(["xx"], offered: ["it", "en"]) == "it")
    #expect(ConsentWords.language([], offered: []) == "en")
  }
}

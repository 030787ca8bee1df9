// What is said on the way: JSON, preferences, lifecycle, pages in web views, the consent sheet.
import Foundation
import Testing

@testable import Waymark

@Suite struct JsonTests {
  @Test func valuesAreWrittenAsOnOtherFaces() throws {
    let values: [(PropertyValue, String)] = [
      (49.0, "49"), (49.5, "49.5"), (0.1, "0.1"), (-0.0, "0"), (1e21, "1e+21"), (.number(.nan), "null"),
      (.integer(.max), "9223372036854775807"), (true, "true"), ("a\u{1}\"\\é", #""a\u0001\"\\é""#),
      (["b": 1, "a": [1, "x", false]], #"{"a":[1,"x",false],"b":1}"#), (.object([:]), "{}"),
    ]
    for (value, json) in values {
      #expect(String(decoding: Json.text(value), as: UTF8.self) == json)
      // Foundation is the judge of whether it is JSON.
      #expect(throws: Never.self) {
        try JSONSerialization.jsonObject(with: Data(Json.text(value)), options: .fragmentsAllowed)
      }
    }
  }

  @Test func membersAreFoundAsTheyStand() throws {
    let text = #"{"a" : {"x":[1,{"y":"}"}],"z":"\""}, "b":-1.50e3,"c":"q","d":null,"e":[]}"#
    let members = try #require(JsonMembers(text))
    #expect(members.members.map(\.name) == ["a", "b", "c", "d", "e"])
    #expect(members["a"] == #"{"x":[1,{"y":"}"}],"z":"\""}"#)
    #expect(members["b"] == "-1.50e3")
    #expect(members.plain("c") == "q")
    #expect(members.plain("b") == nil)
    #expect(members.object(without: ["a", "d", "e"]) == #"{"b":-1.50e3,"c":"q"}"#)
    let broken = ["", "1", "[]", "{", #"{"a"}"#, #"{"a":}"#, #"{"a":1}}"#, #"{"a":"}"#, "{}x", #"{a:1,}"#]
    for text in broken { #expect(JsonMembers(text) == nil, "\(text)") }
    #expect(JsonMembers(" {} ")?.members.isEmpty == true)
  }
}

@Suite struct PreferenceTests {
  @Test func stringsOfTheIabLieInTheDefaults() async throws {
    let preferences = FakePreferences()
    let iab = #", "iab": {"cmp_id": 31, "cmp_version": 1, "in_app_keys": true}"#
    let waymark = Waymark.open(options(try Folder(), preferences: preferences, config: config(iab)))
    try await waymark.ready()
    waymark.tell(.region("DE"))
    waymark.consent.set(["analytics": .granted])
    try await settle(waymark)
    #expect(preferences.all["IABTCF_gdprApplies"] == .number(1))
    #expect(preferences.all["IABTCF_CmpSdkID"] == .number(31))
    guard case .text(let string) = preferences.all["IABTCF_TCString"] else {
      Issue.record("no TC string: \(preferences.all.keys.sorted())")
      return
    }
    #expect(string.hasPrefix("C"))
    await waymark.close()
  }

  @Test func theSystemsDefaultsKeepBothKinds() {
    let store = DefaultPreferences(suite: "io.waymark.tests.\(UUID().uuidString)")
    store.keep(.number(1), for: "IABTCF_gdprApplies")
    store.keep(.text("CP…'"), for: "IABTCF_TCString")
    #expect(store.preference("IABTCF_gdprApplies") == .number(1))
    #expect(store.preference("IABTCF_TCString") == .text("CP…'"))
    store.keep(nil, for: "IABTCF_TCString")
    #expect(store.preference("IABTCF_TCString") == nil)
  }

  @Test func whatIsNeitherIsNothing() {
    #expect(Preference(json: "12") == .number(12))
    #expect(Preference(json: #""1\"""#) == .text("1\""))
    for json in ["", "null", "[1]", "1.5", "\""] { #expect(Preference(json: json) == nil) }
  }
}

@Suite struct LifecycleTests {
  let first = AppVersion(version: "1.0.0", build: "7")
  let second = AppVersion(version: "1.1.0", build: "8")

  @Test func anInstallationIsToldOnce() async throws {
    let (folder, preferences, sink) = (try Folder(), FakePreferences(), Sink())
    let waymark = Waymark.open(options(folder, sink, preferences: preferences))
    try await waymark.appStarted(first)
    #expect(preferences.all.isEmpty)
    waymark.consent.set(["analytics": .granted])
    waymark.flush()
    #expect(await sink.names(2) == ["app_installed", "app_opened"])
    await waymark.close()
  }

  @Test func anUpdateIsToldOnceWithWhatRanBefore() async throws {
    let (folder, preferences, sink) = (try Folder(), FakePreferences(), Sink())
    func start(_ app: AppVersion) async throws -> Waymark {
      let waymark = Waymark.open(options(folder, sink, preferences: preferences))
      waymark.consent.set(["analytics": .granted])
      try await settle(waymark)
      try await waymark.appStarted(app)
      // It is remembered when the engine has said that it may be.
      while AppMemory(preferences).version != app { await Task.yield() }
      waymark.flush()
      return waymark
    }
    await (try await start(first)).close()
    await (try await start(second)).close()
    let again = try await start(second)
    let told = await sink.names(4)
    #expect(told == ["app_opened", "app_updated", "app_opened", "app_opened"])
    let properties = #"{"build":"8","previous_build":"7","previous_version":"1.0.0","version":"1.1.0"}"#
    #expect(await sink.properties(of: "app_updated") == properties)
    // Who takes consent back is remembered no more.
    again.consent.withdraw("analytics")
    while AppMemory(preferences).version != nil { await Task.yield() }
    await again.close()
  }

  @Test func theVersionLiesWhereItMay() {
    let preferences = FakePreferences()
    let memory = AppMemory(preferences)
    memory.follow("wait", app: first)
    #expect(memory.version == nil && preferences.all.isEmpty)
    memory.follow("store", app: first)
    #expect(memory.version == first)
    memory.follow("store", app: second)
    #expect(memory.version == second)
    memory.follow("wait", app: second)
    #expect(preferences.all.isEmpty)
  }

  @Test func toTheBackgroundAndBack() async throws {
    let sink = Sink()
    let waymark = Waymark.open(options(try Folder(), sink))
    waymark.consent.set(["analytics": .granted])
    try await settle(waymark)
    waymark.appBackgrounded()
    waymark.appBackgrounded()
    #expect(await sink.names(1) == ["app_backgrounded"])
    await waymark.settled()
    waymark.appForegrounded()
    waymark.appForegrounded()
    waymark.track("end")
    waymark.flush()
    #expect(await sink.names(3) == ["app_backgrounded", "app_foregrounded", "end"])
    await waymark.close()
  }

  @Test func linksAndMessages() async throws {
    let sink = Sink()
    let waymark = Waymark.open(options(try Folder(), sink))
    waymark.consent.set(["analytics": .granted])
    let link = try #require(URL(string: "https://shop.example/p/1?utm_source=x#top&waymark_handover=2.abc"))
    #expect(
      waymark.opened(link, from: "com.example.mail").absoluteString
        == "https://shop.example/p/1?utm_source=x#top")
    waymark.pushOpened(["aps": ["alert": "Dear Ann"], "waymark": ["campaign_id": "c-1", "campaign": 5]])
    waymark.pushOpened([:])
    waymark.flush()
    #expect(await sink.names(3) == ["deep_link_opened", "push_opened", "push_opened"])
    let properties = await sink.properties(of: "deep_link_opened")
    #expect(properties.contains(#""referring_application":"com.example.mail""#))
    #expect(!properties.contains("2.abc"))
    #expect(await sink.properties(of: "push_opened") == #"{"campaign_id":"c-1"}"#)
    await waymark.close()
  }

  @Test func addressesWithTokens() throws {
    for address in ["https://a.example/x", "https://a.example/x?q=1#here", "shop://p/1"] {
      let plain = try #require(URL(string: address))
      let marked = HandOver.address(plain, with: "2.a-b_c")
      #expect(marked.absoluteString.contains("waymark_handover=2.a-b_c"))
      #expect(HandOver.split(marked).token == "2.a-b_c")
      #expect(HandOver.split(marked).address == plain)
      #expect(HandOver.split(plain).token == nil)
    }
  }

  @Test func aJourneyGoesOnOnAnotherDevice() async throws {
    let (one, other) = (try Folder(), try Folder())
    let phone = Waymark.open(options(one))
    let tablet = Waymark.open(options(other))
    for client in [phone, tablet] { client.consent.set(["analytics": .granted]) }
    phone.track("begins")
    try await settle(phone)
    try await settle(tablet)
    let token = try #require(await phone.handOver.create(to: "tablet.example"))
    #expect(await tablet.handOver.accept(token, host: "other.example").why == "token_foreign")
    let answer = await tablet.handOver.accept(token, host: "tablet.example")
    #expect(answer.accepted)
    try await settle(tablet)
    #expect(tablet.view?.anonymousId == phone.view?.anonymousId)
    #expect(await tablet.handOver.accept("2.made-up", host: "tablet.example").why == "token_invalid")
    await phone.close()
    await tablet.close()
  }

  @Test func trackingByItsNames() {
    #expect(TrackingAuthorization.allCases.map(\.rawValue) == ["not_determined", "restricted", "denied", "authorized"])
    #expect(Fact.tracking(.denied).signal == ("att", #""denied""#))
    #expect(Fact.age(nil).signal == ("age", "null"))
  }

  @Test func whatTheSystemSaysOfTrackingCounts() async throws {
    let att = config().replacingOccurrences(
      of: #""before_answer": "hold""#, with: #""before_answer": "hold", "signals": ["att"]"#)
    let waymark = Waymark.open(options(try Folder(), config: att))
    waymark.tell(.tracking(.denied))
    waymark.consent.set(["analytics": .granted])
    try await settle(waymark)
    #expect(waymark.consent.current?.purposes["analytics"] == .init(state: "denied", why: "att"))
    waymark.tell(.tracking(.authorized))
    try await settle(waymark)
    #expect(waymark.consent.current?.purposes["analytics"]?.state == "granted")
    await waymark.close()
  }
}

/// A page: what scripts tell it, as messages.
private final class Page: Sendable {
  private let messages = Locked<[String]>([])

  func run(_ script: String) {
    let (begins, ends) = (#"window.dispatchEvent(new CustomEvent("waymark:host", { detail: "#, " }));")
    guard script.hasPrefix(begins), script.hasSuffix(ends) else {
      Issue.record("an unknown script: \(script)")
      return
    }
    let detail = script.dropFirst(begins.count).dropLast(ends.count)
    guard let text = try? JSONDecoder().decode([String].self, from: Data("[\(detail)]".utf8)) else {
      Issue.record("no string: \(detail)")
      return
    }
    messages.with { $0.append(text[0]) }
  }

  /// The first message of a type that is as wanted, once it has come.
  func await(_ type: String, _ wanted: (JsonMembers) -> Bool = { _ in true }) async -> JsonMembers {
    while true {
      let all = messages.with { $0 }.compactMap(JsonMembers.init)
      if let found = all.first(where: { $0.plain("type") == type && wanted($0) }) { return found }
      await Task.yield()
    }
  }
}

@Suite struct WebViewTests {
  private func input(_ text: String) -> String { #"{"waymark":1,"type":"input","input":\#(text)}"# }

  @Test func aPageHasTheAppsConsentIdsAndQueue() async throws {
    let (sink, page) = (Sink(), Page())
    let waymark = Waymark.open(options(try Folder(), sink))
    try await waymark.ready()
    let bridge = WebViewBridge(waymark) { page.run($0) }
    bridge.receive(#"{"waymark":1,"type":"hello","engine":true}"#)
    let view = await page.await("view")
    #expect(view["waymark"] == "1")
    #expect(view["view"]?.contains(#""answered":false"#) == true)

    let now = #""now":{"wall_ms":1793817970000}"#
    bridge.receive(input(#"{"type":"set_consent",\#(now),"choices":{"analytics":"granted"},"source":"person"}"#))
    bridge.receive(input(#"{"type":"track",\#(now),"name":"in_page","properties":{"b":1.50,"a":"'🧭"},"context":{"page":{"title":"Shop"}}}"#))
    bridge.receive(input(#"{"type":"identify",\#(now),"user_id":"u1"}"#))
    _ = await page.await("view") { $0["view"]?.contains(#""user_id":"u1""#) == true }
    waymark.flush()
    // The text of the page goes on as it is: order, and 1.50.
    await sink.await { $0.contains { $0["event"] as? String == "in_page" } }
    let body = sink.requests.compactMap(\.body).map { String(decoding: $0, as: UTF8.self) }.joined()
    #expect(body.contains(#""properties":{"b":1.50,"a":"'🧭"}"#))
    #expect(body.contains(#""title":"Shop""#))
    await waymark.close()
  }

  @Test func answersComeToThePageThatAsked() async throws {
    let (one, other) = (Page(), Page())
    let waymark = Waymark.open(options(try Folder()))
    let bridges = [one, other].map { page in WebViewBridge(waymark) { page.run($0) } }
    waymark.consent.set(["analytics": .granted])
    bridges[0].receive(input(#"{"type":"records","request_id":1}"#))
    bridges[1].receive(input(#"{"type":"records","request_id":7}"#))
    #expect(await one.await("answer")["request_id"] == "1")
    let answer = await other.await("answer")
    #expect(answer["request_id"] == "7")
    #expect(answer["answer"]?.contains(#""entries":["#) == true, "\(answer["answer"] ?? "nothing")")
    bridges[0].receive(input(#"{"type":"track","name":""}"#))
    let problem = await one.await("problem")
    #expect(problem["problem"]?.contains(#""pointer":"/name""#) == true)
    await waymark.close()
  }

  @Test func whatNoPageMaySayIsNothing() async throws {
    let page = Page()
    let waymark = Waymark.open(options(try Folder()))
    let bridge = WebViewBridge(waymark) { page.run($0) }
    let texts = [
      "", "null", "{", #"{"type":"hello"}"#, #"{"waymark":2,"type":"hello"}"#, #"{"waymark":1}"#,
      #"{"waymark":1,"type":"input"}"#, #"{"waymark":1,"type":"input","input":5}"#,
      input(#"{"type":"narrow","document":{"off":true}}"#),
      input(#"{"type":"signal","name":"region","value":"US-CA","source":"host"}"#),
      input(#"{"type":"lifecycle","state":"closing"}"#), input(#"{"type":"wake"}"#),
      input(#"{"type":"records"}"#), input(#"{"type":"http_done","effect_id":1,"status":200}"#),
    ]
    for text in texts { bridge.receive(text) }
    try await settle(waymark)
    #expect(waymark.view?.off == false)
    #expect(waymark.consent.current?.region == nil)
    await waymark.close()
  }

  @Test func scriptsHoldAnyText() throws {
    let script = WebViewBridge.script("</script>\u{2028}\"\\'\n🧭")
    #expect(!script.contains("\u{2028}") && !script.contains("\n"))
  }
}

import Foundation
import Testing

@testable import Waymark

@Suite struct ClientTests {
  @Test func whatIsAllowedArrives() async throws {
    let (folder, sink) = (try Folder(), Sink())
    let waymark = Waymark.open(options(folder, sink))
    try await waymark.ready()
    waymark.consent.set(["analytics": .granted])
    #expect(waymark.track("product_viewed", ["product_id": "compass-01", "price": 49.5]) == .ok)
    #expect(waymark.track(ProductViewed(productId: "compass-02", price: 49)) == .ok)
    waymark.screen("Product")
    waymark.identify("u1", traits: ["plan": "gold"])
    waymark.flush()
    #expect(await sink.names(2).prefix(2) == ["Product Viewed", "Product Viewed"])
    await sink.await { $0.contains { $0["type"] as? String == "identify" } }
    #expect(waymark.view?.userId == "u1")
    #expect(await waymark.close(within: 60) == .ok)
  }

  @Test func nothingLeavesBeforeAnAnswer() async throws {
    let (folder, sink) = (try Folder(), Sink())
    let waymark = Waymark.open(options(folder, sink))
    try await waymark.ready()
    waymark.track("early")
    try await settle(waymark)
    #expect(waymark.view?.queue?.held == 1)
    #expect(waymark.view?.anonymousId == nil)
    #expect(waymark.consent.current?.due == ["analytics", "marketing"])
    await waymark.close()
    #expect(sink.requests.isEmpty)
  }

  @Test func whatIsTakenBackIsGone() async throws {
    let (folder, sink) = (try Folder(), Sink(.network))
    let waymark = Waymark.open(options(folder, sink))
    waymark.consent.set(["analytics": .granted])
    waymark.track("secret")
    try await settle(waymark)
    waymark.consent.withdraw("analytics")
    try await settle(waymark)
    sink.answer(.answered(status: 200, retryAfter: nil, body: Data()))
    waymark.consent.set(["analytics": .granted])
    waymark.track("public")
    waymark.flush()
    #expect(await sink.names(1) == ["public"])
    let explained = try await waymark.consent.explain(track: "public")
    #expect(explained.collectors["segment"]?.verdict == "admit")
    #expect(try await waymark.consent.records().contains("withdraw") == false)
    await waymark.close()
  }

  @Test func awkwardTextArrivesAsItIs() async throws {
    let (folder, sink) = (try Folder(), Sink())
    let waymark = Waymark.open(options(folder, sink))
    waymark.consent.set(["analytics": .granted])
    let texts = [
      "Levi's 501", "x'); DELETE FROM events; --", "🧭 👩‍👩‍👧 \u{1F1E9}\u{1F1EA}", "a\"b\\c\n\t\u{1}",
      "e\u{301} \u{FEFF} \u{2028}", "\u{10FFFF}",
    ]
    for (index, text) in texts.enumerated() {
      #expect(waymark.track("awkward_\(index)", ["text": .text(text), "k'🧭": 1]) == .ok)
    }
    waymark.flush()
    for (index, text) in texts.enumerated() {
      let json = await sink.properties(of: "awkward_\(index)")
      let read = try JSONDecoder().decode(Awkward.self, from: Data(json.utf8))
      #expect(Array(read.text.unicodeScalars) == Array(text.unicodeScalars))
    }
    await waymark.close()
  }

  private struct Awkward: Decodable { let text: String }

  @Test func whatCannotBeTakenSaysSo() async throws {
    let folder = try Folder()
    let waymark = Waymark.open(options(folder))
    #expect(waymark.track("") == .invalidArgument)
    #expect(waymark.track(String(repeating: "n", count: 201)) == .tooBig)
    let long = PropertyValue.text(String(repeating: "x", count: 32_001))
    #expect(waymark.track("big", ["text": long]) == .tooBig)
    #expect(waymark.identify(String(repeating: "u", count: 513)) == .tooBig)
    #expect(waymark.narrow("{") == .invalidArgument)
    #expect(waymark.alias("") == .invalidArgument)
    // Deeper than 32 levels is found on the worker.
    let deep = (0..<100).reduce(PropertyValue.integer(1)) { value, _ in .list([value]) }
    #expect(waymark.track("deep", ["a": deep]) == .ok)
    waymark.track("not a number", ["a": .number(.nan), "b": .number(-.infinity)])
    var problems = waymark.problems.makeAsyncIterator()
    #expect(await problems.next()?.code == "too_deep")
    await waymark.close()
  }

  @Test func afterCloseEveryCallAnswers() async throws {
    let folder = try Folder()
    let waymark = Waymark.open(options(folder))
    try await waymark.ready()
    #expect(await waymark.close(within: 60) == .ok)
    #expect(await waymark.close() == .closed)
    #expect(waymark.track("late") == .closed)
    #expect(waymark.screen("Late") == .closed)
    #expect(waymark.reset() == .closed)
    #expect(waymark.flush() == .closed)
    #expect(waymark.consent.set(["analytics": .granted]) == .closed)
    #expect(waymark.tell(.region("DE")) == .closed)
    waymark.appBackgrounded()
    await #expect(throws: Waymark.Failure(status: .closed)) { try await waymark.consent.records() }
    #expect(await waymark.handOver.create() == nil)
    #expect(await waymark.handOver.accept("2.x", host: "a.example").accepted == false)
    // Streams of a client that is closed end.
    for await _ in waymark.problems {}
  }

  @Test func aSecondClientOnTheStoreIsTold() async throws {
    let folder = try Folder()
    let first = Waymark.open(options(folder))
    try await first.ready()
    let second = Waymark.open(options(folder))
    await #expect(throws: Waymark.Failure(status: .storeBusy)) { try await second.ready() }
    second.track("nowhere")
    #expect(first.track("here") == .ok)
    await first.close()
    // Whoever comes when it has gone gets it.
    let third = Waymark.open(options(folder))
    try await third.ready()
    await third.close()
  }

  @Test func aConfigThatDoesNotFitIsToldWhy() async throws {
    let waymark = Waymark.open(options(nil, config: #"{"waymark": 1, "app": {"id": "a"}}"#))
    await #expect(throws: Waymark.Failure(status: .configRefused)) { try await waymark.ready() }
    var problems = waymark.problems.makeAsyncIterator()
    #expect(await problems.next()?.pointer.isEmpty == false)
    #expect(Waymark.Failure(status: .configRefused).description.contains("config"))
    await waymark.close()
    let broken = Waymark.open(options(nil, config: "'"))
    await #expect(throws: Waymark.Failure.self) { try await broken.ready() }
    broken.track("nowhere")
  }

  @Test func aFolderThatCannotBeIsToldWhy() async throws {
    let folder = try Folder()
    var nowhere = options(folder)
    nowhere.directory = folder.url.appendingPathComponent("no/such/parent")
    let waymark = Waymark.open(nowhere)
    await #expect(throws: Waymark.Failure(status: .storeUnavailable)) { try await waymark.ready() }
  }

  @Test func whatWasAdmittedOutlivesTheClient() async throws {
    let folder = try Folder()
    do {
      let waymark = Waymark.open(options(folder, Sink(.network)))
      waymark.consent.set(["analytics": .granted])
      try await settle(waymark)
      for n in 0..<20 { waymark.track("before", ["n": .integer(Int64(n))]) }
      // Without close: the last reference goes.
    }
    let sink = Sink()
    var waymark = Waymark.open(options(folder, sink))
    // A request that is just being answered may hold the first one for a moment.
    while (try? await waymark.ready()) == nil { waymark = Waymark.open(options(folder, sink)) }
    waymark.flush()
    #expect(await sink.names(20) == Array(repeating: "before", count: 20))
    await waymark.close()
  }

  @Test func aBusyCollectorGetsItLater() async throws {
    let sink = Sink(.answered(status: 503, retryAfter: "1", body: Data()))
    let waymark = Waymark.open(options(try Folder(), sink))
    waymark.consent.set(["analytics": .granted])
    waymark.track("patient")
    for await view in waymark.views where view.collectors?["segment"]?.state == "waiting" { break }
    sink.answer(.answered(status: 200, retryAfter: nil, body: Data()))
    #expect(await sink.names(1) == ["patient"])
    await waymark.close()
  }

  @Test func theViewComesWhenItChanges() async throws {
    let waymark = Waymark.open(options(try Folder()))
    async let granted: String? = {
      for await view in waymark.views {
        if let state = view.consent?.purposes["analytics"]?.state, state == "granted" { return state }
      }
      return nil
    }()
    waymark.consent.set(["analytics": .granted])
    #expect(await granted == "granted")
    await waymark.close()
  }
}

@Suite struct ThreadsTests {
  // Under `swift test --sanitize=thread` this is a test for races, too.
  @Test func eightAtOnce() async throws {
    let (folder, sink) = (try Folder(), Sink())
    let waymark = Waymark.open(options(folder, sink))
    waymark.consent.set(["analytics": .granted])
    try await settle(waymark)
    let each = 200
    await withTaskGroup(of: Void.self) { group in
      for task in 0..<8 {
        group.addTask {
          for n in 0..<each {
            waymark.track("t\(task)", ["n": .integer(Int64(n))])
            if n % 50 == 0 {
              waymark.flush()
              _ = waymark.view
              _ = try? await waymark.consent.explain(track: "t\(task)")
            }
          }
        }
      }
    }
    waymark.flush()
    let names = await sink.names(8 * each)
    for task in 0..<8 { #expect(names.filter { $0 == "t\(task)" }.count == each) }
    await waymark.close()
  }

  @Test func closingWhileOthersCall() async throws {
    let waymark = Waymark.open(options(try Folder()))
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<4 {
        group.addTask { while waymark.track("race") != .closed { await Task.yield() } }
      }
      group.addTask {
        try? await waymark.ready()
        await waymark.close()
      }
    }
    #expect(waymark.track("late") == .closed)
  }
}

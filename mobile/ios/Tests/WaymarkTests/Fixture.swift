import Foundation
import Testing

@testable import Waymark

/// A folder that goes with its test.
final class Folder: Sendable {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory
      .appendingPathComponent("waymark-\(UUID().uuidString)", isDirectory: true)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  var store: URL { url.appendingPathComponent("store", isDirectory: true) }
}

/// A collector in memory, of Segment's protocol without compression.
final class Sink: HttpTransport {
  private struct State {
    var answer = HttpAnswer.answered(status: 200, retryAfter: nil, body: Data())
    var requests: [HttpRequest] = []
    var events: [[String: Any]] = []
    // Told that something has come.
    var waiting: [CheckedContinuation<Bool, Never>] = []
  }

  private let state: Locked<State>
  // As long as a client has this transport it has its folder.
  private let folder = Locked<Folder?>(nil)

  init(_ answer: HttpAnswer = .answered(status: 200, retryAfter: nil, body: Data())) {
    state = Locked(State(answer: answer))
  }

  func send(_ request: HttpRequest) async -> HttpAnswer {
    let (answer, waiting) = state.with { state in
      state.requests.append(request)
      if case .answered(200, _, _) = state.answer { state.events += Self.events(of: request) }
      defer { state.waiting = [] }
      return (state.answer, state.waiting)
    }
    waiting.forEach { $0.resume(returning: false) }
    return answer
  }

  func keep(_ folder: Folder?) { self.folder.with { $0 = folder } }
  func answer(_ answer: HttpAnswer) { state.with { $0.answer = answer } }

  var requests: [HttpRequest] { state.with { $0.requests } }

  /// Returns when events are there as wanted.
  func await(_ wanted: @Sendable ([[String: Any]]) -> Bool) async {
    while true {
      let isThere = await withCheckedContinuation { waiting in
        let isThere = state.with { state in
          if wanted(state.events) { return true }
          state.waiting.append(waiting)
          return false
        }
        if isThere { waiting.resume(returning: true) }
      }
      if isThere { return }
    }
  }

  /// The names of the first `count` tracks, once they have come.
  func names(_ count: Int) async -> [String] {
    await self.await { $0.filter { $0["type"] as? String == "track" }.count >= count }
    return state.with { state in
      state.events.filter { $0["type"] as? String == "track" }.compactMap { $0["event"] as? String }
    }
  }

  /// Properties of the first event of this name, once it has come, as JSON with sorted keys.
  func properties(of name: String) async -> String {
    await self.await { $0.contains { $0["event"] as? String == name } }
    return state.with { state in
      let event = state.events.first { $0["event"] as? String == name }
      let options: JSONSerialization.WritingOptions = [.sortedKeys, .withoutEscapingSlashes]
      let json = event?["properties"].flatMap {
        try? JSONSerialization.data(withJSONObject: $0, options: options)
      }
      return json.map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
  }

  private static func events(of request: HttpRequest) -> [[String: Any]] {
    let body = request.body.flatMap { try? JSONSerialization.jsonObject(with: $0) }
    return (body as? [String: Any])?["batch"] as? [[String: Any]] ?? []
  }
}

/// Preferences in memory.
final class FakePreferences: PreferenceStore {
  private let values = Locked<[String: Preference]>([:])

  func keep(_ preference: Preference?, for name: String) { values.with { $0[name] = preference } }
  func preference(_ name: String) -> Preference? { values.with { $0[name] } }
  var all: [String: Preference] { values.with { $0 } }
}

func config(_ more: String = "") -> String {
  #"""
  {"waymark": 1,
   "app": {"id": "shop-ios", "version": "1.0.0", "channel": "app"},
   "consent": {"revision": "2026-11-01", "purposes": [
     {"id": "necessary", "basis": "exempt", "storage": true},
     {"id": "analytics", "basis": "consent", "storage": true, "before_answer": "hold"},
     {"id": "marketing", "basis": "consent", "storage": true, "before_answer": "drop",
      "requires": ["analytics"]}]\#(more)},
   "collectors": [{"id": "segment", "protocol": "segment", "url": "https://collector.example",
                   "needs": ["analytics"], "options": {"write_key": "K", "gzip": false}}],
   "delivery": {"flush_ms": 50}}
  """#
}

/// Options for a client that has nothing of the machine's.
func options(
  _ folder: Folder?, _ sink: Sink = Sink(), preferences: FakePreferences = FakePreferences(),
  config document: String = config()
) -> Waymark.Options {
  var options = Waymark.Options(config: document, directory: folder?.store)
  sink.keep(folder)
  options.transport = sink
  options.preferences = preferences
  options.context = nil
  return options
}

/// Returns when the engine has taken all that was called before.
func settle(_ waymark: Waymark) async throws {
  _ = try await waymark.consent.inventory()
}

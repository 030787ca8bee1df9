import CWaymark

/// Who hears what the client's worker tells. All of it only hands on: the worker must not wait.
///
/// Invariant: nothing here keeps the client alive, as the worker would otherwise be the one to end it.
final class Listeners: Sendable {
  private struct Streams {
    var next = 0
    var views: [Int: AsyncStream<Void>.Continuation] = [:]
    var problems: [Int: AsyncStream<Waymark.Problem>.Continuation] = [:]
    // What was said before anybody listened: why a config was refused, above all.
    var early: [Waymark.Problem] = []
    // The client is closed: who listens now hears what there is, and the end.
    var isOver = false
  }

  private static let earlyMax = 50

  private let streams = Locked(Streams())
  private let preferences: (any PreferenceStore)?

  init(preferences: (any PreferenceStore)?) {
    self.preferences = preferences
  }

  /// Ticks when the view has changed, and once at the beginning. Those who are slow miss ticks.
  func viewTicks() -> AsyncStream<Void> {
    AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
      let id = add(continuation, to: \.views)
      continuation.onTermination = { [weak self] _ in self?.remove(id, from: \.views) }
      continuation.yield()
    }
  }

  /// The problems of the beginning for whoever listens first, and all that come.
  func problems() -> AsyncStream<Waymark.Problem> {
    AsyncStream(bufferingPolicy: .bufferingNewest(100)) { continuation in
      let early = streams.with { streams in
        defer { streams.early = [] }
        return streams.early
      }
      for problem in early { continuation.yield(problem) }
      let id = add(continuation, to: \.problems)
      continuation.onTermination = { [weak self] _ in self?.remove(id, from: \.problems) }
    }
  }

  func end() {
    let (views, problems) = streams.with { streams in
      defer {
        streams.views = [:]
        streams.problems = [:]
        streams.isOver = true
      }
      return (streams.views, streams.problems)
    }
    for continuation in views.values { continuation.finish() }
    for continuation in problems.values { continuation.finish() }
  }

  func viewChanged() {
    for continuation in streams.with({ $0.views }).values { continuation.yield() }
  }

  func problem(_ problem: Waymark.Problem) {
    let hearing = streams.with { streams in
      if streams.problems.isEmpty, streams.early.count < Self.earlyMax {
        streams.early.append(problem)
      }
      return streams.problems
    }
    for continuation in hearing.values { continuation.yield(problem) }
  }

  fileprivate func preference(_ name: String, json: String?) {
    preferences?.keep(json.flatMap(Preference.init(json:)), for: name)
  }

  private func add<Element>(
    _ continuation: AsyncStream<Element>.Continuation,
    to place: WritableKeyPath<Streams, [Int: AsyncStream<Element>.Continuation]>
  ) -> Int {
    let (id, isOver) = streams.with { streams in
      streams.next += 1
      if !streams.isOver { streams[keyPath: place][streams.next] = continuation }
      return (streams.next, streams.isOver)
    }
    if isOver { continuation.finish() }
    return id
  }

  private func remove<Element>(
    _ id: Int, from place: WritableKeyPath<Streams, [Int: AsyncStream<Element>.Continuation]>
  ) {
    // The continuation goes outside the lock, as its end may come back here.
    _ = streams.with { $0[keyPath: place].removeValue(forKey: id) }
  }
}

/// The callbacks of `waymark_options`; the context is the ``Listeners``.
extension waymark_options {
  mutating func tell(_ context: UnsafeMutableRawPointer) {
    self.context = context
    on_view = { context in heard(by: context)?.viewChanged() }
    on_problem = { context, code, pointer, found, allowed in
      heard(by: context)?.problem(
        .init(
          code: text(code), pointer: text(pointer), found: text(found), allowed: text(allowed)))
    }
    on_preference = { context, name, json in
      heard(by: context)?.preference(text(name), json: json.map { String(cString: $0) })
    }
  }
}

private func heard(by context: UnsafeMutableRawPointer?) -> Listeners? {
  context.map { Unmanaged<Listeners>.fromOpaque($0).takeUnretainedValue() }
}

private func text(_ text: UnsafePointer<CChar>?) -> String {
  text.map { String(cString: $0) } ?? ""
}

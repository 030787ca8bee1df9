import Foundation

/// The app's half of a page in a web view: the page has no engine of its own, and uses this one
/// (`sdk/docs/web_view.md`). One for each page that is open; WebKit's side of it stands in
/// `Apple/WebView.swift`.
///
/// A page is believed what it says, so it may say only what a page hands over: its calls. What the
/// app knows itself (lifecycle, network, facts) and what takes away (`narrow`) it may not.
public final class WebViewBridge: Sendable {
  /// Has to run before the page's own scripts.
  public static let startScript = "window.WaymarkHost = { engine: true };"

  private static let calls: Set<String> = [
    "track", "page", "screen", "identify", "alias", "group", "reset", "set_consent", "flush",
    "forget", "import_id",
  ]
  private static let questions: Set<String> = ["records", "hand_over", "accept_hand_over"]
  // What the client says itself.
  private static let ours: Set<String> = ["now", "entropy", "request_id"]

  private let client: NativeClient
  private let run: @Sendable (String) -> Void
  private let following: Task<Void, Never>

  /// `run` gets scripts for the page, on any thread; it must not wait.
  public init(_ waymark: Waymark, run: @escaping @Sendable (String) -> Void) {
    client = waymark.client
    self.run = run
    let (ticks, problems) = (client.listeners.viewTicks(), client.listeners.problems())
    following = Task { [weak client] in
      await withTaskGroup(of: Void.self) { group in
        group.addTask { for await problem in problems { Self.show(problem, run) } }
        group.addTask { [weak client] in
          for await _ in ticks { if let view = client?.view { Self.show(view, run) } }
        }
      }
    }
  }

  deinit {
    following.cancel()
  }

  /// A message of the page, as text. Anything may come: what is no message of ours is nothing.
  public func receive(_ text: String) {
    guard let message = JsonMembers(text), message["waymark"] == "1" else { return }
    switch message.plain("type") {
    case "hello": Self.show(client.view, run)
    case "input": message["input"].flatMap(JsonMembers.init).map(take)
    default: break
    }
  }

  // The text of the members goes on as it is: order and numbers are the page's.
  private func take(_ input: JsonMembers) {
    guard let type = input.plain("type") else { return }
    let command = input.object(without: Self.ours)
    if Self.calls.contains(type) {
      _ = client.call(command)
    } else if Self.questions.contains(type), let id = input["request_id"].flatMap({ Int($0) }) {
      Task { [client, run] in
        guard let answer = try? await client.ask(command) else { return }
        Self.say(#"{"waymark":1,"type":"answer","request_id":\#(id),"answer":\#(answer)}"#, run)
      }
    }
  }

  // Before the client is open there is none; the first one follows by itself.
  private static func show(_ view: String, _ run: @Sendable (String) -> Void) {
    guard !view.isEmpty else { return }
    say(#"{"waymark":1,"type":"view","view":\#(view)}"#, run)
  }

  private static func show(_ problem: Waymark.Problem, _ run: @Sendable (String) -> Void) {
    let members: PropertyValue = [
      "waymark": 1, "type": "problem",
      "problem": [
        "code": .text(problem.code), "pointer": .text(problem.pointer),
        "found": .text(problem.found), "allowed": .text(problem.allowed),
      ],
    ]
    say(String(decoding: Json.text(members), as: UTF8.self), run)
  }

  private static func say(_ message: String, _ run: @Sendable (String) -> Void) {
    run(script(message))
  }

  /// The message as a string of JavaScript, whatever is in it.
  static func script(_ message: String) -> String {
    let detail = Json.quoted(message)
      .replacingOccurrences(of: "\u{2028}", with: "\\u2028")
      .replacingOccurrences(of: "\u{2029}", with: "\\u2029")
    return #"window.dispatchEvent(new CustomEvent("waymark:host", { detail: \#(detail) }));"#
  }
}

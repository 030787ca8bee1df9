import CWaymark
import Foundation

/// What happens to an app, told to the client. Apple's half, which hears it from the system, is
/// ``Waymark/followApp()``; everything that is said stands here, without UIKit.
///
/// | event | when | properties |
/// |---|---|---|
/// | `app_installed` | the first start of which the device knows | `version`, `build` |
/// | `app_updated` | another version ran last | and `previous_version`, `previous_build` |
/// | `app_opened` | each start | `version`, `build` |
/// | `app_foregrounded` | it comes back | |
/// | `app_backgrounded` | it goes; then what is queued is put down and sent | |
/// | `deep_link_opened` | a link opened the app | `url`, `referring_application` |
/// | `push_opened` | a message opened the app | `campaign_id`, `campaign`, `template` |
final class AppLifecycle: Sendable {
  private let isInBackground = Locked(false)
  private let kept = Locked<[AnyObject]>([])

  /// Keeps what listens as long as the client.
  func keep(_ listener: AnyObject) { kept.with { $0.append(listener) } }

  /// Whether that is a change.
  func move(toBackground: Bool) -> Bool {
    isInBackground.with { now in
      defer { now = toBackground }
      return now != toBackground
    }
  }
}

extension Waymark {
  /// The app has started. Once the client is open tells of an installation or an update, and of the
  /// start; then remembers the version where consent lets that lie on the device.
  ///
  /// An installation is told in the first start of which the device knows: no version is remembered
  /// and nobody has answered. Until somebody answers that is each start, and of these only the one
  /// in which the answer comes is ever sent: what waits for an answer dies with the process.
  public func appStarted(_ app: AppVersion = AppVersion()) async throws {
    try await ready()
    // The client may be open a moment before its view is there; an answer comes behind it.
    _ = await client.placeOfInstall()
    let about: [String: PropertyValue] = [
      "version": .text(app.version), "build": .text(app.build),
    ]
    if let before = options.preferences.map(AppMemory.init)?.version {
      if before != app {
        let previous: [String: PropertyValue] = [
          "previous_version": .text(before.version), "previous_build": .text(before.build),
        ]
        track("app_updated", about.merging(previous) { $1 })
      }
    } else if view?.consent?.answered != true {
      track("app_installed", about)
    }
    track("app_opened", about)
    watch(app)
  }

  /// It is visible again. A second call in a row is none.
  public nonisolated func appForegrounded() {
    guard lifecycle.move(toBackground: false) else { return }
    _ = client.lifecycle(WAYMARK_FOREGROUND)
    track("app_foregrounded")
  }

  /// It goes to the background: what is queued is put down and sent at once.
  public nonisolated func appBackgrounded() {
    guard lifecycle.move(toBackground: true) else { return }
    track("app_backgrounded")
    _ = client.lifecycle(WAYMARK_BACKGROUND)
    flush()
  }

  /// Returns when nothing is under way any more, or when the view tells no more.
  public nonisolated func settled() async {
    for await view in views where view.queue?.events == 0 && view.queue?.inFlight == 0 { return }
  }

  /// A link has opened the app, or a screen of it. Where it brings a journey from another host or
  /// device (`sdk/docs/hand_over.md`) that goes on here.
  ///
  /// - Parameter from: the app that was left, by its bundle id, where the system says so.
  /// - Returns: the address without what is ours in it, for the app's own router.
  @discardableResult
  public nonisolated func opened(_ link: URL, from: String? = nil) -> URL {
    let (address, token) = HandOver.split(link)
    // What comes of it takes a moment, and may take the owner's server; the link is told at once.
    if let token, let host = address.host {
      let handOver = self.handOver
      Task { await handOver.accept(token, host: host) }
    }
    // A page of the standing context is an arrival: campaign and channel are read from it.
    var page: [String: PropertyValue] = ["url": .text(address.absoluteString)]
    page["path"] = .text(address.path)
    set(context: ["page": .object(page)])
    var properties: [String: PropertyValue] = ["url": .text(address.absoluteString)]
    properties["referring_application"] = from.map(PropertyValue.text)
    track("deep_link_opened", properties)
    _ = client.call(#"{"type":"set_context","context":{"page":null}}"#)
    return address
  }

  /// A push message has opened the app. Of its payload only what the owner has put under `waymark`
  /// is read, `{"campaign_id", "campaign", "template"}`: words for the person are not.
  @discardableResult
  public nonisolated func pushOpened(_ payload: [AnyHashable: Any]) -> Status {
    let ours = payload["waymark"] as? [String: Any] ?? [:]
    return track(
      PushOpened(
        campaignId: ours["campaign_id"] as? String, campaign: ours["campaign"] as? String,
        template: ours["template"] as? String))
  }
}

/// Which version of the app ran last. It is there for `app_updated` alone, so it lies on the device
/// only where that event might: the engine says so, and takes it back with the consent.
struct AppMemory {
  static let name = "waymark.app_version"

  private let preferences: any PreferenceStore

  init(_ preferences: any PreferenceStore) {
    self.preferences = preferences
  }

  var version: AppVersion? {
    guard case .text(let text) = preferences.preference(Self.name) else { return nil }
    let parts = text.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else { return nil }
    return AppVersion(version: String(parts[0]), build: String(parts[1]))
  }

  /// `place`: where the engine lets such an event lie now.
  func follow(_ place: String, app: AppVersion) {
    let wanted = place == "store" ? app : nil
    guard version != wanted else { return }
    preferences.keep(wanted.map { .text("\($0.version)\n\($0.build)") }, for: Self.name)
  }
}

extension NativeClient {
  /// Where the engine lets `app_updated` lie now: `store`, `wait` or `drop`.
  func placeOfInstall() async -> String? {
    struct Admission: Decodable {
      let types: [String: String]
      let names: [String: String]
    }
    guard let answer = try? await ask(#"{"query":"admission"}"#),
      let table = try? JSONDecoder().decode(Admission.self, from: Data(answer.utf8))
    else { return nil }
    return table.names["app_updated"] ?? table.types["track"]
  }
}

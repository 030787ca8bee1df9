// Apple's half: what the system says, told to the client. Not compiled on Linux; kept without
// decisions, which stand in files that are.
#if canImport(UIKit) && !os(watchOS)
import UIKit

extension Waymark {
  /// Follows the app from here on: its start, its way to the background and back, the network, and
  /// what the system says of tracking. Call it once, at launch; it ends with the process.
  @MainActor
  public func followApp() {
    let center = NotificationCenter.default
    let hear = { (name: Notification.Name, then: @escaping @MainActor @Sendable () -> Void) in
      _ = center.addObserver(forName: name, object: nil, queue: .main) { _ in
        MainActor.assumeIsolated(then)
      }
    }
    hear(UIApplication.willEnterForegroundNotification) { [weak self] in
      self?.appForegrounded()
      self?.tellTrackingAuthorization()
    }
    hear(UIApplication.didEnterBackgroundNotification) { [weak self] in
      if let self { Background.leave(self) }
    }
    hear(UIApplication.willTerminateNotification) { [weak self] in
      // Nobody waits for a network then: what is queued lies on the device.
      self?.appBackgrounded()
    }
    tellTrackingAuthorization()
    followNetwork()
    Task { try? await appStarted() }
  }
}

/// Time to send what is queued: the system gives some seconds to an app that asks for them.
@MainActor
private final class Background {
  private var task = UIBackgroundTaskIdentifier.invalid
  private var sending: Task<Void, Never>?

  static func leave(_ waymark: Waymark) {
    let background = Background()
    background.task = UIApplication.shared.beginBackgroundTask(withName: "waymark") {
      background.end()
    }
    waymark.appBackgrounded()
    background.sending = Task {
      await waymark.settled()
      background.end()
    }
  }

  private func end() {
    sending?.cancel()
    guard task != .invalid else { return }
    UIApplication.shared.endBackgroundTask(task)
    task = .invalid
  }
}

extension UIViewController {
  /// Tells that this screen was seen; for `viewDidAppear(_:)`. Nothing of the app is replaced to
  /// find out by itself.
  public func waymarkScreen(
    _ name: String, _ properties: [String: PropertyValue] = [:], with waymark: Waymark
  ) {
    waymark.screen(name, properties)
  }
}
#endif

#if canImport(AppTrackingTransparency)
import AppTrackingTransparency

extension Waymark {
  /// What the system says of tracking, as a fact for the policy. Nobody is asked by this; tell it
  /// again when `requestTrackingAuthorization` has an answer.
  public nonisolated func tellTrackingAuthorization() {
    let status = ATTrackingManager.trackingAuthorizationStatus
    let all = TrackingAuthorization.allCases
    guard status.rawValue < all.count else { return }
    tell(.tracking(all[Int(status.rawValue)]))
  }
}
#else
extension Waymark {
  nonisolated func tellTrackingAuthorization() {}
}
#endif

#if canImport(Network)
import Network

extension Waymark {
  nonisolated func followNetwork() {
    let monitor = NWPathMonitor()
    monitor.pathUpdateHandler = { [weak self] path in
      self?.connectivity(
        online: path.status == .satisfied, metered: path.isExpensive || path.isConstrained)
    }
    monitor.start(queue: .global(qos: .utility))
    lifecycle.keep(monitor)
  }
}
#else
extension Waymark {
  nonisolated func followNetwork() {}
}
#endif

import Foundation

/// What vendors' libraries read in the app's default preferences: `IABTCF_…` and `IABGPP_…`, whose
/// values are numbers and strings.
public enum Preference: Sendable, Equatable {
  case number(Int)
  case text(String)

  init?(json: String) {
    if let number = Int(json) {
      self = .number(number)
    } else {
      // In a list, as older decoders take no text by itself.
      let list = try? JSONDecoder().decode([String].self, from: Data("[\(json)]".utf8))
      guard let text = list?.first else { return nil }
      self = .text(text)
    }
  }
}

/// Where preferences are kept. Called on the client's worker, in order; must not wait.
public protocol PreferenceStore: Sendable {
  /// Keeps a value under a name, or removes what is there.
  func keep(_ preference: Preference?, for name: String)
  func preference(_ name: String) -> Preference?
}

/// The app's own: `UserDefaults.standard`, or a suite that an app shares with its extensions.
public struct DefaultPreferences: PreferenceStore {
  private let suite: String?

  public init(suite: String? = nil) {
    self.suite = suite
  }

  public func keep(_ preference: Preference?, for name: String) {
    switch preference {
    case .number(let number): defaults.set(number, forKey: name)
    case .text(let text): defaults.set(text, forKey: name)
    case nil: defaults.removeObject(forKey: name)
    }
  }

  public func preference(_ name: String) -> Preference? {
    switch defaults.object(forKey: name) {
    case let text as String: .text(text)
    case let number as NSNumber: .number(number.intValue)
    default: nil
    }
  }

  // UserDefaults may be called from any thread, but does not say so to the compiler everywhere.
  private var defaults: UserDefaults { suite.flatMap(UserDefaults.init(suiteName:)) ?? .standard }
}

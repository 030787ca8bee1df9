import CWaymark

extension Waymark {
  /// What a call answers. A call that was not taken did nothing.
  public enum Status: UInt32, Sendable, CaseIterable {
    case ok = 0
    /// Empty where something is needed, no JSON, or out of its range.
    case invalidArgument = 1
    case closed = 2
    /// A text is over its limit.
    case tooBig = 3
    /// Calls come faster than they can be put down; this one is counted as lost.
    case queueFull = 4
    /// The config does not fit; ``Waymark/problems`` says why.
    case configRefused = 5
    /// Another client, here or in an extension of the app, has the directory.
    case storeBusy = 6
    /// The directory cannot be made, read or written.
    case storeUnavailable = 7
    /// Written by a newer version; it is left as it is.
    case storeNewer = 8
    case timeout = 9
    case noMemory = 10
    /// The package and its library are of different versions.
    case versionMismatch = 11

    init(_ status: waymark_status) {
      self = Status(rawValue: status.rawValue) ?? .invalidArgument
    }
  }

  /// Why there is no client, or no answer.
  public struct Failure: Error, Equatable, CustomStringConvertible {
    public let status: Status

    /// A sentence in English, for developers.
    public var description: String {
      String(cString: waymark_client_status_text(waymark_status(status.rawValue)))
    }
  }

  /// Something was refused, or went wrong. Never holds personal data.
  public struct Problem: Sendable, Equatable {
    /// `sdk/docs/effect.md`; those of the store stand in `mobile/native/README.md`.
    public let code: String
    /// A JSON pointer into the call or the config; empty when neither is meant.
    public let pointer: String
    public let found: String
    public let allowed: String
  }
}

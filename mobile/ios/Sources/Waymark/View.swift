import Foundation

extension Waymark {
  /// What the engine lets be seen: `sdk/docs/effect.md`. Nothing in it is a decision of the app's.
  public struct View: Sendable, Decodable {
    /// The config was refused; nothing else is known then.
    public let refused: Bool
    public let consent: ConsentView?
    public let anonymousId: String?
    /// By collector: those who know the person under an id of their own.
    public let ownIds: [String: String]?
    public let userId: String?
    public let session: Session?
    public let queue: Queue?
    public let store: String?
    /// By the kill switch.
    public let off: Bool?
    /// By reason: what collectors never got.
    public let losses: [String: Int]?
    public let collectors: [String: Collector]?
    /// Ids of the segments that hold now.
    public let segments: [String]?

    public struct Session: Sendable, Decodable {
      public let id: String
      public let index: Int
      public let eventIndex: Int

      enum CodingKeys: String, CodingKey {
        case id, index
        case eventIndex = "event_index"
      }
    }

    public struct Queue: Sendable, Decodable {
      public let events: Int
      public let bytes: Int
      /// Wait for an answer of the person.
      public let held: Int
      public let inFlight: Int

      enum CodingKeys: String, CodingKey {
        case events, bytes, held
        case inFlight = "in_flight"
      }
    }

    public struct Collector: Sendable, Decodable {
      public let sent: Int
      public let acknowledged: Int
      public let state: String
      public let lost: [String: Int]
    }

    enum CodingKeys: String, CodingKey {
      case refused, consent, session, queue, store, off, losses, collectors, segments
      case anonymousId = "anonymous_id"
      case ownIds = "own_ids"
      case userId = "user_id"
    }

    init?(json: String) {
      guard let view = try? JSONDecoder().decode(View.self, from: Data(json.utf8)) else {
        return nil
      }
      self = view
    }
  }

  public struct ConsentView: Sendable, Decodable {
    public let answered: Bool
    /// Grows with each change.
    public let generation: Int
    public let region: String?
    public let model: String
    /// By id; the vendor of a collector is `vendor:` and its id.
    public let purposes: [String: Purpose]
    /// Purposes about which a question is due.
    public let due: [String]?
    /// Denied because the account's answer and the device's differ, until the person decides.
    public let conflicts: [String]?
    /// Granted by the person in spite of a signal.
    public let contradictions: [String]?

    public struct Purpose: Sendable, Equatable, Decodable {
      /// `granted`, `denied`, `unknown` or `exempt`.
      public let state: String
      /// Who decided, or why nobody had to.
      public let why: String
    }
  }
}

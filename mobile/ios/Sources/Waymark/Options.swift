import Foundation

extension Waymark {
  /// What a client is opened with.
  public struct Options: Sendable {
    /// The config document: `sdk/docs/config.schema.json`. The same one as on all other faces.
    public var config: String
    /// Folder for this client alone; its parent must exist. An extension of the app needs another
    /// one. Nil: nothing is put down; what is not sent when the process ends is lost.
    public var directory: URL?
    /// ISO 3166-1 or -2 place of the person, `DE` or `US-CA`; nil: unknown.
    public var region: String?
    /// How much admitted calls may take on the device until the engine has them, in bytes.
    /// 0: 16 MiB.
    public var intakeBytesMax = 0
    /// How much calls may take in memory as long as nobody has decided, in bytes. 0: 1 MiB.
    public var memoryBytesMax = 0
    /// Nil: URLSession.
    public var transport: (any HttpTransport)?
    /// Where `IABTCF_…` and `IABGPP_…` are kept, and, where consent allows it, which version of the
    /// app ran last. Nil: nowhere.
    public var preferences: (any PreferenceStore)? = DefaultPreferences()
    /// With `iab.cmp_id`: the global vendor list, version 3 (`vendor-list.json`), of the version
    /// that the config names. Of it the consent sheet tells what each vendor does.
    public var vendorList: String?
    /// Its `purposes-<language>.json`, in the person's language.
    public var vendorListWords: String?
    /// What is said of app and device with every event; nil for none.
    public var context: [String: PropertyValue]? = Device.context()

    public init(config: String, directory: URL? = Options.directory()) {
      self.config = config
      self.directory = directory
    }

    /// `Application Support/waymark`; backups leave it out, as ids belong to one device.
    public static func directory() -> URL? {
      guard
        let parent = try? FileManager.default.url(
          for: .applicationSupportDirectory, in: .userDomainMask, appropriateFor: nil, create: true)
      else { return nil }
      return parent.appendingPathComponent("waymark", isDirectory: true)
    }
  }

  /// What one event may say besides its properties.
  public struct EventOptions: Sendable {
    /// Members of the Segment specification's context, for this event alone.
    public var context: [String: PropertyValue]?
    /// Nil: by name: `critical` for orders and `identify`, `normal` for all else.
    public var priority: EventPriority?
    /// Purposes that it needs besides those of each collector: the stricter holds.
    public var needs: [String]?

    public init(
      context: [String: PropertyValue]? = nil, priority: EventPriority? = nil,
      needs: [String]? = nil
    ) {
      self.context = context
      self.priority = priority
      self.needs = needs
    }
  }

  /// What is lost first, and last, when the queue is full; bulk waits on networks that cost money.
  public enum EventPriority: String, Sendable {
    case critical, normal, bulk
  }
}

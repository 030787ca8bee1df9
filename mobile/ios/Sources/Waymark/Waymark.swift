import CWaymark
import Foundation

/// Tracking and consent for an app.
///
///     let waymark = Waymark.open(Waymark.Options(config: config))
///     waymark.track("product_viewed", ["product_id": "compass-01", "price": 49])
///     waymark.track(ProductViewed(productId: "compass-01", price: 49))
///
/// What holds for everything here:
/// - **Callers never wait.** Calls that tell something may be made from any thread, need no `await`
///   and cost about a microsecond: a copy and a checksum. What asks is `async`.
/// - **Consent.** A call may always be made: what may be kept, sent or must be dropped is decided
///   inside. What it lets lie on the device is there when the call returns, also when the app is
///   ended right after it.
/// - **Errors are values.** A call says what became of it, and no call ends the app. What is found
///   wrong later comes by ``problems``.
public actor Waymark {
  nonisolated let client: NativeClient
  nonisolated let options: Options
  nonisolated let lifecycle: AppLifecycle
  nonisolated let vendorList = Locked<VendorList?>(nil)

  /// Keeps the memory of the app's version in step with consent.
  private var watching: Task<Void, Never>?

  /// Opens a client. Calls may be made at once; ``ready(within:)`` tells whether it could be opened.
  public static func open(_ options: Options) -> Waymark {
    Waymark(options)
  }

  private init(_ options: Options) {
    client = NativeClient(options, directory: options.directory.flatMap(Self.place))
    self.options = options
    lifecycle = AppLifecycle()
    if let context = options.context { set(context: context) }
    if let list = options.vendorList { read(list) }
  }

  // It may be long: nobody waits for it.
  private nonisolated func read(_ list: String) {
    Task.detached { [options, vendorList, listeners = client.listeners] in
      guard let policy = ConsentPolicy(config: options.config) else { return }
      let words = options.vendorListWords
      let read = VendorList(list, words: words, policy: policy, tell: listeners.problem)
      vendorList.with { $0 = read }
      listeners.viewChanged()
    }
  }

  deinit {
    watching?.cancel()
  }

  // The parent is there or is made; ids must not come back with a backup to another device.
  private static func place(_ directory: URL) -> String? {
    #if canImport(Darwin)
    var directory = directory
    try? FileManager.default.createDirectory(
      at: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    var values = URLResourceValues()
    values.isExcludedFromBackup = true
    try? directory.setResourceValues(values)
    #endif
    return directory.path
  }

  // MARK: Opening and closing

  /// Returns when store and engine are open, or throws a ``Failure`` that says why they never will
  /// be: the config, another client on the directory, a directory that cannot be written.
  /// `timeout`: not yet.
  public func ready(within seconds: TimeInterval = 60) async throws {
    let status = await blocking { [client] in client.ready(withinMs: milliseconds(seconds)) }
    guard status == .ok else { throw Failure(status: status) }
  }

  /// Takes no more calls, puts down what was called, sends what can be sent within the time, and
  /// lets go of the directory. Without it the same is done, without waiting, when the last
  /// reference goes.
  @discardableResult
  public func close(within seconds: TimeInterval = 2) async -> Status {
    watching?.cancel()
    return await blocking { [client] in client.close(withinMs: milliseconds(seconds)) }
  }

  // MARK: Events

  /// Something happened, by a name of one's own.
  @discardableResult
  public nonisolated func track(
    _ name: String, _ properties: [String: PropertyValue] = [:], options: EventOptions = .init()
  ) -> Status {
    guard !name.isEmpty else { return .invalidArgument }
    return client.capture(
      WAYMARK_TRACK, name: name, properties: Json.object(properties), options: options)
  }

  /// Something happened, by a type of the vocabulary or of one's own tracking plan
  /// (`npx waymark codegen --language swift`).
  @discardableResult
  public nonisolated func track<Event: Touchpoint>(
    _ event: Event, options: EventOptions = .init()
  ) -> Status {
    track(Event.eventName, event.properties, options: options)
  }

  /// A screen was seen.
  @discardableResult
  public nonisolated func screen(
    _ name: String, _ properties: [String: PropertyValue] = [:], options: EventOptions = .init()
  ) -> Status {
    guard !name.isEmpty else { return .invalidArgument }
    return client.capture(
      WAYMARK_SCREEN, name: name, properties: Json.object(properties), options: options)
  }

  /// Who this is; without `user`: traits of the unknown person. Mail and phone are hashed.
  @discardableResult
  public nonisolated func identify(
    _ user: String? = nil, traits: [String: PropertyValue] = [:], options: EventOptions = .init()
  ) -> Status {
    client.capture(
      WAYMARK_IDENTIFY, properties: Json.object(traits), user: user, options: options)
  }

  /// This person is that user. `previous`: this device's anonymous id; another is refused.
  @discardableResult
  public nonisolated func alias(_ user: String, previous: String? = nil) -> Status {
    guard !user.isEmpty else { return .invalidArgument }
    return client.capture(WAYMARK_ALIAS, user: user, other: previous, options: .init())
  }

  /// The company, team or household of this person; later events name it.
  @discardableResult
  public nonisolated func group(_ group: String, traits: [String: PropertyValue] = [:]) -> Status {
    guard !group.isEmpty else { return .invalidArgument }
    return client.capture(
      WAYMARK_GROUP, properties: Json.object(traits), other: group, options: .init())
  }

  // MARK: Commands

  /// The user has logged out: forgets user id, traits, anonymous id and session; consent stays.
  @discardableResult
  public nonisolated func reset() -> Status { client.post("reset") }

  /// Deletes every identifier and everything queued; consent goes back to "never asked".
  @discardableResult
  public nonisolated func forget() -> Status { client.post("forget") }

  /// Sends what is queued now, as far as the collectors' back-off allows.
  @discardableResult
  public nonisolated func flush() -> Status { client.post("flush") }

  /// Replaces the named top-level members of what is said with every event.
  @discardableResult
  public nonisolated func set(context: [String: PropertyValue]) -> Status {
    client.post("set_context", ["context": .object(context)])
  }

  /// A fact for the consent policy.
  @discardableResult
  public nonisolated func tell(_ fact: Fact) -> Status {
    let (name, value) = fact.signal
    let quoted = Json.quoted(name)
    return client.call(
      #"{"type":"signal","name":\#(quoted),"value":\#(value),"source":"host"}"#)
  }

  /// Whether there is a network, and whether its bytes cost money: then bulk waits.
  @discardableResult
  public nonisolated func connectivity(online: Bool, metered: Bool = false) -> Status {
    client.connectivity(online: online, metered: metered)
  }

  /// What the owner switches off from afar (`sdk/docs/input.md`): a JSON object. It can only take
  /// away, and replaces the one before.
  @discardableResult
  public nonisolated func narrow(_ document: String) -> Status {
    guard JsonMembers(document) != nil else { return .invalidArgument }
    return client.call(#"{"type":"narrow","document":\#(document)}"#)
  }

  // MARK: What is known

  /// The view as of now; nil: not open yet.
  public nonisolated var view: View? { View(json: client.view) }

  /// The view, and the view again whenever it has changed. Whoever is slow misses some between.
  public nonisolated var views: AsyncStream<View> {
    let ticks = client.listeners.viewTicks()
    return AsyncStream { [client] continuation in
      let task = Task { [weak client] in
        for await _ in ticks {
          guard let text = client?.view else { break }
          if let view = View(json: text) { continuation.yield(view) }
        }
        continuation.finish()
      }
      continuation.onTermination = { _ in task.cancel() }
    }
  }

  /// What was refused, or went wrong. Those of the opening wait for the first who listens.
  public nonisolated var problems: AsyncStream<Problem> { client.listeners.problems() }

  /// What this person allows.
  public nonisolated var consent: Consent { Consent(client: client) }

  /// What the consent screen shows as things stand, for a sheet of your own; nil: not open yet, or
  /// the config says nothing of consent.
  ///
  /// - Parameter languages: the person's, the dearest first.
  public nonisolated func consentScreens(
    languages: [String] = Locale.preferredLanguages
  ) -> ConsentScreens? {
    guard let view = consent.current, let policy = ConsentPolicy(config: options.config) else {
      return nil
    }
    return ConsentScreens(policy, view: view, languages: languages, list: vendorList.with { $0 })
  }

  /// Journeys that go on on another host or device.
  public nonisolated var handOver: HandOver { HandOver(client: client) }

  // MARK: Lifecycle, with state

  func watch(_ app: AppVersion) {
    guard watching == nil, let preferences = options.preferences else { return }
    let memory = AppMemory(preferences)
    let ticks = client.listeners.viewTicks()
    watching = Task { [weak client] in
      for await _ in ticks {
        guard let client, let place = await client.placeOfInstall() else { continue }
        memory.follow(place, app: app)
      }
    }
  }
}

/// A fact for the consent policy: `sdk/docs/input.md`.
public enum Fact: Sendable, Equatable {
  /// ISO 3166-1 or -2: `DE`, `US-CA`.
  case region(String)
  /// Global Privacy Control, as a setting of the app.
  case globalPrivacyControl(Bool)
  /// In years; nil: unknown again.
  case age(Int?)
  /// App Tracking Transparency: suspends what it concerns until the system allows it.
  case tracking(TrackingAuthorization)

  var signal: (name: String, value: String) {
    switch self {
    case .region(let region): ("region", Json.quoted(region))
    case .globalPrivacyControl(let on): ("gpc", on ? "true" : "false")
    case .age(let years): ("age", years.map(String.init) ?? "null")
    case .tracking(let status): ("att", Json.quoted(status.rawValue))
    }
  }
}

/// `ATTrackingManager.AuthorizationStatus`, by the engine's names; the order is Apple's.
public enum TrackingAuthorization: String, Sendable, CaseIterable {
  case notDetermined = "not_determined"
  case restricted
  case denied
  case authorized
}

func milliseconds(_ seconds: TimeInterval) -> Int64 {
  Int64((min(max(seconds, 0), 60) * 1000).rounded())
}

/// Runs what blocks beside the threads that `async` code shares.
func blocking<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
  await withCheckedContinuation { continuation in
    DispatchQueue.global(qos: .utility).async { continuation.resume(returning: body()) }
  }
}

import CWaymark
import Foundation

/// The handle of C: kept as long as anybody calls, closed and freed exactly once.
///
/// A handle that is closed stays until the last reference has gone, so a late call gets an answer.
/// One that could not be opened answers every call with `invalidArgument`.
final class NativeClient: @unchecked Sendable {
  let listeners: Listeners
  /// Why there is no handle.
  let opened: Waymark.Status

  private let pointer: OpaquePointer?
  let transport: any HttpTransport
  // Ours to end: a session of URLSession keeps its delegate alive.
  private let ownTransport: UrlSessionTransport?
  // What C holds without knowing: given back when the worker has ended.
  private let held: [Unmanaged<AnyObject>]
  private let workerEnded = Locked(true)

  init(_ options: Waymark.Options, directory: String?) {
    let listeners = Listeners(preferences: options.preferences)
    let own = options.transport == nil ? UrlSessionTransport() : nil
    let transport = options.transport ?? own ?? UrlSessionTransport()
    (ownTransport, self.transport) = (own, transport)
    let http = HttpSeam(transport)
    held = [.passRetained(listeners), .passRetained(http)]
    (opened, pointer) = Self.open(
      options, directory, listeners: held[0].toOpaque(), http: held[1].toOpaque())
    self.listeners = listeners
    http.attach(self)
  }

  deinit {
    _ = close(withinMs: 0)
    waymark_client_free(pointer)
    ownTransport?.end()
    // A worker that the system holds may still tell them something: then they stay.
    if workerEnded.with({ $0 }) { held.forEach { $0.release() } }
  }

  private static func open(
    _ options: Waymark.Options, _ directory: String?, listeners: UnsafeMutableRawPointer,
    http: UnsafeMutableRawPointer
  ) -> (Waymark.Status, OpaquePointer?) {
    var interface = HttpSeam.interface(http)
    let texts = Texts([
      options.config, directory, options.region, "waymark-ios",
      String(cString: waymark_client_version()),
    ])
    return texts.withPointers { pointers in
      withUnsafePointer(to: &interface) { interface in
        var given = waymark_options()
        given.struct_size = MemoryLayout<waymark_options>.size
        given.c_version = UInt32(WAYMARK_C_VERSION)
        given.config = pointers[0]
        given.config_size = texts.sizes[0]
        given.directory = pointers[1]
        given.region = pointers[2]
        given.sdk_name = pointers[3]
        given.sdk_version = pointers[4]
        given.open_wait_ms = -1
        given.intake_bytes_max = options.intakeBytesMax
        given.memory_bytes_max = options.memoryBytesMax
        given.http = interface
        given.tell(listeners)
        var client: OpaquePointer?
        let status = waymark_client_open(&given, &client)
        return (Waymark.Status(status), client)
      }
    }
  }

  /// Blocks for up to `ms`.
  func ready(withinMs ms: Int64) -> Waymark.Status {
    pointer == nil ? opened : Waymark.Status(waymark_client_ready(pointer, ms))
  }

  /// Blocks for up to `ms`.
  func close(withinMs ms: Int64) -> Waymark.Status {
    let status = Waymark.Status(waymark_client_close(pointer, ms))
    if status == .timeout { workerEnded.with { $0 = false } }
    listeners.end()
    return status
  }

  func capture(
    _ type: waymark_event_type, name: String? = nil, properties: [UInt8]? = nil,
    user: String? = nil, other: String? = nil, options: Waymark.EventOptions
  ) -> Waymark.Status {
    var texts = Texts([name])
    texts.append(bytes: properties)
    texts.append(bytes: options.context.map(Json.object))
    for text in [user, other, options.priority?.rawValue] { texts.append(text) }
    texts.append(bytes: options.needs.map { Json.text(.list($0.map(PropertyValue.text))) })
    return texts.withPointers { pointers in
      // A size of 0 would mean "up to the NUL", which is right where there.
      var event = waymark_event()
      event.struct_size = MemoryLayout<waymark_event>.size
      event.type = type
      (event.name, event.name_size) = (pointers[0], texts.sizes[0])
      (event.properties, event.properties_size) = (pointers[1], texts.sizes[1])
      (event.context, event.context_size) = (pointers[2], texts.sizes[2])
      (event.user_id, event.user_id_size) = (pointers[3], texts.sizes[3])
      (event.other_id, event.other_id_size) = (pointers[4], texts.sizes[4])
      (event.priority, event.needs) = (pointers[5], pointers[6])
      return Waymark.Status(waymark_client_capture(pointer, &event))
    }
  }

  /// Any command of `sdk/docs/input.md`.
  func call(_ command: String) -> Waymark.Status {
    var command = command
    return command.withUTF8 { text in
      text.withMemoryRebound(to: CChar.self) {
        Waymark.Status(waymark_client_call(pointer, $0.baseAddress, $0.count))
      }
    }
  }

  /// A command with members, in the order of their names behind its type.
  func post(_ type: String, _ members: [String: PropertyValue?] = [:]) -> Waymark.Status {
    var command = members.compactMapValues { $0 }
    command["type"] = .text(type)
    return call(String(decoding: Json.object(command), as: UTF8.self))
  }

  func lifecycle(_ state: waymark_lifecycle) -> Waymark.Status {
    Waymark.Status(waymark_client_lifecycle(pointer, state))
  }

  func connectivity(online: Bool, metered: Bool) -> Waymark.Status {
    Waymark.Status(waymark_client_connectivity(pointer, online ? 1 : 0, metered ? 1 : 0))
  }

  /// Asks the engine; gives an object of JSON.
  func ask(_ question: String) async throws -> String {
    final class Waiting: Sendable {
      let continuation: CheckedContinuation<String, any Error>
      init(_ continuation: CheckedContinuation<String, any Error>) {
        self.continuation = continuation
      }
    }
    return try await withCheckedThrowingContinuation { continuation in
      let waiting = Unmanaged.passRetained(Waiting(continuation))
      var text = question
      let status = text.withUTF8 { text in
        text.withMemoryRebound(to: CChar.self) { text in
          waymark_client_ask(
            pointer, text.baseAddress, text.count,
            { context, answer, size in
              guard let context else { return }
              let waiting = Unmanaged<Waiting>.fromOpaque(context).takeRetainedValue()
              guard let answer else {
                return waiting.continuation.resume(throwing: Waymark.Failure(status: .closed))
              }
              let bytes = UnsafeRawBufferPointer(start: answer, count: size)
              waiting.continuation.resume(returning: String(decoding: bytes, as: UTF8.self))
            }, waiting.toOpaque())
        }
      }
      guard status != WAYMARK_OK else { return }
      // It was not taken, so nobody will be told.
      waiting.takeRetainedValue().continuation.resume(
        throwing: Waymark.Failure(status: Waymark.Status(status)))
    }
  }

  /// An object of JSON; empty: not open yet.
  var view: String {
    var room = waymark_client_view(pointer, nil, 0) + 1
    while true {
      var buffer = [CChar](repeating: 0, count: room)
      let size = waymark_client_view(pointer, &buffer, room)
      // It may have grown between two looks.
      if size < room {
        return String(decoding: buffer.prefix(size).map { UInt8(bitPattern: $0) }, as: UTF8.self)
      }
      room = size + 1
    }
  }

  func httpDone(_ id: Int64, _ answer: HttpAnswer, bytesMax: Int) {
    var told = waymark_http_answer()
    told.struct_size = MemoryLayout<waymark_http_answer>.size
    var texts = Texts([])
    switch answer {
    case .answered(let status, let retryAfter, let body):
      told.error = WAYMARK_HTTP_ANSWERED
      told.status = Int32(status)
      texts.append(retryAfter)
      texts.append(bytes: Array(body.prefix(bytesMax)))
    case .network: told.error = WAYMARK_HTTP_NETWORK
    case .timedOut: told.error = WAYMARK_HTTP_TIMED_OUT
    case .refused: told.error = WAYMARK_HTTP_REFUSED
    case .aborted: told.error = WAYMARK_HTTP_ABORTED
    }
    texts.withPointers { pointers in
      if pointers.count == 2 {
        told.retry_after = pointers[0]
        told.body = pointers[1].map { UnsafeRawPointer($0).assumingMemoryBound(to: UInt8.self) }
        told.body_size = texts.sizes[1]
      }
      _ = waymark_client_http_done(pointer, id, &told)
    }
  }
}

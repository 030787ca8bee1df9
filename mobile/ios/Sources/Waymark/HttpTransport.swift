import CWaymark
import Foundation

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// One request of the client.
public struct HttpRequest: Sendable {
  public let method: String
  public let url: String
  public let headers: [String: String]
  public let body: Data?
  /// For the whole request, in seconds.
  public let timeout: TimeInterval
  /// With the cookies of the platform.
  public let credentials: Bool
  /// The app goes to the background.
  public let leaving: Bool
}

/// What came of it.
public enum HttpAnswer: Sendable {
  case answered(status: Int, retryAfter: String?, body: Data)
  case network
  case timedOut
  /// The transport would not take it.
  case refused
  case aborted
}

/// HTTP by somebody: URLSession, or a fake. Redirects must not be followed, answers not be cached.
public protocol HttpTransport: Sendable {
  /// Ends early when its task is cancelled.
  func send(_ request: HttpRequest) async -> HttpAnswer
}

/// URLSession without cache; without cookies, save where a request asks for them.
public final class UrlSessionTransport: NSObject, HttpTransport, URLSessionTaskDelegate {
  // With itself as delegate a session keeps it alive, so each is made when it is needed.
  private let sessions = Locked<[Bool: URLSession]>([:])

  public func send(_ request: HttpRequest) async -> HttpAnswer {
    guard let asked = urlRequest(request) else { return .refused }
    let session = session(request.credentials)
    let sending = Task { await Self.exchange(asked, in: session) }
    // URLSession's own bound is for the time in which nothing comes, where it is held at all.
    let isLate = Locked(false)
    let deadline = Task {
      try await Task.sleep(nanoseconds: UInt64(max(request.timeout, 0) * 1e9))
      isLate.with { $0 = true }
      sending.cancel()
    }
    let answer = await withTaskCancellationHandler {
      await sending.value
    } onCancel: {
      sending.cancel()
    }
    deadline.cancel()
    if case .aborted = answer, isLate.with({ $0 }) { return .timedOut }
    return answer
  }

  private static func exchange(_ asked: URLRequest, in session: URLSession) async -> HttpAnswer {
    do {
      let (body, response) = try await session.data(for: asked)
      guard let http = response as? HTTPURLResponse else { return .network }
      let retryAfter = http.value(forHTTPHeaderField: "Retry-After")
      return .answered(status: http.statusCode, retryAfter: retryAfter, body: body)
    } catch {
      if Task.isCancelled { return .aborted }
      return (error as? URLError)?.code == .timedOut ? .timedOut : .network
    }
  }

  func end() {
    for session in sessions.with({ $0 }).values { session.invalidateAndCancel() }
  }

  private func urlRequest(_ request: HttpRequest) -> URLRequest? {
    guard let url = URL(string: request.url) else { return nil }
    var asked = URLRequest(
      url: url, cachePolicy: .reloadIgnoringLocalCacheData, timeoutInterval: request.timeout)
    asked.httpMethod = request.method
    asked.httpBody = request.body
    asked.httpShouldHandleCookies = request.credentials
    for (name, value) in request.headers { asked.setValue(value, forHTTPHeaderField: name) }
    return asked
  }

  private func session(_ credentials: Bool) -> URLSession {
    sessions.with { sessions in
      if let session = sessions[credentials] { return session }
      let setup = URLSessionConfiguration.ephemeral
      setup.urlCache = nil
      setup.httpCookieStorage = credentials ? HTTPCookieStorage.shared : nil
      let session = URLSession(configuration: setup, delegate: self, delegateQueue: nil)
      sessions[credentials] = session
      return session
    }
  }

  public func urlSession(
    _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection: HTTPURLResponse,
    newRequest: URLRequest, completionHandler: @escaping @Sendable (URLRequest?) -> Void
  ) {
    completionHandler(nil)
  }
}

/// Carries requests of the client's worker to a transport, and answers back.
final class HttpSeam: Sendable {
  private struct State {
    // Set when the client is open; answers that are there before wait.
    weak var client: NativeClient?
    var early: [(Int64, HttpAnswer, Int)] = []
    var isAttached = false
    var running: [Int64: Task<Void, Never>] = [:]
  }

  private let transport: any HttpTransport
  private let state = Locked(State())

  init(_ transport: any HttpTransport) {
    self.transport = transport
  }

  func attach(_ client: NativeClient) {
    let early = state.with { state in
      state.client = client
      state.isAttached = true
      defer { state.early = [] }
      return state.early
    }
    for (id, answer, bytesMax) in early { client.httpDone(id, answer, bytesMax: bytesMax) }
  }

  /// On the worker: the request is copied, then it goes its own way.
  fileprivate func send(_ asked: waymark_http_request) {
    let (id, bytesMax) = (asked.id, asked.answer_bytes_max)
    let request = HttpRequest(asked)
    // Under the lock, so that the task is known before it can end.
    state.with { state in
      state.running[id] = Task { [self, transport] in
        done(id, await transport.send(request), bytesMax)
      }
    }
  }

  /// On the worker. The task then ends with an answer like any other.
  fileprivate func abort(_ id: Int64) {
    state.with { $0.running[id] }?.cancel()
  }

  private func done(_ id: Int64, _ answer: HttpAnswer, _ bytesMax: Int) {
    let client = state.with { state -> NativeClient? in
      state.running[id] = nil
      if !state.isAttached { state.early.append((id, answer, bytesMax)) }
      return state.client
    }
    client?.httpDone(id, answer, bytesMax: bytesMax)
  }

  /// The struct of C; its context is this object.
  static func interface(_ context: UnsafeMutableRawPointer) -> waymark_http {
    var http = waymark_http()
    http.struct_size = MemoryLayout<waymark_http>.size
    http.context = context
    http.send = { context, request in
      guard let context, let request else { return }
      Unmanaged<HttpSeam>.fromOpaque(context).takeUnretainedValue().send(request.pointee)
    }
    http.abort = { context, id in
      guard let context else { return }
      Unmanaged<HttpSeam>.fromOpaque(context).takeUnretainedValue().abort(id)
    }
    return http
  }
}

extension HttpRequest {
  fileprivate init(_ asked: waymark_http_request) {
    let headers = asked.headers.map { Data(String(cString: $0).utf8) } ?? Data()
    self.init(
      method: String(cString: asked.method), url: String(cString: asked.url),
      headers: (try? JSONDecoder().decode([String: String].self, from: headers)) ?? [:],
      body: asked.body.map { Data(bytes: $0, count: asked.body_size) },
      timeout: TimeInterval(asked.timeout_ms) / 1000, credentials: asked.credentials != 0,
      leaving: asked.leaving != 0)
  }
}

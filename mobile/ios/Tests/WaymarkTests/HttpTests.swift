// URLSession behind the client's seam, against a server of somebody else's making (Node's), which
// scripts/test_ios.mjs starts.
import Foundation
import Testing

@testable import Waymark

private let judge = ProcessInfo.processInfo.environment["WAYMARK_JUDGE"]

@Suite(.enabled(if: judge != nil)) struct HttpTests {
  private func request(_ path: String, _ method: String = "POST", timeout: TimeInterval = 60)
    -> HttpRequest
  {
    HttpRequest(
      method: method, url: (judge ?? "") + path, headers: ["Content-Type": "text/plain"],
      body: method == "POST" ? Data("'🧭".utf8) : nil, timeout: timeout, credentials: false,
      leaving: false)
  }

  private struct Echo: Decodable {
    let method: String
    let headers: [String: String]
    let text: String
  }

  private func echo(_ answer: HttpAnswer) throws -> Echo {
    guard case .answered(200, _, let body) = answer else {
      throw Waymark.Failure(status: .timeout)
    }
    return try JSONDecoder().decode(Echo.self, from: body)
  }

  @Test func whatIsSentArrives() async throws {
    let transport = UrlSessionTransport()
    let echo = try echo(await transport.send(request("/echo")))
    #expect(echo.method == "POST" && echo.text == "'🧭")
    #expect(echo.headers["content-type"] == "text/plain")
    // No cookie is kept, so none comes back.
    #expect(try self.echo(await transport.send(request("/echo", "GET"))).headers["cookie"] == nil)
  }

  @Test func theServersWordsComeBack() async {
    let transport = UrlSessionTransport()
    guard case .answered(503, let after, let body) = await transport.send(request("/busy")) else {
      Issue.record("not 503")
      return
    }
    #expect(after == "7" && body == Data("later".utf8))
    guard case .answered(302, _, _) = await transport.send(request("/elsewhere", "GET")) else {
      Issue.record("the redirect was followed")
      return
    }
  }

  @Test func whatDoesNotAnswerIsToldApart() async {
    let transport = UrlSessionTransport()
    guard case .timedOut = await transport.send(request("/silent", timeout: 1)) else {
      Issue.record("not timed out")
      return
    }
    let nowhere = HttpRequest(
      method: "GET", url: "http://127.0.0.1:9/", headers: [:], body: nil, timeout: 60,
      credentials: false, leaving: false)
    guard case .network = await transport.send(nowhere) else {
      Issue.record("not the network")
      return
    }
    let waiting = Task { await transport.send(request("/silent")) }
    waiting.cancel()
    guard case .aborted = await waiting.value else {
      Issue.record("not aborted")
      return
    }
  }

  @Test func aBatchArrivesCompressed() async throws {
    let document = config().replacingOccurrences(of: ", \"gzip\": false", with: "")
      .replacingOccurrences(of: "https://collector.example", with: judge ?? "")
    let folder = try Folder()
    var given = options(folder, config: document)
    given.transport = nil
    let waymark = Waymark.open(given)
    waymark.consent.set(["analytics": .granted])
    for n in 0..<50 { waymark.track("n", ["n": .integer(Int64(n))]) }
    waymark.flush()
    for await view in waymark.views where view.collectors?["segment"]?.acknowledged == 50 { break }
    await waymark.close()
    withExtendedLifetime(folder) {}
  }
}

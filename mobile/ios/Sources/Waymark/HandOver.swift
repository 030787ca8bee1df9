import Foundation

/// One journey on several hosts and devices: `sdk/docs/hand_over.md`. What may be handed over, or
/// joined, is the engine's decision; nothing here fails.
public struct HandOver: Sendable {
  let client: NativeClient

  /// What the fragment of an address calls a token.
  static let parameter = "waymark_handover"
  private static let serverSeconds: TimeInterval = 5

  public struct Answer: Sendable, Equatable, Decodable {
    public let accepted: Bool
    /// `adopted`: this device had no id; `joined`: it keeps its own; `same`.
    public var how: String? = nil
    /// Why not: `sdk/docs/hand_over.md`.
    public var why: String? = nil
    public var carry: [String: String]? = nil
  }

  /// A token by which another host or device goes on with this journey; nil where it may not be.
  /// Waits as long as consent, or the ids, are not known.
  ///
  /// - Parameters:
  ///   - host: the only one that may take it; nil: any device, as for a QR code.
  ///   - seconds: how long it holds; nil: as the config says, or 120.
  ///   - carry: at most a campaign and the reference of a cart.
  public func create(to host: String? = nil, for seconds: Int? = nil, carry: [String: String]? = nil)
    async -> String?
  {
    var question: [String: PropertyValue] = ["type": "hand_over", "to": .text(host ?? "")]
    question["ttl_s"] = seconds.map { .integer(Int64($0)) }
    question["carry"] = carry.map { .object($0.mapValues(PropertyValue.text)) }
    struct Made: Decodable {
      let token: String?
      let toSeal: String?
      let seal: String?

      enum CodingKeys: String, CodingKey {
        case token, seal
        case toSeal = "to_seal"
      }
    }
    guard let made: Made = await ask(question) else { return nil }
    // The engine's own is weak evidence; where somebody is known it gives none but to be sealed.
    let own = made.token.flatMap { $0.isEmpty ? nil : $0 }
    guard let server = made.seal, let toSeal = made.toSeal else { return own }
    let sealed = await post(["token": .text(toSeal), "to": .text(host ?? "")], to: server)
    return sealed?.token.flatMap { $0.hasPrefix("s.") ? $0 : nil } ?? own
  }

  /// An address of one's own with a token for its host.
  public func link(to address: URL, carry: [String: String]? = nil) async -> URL {
    guard let host = address.host, let token = await create(to: host, carry: carry) else {
      return address
    }
    return Self.address(address, with: token)
  }

  /// Goes on with the journey of a token, where consent and evidence allow.
  public func accept(_ token: String, host: String) async -> Answer {
    var question: [String: PropertyValue] = [
      "type": "accept_hand_over", "token": .text(token), "host": .text(host),
    ]
    struct First: Decodable {
      let open: String?
      let accepted: Bool?
      let how: String?
      let why: String?
      let carry: [String: String]?
    }
    guard let first: First = await ask(question) else { return .init(accepted: false, why: "off") }
    guard let server = first.open else {
      return .init(
        accepted: first.accepted ?? false, how: first.how, why: first.why, carry: first.carry)
    }
    let opened = await post(["token": .text(token), "host": .text(host)], to: server)
    guard let inside = opened?.token else {
      return .init(accepted: false, why: opened?.why ?? "server_unreachable")
    }
    question["token"] = .text(inside)
    question["opened"] = true
    return await ask(question) ?? .init(accepted: false, why: "token_invalid")
  }

  private func ask<Answer: Decodable>(_ question: [String: PropertyValue]) async -> Answer? {
    let text = String(decoding: Json.object(question), as: UTF8.self)
    guard let answer = try? await client.ask(text) else { return nil }
    return try? JSONDecoder().decode(Answer.self, from: Data(answer.utf8))
  }

  private struct Server: Decodable {
    let token: String?
    let why: String?
  }

  private func post(_ message: [String: PropertyValue], to address: String) async -> Server? {
    let answer = await client.transport.send(
      HttpRequest(
        method: "POST", url: address, headers: ["Content-Type": "text/plain"],
        body: Data(Json.object(message)), timeout: Self.serverSeconds, credentials: false,
        leaving: false))
    guard case .answered(let status, _, let body) = answer else { return nil }
    let server = try? JSONDecoder().decode(Server.self, from: body)
    return status == 200 ? server : Server(token: nil, why: server?.why)
  }

  // MARK: Addresses

  static func address(_ address: URL, with token: String) -> URL {
    guard var parts = URLComponents(url: address, resolvingAgainstBaseURL: true) else {
      return address
    }
    let own = parts.percentEncodedFragment.map { $0 + "&" } ?? ""
    parts.percentEncodedFragment = "\(own)\(parameter)=\(token)"
    return parts.url ?? address
  }

  /// The token in the fragment of an address, and the address without what is ours in it.
  static func split(_ address: URL) -> (address: URL, token: String?) {
    guard var parts = URLComponents(url: address, resolvingAgainstBaseURL: true),
      let fragment = parts.percentEncodedFragment
    else { return (address, nil) }
    let begins = parameter + "="
    let all = fragment.split(separator: "&", omittingEmptySubsequences: false)
    guard let ours = all.first(where: { $0.hasPrefix(begins) }) else { return (address, nil) }
    let rest = all.filter { !$0.hasPrefix(begins) }.joined(separator: "&")
    parts.percentEncodedFragment = rest.isEmpty ? nil : rest
    return (parts.url ?? address, String(ours.dropFirst(begins.count)))
  }
}

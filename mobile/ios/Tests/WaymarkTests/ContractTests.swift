// The contract of all faces: tests/contract/*.jsonl of the tree, as GoogleTest and Jest run it.
#if os(Linux)
import CWaymarkEngine
import Foundation
import Testing

@testable import Waymark

private let folder = URL(fileURLWithPath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent().deletingLastPathComponent()
  .appendingPathComponent("tests/contract", isDirectory: true)

private let files =
  ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
  .filter { $0.hasSuffix(".jsonl") }.sorted()

@Suite struct ContractTests {
  @Test func thereAreCases() {
    #expect(files.count >= 6)
  }

  @Test(arguments: files) func holdsToTheByte(_ file: String) throws {
    let text = try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
    let lines = text.split(separator: "\n")
    let engine = Engine()
    for (index, line) in lines.enumerated() {
      let at = "\(file):\(index + 1)"
      let members = try #require(JsonMembers(String(line)), "\(at) is no object")
      try engine.run(members, at: at)
    }
    #expect(lines.count > 1)
  }
}

/// One case: an engine behind its C boundary.
private final class Engine {
  private var engine: OpaquePointer?

  deinit { waymark_close(engine) }

  func run(_ line: JsonMembers, at: String) throws {
    if line["case"] != nil {
      waymark_close(engine)
      let frame = frame(try #require(line["start"]), bodies: line.bytes("bodies"))
      engine = waymark_open(frame, frame.count)
      return
    }
    try #require(engine != nil, "\(at): the first line of a file must be a case")
    if let view = line["view"] { return compare(waymark_view(engine), view, line, at) }
    if let query = line["query"] {
      let frame = frame(query)
      let answer = try #require(line["answer"])
      return compare(waymark_query(engine, frame, frame.count), answer, line, at)
    }
    let input = try line["input_text"].map(unquote) ?? #require(line["input"])
    let frame = frame(input, bodies: line.bytes("bodies"))
    let output = try #require(line["output"])
    compare(waymark_handle(engine, frame, frame.count), output, line, at)
  }

  // The frame of sdk/docs/input.md: size of the text, text, bodies.
  private func frame(_ text: String, bodies: Data = Data()) -> [UInt8] {
    let json = Array(text.utf8)
    let size = UInt32(json.count)
    return (0..<4).map { UInt8(truncatingIfNeeded: size >> (8 * $0)) } + json + bodies
  }

  // The lines are written in the compact form that the engine writes: texts can be compared.
  private func compare(
    _ result: UnsafePointer<UInt8>?, _ expected: String, _ line: JsonMembers, _ at: String
  ) {
    let bytes = UnsafeBufferPointer(start: result, count: waymark_result_size(engine))
    guard bytes.count >= 4 else {
      #expect(expected == "null", "\(at): no output")
      return
    }
    let size = (0..<4).reduce(0) { $0 | Int(bytes[$1]) << (8 * $1) }
    let json = String(decoding: bytes[4..<(4 + size)], as: UTF8.self)
    let isEqual = json == expected
    // The whole texts only where they differ: some are a megabyte long.
    #expect(isEqual, "\(at): \(isEqual ? "" : difference(json, expected))")
    let bodies = Data(bytes[(4 + size)...])
    #expect(bodies == line.bytes("output_bodies"), "\(at): bodies differ")
  }

  private func difference(_ actual: String, _ expected: String) -> String {
    let same = zip(actual.utf8, expected.utf8).prefix { $0 == $1 }.count
    let from = max(same - 40, 0)
    let part = { (text: String) in String(decoding: text.utf8.dropFirst(from).prefix(160), as: UTF8.self) }
    return "at byte \(same): \(part(actual)) instead of \(part(expected))"
  }
}

private func unquote(_ json: String) throws -> String {
  try JSONDecoder().decode([String].self, from: Data("[\(json)]".utf8))[0]
}

extension JsonMembers {
  fileprivate func bytes(_ name: String) -> Data {
    plain(name).flatMap { Data(base64Encoded: $0) } ?? Data()
  }
}
#endif

/// Texts for one call of C: all of them in one block, each with its NUL.
///
/// Pointers hold while the block of ``withPointers(_:)`` runs.
struct Texts {
  private var bytes: [UInt8] = []
  private var starts: [Int?] = []
  private(set) var sizes: [Int] = []

  init(_ texts: [String?]) {
    for text in texts { append(text) }
  }

  mutating func append(_ text: String?) {
    append(bytes: text.map { Array($0.utf8) })
  }

  mutating func append(bytes text: [UInt8]?) {
    starts.append(text.map { _ in bytes.count })
    sizes.append(text?.count ?? 0)
    guard let text else { return }
    bytes += text
    bytes.append(0)
  }

  func withPointers<Result>(_ body: ([UnsafePointer<CChar>?]) -> Result) -> Result {
    bytes.withUnsafeBytes { block in
      let base = block.bindMemory(to: CChar.self).baseAddress
      return body(starts.map { start in start.flatMap { base?.advanced(by: $0) } })
    }
  }
}

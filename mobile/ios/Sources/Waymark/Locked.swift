import Foundation

/// A value that one thread at a time sees.
///
/// Calls come from any thread and must not wait for an actor; what is behind this lock is held for
/// the time of an assignment.
final class Locked<Value>: @unchecked Sendable {
  private let lock = NSLock()
  private var value: Value

  init(_ value: Value) {
    self.value = value
  }

  func with<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
    lock.lock()
    defer { lock.unlock() }
    return try body(&value)
  }
}

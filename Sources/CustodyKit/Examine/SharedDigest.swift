internal import Evidence
import Foundation

/// The digest of an entry that another thread computes: written once, then read.
final class SharedDigest: @unchecked Sendable {
  private let condition: NSCondition
  private var value: LeafDigests?

  /// - Parameter condition: shared by all digests of a snapshot; its owner signals it after setting some of them.
  init(_ condition: NSCondition) { self.condition = condition }

  /// Call with the condition locked.
  func set(_ digests: LeafDigests) { value = digests }

  func wait() -> LeafDigests {
    condition.lock()
    defer { condition.unlock() }
    while true {
      if let value { return value }
      condition.wait()
    }
  }
}

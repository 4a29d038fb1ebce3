import Foundation
internal import Snapshots

/// How far examining has come; may be asked from any thread at any time.
public final class ScanProgress: @unchecked Sendable {
  private let lock = NSLock()
  private var inputs: [ReadProgress] = []
  private var total: UInt64 = 0
  /// Told the position of each input when it is begun. Set before the first.
  var onNext: (@Sendable (Int) -> Void)?

  public init() {}

  /// Size of all inputs together in bytes; 0 when it is not known.
  public var totalSize: UInt64 {
    get { lock.withLock { total } }
    set { lock.withLock { total = newValue } }
  }
  /// Bytes read of the inputs themselves.
  public var bytesRead: UInt64 { lock.withLock { inputs.reduce(0) { $0 + $1.bytesRead } } }
  public var entries: UInt64 { lock.withLock { inputs.reduce(0) { $0 + $1.entries } } }

  func next() -> ReadProgress {
    let input = ReadProgress()
    let position = lock.withLock {
      inputs.append(input)
      return inputs.count - 1
    }
    onNext?(position)
    return input
  }
}

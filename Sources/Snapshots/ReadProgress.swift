import Synchronization

/// How far a reader has come; safe to look at from any thread, for a progress line.
public final class ReadProgress: Sendable {
  private let read = Atomic<UInt64>(0)
  private let total = Atomic<UInt64>(0)
  private let count = Atomic<UInt64>(0)

  public init() {}

  /// Bytes read from the input, or from all files of a directory.
  public var bytesRead: UInt64 { read.load(ordering: .relaxed) }
  /// Size of the input in bytes when it is a regular file, else nil.
  public var totalSize: UInt64? {
    let value = total.load(ordering: .relaxed)
    return value > 0 ? value : nil
  }
  /// Entries begun so far.
  public var entries: UInt64 { count.load(ordering: .relaxed) }

  /// Takes over what another process reported.
  public func note(bytesRead: UInt64, entries: UInt64) {
    read.store(bytesRead, ordering: .relaxed)
    count.store(entries, ordering: .relaxed)
  }

  func add(_ bytes: UInt64) { read.wrappingAdd(bytes, ordering: .relaxed) }
  func expect(_ bytes: UInt64) { total.store(bytes, ordering: .relaxed) }
  func noteEntry(_ number: UInt64) { count.store(number, ordering: .relaxed) }
}

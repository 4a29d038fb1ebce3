internal import CustodyCore
import Foundation

/// The bytes of a picture or video while somebody looks at it.
enum SightContent: Sendable {
  case memory(HeldBytes)
  case file(HeldFile)

  var size: UInt64 {
    switch self {
    case .memory(let bytes): UInt64(bytes.count)
    case .file(let file): file.size
    }
  }

  /// A part of the content in memory; nil when it is not all there or larger than `limit`.
  func part(_ offset: UInt64, _ length: UInt64, limit: Int) -> HeldBytes? {
    let (end, overflow) = offset.addingReportingOverflow(length)
    guard length > 0, !overflow, end <= size, length <= UInt64(limit) else { return nil }
    switch self {
    case .memory(let held):
      return held.withBytes { HeldBytes(copying: UnsafeRawBufferPointer(rebasing: $0[Int(offset)..<Int(end)])) }
    case .file(let file):
      return file.read(offset, Int(length))
    }
  }
}

/// Bytes copied out of a slab.
final class HeldBytes: @unchecked Sendable {
  // Written before the object is shared, never again.
  private let memory: UnsafeMutableRawBufferPointer

  init(copying bytes: UnsafeRawBufferPointer) {
    memory = .allocate(byteCount: max(1, bytes.count), alignment: 16)
    memory.copyMemory(from: bytes)
    count = bytes.count
  }
  fileprivate init(count: Int, fill: (UnsafeMutableRawBufferPointer) -> Bool) throws(Incomplete) {
    memory = .allocate(byteCount: max(1, count), alignment: 16)
    self.count = count
    guard fill(memory) else { throw Incomplete() }
  }
  deinit { memory.deallocate() }

  fileprivate struct Incomplete: Error {}

  let count: Int

  func withBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    try body(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(memory)[..<count]))
  }
}

/// A nameless file that holds an entry too large to be kept in memory.
final class HeldFile: @unchecked Sendable {
  let descriptor: Int32
  private(set) var size: UInt64 = 0
  /// False when a byte is missing: the disk was full, or the entry larger than it may be.
  private(set) var isWhole = true
  private let limit: UInt64

  /// - Parameters:
  ///   - descriptor: of an empty file; closed with the object.
  ///   - limit: most bytes to keep.
  init(descriptor: Int32, limit: UInt64) {
    self.descriptor = descriptor
    self.limit = limit
  }
  deinit { close(descriptor) }

  func append(_ bytes: UnsafeRawBufferPointer) {
    guard isWhole, fits(UInt64(bytes.count)) else { return }
    var done = 0
    while done < bytes.count {
      let n = pwrite(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done, Int(size))
      if n < 0, errno == EINTR { continue }
      guard n > 0 else {
        isWhole = false
        return
      }
      done += n
      size += UInt64(n)
    }
  }

  func appendZeros(_ count: UInt64) {
    guard isWhole, fits(count) else { return }
    guard ftruncate(descriptor, Int(size + count)) == 0 else {
      isWhole = false
      return
    }
    size += count
  }

  private func fits(_ count: UInt64) -> Bool {
    let (sum, overflow) = size.addingReportingOverflow(count)
    if overflow || sum > limit || sum > UInt64(Int.max) { isWhole = false }
    return isWhole
  }

  fileprivate func read(_ offset: UInt64, _ length: Int) -> HeldBytes? {
    try? HeldBytes(count: length) { memory in
      var done = 0
      while done < length {
        let n = pread(descriptor, memory.baseAddress.map { $0 + done }, length - done, Int(offset) + done)
        if n < 0, errno == EINTR { continue }
        guard n > 0 else { return false }
        done += n
      }
      return true
    }
  }
}

import CustodyCore

/// Bytes of another source, one for one in another code.
final class RecodedSource: Source {
  private let upstream: Source
  private let table: [UInt8]
  private let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
  private var waiting = UnsafeRawBufferPointer(start: nil, count: 0)

  init(_ upstream: Source, _ table: [UInt8]) {
    self.upstream = upstream
    self.table = table
    super.init()
    total = upstream.total
  }

  deinit { memory.deallocate() }

  override func pull() -> Piece {
    if waiting.isEmpty {
      switch upstream.next() {
      case .bytes(let bytes): waiting = bytes
      case .zeros(let count): return .zeros(count)
      case .end:
        trouble = upstream.trouble
        isCutShort = upstream.isCutShort
        return .end
      }
    }
    let part = min(waiting.count, memory.count)
    for i in 0..<part { memory[i] = table[Int(waiting[i])] }
    waiting = UnsafeRawBufferPointer(rebasing: waiting[part...])
    return .bytes(UnsafeRawBufferPointer(rebasing: memory[..<part]))
  }
}

extension Walker {
  /// Text that detectors do not read as it stands: its characters are an entry of their own, byte for byte at the
  /// offsets they have in it.
  func recoded(_ source: Source, _ locator: Locator, _ level: Level, _ account: inout Account) {
    let text = charged(RecodedSource(source, EBCDIC.latin1), level)
    examine(
      text, EntryHeader(locator: locator.appending(Array("text".utf8)), notes: ["recoded from EBCDIC"]), in: level)
    if let reason = level.stop { account.add(.limited(reason)) }
  }
}

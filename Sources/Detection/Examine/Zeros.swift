/// A block of zeros to feed from.
enum Zeros {
  static let block = Zeros.Block()
  struct Block: @unchecked Sendable {
    // Allocated once for the life of the process, never written again.
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 64)
    init() { bytes.initializeMemory(as: UInt8.self, repeating: 0) }
    func prefix(_ count: UInt64) -> UnsafeRawBufferPointer {
      UnsafeRawBufferPointer(rebasing: bytes[..<Int(min(count, UInt64(bytes.count)))])
    }
  }
}

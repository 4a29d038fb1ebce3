internal import CZlib

/// Takes zlib streams (RFC 1950) apart, within a limit.
enum Inflater {
  /// What a stream gave.
  struct Result {
    var bytes: [UInt8]
    /// Bytes of the input that belong to the stream.
    var consumed: Int
    /// The checksum at its end was reached and held.
    var isWhole: Bool
    /// More would have come than the limit allows.
    var isCut: Bool
  }

  private static let block = 64 << 10

  /// Whether a zlib stream may begin at `at`: its header is a multiple of 31 and names method 8 (RFC 1950 section 2.2).
  static func isHeader(_ bytes: RawSpan, at: Int) -> Bool {
    guard let head = bytes.u16(at) else { return false }
    return head % 31 == 0 && head >> 8 & 15 == 8
  }

  /// - Parameters:
  ///   - input: begins with the stream; what follows it is left alone.
  ///   - limit: bytes of output at most.
  /// - Returns: what came out before the end, the limit or the first mistake; nil when not even a header is there.
  static func inflate(_ input: RawSpan, limit: Int) -> Result? {
    guard isHeader(input, at: 0) else { return nil }
    var stream = z_stream()
    guard czlib_inflate_init(&stream) == Z_OK else { return nil }
    defer { inflateEnd(&stream) }
    var result = Result(bytes: [], consumed: 0, isWhole: false, isCut: false)
    var piece = [UInt8](repeating: 0, count: block)
    let count = min(input.byteCount, Int(UInt32.max))
    input.extracting(0..<count).withUnsafeBytes { raw in
      stream.next_in = UnsafeMutablePointer(mutating: raw.bindMemory(to: UInt8.self).baseAddress)
      stream.avail_in = UInt32(count)
      while true {
        let code = piece.withUnsafeMutableBufferPointer { out -> Int32 in
          stream.next_out = out.baseAddress
          stream.avail_out = UInt32(out.count)
          return CZlib.inflate(&stream, Z_NO_FLUSH)
        }
        let made = block - Int(stream.avail_out)
        let room = limit - result.bytes.count
        result.bytes += piece[..<min(made, room)]
        result.consumed = count - Int(stream.avail_in)
        if made > room || (made == room && code == Z_OK && stream.avail_out == 0) {
          result.isCut = true
          return
        }
        if code == Z_STREAM_END {
          result.isWhole = true
          return
        }
        guard code == Z_OK, made > 0 || stream.avail_in > 0 else { return }
      }
    }
    return result
  }
}

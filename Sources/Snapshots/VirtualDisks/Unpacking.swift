import CArchive
import CInflate

/// How a piece of a disk or of a mail store is compressed.
enum Unpacking {
  /// RFC 1950.
  case zlib
  /// RFC 1951, without header and checksum.
  case deflate
  /// RFC 8878, one frame.
  case zstd

  /// - Parameters:
  ///   - stored: begins with the stream; what follows it is left alone.
  ///   - size: of the decompressed piece. A stream that ends before it is filled up with zeros.
  ///   - used: set to the bytes of `stored` that belong to the stream.
  /// - Returns: exactly `size` bytes; nil when the stream is damaged.
  func unpack(_ stored: [UInt8], size: Int, used: inout Int) -> [UInt8]? {
    guard size > 0, !stored.isEmpty else { return nil }
    return self == .zstd ? Self.zstd(stored, size, &used) : inflate(stored, size, &used)
  }

  private func inflate(_ stored: [UInt8], _ size: Int, _ used: inout Int) -> [UInt8]? {
    var output = [UInt8](repeating: 0, count: size)
    var consumed = 0
    defer { used = consumed }
    let written = stored.withUnsafeBytes { input in
      output.withUnsafeMutableBytes { out in
        cinflate(self == .deflate ? 1 : 0, input.baseAddress, input.count, out.baseAddress, out.count, &consumed)
      }
    }
    return written >= 0 ? output : nil
  }

  private static func zstd(_ stored: [UInt8], _ size: Int, _ used: inout Int) -> [UInt8]? {
    guard let end = frameEnd(stored), let archive = archive_read_new() else { return nil }
    defer { archive_read_free(archive) }
    used = end
    guard archive_read_support_filter_zstd(archive) == ARCHIVE_OK,
      archive_read_support_format_raw(archive) == ARCHIVE_OK
    else { return nil }
    return stored.withUnsafeBytes { input -> [UInt8]? in
      var entry: OpaquePointer?
      guard archive_read_open_memory(archive, input.baseAddress, end) == ARCHIVE_OK,
        archive_read_next_header(archive, &entry) == ARCHIVE_OK
      else { return nil }
      var output = [UInt8](repeating: 0, count: size)
      var done = 0
      while done < size {
        let n = output.withUnsafeMutableBytes { out in
          archive_read_data(archive, out.baseAddress.map { $0 + done }, size - done)
        }
        guard n > 0 else { return nil }
        done += n
      }
      return output
    }
  }

  /// Where a frame ends (RFC 8878, 3.1.1): the decoder refuses what stands behind it.
  private static func frameEnd(_ stored: [UInt8]) -> Int? {
    guard stored.count > 6, stored.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) else { return nil }
    let descriptor = stored[4]
    let isSingle = descriptor & 0x20 != 0
    let sizeBytes = [isSingle ? 1 : 0, 2, 4, 8][Int(descriptor >> 6)]
    var at = 5 + (isSingle ? 0 : 1) + [0, 1, 2, 4][Int(descriptor & 3)] + sizeBytes
    while at + 3 <= stored.count {
      let block = Int(stored[at]) | Int(stored[at + 1]) << 8 | Int(stored[at + 2]) << 16
      // A block of one repeated byte has that byte only.
      at += 3 + (block >> 1 & 3 == 1 ? 1 : block >> 3)
      guard block & 1 == 0 else {
        at += descriptor & 4 != 0 ? 4 : 0
        return at <= stored.count ? at : nil
      }
    }
    return nil
  }
}

import Glibc

/// The end of a zip archive: where its central directory is (APPNOTE.TXT 6.3.10, sections 4.3.14 to 4.3.16).
struct ZipEnd {
  /// Offset of the end-of-central-directory record.
  var record: UInt64
  /// First byte after that record and its comment.
  var end: UInt64
  var commentLength: UInt64
  var directory: UInt64
  var directorySize: UInt64
  /// Entries it claims.
  var entries: UInt64
  /// What must be added to recorded offsets: the length of whatever was put in front of the archive.
  var base: UInt64

  private static let window = 65_557

  /// Position, in the whole content, of a plausible end record in its last bytes.
  static func find(in tail: UnsafeRawBufferPointer, whole: UInt64, before limit: Int? = nil) -> UInt64? {
    guard let start = tail.baseAddress, tail.count >= 22 else { return nil }
    // The rarest byte of the signature, 06, is looked for with memchr; there are hardly ever any candidates.
    var at = max(0, tail.count - window) + 3
    let end = min(limit ?? tail.count, tail.count - 18)
    var candidates: [Int] = []
    while at < end, let hit = memchr(start + at, 6, end - at) {
      at = start.distance(to: UnsafeRawPointer(hit))
      if tail[at - 1] == 5, tail[at - 2] == 0x4B, tail[at - 3] == 0x50 { candidates.append(at - 3) }
      at += 1
    }
    for at in candidates.reversed() {
      let position = whole - UInt64(tail.count) + UInt64(at)
      if isPlausible(tail, at, position) { return position }
    }
    return nil
  }

  private static func isPlausible(_ tail: UnsafeRawBufferPointer, _ at: Int, _ position: UInt64) -> Bool {
    let entries = UInt64(tail.little16(at + 10))
    let size = UInt64(tail.little32(at + 12))
    let offset = UInt64(tail.little32(at + 16))
    // Some writers add the zip64 records although the small ones would do.
    if at >= 20, tail.has([0x50, 0x4B, 6, 7], at: at - 20) { return true }
    if entries == 0xFFFF || size == 0xFFFF_FFFF || offset == 0xFFFF_FFFF {
      return at < 20 && position >= 20
    }
    guard tail.little16(at + 4) == 0, tail.little16(at + 6) == 0, entries > 0, size >= 46 * entries,
      size + offset <= position
    else { return false }
    let back = Int(size)
    return back > at || tail.has([0x50, 0x4B, 1, 2], at: at - back)
  }

  /// The last end record whose central directory stands where it says.
  static func read(_ content: RandomAccess) -> ZipEnd? {
    guard content.size >= 22 else { return nil }
    let length = Int(min(content.size, UInt64(window)))
    let tail = content.bytes(at: content.size - UInt64(length), count: length)
    return tail.withUnsafeBytes { tail in
      var limit: Int?
      for _ in 0..<64 {
        guard let position = find(in: tail, whole: content.size, before: limit) else { return nil }
        let at = Int(position - (content.size - UInt64(tail.count)))
        if let end = parse(tail, at, position, content) { return end }
        limit = at + 3
      }
      return nil
    }
  }

  private static func parse(
    _ tail: UnsafeRawBufferPointer, _ at: Int, _ position: UInt64, _ content: RandomAccess
  ) -> ZipEnd? {
    var entries = UInt64(tail.little16(at + 10))
    var size = UInt64(tail.little32(at + 12))
    var offset = UInt64(tail.little32(at + 16))
    var directoryEnd = position
    if let wide = zip64(position, content) {
      (entries, size, offset, directoryEnd) = wide
    }
    guard size <= directoryEnd, offset <= directoryEnd - size else { return nil }
    let directory = directoryEnd - size
    guard entries == 0 || content.bytes(at: directory, count: 4) == [0x50, 0x4B, 1, 2] else { return nil }
    let comment = min(UInt64(tail.little16(at + 20)), content.size - position - 22)
    return ZipEnd(
      record: position, end: position + 22 + comment, commentLength: comment, directory: directory,
      directorySize: size, entries: entries, base: directory - offset)
  }

  private static func zip64(_ record: UInt64, _ content: RandomAccess) -> (UInt64, UInt64, UInt64, UInt64)? {
    guard record >= 76 else { return nil }
    let locator = content.bytes(at: record - 20, count: 20)
    guard locator.count == 20, locator.starts(with: [0x50, 0x4B, 6, 7]) else { return nil }
    let stated = locator.withUnsafeBytes { $0.little64(8) }
    for position in [stated, record - 76] where position < record {
      let wide = content.bytes(at: position, count: 56)
      guard wide.count == 56, wide.starts(with: [0x50, 0x4B, 6, 6]) else { continue }
      return wide.withUnsafeBytes { ($0.little64(32), $0.little64(40), $0.little64(48), position) }
    }
    return nil
  }
}

extension ContainerKind {
  /// Bytes from the start of an entry that identification wants (ISO 9660 has its mark at 32,769).
  public static let headSize = 65_536

  /// Recognizes a container by its first bytes, never by its name.
  ///
  /// Weak signatures are checked against the fields that follow them.
  /// - Parameter head: the first `headSize` bytes, or all of them when there are fewer.
  public static func identify(head: UnsafeRawBufferPointer) -> ContainerKind? {
    guard head.count >= 4 else { return nil }
    return byMagic(head) ?? byStructure(head) ?? MailHead.kind(head) ?? (EBCDIC.isText(head) ? .ebcdic : nil)
  }

  private static func byMagic(_ h: UnsafeRawBufferPointer) -> ContainerKind? {
    switch (h[0], h[1]) {
    case (0x1F, 0x8B):
      return h.count >= 10 && h[2] == 8 && h[3] & 0xE0 == 0 ? .gzip : nil
    case (0x1F, 0x9D):
      return h.count >= 5 && h[2] & 0x60 == 0 && (9...16).contains(h[2] & 0x1F) ? .compress : nil
    case (0x42, 0x5A):
      guard h.count >= 14, h[2] == 0x68, (0x31...0x39).contains(h[3]) else { return nil }
      let block = h.has([0x31, 0x41, 0x59, 0x26, 0x53, 0x59], at: 4)
      return block || h.has([0x17, 0x72, 0x45, 0x38, 0x50, 0x90], at: 4) ? .bzip2 : nil
    case (0xFD, 0x37): return h.has([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]) ? .xz : nil
    case (0x28, 0xB5): return h.has([0x28, 0xB5, 0x2F, 0xFD]) ? .zstd : nil
    case (0x04, 0x22): return h.has([0x04, 0x22, 0x4D, 0x18]) ? .lz4 : nil
    case (0x02, 0x21): return h.has([0x02, 0x21, 0x4C, 0x18]) && h.count >= 12 ? .lz4 : nil
    case (0x50...0x5F, 0x2A): return skippable(h)
    case (0x4C, 0x5A): return h.has("LZIP") && h.count >= 6 && h[4] <= 1 ? .lzip : nil
    case (0x4C, 0x52): return h.has("LRZI") ? .lrzip : nil
    case (0x47, 0x52): return h.has("GRZipII\u{0}") ? .grzip : nil
    case (0x89, 0x4C): return h.has([0x89, 0x4C, 0x5A, 0x4F, 0x00, 0x0D, 0x0A, 0x1A, 0x0A]) ? .lzop : nil
    case (0xED, 0xAB): return h.has([0xED, 0xAB, 0xEE, 0xDB]) && h.count >= 96 && h[4] <= 4 ? .rpm : nil
    case (0x50, 0x41), (0x23, 0x20): return git(h)
    case (0x50, 0x4B):
      if h.has([0x50, 0x4B, 3, 4]) { return h.count >= 30 ? .zip : nil }
      if h.has([0x50, 0x4B, 5, 6]) { return h.count >= 22 ? .zip : nil }
      let spanned = h.has([0x50, 0x4B, 7, 8]) || h.has("PK00")
      return spanned && h.has([0x50, 0x4B, 3, 4], at: 4) ? .zip : nil
    case (0x37, 0x7A): return h.has([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]) ? .sevenZip : nil
    case (0x52, 0x61):
      if h.has([0x52, 0x61, 0x72, 0x21, 0x1A, 0x07, 0x00]) { return .rar }
      return h.has([0x52, 0x61, 0x72, 0x21, 0x1A, 0x07, 0x01, 0x00]) ? .rar5 : nil
    case (0x21, 0x3C): return h.has("!<arch>\n") ? .ar : nil
    case (0x78, 0x61): return h.has("xar!") && h.count >= 28 && h[4] == 0 && h[5] >= 28 ? .xar : nil
    case (0x21, 0x42): return h.has("!BDN") && h.count >= 564 && h[8] == 0x53 ? .pst : nil
    case (0x78, 0x9F): return h.has([0x78, 0x9F, 0x3E, 0x22]) && h.count >= 24 && (1...2).contains(h[6]) ? .tnef : nil
    case (0x4D, 0x53): return h.has([0x4D, 0x53, 0x43, 0x46, 0, 0, 0, 0]) && h.count >= 36 ? .cab : nil
    case (0x57, 0x41): return h.has("WARC/") && h.count > 8 && h[6] == 0x2E ? .warc : nil
    case (0x23, 0x6D): return h.has("#mtree") ? .mtree : nil
    case (0x62, 0x65): return uuencoded(h) ? .uuencode : nil
    case (0x30, 0x37): return textCpio(h) ? .cpio : nil
    case (0xC7, 0x71), (0x71, 0xC7): return binaryCpio(h) ? .cpio : nil
    default: return nil
    }
  }

  private static func byStructure(_ h: UnsafeRawBufferPointer) -> ContainerKind? {
    if isTarHeader(h) { return .tar }
    if h.count > 32_774, h.has("CD001", at: 32_769), h[32_768] <= 3 || h[32_768] == 255 { return .iso9660 }
    if h.count >= 22, h[2] == 0x2D, h[3] == 0x6C, h[4] == 0x68 || h[4] == 0x7A, h[6] == 0x2D, h[20] <= 3, h[0] > 0,
      (0x30...0x39).contains(h[5]) || (0x61...0x7A).contains(h[5])
    {
      return .lha
    }
    return virtualDisk(h) ?? disk(h) ?? (lzmaAlone(h) ? .lzma : nil) ?? (ZlibHead.isStream(h) ? .zlib : nil)
  }

  /// POSIX.1-1988 tar: the sum of the 512 header bytes, the checksum field read as blanks, is in that field in octal.
  /// Some writers summed signed bytes.
  static func isTarHeader(_ h: UnsafeRawBufferPointer) -> Bool {
    guard h.count >= 512, let claimed = octal(h, 148, 8) else { return false }
    var unsigned: UInt32 = 0
    var signed: Int32 = 0
    for i in 0..<512 {
      let b: UInt8 = (148..<156).contains(i) ? 0x20 : h[i]
      unsigned += UInt32(b)
      signed += Int32(Int8(bitPattern: b))
    }
    return claimed == UInt64(unsigned) || Int64(claimed) == Int64(signed)
  }

  private static func octal(_ h: UnsafeRawBufferPointer, _ start: Int, _ length: Int) -> UInt64? {
    var value: UInt64 = 0
    var digits = 0
    for i in start..<(start + length) {
      let b = h[i]
      if b == 0x20 && digits == 0 { continue }
      guard (0x30...0x37).contains(b) else {
        if b == 0 || b == 0x20 { break }
        return nil
      }
      value = value << 3 | UInt64(b - 0x30)
      digits += 1
    }
    return digits > 0 ? value : nil
  }

  /// Skippable frames are common to zstd and lz4 (RFC 8878, section 3.1.2): the frame behind them decides.
  private static func skippable(_ h: UnsafeRawBufferPointer) -> ContainerKind? {
    var at = 0
    for _ in 0..<64 {
      guard h.count >= at + 8, h[at] & 0xF0 == 0x50, h.has([0x2A, 0x4D, 0x18], at: at + 1) else { break }
      let length = Int(h.little32(at + 4))
      guard length < h.count else { return nil }
      at += 8 + length
    }
    if h.has([0x28, 0xB5, 0x2F, 0xFD], at: at) { return .zstd }
    return h.has([0x04, 0x22, 0x4D, 0x18], at: at) ? .lz4 : nil
  }

  /// POSIX uuencode: `begin 644 name`, then a line whose first character gives its length.
  private static func uuencoded(_ h: UnsafeRawBufferPointer) -> Bool {
    guard h.has("begin "), h.count >= 16 else { return false }
    var i = 6
    while i < h.count, (0x30...0x37).contains(h[i]) { i += 1 }
    guard (3...4).contains(i - 6), i < h.count, h[i] == 0x20 else { return false }
    let limit = min(h.count, 1100)
    while i < limit, h[i] != 0x0A { i += 1 }
    guard i < limit else { return false }
    i += 1
    guard i < h.count, (0x20...0x60).contains(h[i]) else { return false }
    let bytes = Int(h[i] - 0x20) & 0x3F
    let characters = (bytes + 2) / 3 * 4
    guard i + 1 + characters < h.count else { return false }
    for k in (i + 1)..<(i + 1 + characters) where !(0x20...0x60).contains(h[k]) { return false }
    let after = h[i + 1 + characters]
    return after == 0x0A || after == 0x0D || (0x20...0x60).contains(after)
  }

  private static func textCpio(_ h: UnsafeRawBufferPointer) -> Bool {
    if h.has("070701") || h.has("070702") {
      guard h.count >= 110 else { return false }
      return (6..<110).allSatisfy { isHex(h[$0]) }
    }
    if h.has("070707") {
      guard h.count >= 76 else { return false }
      return (6..<76).allSatisfy { (0x30...0x37).contains(h[$0]) }
    }
    guard h.has("070727"), h.count >= 116 else { return false }
    return (6..<38).allSatisfy { isHex(h[$0]) }
  }

  private static func isHex(_ b: UInt8) -> Bool {
    (0x30...0x39).contains(b) || (0x41...0x46).contains(b) || (0x61...0x66).contains(b)
  }

  /// The magic is only two bytes, so the name that follows the header must fit its length.
  private static func binaryCpio(_ h: UnsafeRawBufferPointer) -> Bool {
    guard h.count >= 28 else { return false }
    let little = h[0] == 0xC7
    func word(_ at: Int) -> Int { little ? Int(h[at]) | Int(h[at + 1]) << 8 : Int(h[at]) << 8 | Int(h[at + 1]) }
    let format = word(6) & 0o170000
    let nameSize = word(20)
    guard [0o100000, 0o040000, 0o120000, 0o020000, 0o060000, 0o010000, 0o140000].contains(format),
      (2...1024).contains(nameSize), h.count >= 26 + nameSize, h[26 + nameSize - 1] == 0
    else { return false }
    return (26..<(26 + nameSize - 1)).allSatisfy { h[$0] != 0 }
  }

  /// LZMA_Alone has no magic: properties, a dictionary size writers use, a plausible length, a zero range coder byte.
  private static func lzmaAlone(_ h: UnsafeRawBufferPointer) -> Bool {
    guard h.count >= 18, h[0] < 225, h[13] == 0 else { return false }
    let dictionary = h.little32(1)
    let upper = dictionary & (dictionary &- 1)
    guard dictionary >= 4096,
      dictionary == .max || upper == 0 || (upper & (upper &- 1) == 0 && upper >> 1 & ~upper & dictionary != 0)
    else { return false }
    let length = h.little64(5)
    return length == .max || (length > 0 && length < 1 << 38)
  }
}

extension UnsafeRawBufferPointer {
  func has(_ bytes: [UInt8], at start: Int = 0) -> Bool {
    guard start >= 0, count >= bytes.count, start <= count - bytes.count else { return false }
    for (i, b) in bytes.enumerated() where self[start + i] != b { return false }
    return true
  }
  func has(_ text: StaticString, at start: Int = 0) -> Bool {
    let size = text.utf8CodeUnitCount
    guard start >= 0, count >= size, start <= count - size else { return false }
    for i in 0..<size where self[start + i] != text.utf8Start[i] { return false }
    return true
  }
  /// Little-endian values; the caller has checked the range.
  func little16(_ at: Int) -> UInt16 { UInt16(littleEndian: loadUnaligned(fromByteOffset: at, as: UInt16.self)) }
  func little32(_ at: Int) -> UInt32 { UInt32(littleEndian: loadUnaligned(fromByteOffset: at, as: UInt32.self)) }
  func little64(_ at: Int) -> UInt64 { UInt64(littleEndian: loadUnaligned(fromByteOffset: at, as: UInt64.self)) }
}

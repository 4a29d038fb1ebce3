/// Archives made byte by byte, for what no writer would write.
public enum HandBuilt {
  /// A ustar header of 512 bytes with a right checksum (POSIX.1-1988).
  public static func tarHeader(
    _ name: [UInt8], size: UInt64, type: UInt8 = 0x30, link: [UInt8] = []
  ) -> [UInt8] {
    var h = [UInt8](repeating: 0, count: 512)
    func put(_ bytes: [UInt8], _ at: Int) { for (i, b) in bytes.enumerated() { h[at + i] = b } }
    put(Array(name.prefix(100)), 0)
    put(Array("0000644\0".utf8), 100)
    put(Array("0000000\0".utf8), 108)
    put(Array("0000000\0".utf8), 116)
    if size < 1 << 33 {
      let digits = String(size, radix: 8)
      put(Array((String(repeating: "0", count: 11 - digits.count) + digits).utf8), 124)
    } else {
      h[124] = 0x80  // base 256, as GNU tar writes large sizes
      for i in 0..<8 { h[135 - i] = UInt8(truncatingIfNeeded: size >> (8 * UInt64(i))) }
    }
    put(Array("13366766537\0".utf8), 136)
    h[156] = type
    put(Array(link.prefix(100)), 157)
    put(Array("ustar\u{0}00".utf8), 257)
    sum(&h)
    return h
  }

  /// Writes the checksum of a header anew.
  public static func sum(_ header: inout [UInt8]) {
    header.replaceSubrange(148..<156, with: Array("        ".utf8))
    let digits = String(header.reduce(0) { $0 + Int($1) }, radix: 8)
    let text = String(repeating: "0", count: 6 - digits.count) + digits + "\0 "
    header.replaceSubrange(148..<156, with: Array(text.utf8))
  }

  /// A member of a tar: header, content, padding.
  public static func tarMember(_ name: String, _ content: [UInt8]) -> [UInt8] {
    let padding = (512 - content.count % 512) % 512
    return tarHeader(Array(name.utf8), size: UInt64(content.count)) + content
      + [UInt8](repeating: 0, count: padding)
  }

  /// The two blocks of zeros that end a tar.
  public static let tarEnd = [UInt8](repeating: 0, count: 1024)

  /// A pax sparse file (GNU sparse format 1.0): `size` logical bytes, all of it a hole but for `data` at its start.
  public static func tarSparse(_ name: String, size: UInt64, data: [UInt8]) -> [UInt8] {
    func record(_ key: String, _ value: String) -> String {
      let rest = " " + key + "=" + value + "\n"
      var length = rest.utf8.count + 1
      while String(length).utf8.count + rest.utf8.count != length { length += 1 }
      return String(length) + rest
    }
    let pax =
      record("GNU.sparse.major", "1") + record("GNU.sparse.minor", "0") + record("GNU.sparse.name", name)
      + record("GNU.sparse.realsize", String(size))
    var map = Array("2\n0\n\(data.count)\n\(size)\n0\n".utf8)
    map += [UInt8](repeating: 0, count: 512 - map.count)
    let body = Array(pax.utf8)
    let padding = [UInt8](repeating: 0, count: (512 - body.count % 512) % 512)
    return tarHeader(Array("pax".utf8), size: UInt64(body.count), type: 0x78) + body + padding
      + tarMember("GNUSparseFile.0/" + name, map + data)
  }

  public struct ZipMember: Sendable {
    public var localName: String
    public var directoryName: String
    public var content: [UInt8]
    public var inDirectory: Bool
    public var method: UInt16
    public var flags: UInt16
    /// Bytes put before the local header.
    public var before: [UInt8]

    public init(
      _ name: String, _ content: [UInt8], directoryName: String? = nil, inDirectory: Bool = true, method: UInt16 = 0,
      flags: UInt16 = 0, before: [UInt8] = []
    ) {
      localName = name
      self.directoryName = directoryName ?? name
      self.content = content
      self.inDirectory = inDirectory
      self.method = method
      self.flags = flags
      self.before = before
    }
  }

  /// A zip of stored members (APPNOTE.TXT 4.3); what stands in the directory can differ from the local headers.
  public static func zip(_ members: [ZipMember], comment: [UInt8] = [], prefix: [UInt8] = []) -> [UInt8] {
    var out = prefix
    var directory: [UInt8] = []
    var count = 0
    for m in members {
      out += m.before
      let offset = out.count - prefix.count
      let common =
        little16(20) + little16(m.flags) + little16(m.method) + little16(0x7060) + little16(0x4D62)
        + little32(crc32(m.content)) + little32(UInt32(m.content.count)) + little32(UInt32(m.content.count))
      let local = Array(m.localName.utf8)
      out += [0x50, 0x4B, 3, 4] + common + little16(UInt16(local.count)) + little16(0) + local + m.content
      guard m.inDirectory else { continue }
      count += 1
      let name = Array(m.directoryName.utf8)
      directory += [0x50, 0x4B, 1, 2] + little16(20) + common + little16(UInt16(name.count)) + little16(0)
      directory += little16(0) + little16(0) + little16(0) + little32(0) + little32(UInt32(offset)) + name
    }
    let start = out.count - prefix.count
    out += directory
    out += [0x50, 0x4B, 5, 6] + little16(0) + little16(0) + little16(UInt16(count)) + little16(UInt16(count))
    out += little32(UInt32(directory.count)) + little32(UInt32(start)) + little16(UInt16(comment.count)) + comment
    return out
  }

  /// A cabinet of one stored member (MS-CAB): header, folder, file, one data block.
  public static func cab(_ name: String, _ content: [UInt8]) -> [UInt8] {
    let file = little32(UInt32(content.count)) + little32(0) + little16(0) + little16(0x4D62) + little16(0x7060)
    let files = file + little16(0x20) + Array(name.utf8) + [0]
    let filesAt = 36 + 8
    let dataAt = filesAt + files.count
    let size = UInt16(content.count)
    let data = little32(0) + little16(size) + little16(size) + content
    let head =
      Array("MSCF".utf8) + little32(0) + little32(UInt32(dataAt + data.count)) + little32(0)
      + little32(UInt32(filesAt)) + little32(0) + [3, 1]
    return head + little16(1) + little16(1) + little16(0) + little16(0x1234) + little16(0)
      + little32(UInt32(dataAt)) + little16(1) + little16(0) + files + data
  }

  /// An LHA archive of one stored member, header level 0.
  public static func lha(_ name: String, _ content: [UInt8]) -> [UInt8] {
    let text = Array(name.utf8)
    let size = UInt32(content.count)
    var body = Array("-lh0-".utf8) + little32(size) + little32(size)
    body += little16(0x7060) + little16(0x4D62) + [0x20, 0] + [UInt8(text.count)] + text + little16(crc16(content))
    let sum = body.reduce(0 as UInt8) { $0 &+ $1 }
    return [UInt8(body.count), sum] + body + content + [0]
  }

  /// A RAR 4 archive of one stored member (technote.txt: marker, archive header, file header, end).
  public static func rar4(_ name: String, _ content: [UInt8], flags: UInt16 = 0x8000) -> [UInt8] {
    func block(_ type: UInt8, _ flags: UInt16, _ rest: [UInt8]) -> [UInt8] {
      let tail = [type] + little16(flags) + little16(UInt16(7 + rest.count)) + rest
      return little16(UInt16(truncatingIfNeeded: crc32(tail))) + tail
    }
    let text = Array(name.utf8)
    let size = little32(UInt32(content.count))
    let file = size + size + [3] + little32(crc32(content)) + little32(0x4D62_7060) + [20, 0x30]
    return [0x52, 0x61, 0x72, 0x21, 0x1A, 0x07, 0x00] + block(0x73, 0, [0, 0, 0, 0, 0, 0])
      + block(0x74, flags, file + little16(UInt16(text.count)) + little32(0o100644) + text) + content
      + block(0x7B, 0x4000, [])
  }

  public static func little16(_ v: UInt16) -> [UInt8] { [UInt8(v & 255), UInt8(v >> 8)] }
  public static func little32(_ v: UInt32) -> [UInt8] { little16(UInt16(v & 0xFFFF)) + little16(UInt16(v >> 16)) }

  public static func crc32(_ bytes: [UInt8]) -> UInt32 {
    var c: UInt32 = .max
    for b in bytes {
      c ^= UInt32(b)
      for _ in 0..<8 { c = c & 1 == 1 ? c >> 1 ^ 0xEDB8_8320 : c >> 1 }
    }
    return ~c
  }

  private static func crc16(_ bytes: [UInt8]) -> UInt16 {
    var c: UInt16 = 0
    for b in bytes {
      c ^= UInt16(b)
      for _ in 0..<8 { c = c & 1 == 1 ? c >> 1 ^ 0xA001 : c >> 1 }
    }
    return c
  }
}

/// A small generator with a fixed seed (SplitMix64), so that random tests repeat exactly.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64
  public init(seed: UInt64) { state = seed }
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// The records of an extended header (POSIX.1-2001, pax Interchange Format): `LENGTH KEY=VALUE` and a line feed each.
///
/// Says which values can hold something: those whose key nobody knows, and those that are not what their key is for.
struct PaxRecords {
  /// Where values are that can hold something, within the header.
  private(set) var odd: [Range<Int>] = []

  private static let numbers: Set<String> = [
    "mtime", "atime", "ctime", "size", "uid", "gid", "LIBARCHIVE.creationtime", "SCHILY.dev", "SCHILY.ino",
    "SCHILY.nlink", "SCHILY.devmajor", "SCHILY.devminor", "SCHILY.realsize", "SCHILY.offset", "SUN.devmajor",
    "SUN.devminor", "SUN.holesdata", "GNU.sparse.major", "GNU.sparse.minor", "GNU.sparse.size", "GNU.sparse.realsize",
    "GNU.sparse.numblocks", "GNU.sparse.offset", "GNU.sparse.numbytes", "GNU.sparse.map",
  ]
  private static let paths: Set<String> = ["path", "linkpath", "GNU.sparse.name", "GNU.volume.filename"]
  private static let words: Set<String> = [
    "uname", "gname", "hdrcharset", "charset", "SCHILY.fflags", "SCHILY.filetype", "SCHILY.archtype", "SCHILY.release",
    "LIBARCHIVE.symlinktype", "GNU.volume.label", "GNU.volume.size", "GNU.volume.offset", "RHT.security.selinux",
  ]
  /// Longer words are no names of users or character sets.
  private static let longestWord = 128
  private static let longestPath = 4096

  /// - Parameters:
  ///   - body: without its padding.
  ///   - attributes: values that were examined as extended attributes.
  init(_ body: UnsafeRawBufferPointer, attributes: Set<[UInt8]>) {
    var at = 0
    while at < body.count {
      guard let record = Self.record(body, at) else {
        add(at..<body.count, body)
        return
      }
      let value = UnsafeRawBufferPointer(rebasing: body[record.value])
      if value.count >= TarBlock.least,
        !Self.isUsual(String(decoding: body[record.key], as: UTF8.self), value, attributes)
      {
        add(record.value, body)
      }
      at = record.end
    }
  }

  private mutating func add(_ range: Range<Int>, _ body: UnsafeRawBufferPointer) {
    if UnsafeRawBufferPointer(rebasing: body[range]).holdsSomething { odd.append(range) }
  }

  private static func record(_ body: UnsafeRawBufferPointer, _ start: Int) -> (
    key: Range<Int>, value: Range<Int>, end: Int
  )? {
    var length = 0
    var at = start
    while at < body.count, (0x30...0x39).contains(body[at]), at - start < 8 {
      length = length * 10 + Int(body[at] - 0x30)
      at += 1
    }
    guard at > start, at < body.count, body[at] == 0x20, length <= body.count - start else { return nil }
    let end = start + length
    guard at + 1 < end, body[end - 1] == 0x0A, let equals = body[(at + 1)..<(end - 1)].firstIndex(of: 0x3D),
      equals - at <= 4096
    else { return nil }
    return ((at + 1)..<equals, (equals + 1)..<(end - 1), end)
  }

  private static func isUsual(_ key: String, _ value: UnsafeRawBufferPointer, _ attributes: Set<[UInt8]>) -> Bool {
    if numbers.contains(key) { return value.allSatisfy { (0x2B...0x2E).contains($0) || isDigit($0) || $0 == 0x20 } }
    if paths.contains(key) { return value.count <= longestPath && isText(value) }
    if words.contains(key) { return value.count <= longestWord && isText(value) }
    if key.hasPrefix("SCHILY.acl.") {
      return value.split(whereSeparator: { $0 == 0x2C || $0 == 0x0A || $0 == 0x3A }).allSatisfy {
        $0.count <= longestWord && isText($0)
      }
    }
    if key == "GNU.dumpdir" {
      // Names of what is in a folder, each behind a letter (GNU tar manual, "Dumpdir").
      return value.split(separator: 0).allSatisfy { name in
        name.first.map { "YNDRTX".utf8.contains($0) } ?? false && name.count <= longestPath && isText(name)
      }
    }
    // git writes which commit it packed.
    if key == "comment" { return (value.count == 40 || value.count == 64) && value.allSatisfy { isHexadecimal($0) } }
    if key.hasPrefix("SCHILY.xattr.") { return attributes.contains(Array(value)) }
    if key.hasPrefix("LIBARCHIVE.xattr.") { return decoded(value).map { attributes.contains($0) } ?? false }
    return false
  }

  private static func isDigit(_ b: UInt8) -> Bool { (0x30...0x39).contains(b) }
  private static func isHexadecimal(_ b: UInt8) -> Bool { isDigit(b) || (0x61...0x66).contains(b) }
  private static func isText(_ value: some Sequence<UInt8>) -> Bool {
    value.allSatisfy { $0 >= 0x20 && $0 != 0x7F || (0x09...0x0D).contains($0) }
  }

  /// Base64 (RFC 4648), padded or not; nil for anything else.
  private static func decoded(_ text: UnsafeRawBufferPointer) -> [UInt8]? {
    var out: [UInt8] = []
    out.reserveCapacity(text.count / 4 * 3)
    var (bits, held) = (0 as UInt32, 0)
    for b in text.prefix(while: { $0 != 0x3D }) {
      let six: UInt8
      switch b {
      case 0x41...0x5A: six = b - 0x41
      case 0x61...0x7A: six = b - 0x61 + 26
      case 0x30...0x39: six = b - 0x30 + 52
      case 0x2B: six = 62
      case 0x2F: six = 63
      default: return nil
      }
      bits = bits << 6 | UInt32(six)
      held += 6
      if held >= 8 {
        held -= 8
        out.append(UInt8(truncatingIfNeeded: bits >> UInt32(held)))
      }
    }
    return out
  }
}

/// File names whose line breaks are written as escapes.
enum NameEscapes {
  /// `\\`, `\n` and `\r` of a line that begins with a backslash (GNU Coreutils manual, "cksum output modes"); nil for others.
  static func backslash(_ bytes: [UInt8], _ range: Range<Int>) -> ManifestName? {
    var name: [UInt8] = []
    var at = range.lowerBound
    while at < range.upperBound {
      if bytes[at] != 0x5C {
        name.append(bytes[at])
        at += 1
        continue
      }
      guard at + 1 < range.upperBound else { return nil }
      switch bytes[at + 1] {
      case 0x5C: name.append(0x5C)
      case 0x6E: name.append(0x0A)
      case 0x72: name.append(0x0D)
      default: return nil
      }
      at += 2
    }
    return .resolved(name)
  }

  /// `%0A`, `%0D` and `%25` with digits of either case, the only ones RFC 8493 section 2.1.3 allows; nil for others.
  static func percent(_ bytes: [UInt8], _ range: Range<Int>) -> ManifestName? {
    guard bytes[range].contains(0x25) else { return .raw(range) }
    var name: [UInt8] = []
    var at = range.lowerBound
    while at < range.upperBound {
      if bytes[at] != 0x25 {
        name.append(bytes[at])
        at += 1
        continue
      }
      guard at + 2 < range.upperBound else { return nil }
      switch (bytes[at + 1], bytes[at + 2] | 0x20) {
      case (0x30, 0x61): name.append(0x0A)
      case (0x30, 0x64): name.append(0x0D)
      case (0x32, 0x35): name.append(0x25)
      default: return nil
      }
      at += 3
    }
    return .resolved(name)
  }
}

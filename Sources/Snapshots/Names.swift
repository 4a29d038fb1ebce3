/// Rules for member names. All on raw bytes.
enum Names {
  /// Drops leading `./` and cuts what is too long.
  static func member(_ raw: UnsafeBufferPointer<UInt8>, limit: Int) -> (path: [UInt8], isCut: Bool) {
    var start = 0
    while start + 1 < raw.count, raw[start] == 0x2E, raw[start + 1] == 0x2F {
      start += 2
      while start < raw.count, raw[start] == 0x2F { start += 1 }
    }
    let end = min(raw.count, start + max(1, limit))
    return (Array(raw[start..<end]), end < raw.count)
  }

  private static let endings: [(String, String)] = [
    (".tgz", ".tar"), (".taz", ".tar"), (".tbz2", ".tar"), (".tbz", ".tar"), (".txz", ".tar"), (".tlz", ".tar"),
    (".tzst", ".tar"), (".gz", ""), (".bz2", ""), (".xz", ""), (".lzma", ""), (".lz4", ""), (".lz", ""), (".zst", ""),
    (".lzo", ""), (".Z", ""), (".z", ""), (".uue", ""), (".uu", ""),
    (".zlib", ""), (".zz", ""),
  ]

  /// The name of what a filter holds, when it does not say: the container's own without its compression extension.
  static func unfiltered(_ container: [UInt8], _ kind: ContainerKind) -> [UInt8] {
    if kind == .rpm { return Array("payload".utf8) }
    let name = container.lastIndex(of: 0x2F).map { Array(container[($0 + 1)...]) } ?? container
    for (ending, instead) in endings where name.count > ending.utf8.count {
      let tail = name.suffix(ending.utf8.count)
      if zip(tail, ending.utf8).allSatisfy({ $0 == $1 || lowered($0) == lowered($1) }) {
        return Array(name.dropLast(ending.utf8.count)) + Array(instead.utf8)
      }
    }
    return Array("data".utf8)
  }

  private static func lowered(_ b: UInt8) -> UInt8 { (0x41...0x5A).contains(b) ? b | 0x20 : b }

  /// The name and the time a gzip (RFC 1952) or uuencode head states.
  static func stated(_ head: UnsafeRawBufferPointer, _ kind: ContainerKind, limit: Int) -> (
    name: [UInt8]?, time: Int64?
  ) {
    if kind == .uuencode {
      guard let line = head.firstIndex(of: 0x0A), line < 1100 else { return (nil, nil) }
      let words = head[6..<line].drop { $0 != 0x20 }.dropFirst()
      let name = words.last == 0x0D ? words.dropLast() : words
      return (name.isEmpty ? nil : Array(name.prefix(limit)), nil)
    }
    guard kind == .gzip, head.count >= 10 else { return (nil, nil) }
    let time = head.little32(4)
    let stamp = time == 0 ? nil : Int64(time)
    var at = 10
    if head[3] & 4 != 0 {
      guard head.count >= 12 else { return (nil, stamp) }
      at = 12 + Int(head.little16(10))
    }
    guard head[3] & 8 != 0, at < head.count, let end = head[at...].firstIndex(of: 0), end > at else {
      return (nil, stamp)
    }
    return (Array(head[at..<end].prefix(limit)), stamp)
  }

  /// `@OFFSET+LENGTH`, or `@OFFSET` when the length is not known.
  static func range(_ offset: UInt64, _ length: UInt64?) -> [UInt8] {
    Array(("@" + String(offset) + (length.map { "+" + String($0) } ?? "")).utf8)
  }
}

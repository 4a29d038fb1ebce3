internal import CustodyCore

/// Hashes of 48 bits as eight characters of Base64 (RFC 4648 section 4) each, most significant first.
enum HashText {
  static let characters = 8
  private static let alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

  @inline(__always)
  static func character(_ hash: UInt64, _ i: Int) -> UInt8 {
    alphabet.utf8Start[Int(truncatingIfNeeded: hash &>> UInt64(42 &- 6 &* i) & 63)]
  }

  /// Nil for a character outside the alphabet.
  static func read(_ p: UnsafePointer<UInt8>) -> UInt64? {
    var hash: UInt64 = 0
    for i in 0..<characters {
      let c = p[i]
      let v: UInt8
      switch c {
      case 0x41...0x5A: v = c &- 0x41
      case 0x61...0x7A: v = c &- 0x61 &+ 26
      case 0x30...0x39: v = c &- 0x30 &+ 52
      case 0x2B: v = 62
      case 0x2F: v = 63
      default: return nil
      }
      hash = hash &<< 6 | UInt64(v)
    }
    return hash
  }
}

extension LineDecoder {
  /// The opening brace is past.
  mutating func names() throws(LineFault) -> PictureNames {
    let start = at
    var files: NameSketch?
    if accepts("\"files\":{\"values\":") { files = try sketch() }
    var keys: NameSketch?
    let isSecond = files != nil && accepts(",")
    if accepts("\"keys\":{\"values\":") {
      guard files == nil || isSecond else { throw fault(.member, start) }
      keys = try sketch()
    } else if isSecond {
      throw fault(.member)
    }
    guard let names = PictureNames(files: files, keys: keys) else { throw fault(.member, start) }
    try expect("}")
    return names
  }

  private mutating func sketch() throws(LineFault) -> NameSketch {
    let values = try positive()
    try expect(",\"hashes\":\"")
    let start = at
    let s = try span()
    guard s.count > 0 else { throw fault(.empty, start) }
    guard s.count % HashText.characters == 0 else { throw fault(.base64, start) }
    let count = s.count / HashText.characters
    guard count <= NameSketch.limit else { throw fault(.tooMany, start) }
    var hashes: [UInt64] = []
    hashes.reserveCapacity(count)
    for i in 0..<count {
      let place = s.start + i * HashText.characters
      guard let hash = HashText.read(base + place) else { throw fault(.base64, place) }
      if let last = hashes.last, last >= hash { throw fault(.order, place) }
      hashes.append(hash)
    }
    guard let sketch = NameSketch(values: values, hashes: hashes) else { throw fault(.range, start) }
    try expect("}")
    return sketch
  }
}

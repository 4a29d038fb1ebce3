internal import CustodyCore

/// Pictures in values of databases: as they are, or behind the header of an OLE object and before its trailer.
enum PictureInValue {
  /// A header of an OLE object with its names is shorter.
  private static let longestHeader = 1024
  private static let magics: [[UInt8]] = [
    [0xFF, 0xD8, 0xFF], [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], [0x47, 0x49, 0x46, 0x38, 0x37, 0x61],
    [0x47, 0x49, 0x46, 0x38, 0x39, 0x61], [0x49, 0x49, 0x2A, 0x00, 0x08, 0x00], [0x4D, 0x4D, 0x00, 0x2A, 0x00, 0x00],
  ]

  /// The bytes of the first picture; to its own end where that is known and something stands before it.
  static func find(_ value: [UInt8]) -> Range<Int>? {
    let raw = value.span.bytes
    for at in 0..<min(longestHeader, max(0, value.count - 24)) {
      switch value[at] {
      case 0xFF, 0x89, 0x47, 0x49, 0x4D:
        guard magics.contains(where: { raw.has($0, at: at) }) else { continue }
        return at..<(at == 0 ? value.count : end(value, at))
      case 0x42:
        // A bitmap says how long it is; what follows is reserved.
        guard raw.u8(at + 1) == 0x4D, let size = raw.u32le(at + 2), size >= 54, size <= value.count - at,
          raw.u32le(at + 6) == 0
        else { continue }
        return at..<(at + size)
      default: continue
      }
    }
    return nil
  }

  /// Where a picture ends: behind its last marker of an end.
  private static func end(_ value: [UInt8], _ start: Int) -> Int {
    let mark: [UInt8]
    switch value[start] {
    case 0xFF: mark = [0xFF, 0xD9]
    case 0x89: mark = [0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82]
    default: return value.count
    }
    let raw = value.span.bytes
    var at = value.count - mark.count
    while at > start {
      if raw.has(mark, at: at) { return at + mark.count }
      at -= 1
    }
    return value.count
  }
}

extension Reassembled {
  /// What is seen in content that was put together, pictures and files in it as contents of their own.
  ///
  /// A record that holds a picture is that record: only where the value as a whole says nothing, or is a picture, is the
  /// picture taken out.
  ///
  /// - Parameter isCarved: the value lies in the clear and in one piece, so that records in it are found where they lie.
  func looked(base: UInt64, by assembler: DetectorDescriptor, isCarved: Bool = false) -> Seen {
    var all = Seen()
    if let entry = asEntry(base: base) {
      all.contents = [entry]
      return all
    }
    let picture = PictureInValue.find(bytes)
    let whole = isCarved && picture == nil ? Seen() : seen(base: base, by: assembler)
    guard let picture, whole.contents.isEmpty, !whole.observations.contains(where: { $0.strength != .weak }) else {
      return whole
    }
    all.contents = [entry(picture, base: base)]
    // What stands around it is looked at as well.
    for rest in [0..<picture.lowerBound, picture.upperBound..<bytes.count] where rest.count >= 24 {
      let part = part(rest)
      if !isCarved { all += part.seen(base: base, by: assembler) }
    }
    return all
  }
}

/// HEIF and AVIF (ISO/IEC 23008-12): the primary item's extent, and its Exif item.
enum HEIF {
  private static let maximumItems = 4096

  static func examine(_ b: RawSpan, _ facts: inout ImageFacts) {
    Box.each(b, from: 0, to: b.byteCount) { type, body, end in
      if type == 0x6D65_7461, facts.width == nil { meta(b, body + 4, end, &facts) }  // meta: a full box
    }
  }

  private static func meta(_ b: RawSpan, _ start: Int, _ end: Int, _ facts: inout ImageFacts) {
    var primary: Int?
    var extents: [Int: (Int, Int)] = [:]
    var property = 0
    var associations: [Int: [Int]] = [:]
    var exifItem: Int?
    var locations: [Int: (offset: Int, length: Int)] = [:]
    Box.each(b, from: start, to: end) { type, body, end in
      switch type {
      case 0x7069_746D:  // pitm
        primary = b.u8(body) == 0 ? b.u16(body + 4) : b.u32(body + 4)
      case 0x6970_7270:  // iprp
        Box.each(b, from: body, to: end) { type, body, end in
          if type == 0x6970_636F {  // ipco
            Box.each(b, from: body, to: end) { type, body, _ in
              property += 1
              if type == 0x6973_7065, let w = b.u32(body + 4), let h = b.u32(body + 8) { extents[property] = (w, h) }
            }
          } else if type == 0x6970_6D61 {  // ipma
            associate(b, body, end, &associations)
          }
        }
      case 0x6969_6E66:  // iinf
        let entries = body + (b.u8(body) == 0 ? 6 : 8)
        Box.each(b, from: entries, to: end) { type, body, _ in
          guard type == 0x696E_6665, let version = b.u8(body), version >= 2 else { return }
          let id = version == 2 ? b.u16(body + 4) : b.u32(body + 4)
          if b.has("Exif", at: body + (version == 2 ? 8 : 10)) { exifItem = id }
        }
      case 0x696C_6F63:  // iloc
        locate(b, body, end, &locations)
      default: break
      }
    }
    let own = primary.flatMap { associations[$0] }?.compactMap { extents[$0] }.first
    let largest = extents.values.max {
      $0.0.multipliedReportingOverflow(by: $0.1).partialValue < $1.0.multipliedReportingOverflow(by: $1.1).partialValue
    }
    if let size = own ?? largest { facts.size(size.0, size.1) }
    if let exifItem, let place = locations[exifItem], let skip = b.u32(place.offset), skip <= place.length {
      let at = place.offset + 4 + skip
      if let exif = EXIF.read(b, at: at, count: place.length - 4 - skip) { facts.exif = exif }
    }
  }

  private static func associate(_ b: RawSpan, _ body: Int, _ end: Int, _ out: inout [Int: [Int]]) {
    guard let version = b.u8(body), let flags = b.u8(body + 3), let count = b.u32(body + 4) else { return }
    var at = body + 8
    for _ in 0..<min(count, maximumItems) {
      guard at < end, let item = version == 0 ? b.u16(at) : b.u32(at) else { return }
      at += version == 0 ? 2 : 4
      guard let n = b.u8(at) else { return }
      at += 1
      var list: [Int] = []
      for _ in 0..<n {
        if flags & 1 == 1 {
          guard let p = b.u16(at) else { return }
          list.append(p & 0x7FFF)
          at += 2
        } else {
          guard let p = b.u8(at) else { return }
          list.append(Int(p & 0x7F))
          at += 1
        }
      }
      out[item] = list
    }
  }

  /// Items stored in the file itself in one piece (construction method 0).
  private static func locate(_ b: RawSpan, _ body: Int, _ end: Int, _ out: inout [Int: (offset: Int, length: Int)]) {
    guard let version = b.u8(body), version <= 2, let sizes = b.u16(body + 4) else { return }
    let (offsetSize, lengthSize) = (sizes >> 12, sizes >> 8 & 15)
    let (baseSize, indexSize) = (sizes >> 4 & 15, version > 0 ? sizes & 15 : 0)
    var at = body + 6
    guard let count = version < 2 ? b.u16(at) : b.u32(at) else { return }
    at += version < 2 ? 2 : 4
    func sized(_ size: Int) -> Int? {
      defer { at += size }
      switch size {
      case 0: return 0
      case 4: return b.u32(at)
      case 8: return b.u64(at)
      default: return nil
      }
    }
    for _ in 0..<min(count, maximumItems) {
      guard at < end, let id = version < 2 ? b.u16(at) : b.u32(at) else { return }
      at += version < 2 ? 2 : 4
      var method = 0
      if version > 0 {
        guard let m = b.u16(at) else { return }
        method = m & 15
        at += 2
      }
      at += 2
      guard let base = sized(baseSize), let extents = b.u16(at) else { return }
      at += 2
      for i in 0..<min(extents, 256) {
        guard sized(indexSize) != nil, let offset = sized(offsetSize), let length = sized(lengthSize) else { return }
        let (start, overflow) = base.addingReportingOverflow(offset)
        if i == 0, method == 0, !overflow, start <= b.byteCount, length <= b.byteCount { out[id] = (start, length) }
      }
    }
  }
}

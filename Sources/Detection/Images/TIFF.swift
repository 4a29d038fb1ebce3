internal import CustodyCore

/// TIFF 6.0, BigTIFF and the camera raw formats built on them.
enum TIFF {
  /// Most entries of one directory, and most directories looked at.
  private static let maximumEntries = 4096
  private static let maximumDirectories = 24

  struct Header {
    var little: Bool
    var big: Bool
    var firstIFD: Int

    init?(_ b: RawSpan) {
      switch b.u16(0) {
      case 0x4949: little = true
      case 0x4D4D: little = false
      default: return nil
      }
      let version = little ? b.u16le(2) : b.u16(2)
      // 42; 43 is BigTIFF; 0x4F52, 0x5352 Olympus; 0x55 Panasonic.
      switch version {
      case 43:
        big = true
        guard let offset = little ? b.u64le(8) : b.u64(8), (little ? b.u16le(4) : b.u16(4)) == 8 else { return nil }
        firstIFD = offset
      case 42, 0x4F52, 0x5352, 0x55:
        big = false
        guard let offset = little ? b.u32le(4) : b.u32(4) else { return nil }
        firstIFD = offset
      default: return nil
      }
    }

    func u16(_ b: RawSpan, _ at: Int) -> Int? { little ? b.u16le(at) : b.u16(at) }
    func u32(_ b: RawSpan, _ at: Int) -> Int? { little ? b.u32le(at) : b.u32(at) }
    func u64(_ b: RawSpan, _ at: Int) -> Int? { little ? b.u64le(at) : b.u64(at) }
  }

  struct Entry {
    var tag: Int
    var type: Int
    var count: Int
    /// Where the values are.
    var data: Int

    /// The first value of an integer type.
    func number(_ b: RawSpan, _ header: Header, index: Int = 0) -> Int? {
      guard index < count else { return nil }
      switch type {
      case 1, 7: return b.u8(data + index).map(Int.init)
      case 3: return header.u16(b, data + 2 * index)
      case 4, 13: return header.u32(b, data + 4 * index)
      case 16, 18: return header.u64(b, data + 8 * index)
      default: return nil
      }
    }
  }

  /// Calls `body` for each sane entry of the directory at `offset`; returns where the next directory is, 0 for none.
  @discardableResult
  static func eachEntry(_ b: RawSpan, _ header: Header, at offset: Int, _ body: (Entry) -> Void) -> Int {
    guard offset >= 8, offset < b.byteCount else { return 0 }
    let count = header.big ? header.u64(b, offset) : header.u16(b, offset)
    guard let count, (1...maximumEntries).contains(count) else { return 0 }
    let size = header.big ? 20 : 12
    var at = offset + (header.big ? 8 : 2)
    let widths = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8]
    for _ in 0..<count {
      guard at + size <= b.byteCount, let tag = header.u16(b, at), let type = header.u16(b, at + 2),
        let values = header.big ? header.u64(b, at + 4) : header.u32(b, at + 4)
      else { return 0 }
      let field = at + (header.big ? 12 : 8)
      let inline = header.big ? 8 : 4
      at += size
      guard type < widths.count, widths[type] > 0, values > 0 else { continue }
      let (bytes, overflow) = values.multipliedReportingOverflow(by: widths[type])
      guard !overflow, bytes <= b.byteCount else { continue }
      if bytes <= inline {
        body(Entry(tag: tag, type: type, count: values, data: field))
      } else if let data = header.big ? header.u64(b, field) : header.u32(b, field), data <= b.byteCount - bytes {
        body(Entry(tag: tag, type: type, count: values, data: data))
      }
    }
    return (header.big ? header.u64(b, at) : header.u32(b, at)) ?? 0
  }

  private struct Directory {
    var width: Int?
    var height: Int?
    var reduced = false
    var subs: [Int] = []
  }

  static func examine(_ b: RawSpan, _ facts: inout ImageFacts, name: [UInt8]) {
    guard let header = Header(b) else { return }
    var make = ""
    var isDNG = false
    var seen: Set<Int> = []
    var pending = [header.firstIFD]
    var directories: [Directory] = []
    var chain = 0
    while let offset = pending.popLast(), seen.count < maximumDirectories {
      guard seen.insert(offset).inserted else { continue }
      var d = Directory()
      let next = eachEntry(b, header, at: offset) { entry in
        switch entry.tag {
        case 0x00FE: d.reduced = (entry.number(b, header) ?? 0) & 1 != 0
        case 0x0100: d.width = entry.number(b, header)
        case 0x0101: d.height = entry.number(b, header)
        // Panasonic raw: sensor size.
        case 0x0002 where d.width == nil && facts.kind.rawValue == "image/x-panasonic-rw2":
          d.width = entry.number(b, header)
        case 0x0003 where d.height == nil && facts.kind.rawValue == "image/x-panasonic-rw2":
          d.height = entry.number(b, header)
        case 0x010F where make.isEmpty: make = ascii(b, entry)
        case 0xC612: isDNG = true
        case 0x014A:
          for i in 0..<min(entry.count, 8) { if let sub = entry.number(b, header, index: i) { d.subs.append(sub) } }
        default: break
        }
      }
      directories.append(d)
      pending.append(contentsOf: d.subs.reversed())
      // The chain of main directories is followed for raw formats only, where a thumbnail may come first.
      if next > 0, chain < 8 {
        pending.insert(next, at: 0)
        chain += 1
      }
    }
    if facts.kind.rawValue == "image/tiff" {
      facts.kind = ContentKind(rawValue: isDNG ? "image/x-adobe-dng" : rawKind(make, FileName.suffix(name)))
    }
    let isRaw = facts.kind.rawValue != "image/tiff"
    let sized = directories.filter { ($0.width ?? 0) > 0 && ($0.height ?? 0) > 0 }
    let area = { (d: Directory) in (d.width ?? 0).multipliedReportingOverflow(by: d.height ?? 0).partialValue }
    let main =
      isRaw ? sized.max { area($0) < area($1) } : (directories.first.flatMap { area($0) > 0 ? $0 : nil } ?? sized.first)
    facts.size(main?.width, main?.height)
    facts.exif.take(b, header, header.firstIFD)
  }

  /// Plain TIFF by structure, raw by maker and extension: both must agree.
  private static func rawKind(_ make: String, _ suffix: String) -> String {
    let make = make.uppercased()
    switch suffix {
    case "nef", "nrw": return make.hasPrefix("NIKON") ? "image/x-nikon-nef" : "image/tiff"
    case "arw", "sr2", "srf": return make.hasPrefix("SONY") ? "image/x-sony-arw" : "image/tiff"
    case "pef": return make.contains("PENTAX") || make.contains("RICOH") ? "image/x-pentax-pef" : "image/tiff"
    case "srw": return make.hasPrefix("SAMSUNG") ? "image/x-samsung-srw" : "image/tiff"
    case "3fr": return make.hasPrefix("HASSELBLAD") ? "image/x-hasselblad-3fr" : "image/tiff"
    case "iiq": return make.contains("PHASE ONE") || make.contains("LEAF") ? "image/x-phaseone-iiq" : "image/tiff"
    case "dcr", "kdc": return make.contains("KODAK") ? "image/x-kodak-dcr" : "image/tiff"
    case "erf": return make.contains("EPSON") ? "image/x-epson-erf" : "image/tiff"
    default: return "image/tiff"
    }
  }

  private static func ascii(_ b: RawSpan, _ entry: Entry) -> String {
    guard entry.type == 2 else { return "" }
    var out: [UInt8] = []
    for i in 0..<min(entry.count, 32) {
      guard let c = b.u8(entry.data + i), c != 0 else { break }
      out.append(c)
    }
    return String(decoding: out, as: UTF8.self)
  }
}

internal import CustodyCore

/// Windows bitmaps ([MS-WMF], BITMAPINFOHEADER and its relatives).
enum BMP {
  static func isPlausible(_ b: RawSpan) -> Bool {
    guard let header = b.u32le(14), [12, 40, 52, 56, 64, 108, 124].contains(header), let data = b.u32le(10),
      data >= 14 + header
    else { return false }
    let planes = header == 12 ? b.u16le(22) : b.u16le(26)
    let depth = header == 12 ? b.u16le(24) : b.u16le(28)
    return planes == 1 && depth.map { [0, 1, 2, 4, 8, 16, 24, 32].contains($0) } == true
  }

  static func examine(_ b: RawSpan, _ facts: inout ImageFacts) {
    guard let header = b.u32le(14) else { return }
    if header == 12 {
      facts.size(b.u16le(18), b.u16le(20))
    } else if let w = b.u32le(18), let h = b.u32le(22) {
      // Negative height: rows from the top.
      facts.size(w, h >= 1 << 31 ? (1 << 32) - h : h)
    }
  }
}

/// Windows icons and cursors: the largest of the pictures.
enum Icon {
  static func isPlausible(_ b: RawSpan) -> Bool {
    guard let count = b.u16le(4), (1...1024).contains(count), b.u8(9) == 0, let offset = b.u32le(18),
      let size = b.u32le(14), size > 0
    else { return false }
    return offset >= 6 + 16 * count
  }

  static func examine(_ b: RawSpan, _ facts: inout ImageFacts) {
    var best = (0, 0)
    for i in 0..<min(b.u16le(4) ?? 0, 1024) {
      guard let w = b.u8(6 + 16 * i), let h = b.u8(7 + 16 * i) else { break }
      let size = (w == 0 ? 256 : Int(w), h == 0 ? 256 : Int(h))
      if size.0 * size.1 > best.0 * best.1 { best = size }
    }
    if best.0 > 0 { facts.size(best.0, best.1) }
  }
}

/// ZSoft PCX.
enum PCX {
  static func isPlausible(_ b: RawSpan) -> Bool {
    guard let version = b.u8(1), [0, 2, 3, 4, 5].contains(version), b.u8(2) == 1,
      let depth = b.u8(3), [1, 2, 4, 8].contains(depth), let x0 = b.u16le(4), let y0 = b.u16le(6),
      let x1 = b.u16le(8), let y1 = b.u16le(10), let planes = b.u8(65)
    else { return false }
    return x1 >= x0 && y1 >= y0 && b.u8(64) == 0 && (1...4).contains(planes)
  }
  static func examine(_ b: RawSpan, _ facts: inout ImageFacts) {
    guard let x0 = b.u16le(4), let y0 = b.u16le(6), let x1 = b.u16le(8), let y1 = b.u16le(10) else { return }
    facts.size(x1 - x0 + 1, y1 - y0 + 1)
  }
}

/// Truevision TGA, which has no magic: only believed together with its extension.
enum TGA {
  static func isPlausible(_ b: RawSpan) -> Bool {
    guard let map = b.u8(1), map <= 1, let type = b.u8(2), [1, 2, 3, 9, 10, 11].contains(type),
      let depth = b.u8(16), [8, 15, 16, 24, 32].contains(depth), let w = b.u16le(12), let h = b.u16le(14)
    else { return false }
    return w > 0 && h > 0
  }
}

/// Netpbm: P1 to P6, and P7 (PAM).
enum PNM {
  static func kind(_ b: RawSpan) -> String? {
    guard let digit = b.u8(1), let blank = b.u8(2), blank == 0x20 || (9...13).contains(blank) else { return nil }
    // Bitmaps have two numbers, the others a third one, the largest value.
    let isBitmap = digit == UInt8(ascii: "1") || digit == UInt8(ascii: "4")
    guard let numbers = numbers(b, isBitmap ? 2 : 3), isBitmap || (1...65535).contains(numbers[2]) else { return nil }
    switch digit {
    case UInt8(ascii: "1"), UInt8(ascii: "4"): return "image/x-portable-bitmap"
    case UInt8(ascii: "2"), UInt8(ascii: "5"): return "image/x-portable-graymap"
    case UInt8(ascii: "3"), UInt8(ascii: "6"): return "image/x-portable-pixmap"
    default: return nil
    }
  }

  static func examine(_ b: RawSpan, _ facts: inout ImageFacts) {
    if b.has("P7\n", at: 0) {
      facts.size(pam(b, "WIDTH "), pam(b, "HEIGHT "))
    } else if let size = numbers(b, 2) {
      facts.size(size[0], size[1])
    }
  }

  /// The first numbers after the magic, none of them zero; comments run from `#` to the end of the line.
  private static func numbers(_ b: RawSpan, _ count: Int) -> [Int]? {
    var at = 2
    var numbers: [Int] = []
    while numbers.count < count, at < 4096, let c = b.u8(at) {
      if c == UInt8(ascii: "#") {
        while let d = b.u8(at), d != 0x0A, at < 4096 { at += 1 }
      } else if (0x30...0x39).contains(c) {
        guard let n = number(b, &at), n > 0 else { return nil }
        numbers.append(n)
      } else if c == 0x20 || (9...13).contains(c) {
        at += 1
      } else {
        return nil
      }
    }
    return numbers.count == count ? numbers : nil
  }

  private static func number(_ b: RawSpan, _ at: inout Int) -> Int? {
    var n = 0
    while let c = b.u8(at), (0x30...0x39).contains(c) {
      n = n * 10 + Int(c - 0x30)
      if n > 1 << 30 { return nil }
      at += 1
    }
    return n
  }

  private static func pam(_ b: RawSpan, _ field: String) -> Int? {
    guard let hit = b.find(Array(field.utf8), from: 0, within: 1024) else { return nil }
    var at = hit + field.utf8.count
    return number(b, &at)
  }
}

internal import CustodyCore

/// Binary forms whose magic is short or missing, tried when nothing else fits.
enum WeakSignatures {
  static func classify(_ b: RawSpan, isWhole: Bool, name: [UInt8]) -> ContentKind? {
    kind(b, isWhole: isWhole, suffix: FileName.suffix(name)).map(ContentKind.init(rawValue:))
  }

  private static func kind(_ b: RawSpan, isWhole: Bool, suffix: String) -> String? {
    // A PDF may begin within the first 1024 bytes.
    if b.find(Array("%PDF-".utf8), from: 0, within: 1024) != nil {
      return PDF.isEncrypted(b) ? "application/x-pdf-encrypted" : "application/pdf"
    }
    if let tar = oldTar(b) { return tar }
    if isSafetensors(b) { return "application/x-safetensors" }
    if isHNSW(b) { return "application/x-hnswlib-index" }
    if isMPEGAudio(b) { return "audio/mpeg" }
    if isADTS(b) { return "audio/aac" }
    if b.has([0xFF, 0x0A], at: 0), suffix == "jxl" { return "image/jxl" }
    if let dbf = b.u8(0), [0x03, 0x30, 0x31, 0x83, 0x8B, 0xF5].contains(dbf), suffix == "dbf" {
      return ContentKind.dbf.rawValue
    }
    if DBFHeader(b) != nil { return ContentKind.dbf.rawValue }
    if TGA.isPlausible(b), ["tga", "targa", "vda", "icb", "vst"].contains(suffix) { return "image/x-tga" }
    if let a = b.u8(0), let c = b.u8(1), a == 0x78, [0x01, 0x5E, 0x9C, 0xDA].contains(c), let block = b.u8(2),
      block & 6 != 6
    {
      return "application/zlib"
    }
    if b.has([0x00, 0x00, 0x00, 0x01, 0x67], at: 0) || b.has([0x00, 0x00, 0x01, 0x67], at: 0) { return "video/h264" }
    if b.has("IMMM", at: 4) { return "application/x-thumbcache" }
    return nil
  }

  /// A tar header before POSIX: the checksum holds.
  private static func oldTar(_ b: RawSpan) -> String? {
    guard b.byteCount >= 512, b.u8(0) != 0 else { return nil }
    var stored = 0
    var digits = 0
    for i in 148..<156 {
      guard let c = b.u8(i) else { return nil }
      if (0x30...0x37).contains(c) {
        stored = stored << 3 | Int(c - 0x30)
        digits += 1
      } else if c != 0x20, c != 0 {
        return nil
      }
    }
    guard digits >= 4 else { return nil }
    var sum = 0
    for i in 0..<512 { sum += (148..<156).contains(i) ? 0x20 : Int(b.u8(i) ?? 0) }
    return stored == sum ? "application/x-tar" : nil
  }

  private static func isSafetensors(_ b: RawSpan) -> Bool {
    guard let length = b.u64le(0), (2...100_000_000).contains(length) else { return false }
    return b.has("{\"", at: 8) || b.has("{}", at: 8) || b.has("{ ", at: 8)
  }

  /// hnswlib: the arithmetic of its header.
  private static func isHNSW(_ b: RawSpan) -> Bool {
    guard b.u64le(0) == 0, let capacity = b.u64le(8), let count = b.u64le(16), let size = b.u64le(24),
      let label = b.u64le(32), let data = b.u64le(40), let m0 = b.u64le(64), let m = b.u64le(72)
    else { return false }
    return capacity > 0 && count <= capacity && m > 0 && m < 1 << 16 && m0 == 2 * m && data == 4 * m0 + 4
      && label > data && label < 1 << 32 && size == label + 8
  }

  /// Three MPEG audio frames, each where the one before ends (ISO/IEC 11172-3).
  private static func isMPEGAudio(_ b: RawSpan) -> Bool {
    var at = 0
    for _ in 0..<3 {
      guard let length = frameLength(b, at: at) else { return false }
      at += length
    }
    return true
  }

  private static func frameLength(_ b: RawSpan, at: Int) -> Int? {
    guard let h = b.u32(at), h >> 21 == 0x7FF else { return nil }
    let version = h >> 19 & 3
    let layer = h >> 17 & 3
    let rateIndex = h >> 12 & 15
    let sampleIndex = h >> 10 & 3
    guard version != 1, layer == 1, (1...14).contains(rateIndex), sampleIndex < 3 else { return nil }
    let rates1 = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320]
    let rates2 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160]
    let base = [44100, 48000, 32000][sampleIndex]
    let sample = version == 3 ? base : version == 2 ? base / 2 : base / 4
    let rate = (version == 3 ? rates1 : rates2)[rateIndex] * 1000
    return (version == 3 ? 144 : 72) * rate / sample + (h >> 9 & 1)
  }

  private static func isADTS(_ b: RawSpan) -> Bool {
    var at = 0
    for _ in 0..<3 {
      guard let h = b.u16(at), h & 0xFFF6 == 0xFFF0, let a = b.u8(at + 3), let c = b.u16(at + 4) else { return false }
      let length = (Int(a) & 3) << 11 | c >> 5
      guard length > 7 else { return false }
      at += length
    }
    return true
  }
}

/// The name of an entry as a hint.
enum FileName {
  /// Lower-case ASCII after the last dot; empty when there is none.
  static func suffix(_ name: [UInt8]) -> String {
    guard let dot = name.lastIndex(of: UInt8(ascii: ".")), name.count - dot <= 12 else { return "" }
    return String(decoding: name[(dot + 1)...], as: UTF8.self).lowercased()
  }
}

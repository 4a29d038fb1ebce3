/// Tells apart kinds that share a magic, and confirms magics too short to trust.
enum Families {
  static func riff(_ b: RawSpan) -> String? {
    if b.has("WEBP", at: 8) { return "image/webp" }
    if b.has("WAVE", at: 8) { return "audio/x-wav" }
    if b.has("AVI ", at: 8) { return "video/x-msvideo" }
    if b.has("RMID", at: 8) { return "audio/midi" }
    if b.has("ACON", at: 8) { return "application/x-navi-animation" }
    return b.byteCount >= 12 ? "application/x-riff" : nil
  }

  /// ISO base media file format (ISO/IEC 14496-12): the major brand decides, then the compatible brands.
  static func isoMedia(_ b: RawSpan) -> String? {
    guard b.byteCount >= 16, let size = b.u32(0), size >= 16 || size == 0, size <= 4096 else { return nil }
    var brands: [[UInt8]] = []
    var at = 8
    while at + 4 <= min(size, b.byteCount), brands.count < 64 {
      if at != 12 { brands.append((0..<4).compactMap { b.u8(at + $0) }) }
      at += 4
    }
    for brand in brands {
      switch String(decoding: brand, as: UTF8.self) {
      case "avif", "avis": return "image/avif"
      case "heic", "heix", "heim", "heis", "hevm", "hevs": return "image/heic"
      case "hevc", "hevx": return "image/heic-sequence"
      case "crx ": return "image/x-canon-cr3"
      case "jp2 ", "jpx ": return "image/jp2"
      case "mif1", "msf1":
        // A structural brand: the coding is named by another one.
        let coded = brands.map { String(decoding: $0, as: UTF8.self) }
        if coded.contains("avif") || coded.contains("avis") { return "image/avif" }
        if coded.contains("heic") || coded.contains("heix") { return "image/heic" }
        return "image/heif"
      case "qt  ": return "video/quicktime"
      case "M4A ", "M4B ", "F4A ": return "audio/mp4"
      case let b where b.hasPrefix("3g"): return "video/3gpp"
      case "isom", "iso2", "iso4", "iso5", "iso6", "mp41", "mp42", "avc1", "M4V ", "M4VP", "M4VH", "MSNV", "dash",
        "f4v ":
        return "video/mp4"
      default: continue
      }
    }
    return "video/mp4"
  }

  /// A QuickTime file without `ftyp`: the first box has a plausible size.
  static func isBox(_ b: RawSpan) -> Bool {
    guard let size = b.u32(0) else { return false }
    return size == 0 || size == 1 || size >= 8
  }

  static func matroska(_ b: RawSpan) -> String? {
    guard let at = b.find([0x42, 0x82], from: 4, within: 128), let length = b.u8(at + 2), length & 0x80 != 0 else {
      return b.byteCount < 64 ? nil : "video/x-matroska"
    }
    return b.has("webm", at: at + 3) ? "video/webm" : "video/x-matroska"
  }

  static func ogg(_ b: RawSpan) -> String? {
    guard b.u8(4) == 0, let segments = b.u8(26) else { return nil }
    let body = 27 + Int(segments)
    if b.has("\u{01}vorbis", at: body) || b.has("OpusHead", at: body) || b.has("Speex   ", at: body)
      || b.has("\u{7F}FLAC", at: body)
    {
      return "audio/ogg"
    }
    return "video/ogg"
  }

  static func isTransportStream(_ b: RawSpan) -> Bool {
    (1...4).allSatisfy { b.u8($0 * 188) == 0x47 }
  }
  static func isBlurayStream(_ b: RawSpan) -> Bool {
    (1...4).allSatisfy { b.u8(4 + $0 * 192) == 0x47 }
  }

  /// OLE2 compound files ([MS-CFB]): byte order and sector size confirm; stream names in the directory tell encrypted
  /// ones.
  static func ole(_ b: RawSpan) -> String? {
    guard b.u16le(28) == 0xFFFE, b.u16le(30) == 9 || b.u16le(30) == 12 else { return nil }
    let wide = { (name: String) -> [UInt8] in name.utf8.flatMap { [$0, 0] as [UInt8] } }
    if b.find(wide("EncryptedPackage"), from: 512, within: b.byteCount) != nil { return "application/x-ole-encrypted" }
    if b.find(wide("__substg1.0_"), from: 512, within: b.byteCount) != nil { return "application/vnd.ms-outlook" }
    return "application/x-ole-storage"
  }

  /// What a zip of known layout is for; archives proper are opened elsewhere.
  static func zip(_ b: RawSpan) -> String? {
    guard let nameLength = b.u16le(26), nameLength > 0, let extra = b.u16le(28) else { return nil }
    if b.has("mimetype", at: 30), nameLength == 8, b.u16le(8) == 0 {
      let at = 38 + extra
      if b.has("application/epub+zip", at: at) { return "application/epub+zip" }
      for form in ["text", "spreadsheet", "presentation", "graphics"]
      where b.has(Array("application/vnd.oasis.opendocument.\(form)".utf8), at: at) {
        return "application/vnd.oasis.opendocument.\(form)"
      }
      return b.has("application/vnd.oasis.opendocument", at: at)
        ? "application/vnd.oasis.opendocument" : "application/zip"
    }
    // Names of the first members.
    var at = 0
    var office = false
    for _ in 0..<32 {
      guard b.has([0x50, 0x4B, 0x03, 0x04], at: at), let name = b.u16le(at + 26), let more = b.u16le(at + 28),
        let size = b.u32le(at + 18), let flags = b.u16le(at + 6)
      else { break }
      let from = at + 30
      if b.has("[Content_Types].xml", at: from) || b.has("_rels/", at: from) { office = true }
      if b.has("word/", at: from) { return "application/vnd.openxmlformats-officedocument.wordprocessingml.document" }
      if b.has("xl/", at: from) { return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" }
      if b.has("ppt/", at: from) { return "application/vnd.openxmlformats-officedocument.presentationml.presentation" }
      if b.has("AndroidManifest.xml", at: from) { return "application/vnd.android.package-archive" }
      if b.has("META-INF/", at: from) { return "application/java-archive" }
      if b.has(".npy", at: from + name - 4) { return "application/x-npz" }
      if b.has("/data.pkl", at: from + name - 9) { return "application/x-pytorch" }
      at = from + name + more
      if flags & 8 != 0 {
        // Sizes follow the data: the next header has to be searched.
        guard let next = b.find([0x50, 0x4B, 0x03, 0x04], from: at, within: b.byteCount) else { break }
        at = next
      } else {
        at += size
      }
    }
    return office ? "application/vnd.openxmlformats-officedocument" : "application/zip"
  }

  static func isBzip2(_ b: RawSpan) -> Bool {
    guard let level = b.u8(3), (0x31...0x39).contains(level) else { return false }
    return b.has([0x31, 0x41, 0x59, 0x26, 0x53, 0x59], at: 4) || b.has([0x17, 0x72, 0x45, 0x38, 0x50, 0x90], at: 4)
  }
  /// LZMA alone: dictionary size a power of two (or 3·2^n), size unknown or sane.
  static func isLZMA(_ b: RawSpan) -> Bool {
    guard let dictionary = b.u32le(1), dictionary >= 1 << 12, dictionary.nonzeroBitCount <= 2 else { return false }
    guard let low = b.u32le(5), let high = b.u32le(9) else { return false }
    return (low == 0xFFFF_FFFF && high == 0xFFFF_FFFF) || high < 256
  }
  static func isBinaryCPIO(_ b: RawSpan, little: Bool) -> Bool {
    guard let mode = little ? b.u16le(6) : b.u16(6), let name = little ? b.u16le(20) : b.u16(20) else { return false }
    return [0x1000, 0x2000, 0x4000, 0x6000, 0x8000, 0xA000, 0xC000].contains(mode & 0xF000) && (1...4096).contains(name)
  }
  /// Header size and the fixed fields of its beginning.
  static func isARJ(_ b: RawSpan) -> Bool {
    guard let size = b.u16le(2), (30...2600).contains(size), let first = b.u8(4), (30...64).contains(first) else {
      return false
    }
    return (b.u8(5) ?? 0xFF) <= 13 && (b.u8(7) ?? 0xFF) <= 11 && b.u8(10) == 2
  }

  /// FAISS: dimension and the two constants of the header.
  static func faiss(_ b: RawSpan) -> String? {
    guard let d = b.u32le(4), (1...65536).contains(d), b.u64le(16) == 0x10_0000, b.u64le(24) == 0x10_0000 else {
      return nil
    }
    return "application/x-faiss-index"
  }

  /// Protocol 2 to 5 and a plausible first opcode.
  static func isPickle(_ b: RawSpan) -> Bool {
    guard let version = b.u8(1), (2...5).contains(version), let opcode = b.u8(2) else { return false }
    if version >= 4, opcode == 0x95, let length = b.u64le(3) { return length < 1 << 40 }
    return Array("](}cX\u{8C}KJMNG.qU\u{8A}".unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }).contains(
      opcode)
  }

  static func isExt(_ b: RawSpan) -> Bool {
    guard let blockSize = b.u32le(0x418), blockSize <= 6, let state = b.u16le(0x43A), let inodes = b.u32le(0x400) else {
      return false
    }
    return state <= 7 && inodes > 0
  }

  /// Four entries whose status bytes are legal, at least one of them in use.
  static func isPartitionTable(_ b: RawSpan) -> Bool {
    var used = 0
    for i in 0..<4 {
      guard let status = b.u8(446 + 16 * i), status == 0 || status == 0x80, let type = b.u8(450 + 16 * i),
        let sectors = b.u32le(458 + 16 * i)
      else { return false }
      if type != 0, sectors > 0 { used += 1 }
    }
    return used > 0
  }

  /// Version 0 to 3; from version 1 a zero follows.
  static func isAESCrypt(_ b: RawSpan) -> Bool {
    guard let version = b.u8(3), version <= 3, let reserved = b.u8(4) else { return false }
    return version == 0 ? b.byteCount >= 64 : reserved == 0
  }

  /// The offset at 60 leads to `PE`, `NE`, `LE` or `LX`; a plain DOS program has a sane page count.
  static func isPE(_ b: RawSpan) -> Bool {
    if let at = b.u32le(60), at < b.byteCount,
      b.has("PE\u{00}\u{00}", at: at) || b.has("NE", at: at) || b.has("LE", at: at) || b.has("LX", at: at)
    {
      return true
    }
    guard let last = b.u16le(2), last < 512, let pages = b.u16le(4), pages > 0, let header = b.u16le(8) else {
      return false
    }
    return header >= 2 && header <= 0x1000 && b.byteCount >= 64
  }
}

/// OpenPGP messages in binary form (RFC 4880 section 4.2, RFC 9580).
enum OpenPGP {
  /// A session-key packet (tags 1 and 3) that is well-formed, followed by another session-key packet or encrypted data.
  static func isEncryptedMessage(_ b: RawSpan) -> Bool {
    guard let first = packet(b, at: 0), first.tag == 1 || first.tag == 3 else { return false }
    guard let version = b.u8(first.body) else { return false }
    if first.tag == 1 {
      guard version == 3 || version == 6, let algorithm = b.u8(first.body + 9), version == 6 || algorithm <= 26 else {
        return false
      }
    } else {
      guard (4...6).contains(version), let cipher = b.u8(first.body + 1), version != 4 || cipher <= 13 else {
        return false
      }
    }
    guard let next = packet(b, at: first.body + first.length) else { return false }
    return [1, 3, 9, 18, 20].contains(next.tag)
  }

  private static func packet(_ b: RawSpan, at: Int) -> (tag: Int, body: Int, length: Int)? {
    guard let head = b.u8(at), head & 0x80 != 0 else { return nil }
    if head & 0x40 != 0 {
      guard let a = b.u8(at + 1) else { return nil }
      let tag = Int(head & 0x3F)
      if a < 192 { return (tag, at + 2, Int(a)) }
      if a < 224, let c = b.u8(at + 2) { return (tag, at + 3, (Int(a) - 192) << 8 + Int(c) + 192) }
      if a == 255, let length = b.u32(at + 2) { return (tag, at + 6, length) }
      return (tag, at + 2, 0)
    }
    let tag = Int(head >> 2 & 15)
    switch head & 3 {
    case 0: return b.u8(at + 1).map { (tag, at + 2, Int($0)) }
    case 1: return b.u16(at + 1).map { (tag, at + 3, $0) }
    case 2: return b.u32(at + 1).map { (tag, at + 5, $0) }
    default: return (tag, at + 1, 0)
    }
  }
}

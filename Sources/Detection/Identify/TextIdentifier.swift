internal import CScan
internal import CustodyCore

/// Decides whether bytes are text, in which encoding, and of which kind.
enum TextIdentifier {
  /// Bytes that are looked at.
  static let sample = 16 << 10

  static func identify(_ head: RawSpan, name: [UInt8]) -> Identity? {
    let count = min(head.byteCount, sample)
    guard let encoding = encoding(head, count) else { return nil }
    if encoding.hasPrefix("utf-") { return Identity(kind: .text, isText: true, encoding: encoding) }
    let start = head.has([0xEF, 0xBB, 0xBF], at: 0) ? 3 : 0
    let kind = ContentKind(rawValue: kind(head, from: start, to: count, name: name))
    return Identity(kind: kind, isText: true, encoding: encoding == "latin-1" ? encoding : nil)
  }

  /// `utf-8` is spelt as the empty string, being no news.
  private static func encoding(_ head: RawSpan, _ count: Int) -> String? {
    if head.has([0xFF, 0xFE, 0, 0], at: 0) { return count % 4 == 0 ? "utf-32le" : nil }
    if head.has([0, 0, 0xFE, 0xFF], at: 0) { return count % 4 == 0 ? "utf-32be" : nil }
    var profile = cscan_profile()
    head.withUnsafeBytes { bytes in
      cscan_text_profile(bytes.bindMemory(to: UInt8.self).baseAddress, count, &profile)
    }
    if head.has([0xFF, 0xFE], at: 0), profile.controls * 50 <= count { return "utf-16le" }
    if head.has([0xFE, 0xFF], at: 0), profile.controls * 50 <= count { return "utf-16be" }
    if profile.zeros == 0, profile.controls == 0 {
      if profile.utf8 == 1 { return "" }
      // One-byte encodings: letters above 7F among mostly ASCII.
      return profile.high * 3 <= count && profile.c1 * 20 <= profile.high ? "latin-1" : nil
    }
    let odd = profile.zeros - profile.zeros_even
    if count >= 4, profile.controls * 50 <= count, (count * 3...count * 6).contains(profile.zeros * 10) {
      if profile.zeros_even * 20 <= odd { return "utf-16le" }
      if odd * 20 <= profile.zeros_even { return "utf-16be" }
    }
    // A stray form of control character does not make a log binary.
    if profile.zeros == 0, profile.utf8 == 1, profile.controls * 200 <= count { return "" }
    return nil
  }

  private static func kind(_ b: RawSpan, from start: Int, to count: Int, name: [UInt8]) -> String {
    var at = start
    while at < count, let c = b.u8(at), c == 0x20 || (9...13).contains(c) { at += 1 }
    guard let first = b.u8(at), at < count else { return "text/plain" }
    switch first {
    case UInt8(ascii: "<"): return markup(b, at, count)
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      if JSONPrefix.isPlausible(b, from: at, to: count) { return "application/json" }
    case UInt8(ascii: "#"):
      if b.has("#!", at: at) { return "text/x-script" }
      if b.has("##fileformat=VCFv4", at: at) { return "text/x-vcf" }
    case UInt8(ascii: "@"):
      if b.has("@HD\tVN:", at: at) { return "text/x-sam" }
      if FASTQ.walk(b, from: at, most: 10) != nil { return "text/x-fastq" }
    case UInt8(ascii: "B"):
      if b.has("BEGIN:VCARD", at: at) { return "text/vcard" }
      if b.has("BEGIN:VCALENDAR", at: at) { return "text/calendar" }
    case UInt8(ascii: "b"):
      if b.has("begin 6", at: at), let c = b.u8(at + 7), (0x30...0x37).contains(c) { return "text/x-uuencode" }
    case UInt8(ascii: "-"):
      if b.has("-----BEGIN ", at: at) { return "application/x-pem-file" }
    case UInt8(ascii: "/"):
      if b.has("/* XPM */", at: at) { return "image/x-xpixmap" }
    default: break
    }
    if let mail = Mail.kind(b, from: at, to: count) { return mail }
    return Delimited.kind(b, from: start, to: count, name: name) ?? "text/plain"
  }

  private static func markup(_ b: RawSpan, _ start: Int, _ count: Int) -> String {
    let near = min(count, start + 2048)
    if b.find(Array("<x:xmpmeta".utf8), from: start, within: near) != nil { return "application/rdf+xml" }
    if b.find(Array("<rdf:RDF".utf8), from: start, within: near) != nil { return "application/rdf+xml" }
    if b.find(Array("<svg".utf8), from: start, within: near) != nil, !hasHTML(b, start, near) { return "image/svg+xml" }
    if hasHTML(b, start, near) { return "text/html" }
    if b.has("<?xml", at: start) { return "application/xml" }
    guard let next = b.u8(start + 1) else { return "text/plain" }
    let isName = (0x41...0x5A).contains(next) || (0x61...0x7A).contains(next) || next == 0x21 || next == 0x5F
    // A tag that closes soon.
    return isName && b.find([0x3E], from: start, within: start + 1024) != nil ? "application/xml" : "text/plain"
  }

  private static func hasHTML(_ b: RawSpan, _ start: Int, _ end: Int) -> Bool {
    var at = start
    while let hit = b.find([0x3C], from: at, within: end) {
      var word: [UInt8] = []
      for i in 1...9 {
        guard let c = b.u8(hit + i) else { break }
        word.append(c >= 0x41 && c <= 0x5A ? c + 0x20 : c)
      }
      let text = String(decoding: word, as: UTF8.self)
      if text.hasPrefix("!doctype ") {
        return b.find(Array("html".utf8), from: hit, within: hit + 20) != nil
          || b.find(Array("HTML".utf8), from: hit, within: hit + 20) != nil
      }
      for tag in ["html", "head", "body", "table", "script"] where text.hasPrefix(tag) {
        let after = word.count > tag.count ? word[tag.count] : 0x3E
        if after == 0x3E || after == 0x20 || after == 0x0A || after == 0x0D { return true }
      }
      at = hit + 1
    }
    return false
  }
}

/// The beginning of a JSON text: lexed, not parsed, as far as the sample goes.
enum JSONPrefix {
  /// 1 for what may follow `{`, 2 for what may follow `[`, 4 for what numbers and names are made of.
  private static let classes: [UInt8] = {
    var classes = [UInt8](repeating: 0, count: 256)
    for (bit, letters) in [(1, "\"}"), (2, "\"]{[-0123456789tfn"), (4, "-+.0123456789eEtruefalsn")] as [(UInt8, String)]
    {
      for c in letters.utf8 { classes[Int(c)] |= bit }
    }
    return classes
  }()

  static func isPlausible(_ b: RawSpan, from start: Int, to end: Int) -> Bool {
    var at = start
    var depth = 0
    var tokens = 0
    let limit = min(end, start + 4096)
    while at < limit, let c = b.u8(at) {
      switch c {
      case 0x20, 0x09, 0x0A, 0x0D: break
      case 0x7B, 0x5B:
        // An opening bracket needs something that can follow it.
        var next = at + 1
        while next < end, let w = b.u8(next), w == 0x20 || w == 0x0A || w == 0x0D || w == 0x09 { next += 1 }
        if next < end, let f = b.u8(next) {
          guard classes[Int(f)] & (c == 0x7B ? 1 : 2) != 0 else { return false }
        }
        depth += 1
      case 0x7D, 0x5D:
        depth -= 1
        // Values side by side are JSON Lines.
        if depth < 0 { return false }
      case 0x2C, 0x3A: break
      case 0x22:
        at += 1
        while at < limit, let s = b.u8(at), s != 0x22 {
          if s == 0x0A { return false }
          at += s == 0x5C ? 2 : 1
        }
      default:
        guard classes[Int(c)] & 4 != 0 else { return false }
      }
      tokens += 1
      at += 1
    }
    return tokens >= 2
  }
}

/// Mail messages (RFC 5322) and mailboxes (RFC 4155).
enum Mail {
  private static let known: Set<String> = [
    "from", "to", "subject", "date", "received", "mime-version", "message-id", "return-path", "delivered-to",
    "content-type",
    "reply-to", "cc", "x-mailer", "dkim-signature", "sender", "content-transfer-encoding",
  ]
  private static let telling: Set<String> = [
    "from", "received", "message-id", "return-path", "delivered-to", "dkim-signature", "subject",
  ]

  static func kind(_ b: RawSpan, from start: Int, to end: Int) -> String? {
    var at = start
    var isBox = false
    if b.has("From ", at: at) {
      guard let line = b.find([0x0A], from: at, within: min(end, at + 512)) else { return nil }
      at = line + 1
      isBox = true
    }
    var headers = 0
    var told = 0
    for _ in 0..<40 {
      guard let c = b.u8(at), at < end, c != 0x0A, c != 0x0D else { break }
      let line = b.find([0x0A], from: at, within: min(end, at + 4096)) ?? end
      if c != 0x20, c != 0x09 {
        guard let colon = b.find([0x3A], from: at, within: min(line, at + 64)) else { return nil }
        var name = ""
        for i in at..<colon {
          guard let n = b.u8(i), n > 0x20, n < 0x7F else { return nil }
          name.unicodeScalars.append(Unicode.Scalar(n))
        }
        name = name.lowercased()
        if known.contains(name) { headers += 1 }
        if telling.contains(name) { told += 1 }
      }
      at = line + 1
    }
    guard headers >= 2, told >= 1 else { return nil }
    return isBox ? "application/mbox" : "message/rfc822"
  }
}

/// Tables in text: the same number of separators in every one of the first lines.
enum Delimited {
  static func kind(_ b: RawSpan, from start: Int, to end: Int, name: [UInt8]) -> String? {
    // Two short lines with a comma each may be prose; the extension settles it.
    let isNamed = ["csv", "tsv", "tab", "psv"].contains(FileName.suffix(name))
    let separators: [(byte: UInt8, kind: String, least: Int)] = [
      (UInt8(ascii: "\t"), "text/tab-separated-values", 1), (UInt8(ascii: ","), "text/csv", 1),
      (UInt8(ascii: ";"), "text/csv", 1), (UInt8(ascii: "|"), "text/csv", 2),
    ]
    var counts = [0, 0, 0, 0]
    var columns = [-1, -1, -1, -1]
    var isAlive = [true, true, true, true]
    var rows = 0
    var quoted = false
    var at = start
    var lineStart = start
    while rows < 10 {
      let c = at < end ? b.u8(at) : nil
      if c == nil || (c == 0x0A && !quoted) {
        // A line cut off by the end of the sample says nothing.
        if c == nil, at < b.byteCount { break }
        if at > lineStart {
          for i in 0..<4 {
            if rows > 0, counts[i] != columns[i] { isAlive[i] = false }
            if counts[i] < separators[i].least { isAlive[i] = false }
            columns[i] = counts[i]
            counts[i] = 0
          }
          guard isAlive.contains(true) else { return nil }
          rows += 1
        }
        if c == nil { break }
        lineStart = at + 1
      } else if c == 0x22 {
        quoted.toggle()
      } else if !quoted {
        switch c {
        case 0x09: counts[0] += 1
        case 0x2C: counts[1] += 1
        case 0x3B: counts[2] += 1
        case 0x7C: counts[3] += 1
        default: break
        }
      }
      at += 1
    }
    for i in 0..<4 where isAlive[i] && (rows >= 3 || (rows == 2 && (columns[i] >= 2 || isNamed))) {
      return separators[i].kind
    }
    return nil
  }
}

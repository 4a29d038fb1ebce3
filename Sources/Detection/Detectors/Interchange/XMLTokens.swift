/// A bounded, forgiving reader of XML mark-up in memory: names and text ranges, nothing expanded.
///
/// No document type is read, no entity replaced, no name space resolved: prefixes are dropped. Comments, processing
/// instructions and declarations are stepped over. Memory is constant whatever the document.
struct XMLTokens {
  enum Token {
    /// `name` is the local part; `attributes` is everything up to the closing bracket.
    case start(name: Range<Int>, attributes: Range<Int>, isEmpty: Bool)
    case end(name: Range<Int>)
    /// Text between tags, or the inside of a CDATA section.
    case text(Range<Int>)
  }

  private(set) var at: Int
  /// Bytes a tag may take.
  private static let longestTag = 1 << 16

  init(at: Int) { self.at = at }

  /// The next token; nil at the end of the window or at mark-up that is none.
  mutating func next(_ bytes: RawSpan) -> Token? {
    while at < bytes.byteCount {
      guard bytes.u8(at) == 0x3C else {
        let stop = bytes.firstIndex(of: 0x3C, from: at, to: bytes.byteCount) ?? bytes.byteCount
        let range = at..<stop
        at = stop
        return .text(range)
      }
      guard let c = bytes.u8(at + 1) else { return nil }
      switch c {
      case 0x3F:
        guard let end = find(bytes, "?>", from: at + 2) else { return nil }
        at = end
      case 0x21:
        if bytes.hasText("<!--", at: at) {
          guard let end = find(bytes, "-->", from: at + 4) else { return nil }
          at = end
        } else if bytes.hasText("<![CDATA[", at: at) {
          guard let end = find(bytes, "]]>", from: at + 9) else { return nil }
          let range = at + 9..<end - 3
          at = end
          return .text(range)
        } else {
          guard let end = declaration(bytes) else { return nil }
          at = end
        }
      case 0x2F:
        guard let close = bytes.firstIndex(of: 0x3E, from: at + 2, to: at + Self.longestTag) else { return nil }
        let name = local(bytes, at + 2, close)
        at = close + 1
        return .end(name: name)
      default:
        guard Self.isNameStart(c), let close = tagEnd(bytes) else { return nil }
        let isEmpty = bytes.u8(close - 1) == 0x2F
        let name = local(bytes, at + 1, close)
        let attributes = name.upperBound..<close
        at = close + 1
        return .start(name: name, attributes: attributes, isEmpty: isEmpty)
      }
    }
    return nil
  }

  /// Offset after the closing `>` is one more; quotes may hold `>`.
  private func tagEnd(_ bytes: RawSpan) -> Int? {
    var i = at + 1
    var quote: UInt8 = 0
    let limit = min(bytes.byteCount, at + Self.longestTag)
    while i < limit, let c = bytes.u8(i) {
      if quote != 0 {
        if c == quote { quote = 0 }
      } else if c == 0x22 || c == 0x27 {
        quote = c
      } else if c == 0x3E {
        return i
      } else if c == 0x3C {
        return nil
      }
      i += 1
    }
    return nil
  }

  /// Offset after a `<!…>` declaration, with its internal subset stepped over.
  private func declaration(_ bytes: RawSpan) -> Int? {
    var depth = 0
    var i = at + 2
    let limit = min(bytes.byteCount, at + Self.longestTag)
    while i < limit, let c = bytes.u8(i) {
      switch c {
      case 0x5B, 0x3C: depth += 1
      case 0x5D: depth -= 1
      case 0x3E:
        if depth <= 0 { return i + 1 }
        if bytes.u8(i - 1) != 0x5D { depth -= 1 }
      default: break
      }
      i += 1
    }
    return nil
  }

  private func find(_ bytes: RawSpan, _ text: StaticString, from: Int) -> Int? {
    var i = from
    let first = text.utf8Start.pointee
    while let hit = bytes.firstIndex(of: first, from: i, to: bytes.byteCount) {
      if bytes.hasText(text, at: hit) { return hit + text.utf8CodeUnitCount }
      i = hit + 1
    }
    return nil
  }

  /// The part of a qualified name after its prefix.
  private func local(_ bytes: RawSpan, _ from: Int, _ to: Int) -> Range<Int> {
    var start = from
    var i = from
    while i < to, let c = bytes.u8(i), c > 0x20, c != 0x2F, c != 0x3E {
      if c == 0x3A { start = i + 1 }
      i += 1
    }
    return start..<max(start, i)
  }

  private static func isNameStart(_ c: UInt8) -> Bool {
    (0x41...0x5A).contains(c) || (0x61...0x7A).contains(c) || c == 0x5F || c == 0x3A || c >= 0x80
  }
}

extension RawSpan {
  /// True when the range holds exactly this text.
  func equals(_ range: Range<Int>, _ text: StaticString) -> Bool {
    range.count == text.utf8CodeUnitCount && hasText(text, at: range.lowerBound)
  }

  /// A short text of a range, trimmed of white space; nil when it is longer than `most` bytes.
  func shortText(_ range: Range<Int>, most: Int = 32) -> String? {
    var from = range.lowerBound
    var to = range.upperBound
    while from < to, let c = u8(from), c <= 0x20 { from += 1 }
    while to > from, let c = u8(to - 1), c <= 0x20 { to -= 1 }
    guard to - from <= most else { return nil }
    return String(decoding: bytes(from..<to), as: UTF8.self)
  }
}

/// Base64 in running text: white space is stepped over, the first foreign character ends it.
enum Base64Run {
  /// At most `most` bytes from the start of the text.
  static func decode(_ bytes: RawSpan, _ range: Range<Int>, most: Int) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(min(most, range.count / 4 * 3 + 3))
    var bits = 0
    var held: UInt32 = 0
    var at = range.lowerBound
    while at < range.upperBound, out.count < most, let c = bytes.u8(at) {
      at += 1
      let value: UInt32
      switch c {
      case 0x41...0x5A: value = UInt32(c) - 0x41
      case 0x61...0x7A: value = UInt32(c) - 0x61 + 26
      case 0x30...0x39: value = UInt32(c) - 0x30 + 52
      case 0x2B, 0x2D: value = 62
      case 0x2F, 0x5F: value = 63
      case 0x20, 0x09, 0x0A, 0x0D: continue
      default: return out
      }
      held = held << 6 | value
      bits += 6
      if bits >= 8 {
        bits -= 8
        out.append(UInt8(truncatingIfNeeded: held >> UInt32(bits)))
      }
    }
    return out
  }
}

/// ASCII of UTF-16 text, for reading mark-up whose names and base64 are ASCII anyway; anything else becomes `?`.
enum UTF16Text {
  static func ascii(_ bytes: RawSpan, from: Int, bigEndian: Bool) -> [UInt8] {
    let count = max(0, (bytes.byteCount - from) / 2)
    return [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      for i in 0..<count {
        let unit = (bigEndian ? bytes.u16(from + 2 * i) : bytes.u16le(from + 2 * i)) ?? 0
        buffer[i] = unit < 0x80 ? UInt8(truncatingIfNeeded: unit) : 0x3F
      }
      filled = count
    }
  }
}

/// Decodes base64 (RFC 2045 section 6.8) piece by piece. Characters outside the alphabet are passed over, and everything
/// behind the padding.
struct MailBase64 {
  private static let outside: UInt8 = 0xFF
  private static let table: [UInt8] = {
    var table = [UInt8](repeating: outside, count: 256)
    for (i, c) in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8.enumerated() {
      table[Int(c)] = UInt8(i)
    }
    return table
  }()

  private var pending: UInt32 = 0
  private var count = 0
  private(set) var isPadded = false

  /// Appends what the characters stand for.
  /// - Returns: where something stands that is not base64: the first character outside the alphabet that is no blank,
  ///   or the first that is no blank behind the padding; nil when there is none.
  @discardableResult
  mutating func decode(_ b: UnsafeRawBufferPointer, into out: inout [UInt8]) -> Int? {
    var i = 0
    var odd: Int?
    Self.table.withUnsafeBufferPointer { table in
      while i < b.count {
        if count == 0, !isPadded {
          while i + 4 <= b.count {
            let (p, q, r, s) = (table[Int(b[i])], table[Int(b[i + 1])], table[Int(b[i + 2])], table[Int(b[i + 3])])
            if (p | q | r | s) & 0xC0 != 0 { break }
            let v = UInt32(p) << 18 | UInt32(q) << 12 | UInt32(r) << 6 | UInt32(s)
            out.append(UInt8(truncatingIfNeeded: v >> 16))
            out.append(UInt8(truncatingIfNeeded: v >> 8))
            out.append(UInt8(truncatingIfNeeded: v))
            i += 4
          }
          guard i < b.count else { return }
        }
        let c = b[i]
        let v = table[Int(c)]
        i += 1
        if c == 0x20 || (9...13).contains(c) { continue }
        if c == 0x3D, isPadded || count >= 2 {
          finish(into: &out)
          isPadded = true
        } else if v == Self.outside || isPadded {
          odd = odd ?? i - 1
        } else {
          pending = pending << 6 | UInt32(v)
          count += 1
          if count == 4 {
            for shift: UInt32 in [16, 8, 0] { out.append(UInt8(truncatingIfNeeded: pending >> shift)) }
            (pending, count) = (0, 0)
          }
        }
      }
    }
    return odd
  }

  /// Appends what an incomplete group holds.
  mutating func finish(into out: inout [UInt8]) {
    if count >= 2 {
      pending <<= UInt32(6 * (4 - count))
      out.append(UInt8(truncatingIfNeeded: pending >> 16))
      if count == 3 { out.append(UInt8(truncatingIfNeeded: pending >> 8)) }
    }
    (pending, count) = (0, 0)
  }
}

/// Decodes quoted-printable (RFC 2045 section 6.7) piece by piece. What is no escape stands for itself.
struct MailQuotedPrintable {
  /// An escape that has begun.
  private var escape: [UInt8] = []
  /// Longest run of blanks behind the `=` of a soft break.
  private static let mostBlanks = 78

  mutating func decode(_ b: UnsafeRawBufferPointer, into out: inout [UInt8]) {
    for c in b {
      if escape.isEmpty {
        if c == 0x3D { escape.append(c) } else { out.append(c) }
        continue
      }
      if escape.count == 1, MailWords.hex(c) != nil || c == 0x20 || c == 0x09 || c == 0x0D {
        escape.append(c)
      } else if escape.count == 1, c == 0x3D {
        out.append(c)
        escape = []
      } else if escape.count == 2, let high = MailWords.hex(escape[1]), let low = MailWords.hex(c) {
        out.append(high << 4 | low)
        escape = []
      } else if c == 0x0A, escape.dropFirst().allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) {
        escape = []
      } else if MailWords.hex(escape[escape.count - 1]) == nil, c == 0x20 || c == 0x09 || c == 0x0D,
        escape.count < Self.mostBlanks
      {
        escape.append(c)
      } else {
        out += escape
        escape = []
        if c == 0x3D { escape.append(c) } else { out.append(c) }
      }
    }
  }

  mutating func finish(into out: inout [UInt8]) {
    if escape.contains(where: { MailWords.hex($0) != nil }) { out += escape }
    escape = []
  }
}

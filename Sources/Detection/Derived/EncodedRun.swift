import CustodyCore

/// A run of encoded characters while it passes: its first line, and the lines it is folded into.
///
/// Lines after the first are taken only when they fit: all of one width, the last one shorter and filling its group.
/// So a word of prose below a block does not become part of the content, whose digest must be that of the original.
struct EncodedRun: ~Copyable {
  /// Characters at the start of a run that tell which encoding it is.
  static let sample = 40
  /// Longest line of a folded text; 64 (RFC 7468) and 76 (RFC 2045) are usual.
  private static let widest = 128
  /// Bytes between two lines: a line break and an indent.
  private static let longestGap = 80

  private enum Phase { case line, gap, next, ended }

  /// Offset of the first encoded character in the entry.
  private let start: UInt64
  /// Offset after the last one that was taken.
  private(set) var end: UInt64
  private var decoder: RunDecoder
  /// Begins with `0x` or `\\x`.
  private let isLiteral: Bool
  private var phase = Phase.line
  private var first = 0
  private var width: Int?
  /// Gap and line that may turn out not to belong to the run.
  private(set) var pending: [UInt8] = []
  private var gap = 0
  private var breaks = 0
  private var entity: [UInt8]?

  /// - Parameters:
  ///   - head: the first `sample` characters.
  ///   - offset: of the first of them.
  init(_ head: [UInt8], at offset: UInt64, limit: Int) {
    let (mode, prefix) = Self.classify(head)
    isLiteral = prefix > 0
    start = offset + UInt64(prefix)
    end = start
    decoder = RunDecoder(mode: mode, limit: limit)
    let taken = head.withUnsafeBytes { decoder.take($0, from: prefix) }
    first = taken
    end += UInt64(taken)
    if prefix + taken < head.count {
      phase = .ended
      // The rest is looked at again, unless nothing was taken, which would never end.
      pending = taken > 0 ? Array(head[(prefix + taken)...]) : []
    }
  }

  var isEnded: Bool { phase == .ended }

  private static func classify(_ head: [UInt8]) -> (RunDecoder.Mode, prefix: Int) {
    var prefix = 0
    while prefix < 2, prefix < head.count, head[prefix] == 0x5C { prefix += 1 }
    if prefix < head.count, head[prefix] == 0x78, prefix > 0 {
      prefix += 1
    } else {
      prefix = head.starts(with: [0x30, 0x78]) || head.starts(with: [0x30, 0x58]) ? 2 : 0
    }
    // No allocation here: names in source text come this far by the thousand.
    var digits: UInt32 = 0
    var isHex = true
    for i in prefix..<head.count where isHex {
      if let v = Alphabet.hexValue(head[i]) {
        digits |= 1 << UInt32(v)
      } else if head[i] != 0x5C {
        isHex = head[i] == 0x78 && i > prefix && head[i - 1] == 0x5C
      }
    }
    if isHex, digits.nonzeroBitCount >= 3 { return (.hex, prefix) }
    guard head.contains(0x25) else { return (isBase64(head) ? .base64 : .nothing, 0) }
    var escapes = 0
    var inner = 0
    for i in head.indices where head[i] == 0x25 && i + 2 < head.count {
      guard Alphabet.hexValue(head[i + 1]) != nil, Alphabet.hexValue(head[i + 2]) != nil else { return (.nothing, 0) }
      escapes += 1
      let text = String(decoding: head[(i + 1)...(i + 2)], as: UTF8.self).uppercased()
      if ["2B", "2F", "3D", "0A", "0D"].contains(text) { inner += 1 }
    }
    if escapes > inner { return (.percent, 0) }
    return (isBase64(head) ? .base64 : .nothing, 0)
  }

  /// Of `sample` characters, small letters that no encoding has but once in a hundred thousand times (it has 16 of 40),
  /// and nearly every identifier of a program.
  private static let mostLower = 29

  /// False for paths, names and ruled lines: they mix what only one of the two alphabets has, or are written in one
  /// case, which 30 bytes in base64 are once in a billion times, or nearly so. Zeros are: they give nothing but `A`.
  private static func isBase64(_ head: [UInt8]) -> Bool {
    // A name of C++ as the linker knows it (Itanium ABI 5.1.2): programs hold them by the thousand. No magic that is
    // known begins with what `_Z` decodes to, and behind two stray characters nothing else would be read either.
    if head.starts(with: [0x5F, 0x5A]) { return false }
    var (upper, lower, zeros, standard, url) = (0, 0, 0, 0, 0)
    for c in head {
      switch c {
      case 0x41:
        zeros += 1
        upper += 1
      case 0x42...0x5A: upper += 1
      case 0x61...0x7A: lower += 1
      case 0x2B, 0x2F: standard += 1
      case 0x2D, 0x5F: url += 1
      default: break
      }
    }
    return (standard == 0 || url == 0) && lower <= mostLower && ((upper > 0 && lower > 0) || zeros * 2 >= head.count)
  }

  /// Takes bytes from `from` on; returns the index of the first one that was not taken. The run then is ended, or the
  /// bytes are.
  mutating func take(_ b: UnsafeRawBufferPointer, from: Int) -> Int {
    var i = from
    while i < b.count, phase != .ended {
      switch phase {
      case .line:
        let n = decoder.take(b, from: i)
        i += n
        first += n
        end += UInt64(n)
        guard i < b.count else { return i }
        startGap(b[i], after: first, most: Self.widest)
      case .gap: i += takeGap(b[i])
      case .next: i += takeNext(b[i])
      case .ended: break
      }
    }
    return i
  }

  /// A line has ended: do more follow?
  private mutating func startGap(_ c: UInt8, after count: Int, most: Int) {
    let folds = (decoder.mode == .base64 && !decoder.isPadded && decoder.incomplete == 0) || decoder.mode == .hex
    guard folds, count <= most, c == 0x0A || c == 0x0D || c == 0x26 else {
      phase = .ended
      return
    }
    phase = .gap
    pending = []
    breaks = 0
    entity = nil
  }

  /// 1 when the byte was taken.
  private mutating func takeGap(_ c: UInt8) -> Int {
    guard pending.count < Self.longestGap else { return stop() }
    if let started = entity {
      pending.append(c)
      guard c == 0x3B else {
        entity = started + [c]
        return started.count < 5 ? 1 : stop(1)
      }
      entity = nil
      let name = String(decoding: started, as: UTF8.self).lowercased()
      if name == "&#xa" || name == "&#10" { breaks += 1 }
      return ["&#xa", "&#10", "&#xd", "&#13"].contains(name) && breaks <= 1 ? 1 : stop(1)
    }
    switch c {
    case 0x0A:
      breaks += 1
      guard breaks <= 1 else { return stop() }
    case 0x0D, 0x20, 0x09: break
    case 0x26: entity = [c]
    default:
      guard breaks == 1 || pending.contains(0x0D), belongs(c), c != 0x3D else { return stop() }
      gap = pending.count
      phase = .next
      return takeNext(c)
    }
    pending.append(c)
    return 1
  }

  private func belongs(_ c: UInt8) -> Bool {
    decoder.mode == .hex
      ? Alphabet.hexValue(c) != nil : Alphabet.withTable { $0[Int(c)] & Alphabet.outside == 0 } || c == 0x3D
  }

  private mutating func takeNext(_ c: UInt8) -> Int {
    if belongs(c) {
      guard pending.count - gap < width ?? Self.widest else { return stop() }
      pending.append(c)
      return 1
    }
    let isFull = closeLine()
    if isFull { startGap(c, after: 0, most: 0) } else { phase = .ended }
    return 0
  }

  /// Takes the pending line if it fits. True when others may follow.
  private mutating func closeLine() -> Bool {
    let count = pending.count - gap
    let fills = (decoder.count + count) % (decoder.mode == .hex ? 2 : 4) == 0
    // Something may stand before the run in its first line, which then is shorter than the second, never longer.
    let isFull = width.map { count == $0 } ?? (count >= first)
    guard isFull || fills else { return false }
    let taken = pending.withUnsafeBytes { decoder.take($0, from: gap) }
    end += UInt64(gap + taken)
    pending.removeFirst(gap + taken)
    if width == nil { width = count }
    return isFull && pending.isEmpty && !decoder.isPadded
  }

  private mutating func stop(_ taken: Int = 0) -> Int {
    phase = .ended
    return taken
  }

  /// What the run holds; nil when it is too short to matter. Call once, when it is ended or the entry is.
  mutating func finish() -> DerivedContent? {
    if phase == .next { _ = closeLine() }
    phase = .ended
    decoder.finish()
    end -= UInt64(min(decoder.incomplete, Int(clamping: end - start)))
    // Digests in hexadecimal are everywhere; a literal that says it is bytes, and base64, are not.
    let least = decoder.mode == .hex && !isLiteral ? DerivedLimits.leastBytes : DerivedLimits.leastLiteral
    guard let encoding = decoder.encoding, decoder.bytes.count >= least else { return nil }
    return DerivedContent(
      place: Place(offset: start, length: end - start), encoding: encoding, bytes: decoder.bytes,
      isWhole: !decoder.overflowed)
  }
}

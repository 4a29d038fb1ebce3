internal import CScan
import CustodyCore

/// Finds bytes that are spelled out one by one: `FF D8 FF E0`, `0xFF, 0xD8`, and the dumps of `xxd` and `hexdump -C`.
///
/// A look at twelve bytes in every twenty-four decides; other bytes cost nothing. What is found depends on the bytes
/// alone, never on how they were cut.
struct SpelledFinder: ~Copyable {
  private static let stride = Int(CSCAN_WINDOW_STRIDE)
  private static let window = Int(CSCAN_WINDOW)

  private let limit: Int
  /// Offset of the first byte of `recent`, and of the one behind it.
  private var recentStart: UInt64 = 0
  private var recent: [UInt8] = []
  private var nextLook: UInt64 = 0
  /// Nothing before this is looked at: a run ended here.
  private var floor: UInt64 = 0
  private var run: SpelledRun?

  init(limit: Int) { self.limit = limit }

  mutating func consume(_ bytes: UnsafeRawBufferPointer, at offset: UInt64, _ found: (DerivedContent) -> Void) {
    let end = offset + UInt64(bytes.count)
    if run != nil { feed(bytes, from: 0, at: offset, found) }
    while run == nil, nextLook + UInt64(Self.window) <= end {
      if nextLook >= offset { skip(bytes, offset) }
      let look = nextLook
      nextLook += UInt64(Self.stride)
      guard look + UInt64(Self.window) <= end else {
        nextLook = look
        break
      }
      guard look >= floor else { continue }
      guard isSpelled(look, bytes, offset) else { continue }
      start(look, bytes, offset, found)
    }
    let keep = 2 * Self.stride + Self.window
    recent.append(contentsOf: bytes.suffix(keep))
    if bytes.count >= keep { recentStart = end - UInt64(keep) }
    if recent.count > keep {
      recent.removeFirst(recent.count - keep)
      recentStart = end - UInt64(recent.count)
    }
  }

  /// Passes over looks at which something else stands: nearly all.
  private mutating func skip(_ bytes: UnsafeRawBufferPointer, _ offset: UInt64) {
    let i = withUnsafePointer(to: Self.classSet) {
      cscan_class_window(
        $0, bytes.bindMemory(to: UInt8.self).baseAddress, Int(nextLook - offset), bytes.count)
    }
    nextLook = offset + UInt64(i)
  }

  private static let classSet: cscan_class = {
    var set = cscan_class()
    cscan_class_init(&set, classes.prefix(128).map { $0 == 0 ? 0 : 1 })
    return set
  }()

  mutating func consumeZeros(at end: UInt64, _ found: (DerivedContent) -> Void) {
    finish(found)
    recent = []
    recentStart = end
    floor = end
    let stride = UInt64(Self.stride)
    nextLook = (end + stride - 1) / stride * stride
  }

  mutating func finish(_ found: (DerivedContent) -> Void) {
    guard var ended = run.take() else { return }
    if let content = ended.finish() { found(content) }
  }

  private func byte(_ at: UInt64, _ bytes: UnsafeRawBufferPointer, _ offset: UInt64) -> UInt8? {
    if at >= offset { return at - offset < UInt64(bytes.count) ? bytes[Int(at - offset)] : nil }
    guard at >= recentStart, at - recentStart < UInt64(recent.count) else { return nil }
    return recent[Int(at - recentStart)]
  }

  private func isSpelled(_ look: UInt64, _ bytes: UnsafeRawBufferPointer, _ offset: UInt64) -> Bool {
    var digits = 0
    var separators = 0
    for i in 0..<UInt64(Self.window) {
      guard let c = byte(look + i, bytes, offset) else { return false }
      switch Self.classes[Int(c)] {
      case 1: digits += 1
      case 2: separators += 1
      case 3: break
      default: return false
      }
    }
    return digits >= 4 && separators >= 2
  }

  /// 1 for digits, 2 for separators, 3 for the `x` of `0x`, 0 for everything else.
  private static let classes: [UInt8] = (0..<256).map { c in
    let c = UInt8(c)
    return Alphabet.hexValue(c) != nil ? 1 : SpelledRun.separates(c) ? 2 : c | 0x20 == 0x78 ? 3 : 0
  }

  /// Begins a run where its line, or what looks like it, begins.
  private mutating func start(
    _ look: UInt64, _ bytes: UnsafeRawBufferPointer, _ offset: UInt64, _ found: (DerivedContent) -> Void
  ) {
    var from = look
    while from > floor, look - from < UInt64(Self.stride), let c = byte(from - 1, bytes, offset),
      Self.classes[Int(c)] != 0
    {
      from -= 1
    }
    let before = from > 0 ? byte(from - 1, bytes, offset) : nil
    run = SpelledRun(at: from, limit: limit, isLineStart: from == 0 || before == 0x0A)
    while from < offset, let c = byte(from, bytes, offset) {
      guard run?.take(c) ?? false else { return close(at: from, found) }
      from += 1
    }
    feed(bytes, from: Int(from - offset), at: offset, found)
  }

  private mutating func feed(
    _ bytes: UnsafeRawBufferPointer, from: Int, at offset: UInt64, _ found: (DerivedContent) -> Void
  ) {
    var i = from
    while i < bytes.count {
      guard run?.take(bytes[i]) ?? false else { return close(at: offset + UInt64(i), found) }
      i += 1
    }
  }

  private mutating func close(at end: UInt64, _ found: (DerivedContent) -> Void) {
    finish(found)
    floor = end
    let stride = UInt64(Self.stride)
    nextLook = max(nextLook, (end + stride - 1) / stride * stride)
  }
}

/// A run of bytes that are spelled out, while it passes.
struct SpelledRun: ~Copyable {
  /// Bytes that may stand between two spelled ones.
  private static let longestGap = 120

  private var at: UInt64
  private let limit: Int
  private var first: UInt64?
  private var end: UInt64 = 0
  private var bytes: [UInt8] = []
  private var overflowed = false
  private var digits: UInt64 = 0
  private var count = 0
  private var hasPrefix = false
  private var gap = 0
  private var isLineStart: Bool
  /// The line began with an offset, and in `xxd` a colon followed it.
  private var isDump = false
  private var hasColon = false
  private var isAside = false
  private var everDump = false
  private var inLine = 0
  private var blanks = 0

  init(at offset: UInt64, limit: Int, isLineStart: Bool) {
    at = offset
    self.limit = limit
    self.isLineStart = isLineStart
  }

  static func separates(_ c: UInt8) -> Bool { c == 0x20 || c == 0x2C || c == 0x3A }

  /// False when the byte does not belong to the run, which is over then.
  mutating func take(_ c: UInt8) -> Bool {
    if isAside {
      gap += 1
      guard gap <= Self.longestGap else { return false }
      if c == 0x0A { newLine() }
      at += 1
      return true
    }
    if let v = Alphabet.hexValue(c) {
      guard count < 16 else { return false }
      if isDump, hasColon, inLine > 0, blanks >= 2 {
        isAside = true
        at += 1
        return true
      }
      digits = digits << 4 | UInt64(v)
      count += 1
      (gap, blanks) = (0, 0)
      at += 1
      return true
    }
    if c | 0x20 == 0x78, count == 1, digits == 0, !hasPrefix {
      (count, hasPrefix) = (0, true)
      at += 1
      return true
    }
    if count > 0 || hasPrefix {
      guard token(before: c) else { return false }
    }
    gap += 1
    guard gap <= Self.longestGap else { return false }
    switch c {
    case 0x20, 0x09: blanks += 1
    case 0x2C, 0x3A, 0x0D: break
    case 0x0A: newLine()
    case 0x7C where isDump: isAside = true
    default:
      // The text column of `xxd`.
      guard isDump, hasColon, inLine > 0, blanks >= 2, c >= 0x20 else { return false }
      isAside = true
    }
    at += 1
    return true
  }

  private mutating func newLine() {
    (isLineStart, isDump, hasColon, isAside) = (true, false, false, false)
    (inLine, blanks, gap) = (0, 0, gap)
  }

  /// Digits have ended: an offset, one byte, or in a dump of `xxd` two.
  private mutating func token(before c: UInt8) -> Bool {
    defer { (digits, count, hasPrefix, isLineStart) = (0, 0, false, false) }
    if isLineStart, !hasPrefix, count >= 7, c == 0x3A || c == 0x20 {
      (isDump, hasColon, everDump) = (true, c == 0x3A, true)
      first = first ?? at - UInt64(count)
      return true
    }
    // Without a colon the offset stands alone in the last line.
    if isLineStart, everDump, count >= 7 { return true }
    guard count == 2 || (count == 1 && hasPrefix) || (count == 4 && isDump && hasColon) else { return false }
    first = first ?? at - UInt64(count) - (hasPrefix ? 2 : 0)
    if count == 4 { emit(UInt8(truncatingIfNeeded: digits >> 8)) }
    emit(UInt8(truncatingIfNeeded: digits))
    inLine += 1
    end = at
    return true
  }

  private mutating func emit(_ byte: UInt8) {
    if bytes.count < limit { bytes.append(byte) } else { overflowed = true }
  }

  /// What the run holds; nil when it is too short to matter.
  mutating func finish() -> DerivedContent? {
    if count > 0 { _ = token(before: 0) }
    guard let first, bytes.count >= DerivedLimits.leastBytes else { return nil }
    return DerivedContent(
      place: Place(offset: first, length: end - first), encoding: everDump ? .hexDump : .hexBytes, bytes: bytes,
      isWhole: !overflowed)
  }
}

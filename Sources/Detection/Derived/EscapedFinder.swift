internal import CScan
import CustodyCore

/// Finds what string literals hold: bytes of which those that cannot be printed are escaped, and text with lines or quotes
/// in it. MySQL and PostgreSQL write values of dumps so unless told otherwise, programs their strings, logs their bodies.
///
/// A backslash before what stands for such a byte decides; other bytes cost one search for a backslash. The literal
/// then is decoded from its beginning, which lies at most `lookBehind` bytes before. What is found depends on the bytes
/// alone, never on how they were cut.
struct EscapedFinder: ~Copyable {
  private static let lookBehind: UInt64 = 4096
  /// Bytes of an escape and of what tells its form: `\\u00ff`.
  private static let lookAhead: UInt64 = 8
  /// Printable bytes before a literal in which bytes stand as they are: without them any bytes would hold literals.
  private static let context: UInt64 = 8
  private static let kept = Int(lookBehind + lookAhead + 2 * context)

  private let limit: Int
  /// False where bytes above 7F are not those of the entry.
  private let hasHighBytes: Bool
  private var recentStart: UInt64 = 0
  private var recent: [UInt8] = []
  private var nextLook: UInt64 = 0
  /// Nothing before this is looked at: a run ended here.
  private var floor: UInt64 = 0
  /// No literal begins between `floor` and this.
  private var searched: UInt64 = 0
  private var run: EscapedRun?

  init(limit: Int, hasHighBytes: Bool) {
    self.limit = limit
    self.hasHighBytes = hasHighBytes
  }

  mutating func consume(_ bytes: UnsafeRawBufferPointer, at offset: UInt64, _ found: (DerivedContent) -> Void) {
    let end = offset + UInt64(bytes.count)
    if run != nil { feed(bytes, from: 0, at: offset, found) }
    while run == nil {
      guard let slash = nextSlash(bytes, offset), slash + Self.lookAhead <= end else { break }
      let level = level(slash, bytes, offset)
      nextLook = slash + level
      guard level < 3, let trigger = trigger(slash, level, bytes, offset) else { continue }
      start(trigger, bytes, offset, found)
    }
    keep(bytes)
    recentStart = end - UInt64(recent.count)
  }

  /// Keeps the end of what passed, from the last byte that no literal goes over.
  private mutating func keep(_ bytes: UnsafeRawBufferPointer) {
    let least = max(0, bytes.count - Self.kept)
    var from = bytes.count - min(bytes.count, Int(Self.lookAhead))
    Self.classes.withUnsafeBufferPointer { classes in
      while from > least, classes[Int(bytes[from - 1])] != 3 { from -= 1 }
    }
    if from > 0 { from = max(least, from - Int(2 * Self.context) - 2) }
    if from > 0 { recent.removeAll(keepingCapacity: true) }
    recent.append(contentsOf: bytes[from...])
    // Not at every byte of small pieces.
    if recent.count > 4 * Self.kept { recent.removeFirst(recent.count - Self.kept) }
  }

  /// Bytes behind a backslash that are looked at.
  private static let behindSlash: cscan_class = {
    var set = cscan_class()
    let letters = Array("0123Znrxu\"'\\".utf8)
    cscan_class_init(&set, (0..<128).map { letters.contains($0) ? 1 : 0 })
    return set
  }()

  /// 1 for quotes, 2 for tabs, 3 for bytes that stand in no literal as they are.
  private static let classes: [UInt8] = {
    var classes = [UInt8](repeating: 0, count: 256)
    for (c, kind) in [(0x22, 1), (0x27, 1), (0x09, 2), (0x00, 3), (0x0A, 3), (0x0D, 3), (0x1A, 3)] as [(Int, UInt8)] {
      classes[c] = kind
    }
    return classes
  }()

  mutating func consumeZeros(at end: UInt64, _ found: (DerivedContent) -> Void) {
    finish(found)
    recent = []
    (recentStart, nextLook, floor, searched) = (end, end, end, end)
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

  /// Offset of the next backslash; leaves `nextLook` where the next search begins when there is none.
  private mutating func nextSlash(_ bytes: UnsafeRawBufferPointer, _ offset: UInt64) -> UInt64? {
    while nextLook < offset {
      if byte(nextLook, bytes, offset) == 0x5C { return nextLook }
      nextLook += 1
    }
    let from = Int(nextLook - offset)
    let hit = withUnsafePointer(to: Self.behindSlash) {
      cscan_escape($0, bytes.bindMemory(to: UInt8.self).baseAddress, from, bytes.count)
    }
    nextLook = offset + UInt64(hit)
    return hit < bytes.count ? nextLook : nil
  }

  /// An escape that stands for a byte no text has, a line's end or a quote.
  private struct Trigger {
    var at: UInt64
    /// Backslashes before it: two where the literal stands in another one.
    var level: UInt64
    /// In bytes that have no structure it may stand as well: what is around must be a literal.
    var isBare: Bool
    /// As PostgreSQL writes a value of bytes, in which `"` stands for itself.
    var isValue = false
  }

  /// Backslashes that stand together; more than three are not counted.
  private func level(_ slash: UInt64, _ bytes: UnsafeRawBufferPointer, _ offset: UInt64) -> UInt64 {
    var level: UInt64 = 1
    while level < 4, byte(slash + level, bytes, offset) == 0x5C { level += 1 }
    return level
  }

  private func trigger(
    _ slash: UInt64, _ level: UInt64, _ bytes: UnsafeRawBufferPointer, _ offset: UInt64
  ) -> Trigger? {
    let at = slash + level
    if level == 2, let next = byte(at, bytes, offset), EscapedRun.isBinary(next) {
      // A backslash among bytes.
      return Trigger(at: slash, level: 1, isBare: true)
    }
    let value: Int?
    var (isBare, isOctal) = (false, false)
    switch byte(at, bytes, offset) ?? 0 {
    // Two more digits may be those of the value.
    case 0x30 where level == 1: (value, isBare) = (0, true)
    case 0x30...0x33: (value, isOctal) = (number(at, 3, 3, bytes, offset), true)
    case 0x78: value = number(at + 1, 2, 4, bytes, offset)
    case 0x75: value = number(at + 1, 4, 4, bytes, offset)
    case 0x22, 0x27, 0x5A, 0x6E, 0x72: (value, isBare) = (level == 1 ? 0 : nil, true)
    default: value = nil
    }
    guard let value, value < 256, EscapedRun.isBinary(UInt8(value)) || value == 0x0A || value == 0x0D else {
      return nil
    }
    return Trigger(at: slash, level: level, isBare: isBare, isValue: isOctal && level == 2)
  }

  /// The number that `count` digits spell, of `shift` bits each.
  private func number(
    _ from: UInt64, _ count: UInt64, _ shift: Int, _ bytes: UnsafeRawBufferPointer, _ offset: UInt64
  ) -> Int? {
    var value = 0
    for at in from..<(from + count) {
      guard let c = byte(at, bytes, offset), let digit = Alphabet.hexValue(c), digit < 1 << shift else { return nil }
      value = value << shift | Int(digit)
    }
    return value
  }

  private mutating func start(
    _ trigger: Trigger, _ bytes: UnsafeRawBufferPointer, _ offset: UInt64, _ found: (DerivedContent) -> Void
  ) {
    let opening = opening(trigger, bytes, offset)
    searched = trigger.at
    guard let opening else { return }
    run = EscapedRun(
      at: opening.start, level: Int(trigger.level), closing: opening.closing, hasHighBytes: hasHighBytes, limit: limit)
    var from = opening.start
    while from < offset, let c = byte(from, bytes, offset) {
      guard run?.take(c) ?? false else { return close(at: from, found) }
      from += 1
    }
    feed(bytes, from: Int(from - offset), at: offset, found)
  }

  /// Where the literal around an escape begins, and what will end it.
  private func opening(
    _ trigger: Trigger, _ bytes: UnsafeRawBufferPointer, _ offset: UInt64
  ) -> (start: UInt64, closing: EscapedRun.Closing)? {
    var field: UInt64?
    var (hasSingle, hasDouble) = (false, false)
    var at = trigger.at
    let least = max(floor, searched, recentStart, at > Self.lookBehind ? at - Self.lookBehind : 0)
    while let (c, kind) = before(&at, least, bytes, offset), kind != 3 {
      if kind == 2, field == nil { field = at + 1 }
      guard c == 0x27 || (c == 0x22 && !trigger.isValue) else { continue }
      let before = at > 0 ? byte(at - 1, bytes, offset) : nil
      if before == 0x5C { continue }
      if before == c, at > least {
        // One of the text.
        at -= 1
        continue
      }
      let isFirst = !(c == 0x22 ? hasDouble : hasSingle)
      if c == 0x22 { hasDouble = true } else { hasSingle = true }
      if isFirst, opens(at, bytes, offset), !trigger.isBare || opensValue(at, bytes, offset, Self.context) {
        return (at + 1, .quote(c))
      }
    }
    // The search ended on the byte at `at`, or found none.
    let isLine = at == 0 && least == 0 || byte(at, bytes, offset) == 0x0A
    let line = at == 0 && byte(0, bytes, offset) != 0x0A ? 0 : at + 1
    if let start = field ?? (isLine && line < trigger.at ? line : nil),
      !trigger.isBare || opensValue(start - (start > 0 ? 1 : 0), bytes, offset, 2 * Self.context)
    {
      return (start, .field)
    }
    return trigger.isBare ? nil : (trigger.at, .none)
  }

  /// Goes back to the byte before `at` that ends a literal or may begin one; nil, and to `least`, when there is none.
  private func before(
    _ at: inout UInt64, _ least: UInt64, _ bytes: UnsafeRawBufferPointer, _ offset: UInt64
  ) -> (byte: UInt8, kind: UInt8)? {
    Self.classes.withUnsafeBufferPointer { classes in
      let here = max(least, offset)
      while at > here {
        at -= 1
        let c = bytes[Int(at - offset)]
        if classes[Int(c)] != 0 { return (c, classes[Int(c)]) }
      }
      while at > least, at - 1 >= recentStart {
        at -= 1
        let c = recent[Int(at - recentStart)]
        if classes[Int(c)] != 0 { return (c, classes[Int(c)]) }
      }
      return nil
    }
  }

  /// False for a quote behind a word: an apostrophe, or the end of a literal. One letter may stand before it (`b'…'`).
  private func opens(_ quote: UInt64, _ bytes: UnsafeRawBufferPointer, _ offset: UInt64) -> Bool {
    guard quote > 0, isWord(byte(quote - 1, bytes, offset)) else { return true }
    guard let c = byte(quote - 1, bytes, offset), "bBeEnNrRuUxX".utf8.contains(c) else { return false }
    return quote == 1 || !isWord(byte(quote - 2, bytes, offset))
  }

  private func isWord(_ c: UInt8?) -> Bool {
    guard let c else { return false }
    return (0x30...0x39).contains(c) || (0x41...0x5A).contains(c & 0xDF)
  }

  /// True when text stands before the sign at `at`, or the value that ended last.
  private func opensValue(
    _ at: UInt64, _ bytes: UnsafeRawBufferPointer, _ offset: UInt64, _ context: UInt64
  ) -> Bool {
    if floor > 0, at - floor <= Self.context { return true }
    for i in 1...context where i <= at {
      guard let c = byte(at - i, bytes, offset), (0x20...0x7E).contains(c) || (0x09...0x0D).contains(c) else {
        return false
      }
    }
    return true
  }

  private mutating func feed(
    _ bytes: UnsafeRawBufferPointer, from: Int, at offset: UInt64, _ found: (DerivedContent) -> Void
  ) {
    guard let end = run?.take(bytes, from: from), end < bytes.count else { return }
    close(at: offset + UInt64(end), found)
  }

  private mutating func close(at end: UInt64, _ found: (DerivedContent) -> Void) {
    finish(found)
    floor = end
    nextLook = max(nextLook, end)
  }
}

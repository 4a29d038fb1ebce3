import Glibc

/// What a mail is cut into.
enum MailRun {
  /// Whole lines, or a piece of a long one, none of which can be a mark. Valid until asked again.
  case span(UnsafeRawBufferPointer)
  /// One whole line with its break. Valid until asked again.
  case line(UnsafeRawBufferPointer)
  case zeros(UInt64)
  case end
}

/// Cuts the bytes of a source at lines, without copying what passes and without keeping more than one line.
final class MailLines {
  /// Longest line that is looked at as a whole, in bytes; a longer one passes in pieces and is no mark.
  static let longest = 64 << 10

  let source: Source
  private let level: Level
  /// Lines that begin with `From ` may be marks.
  private let isBox: Bool
  private var rest = UnsafeRawBufferPointer(start: nil, count: 0)
  private var zeros: UInt64 = 0
  private(set) var isAtStart = true
  private let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: longest, alignment: 16)
  private var kept = 0
  private var again: MailRun?
  /// Runs handed out: what the work is counted in.
  private(set) var steps: UInt64 = 0

  init(_ source: Source, isBox: Bool, level: Level) {
    self.source = source
    self.isBox = isBox
    self.level = level
  }
  deinit { memory.deallocate() }

  /// Hands this run, which was the last one, out once more.
  func unread(_ run: MailRun) { again = run }

  /// - Parameter singly: every line by itself, not only those that may be marks.
  func next(singly: Bool) -> MailRun {
    steps += 1
    if let run = again {
      again = nil
      return run
    }
    while true {
      if rest.isEmpty, zeros == 0 {
        switch source.next() {
        case .bytes(let bytes):
          level.compressed = level.compressed.addingClamped(UInt64(bytes.count))
          rest = bytes
          continue
        case .zeros(let count): zeros = count
        case .end: return kept > 0 ? .line(takeKept()) : .end
        }
      }
      if zeros > 0 {
        isAtStart = false
        if kept > 0 { return .span(takeKept()) }
        defer { zeros = 0 }
        return .zeros(zeros)
      }
      if kept > 0 {
        let end = lineEnd(0)
        let count = end ?? rest.count
        guard kept + count <= Self.longest else {
          isAtStart = false
          return .span(takeKept())
        }
        keep(count)
        guard end != nil else { continue }
        isAtStart = true
        return .line(takeKept())
      }
      guard isAtStart else {
        let end = lineEnd(0)
        isAtStart = end != nil
        return .span(take(end ?? rest.count))
      }
      guard singly || mayBeMark(0) else { return .span(lines()) }
      if let end = lineEnd(0), end <= Self.longest { return .line(take(end)) }
      guard rest.count <= Self.longest else {
        let end = lineEnd(0)
        isAtStart = end != nil
        return .span(take(end ?? rest.count))
      }
      keep(rest.count)
    }
  }

  /// Lines up to the next that may be a mark.
  private func lines() -> UnsafeRawBufferPointer {
    var at = 0
    while let end = lineEnd(at) {
      at = end
      if at == rest.count || mayBeMark(at) { return take(at) }
    }
    isAtStart = false
    return take(rest.count)
  }

  /// Index behind the next line feed.
  private func lineEnd(_ from: Int) -> Int? {
    guard let base = rest.baseAddress, from < rest.count,
      let hit = memchr(base + from, 0x0A, rest.count - from)
    else { return nil }
    return UnsafeRawPointer(hit) - base + 1
  }

  /// True as well when there are too few bytes to say no.
  private func mayBeMark(_ at: Int) -> Bool {
    guard rest[at] == 0x2D || (isBox && rest[at] == 0x46) else { return false }
    let mark: StaticString = rest[at] == 0x2D ? "--" : "From "
    for i in 0..<min(mark.utf8CodeUnitCount, rest.count - at) where rest[at + i] != mark.utf8Start[i] { return false }
    return true
  }

  private func take(_ count: Int) -> UnsafeRawBufferPointer {
    defer { rest = UnsafeRawBufferPointer(rebasing: rest[count...]) }
    return UnsafeRawBufferPointer(rebasing: rest[..<count])
  }

  private func keep(_ count: Int) {
    UnsafeMutableRawBufferPointer(rebasing: memory[kept...]).copyMemory(from: take(count))
    kept += count
  }

  private func takeKept() -> UnsafeRawBufferPointer {
    defer { kept = 0 }
    return UnsafeRawBufferPointer(rebasing: memory[..<kept])
  }
}

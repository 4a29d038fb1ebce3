import CustodyCore

/// The decoded body of the part a `MailReader` stands at.
final class MailPartSource: Source {
  private let reader: MailReader
  private let text: MailText
  private let level: Level
  private let budget: Budget
  let isInMultipart: Bool
  private let encoding: MailFields.Encoding
  private var base64 = MailBase64()
  private var quoted = MailQuotedPrintable()
  private var out: [UInt8] = []
  private var memory: UnsafeMutableRawBufferPointer?
  private var position: UInt64 = 0
  private var ended = false

  init(_ reader: MailReader, _ encoding: MailFields.Encoding, text: MailText, level: Level, budget: Budget) {
    self.reader = reader
    self.encoding = encoding
    self.text = text
    self.level = level
    self.budget = budget
    isInMultipart = reader.hasOpenMultipart
  }
  deinit { memory?.deallocate() }

  override func pull() -> Piece {
    while !ended {
      guard let body = reader.body() else {
        ended = true
        let upstream = reader.lines.source
        if upstream.isCutShort {
          isCutShort = true
          trouble = upstream.trouble
        }
        out.removeAll(keepingCapacity: true)
        if encoding == .base64 { base64.finish(into: &out) }
        if encoding == .quotedPrintable { quoted.finish(into: &out) }
        if let bytes = decoded(), !isLimited(UInt64(bytes.count)) { return .bytes(bytes) }
        return .end
      }
      switch body {
      case .zeros(let count):
        if encoding != .identity {
          text.add(zeros: count)
        } else if !isLimited(count) {
          return .zeros(count)
        }
      case .bytes(let bytes):
        guard let bytes = decode(bytes), !isLimited(UInt64(bytes.count)) else { continue }
        return .bytes(bytes)
      }
    }
    return .end
  }

  private func decode(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    guard encoding != .identity else { return bytes }
    out.removeAll(keepingCapacity: true)
    if encoding == .quotedPrintable {
      quoted.decode(bytes, into: &out)
    } else {
      decodeLines(bytes)
    }
    return decoded()
  }

  /// A line in which something else stands is text: a footer, or all of it is no base64. Leaving it out as a whole keeps
  /// the groups of the lines below it in step.
  private func decodeLines(_ bytes: UnsafeRawBufferPointer) {
    let before = base64
    guard base64.decode(bytes, into: &out) != nil else { return }
    base64 = before
    out.removeAll(keepingCapacity: true)
    var start = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: 0x0A).map { $0 + 1 } ?? bytes.count
      let line = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
      let (state, size) = (base64, out.count)
      if base64.decode(line, into: &out) != nil {
        if !base64.isPadded {
          base64 = state
          out.removeLast(out.count - size)
        }
        text.add(line)
        let note = "lines that are not base64 were passed over"
        if !notes.contains(note) { notes.append(note) }
      }
      start = end
    }
  }

  private func decoded() -> UnsafeRawBufferPointer? {
    guard !out.isEmpty else { return nil }
    if memory?.count ?? 0 < out.count {
      memory?.deallocate()
      memory = .allocate(byteCount: out.count, alignment: 16)
    }
    guard let memory else { return nil }
    memory.copyBytes(from: out)
    return UnsafeRawBufferPointer(rebasing: memory[..<out.count])
  }

  /// Counts what is about to be delivered; true when it must not be, which ends the part.
  private func isLimited(_ count: UInt64) -> Bool {
    let limit: Reason?
    if position.addingClamped(count) > budget.limits.maxEntrySize {
      limit = .entrySizeLimit
    } else {
      limit = budget.charge(count, to: level)
    }
    guard let limit else {
      position = position.addingClamped(count)
      return false
    }
    ended = true
    isCutShort = true
    trouble = .limited(limit)
    return true
  }
}

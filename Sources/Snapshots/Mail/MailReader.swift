import CustodyCore

/// Reads a mail or a mailbox once, from start to end: messages, and in each the bodies of its parts.
///
///     while reader.nextMessage() {
///       while let part = reader.nextPart() { … reader.body() until nil … }
///     }
///
/// Every byte goes one of two ways: into the body of a part, or to `text`, in order. So nothing is lost whatever the
/// input is: what cannot be understood is text. Memory is one line, one header field and the open boundaries.
final class MailReader {
  /// Multiparts inside each other. Deeper ones are parts that are not opened.
  static let mostMultiparts = 32
  /// Parts of one message. What follows is text.
  static let mostParts = 10_000

  enum Body {
    case bytes(UnsafeRawBufferPointer)
    case zeros(UInt64)
  }

  private enum State { case headers, between, body, rest, messageEnd, end }
  /// A line break that belongs to the mark below it, when there is one.
  private enum Hold { case none, lf, cr, crlf }

  let lines: MailLines
  private let isBox: Bool
  private let text: MailText
  /// The break below the last line was the boundary's around this mail, and is gone.
  private let isInMultipart: Bool
  private var state = State.messageEnd
  private var boundaries: [[UInt8]] = []
  private var hold = Hold.none
  private var waiting: UnsafeRawBufferPointer?
  private var parts = 0
  private(set) var messages = 0
  private(set) var trouble: Trouble?
  private(set) var notes: [String] = []

  nonisolated(unsafe) private static let crlf = {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 2, alignment: 1)
    memory[0] = 0x0D
    memory[1] = 0x0A
    return UnsafeRawBufferPointer(memory)
  }()

  init(_ source: Source, isBox: Bool, level: Level, text: MailText) {
    lines = MailLines(source, isBox: isBox, level: level)
    self.isBox = isBox
    self.text = text
    isInMultipart = (source as? MailPartSource)?.isInMultipart ?? false
  }

  /// False when there is none.
  func nextMessage() -> Bool {
    guard state == .messageEnd, messages == 0 || isBox else { return false }
    messages += 1
    parts = 0
    boundaries = []
    state = .headers
    return true
  }

  /// Moves to the next body. The one before must have been read to its end.
  func nextPart() -> MailFields? {
    while true {
      switch state {
      case .messageEnd, .end: return nil
      case .body: while body() != nil {}
      case .headers:
        guard let fields = header() else { continue }
        if fields.isMultipart, let boundary = fields.boundary {
          if boundaries.count < Self.mostMultiparts {
            boundaries.append(boundary)
            state = .between
            continue
          }
          note(Trouble(.limited, .depthLimit, "multiparts nest too deeply to be opened"))
        }
        guard parts < Self.mostParts else {
          note(Trouble(.limited, .entriesLimit, "more parts than are opened"))
          boundaries = []
          state = .rest
          continue
        }
        parts += 1
        return fields
      case .between, .rest:
        switch lines.next(singly: false) {
        case .span(let bytes): text.add(bytes)
        case .line(let line): if !mark(line) { text.add(line) }
        case .zeros(let count): text.add(zeros: count)
        case .end: finish()
        }
      }
    }
  }

  /// The next bytes of the body as they are encoded; nil at its end.
  func body() -> Body? {
    if let bytes = waiting {
      waiting = nil
      return .bytes(bytes)
    }
    while state == .body {
      switch lines.next(singly: false) {
      case .span(let bytes): if let piece = piece(bytes) { return piece }
      case .line(let line):
        if mark(line, inBody: true) { return nil }
        if let piece = piece(line) { return piece }
      case .zeros(let count):
        if let held = takeHold() {
          lines.unread(.zeros(count))
          return .bytes(held)
        }
        return .zeros(count)
      case .end:
        finish()
        // Below the last part of a multipart a boundary should follow, to which the break would belong.
        guard let held = takeHold() else { return nil }
        if boundaries.isEmpty || isInMultipart { return .bytes(held) }
        text.add(held)
        return nil
      }
    }
    return nil
  }

  /// Bytes of a body without the line break at their end, and behind the one held back before.
  private func piece(_ bytes: UnsafeRawBufferPointer) -> Body? {
    if hold == .cr, bytes.count == 1, bytes[0] == 0x0A {
      hold = .crlf
      return nil
    }
    var end = bytes.count
    var next = Hold.none
    if end > 0, bytes[end - 1] == 0x0A {
      end -= 1
      next = .lf
      if end > 0, bytes[end - 1] == 0x0D {
        end -= 1
        next = .crlf
      }
    } else if end > 0, bytes[end - 1] == 0x0D {
      end -= 1
      next = .cr
    }
    let held = takeHold()
    hold = next
    let main = UnsafeRawBufferPointer(rebasing: bytes[..<end])
    if let held {
      if end > 0 { waiting = main }
      return .bytes(held)
    }
    return end > 0 ? .bytes(main) : nil
  }

  private func takeHold() -> UnsafeRawBufferPointer? {
    defer { hold = .none }
    switch hold {
    case .none: return nil
    case .crlf: return Self.crlf
    case .cr: return UnsafeRawBufferPointer(rebasing: Self.crlf[..<1])
    case .lf: return UnsafeRawBufferPointer(rebasing: Self.crlf[1...])
    }
  }

  /// Takes the line when it ends what is being read.
  private func mark(_ line: UnsafeRawBufferPointer, inBody: Bool = false) -> Bool {
    if isBox, line.has("From "), MailHead.isPostmark(line) {
      if inBody, let held = takeHold() { text.add(held) }
      if !boundaries.isEmpty, inBody { missingEnd() }
      // The line stands at the head of its message.
      lines.unread(.line(line))
      state = .messageEnd
      return true
    }
    guard line.has("--"), !boundaries.isEmpty else { return false }
    var end = line.count
    while end > 2, line[end - 1] == 0x20 || (9...13).contains(line[end - 1]) { end -= 1 }
    let word = UnsafeRawBufferPointer(rebasing: line[2..<end])
    for depth in boundaries.indices.reversed() {
      let boundary = boundaries[depth]
      let isOpening = word.count == boundary.count
      guard isOpening || word.count == boundary.count + 2, word.has(boundary),
        isOpening || word.has("--", at: boundary.count)
      else { continue }
      if inBody, let held = takeHold() { text.add(held) }
      text.add(line)
      boundaries.removeLast(boundaries.count - 1 - depth)
      // Behind the end the boundary stays known: what some reader would still open is opened.
      state = isOpening ? .headers : .between
      return true
    }
    return false
  }

  /// A header block up to its blank line; nil when it ended otherwise, so that there is no body.
  private func header() -> MailFields? {
    var fields = MailFields()
    var name = ""
    var value: [UInt8] = []
    var isFirst = true
    func close() {
      if !name.isEmpty { fields.take(name, value) }
      name = ""
    }
    while true {
      let wasAtStart = lines.isAtStart
      let run = lines.next(singly: true)
      defer { isFirst = false }
      switch run {
      case .end:
        finish()
        return nil
      case .zeros:
        lines.unread(run)
        state = .body
        close()
        return fields
      case .span(let bytes):
        guard !wasAtStart || MailHead.fieldColon(bytes) != nil || bytes[0] == 0x20 || bytes[0] == 0x09 else {
          lines.unread(run)
          state = .body
          close()
          return fields
        }
        if wasAtStart, bytes[0] != 0x20, bytes[0] != 0x09 { close() }
        text.add(bytes)
      case .line(let line):
        if !(isFirst && boundaries.isEmpty), mark(line) { return nil }
        let content = line.count - (line.last == 0x0A ? (line.dropLast().last == 0x0D ? 2 : 1) : 0)
        let body = UnsafeRawBufferPointer(rebasing: line[..<content])
        if body.isEmpty || (content == 1 && body[0] == 0x0D) {
          text.add(line)
          state = .body
          close()
          return fields
        }
        if body[0] == 0x20 || body[0] == 0x09 {
          if !name.isEmpty, value.count + content <= MailFields.mostBytes { value += body }
        } else if let colon = MailHead.fieldColon(body) {
          close()
          let word = String(decoding: body[..<colon], as: UTF8.self).lowercased()
          if MailFields.isWanted(word) {
            name = word
            value = Array(body[(colon + 1)...])
          }
        } else if !line.has("From ") {
          // No header field: the body begins without a blank line.
          lines.unread(run)
          state = .body
          close()
          return fields
        }
        text.add(line)
      }
    }
  }

  private func finish() {
    if state != .between, !boundaries.isEmpty { missingEnd() }
    state = .end
  }

  var hasOpenMultipart: Bool { !boundaries.isEmpty }

  private func missingEnd() {
    let note = "a closing boundary is missing"
    if !notes.contains(note) { notes.append(note) }
  }

  private func note(_ trouble: Trouble) {
    if self.trouble == nil { self.trouble = trouble }
  }
}

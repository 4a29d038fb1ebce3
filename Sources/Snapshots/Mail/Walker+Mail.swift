import CustodyCore

/// What of one message is in no part: header blocks, boundaries, what stands before, between and behind the parts, and
/// what could not be understood. It becomes an entry of its own, beside the parts.
final class MailText {
  /// Bytes that are kept before the entry begins: it usually is small, and then its parts come one after the other.
  private static let mostKept = 64 << 10

  private let walker: Walker
  private let level: Level
  private var header: EntryHeader?
  private var kept: [UInt8] = []
  private var token: Int?

  init(_ walker: Walker, level: Level) {
    self.walker = walker
    self.level = level
  }

  func start(_ header: EntryHeader) {
    self.header = header
    token = nil
  }

  func add(_ bytes: UnsafeRawBufferPointer) {
    if token == nil, kept.count + bytes.count <= Self.mostKept {
      kept.append(contentsOf: bytes)
      return
    }
    open()
    if let token { walker.sink.data(bytes, of: token) }
  }

  func add(zeros count: UInt64) {
    open()
    if let token { walker.sink.zeros(count, of: token) }
  }

  private func open() {
    guard token == nil, let header else { return }
    token = walker.begin(header, in: level)
    self.header = nil
    if let token, !kept.isEmpty { kept.withUnsafeBytes { walker.sink.data($0, of: token) } }
    kept.removeAll(keepingCapacity: true)
  }

  func end(_ trouble: Trouble?) {
    open()
    var account = Account()
    account.add(trouble)
    if let token { walker.end(token, account.outcome(complete: trouble == nil), in: level) }
    token = nil
  }
}

extension Walker {
  /// Longest file name of a part that is kept, in bytes.
  private static let mostNameBytes = 4096

  /// A mail or a mailbox: messages by number, in each its text and the bodies of its parts.
  func mail(_ source: Source, _ locator: Locator, _ kind: ContainerKind, _ level: Level, _ account: inout Account) {
    let text = MailText(self, level: level)
    let reader = MailReader(source, isBox: kind == .mbox, level: level, text: text)
    while level.stop == nil, reader.nextMessage() {
      let place = Array((String(reader.messages) + "/").utf8)
      let headers = Array("headers".utf8)
      text.start(
        EntryHeader(locator: locator.appending(place + headers), kind: .messageText))
      var used: Set<[UInt8]> = [headers]
      var number = 0
      while level.stop == nil, let fields = reader.nextPart() {
        number += 1
        var notes: [String] = []
        let name = name(fields.name, number, &used, &notes)
        let entry = EntryHeader(locator: locator.appending(place + name), notes: notes)
        part(MailPartSource(reader, fields.encoding, text: text, level: level, budget: budget), entry, fields, level)
        while reader.body() != nil {}
      }
      text.end(level.stop.map { .limited($0) } ?? (source.isCutShort ? source.trouble : nil))
    }
    if let reason = level.stop { account.add(.limited(reason)) }
    account.add(reader.trouble)
    for note in reader.notes { account.note(note) }
  }

  private func part(_ source: MailPartSource, _ entry: EntryHeader, _ fields: MailFields, _ level: Level) {
    let head = source.head(declared: nil)
    let kind = container(head) ?? (fields.isMessage && MailHead.isPlausible(head) ? .mail : nil)
    examine(source, entry, head, as: kind, in: level)
  }

  /// The part's own name, or `partN`. A name that was there already is told apart by the number of its part.
  private func name(
    _ stated: [UInt8]?, _ number: Int, _ used: inout Set<[UInt8]>, _ notes: inout [String]
  ) -> [UInt8] {
    let plain = Array("part\(number)".utf8)
    var name = plain
    if let stated {
      let (path, isCut) = stated.withUnsafeBufferPointer {
        Names.member($0, limit: min(limits.maxPathBytes, Self.mostNameBytes))
      }
      if isCut { notes.append("the path is longer than the limit and was cut") }
      if !path.isEmpty { name = path }
    }
    if used.insert(name).inserted { return name }
    return plain + [0x2D] + name
  }
}

import CustodyCore

/// Outlook's wrapping of a message for mail, `winmail.dat` ([MS-OXTNEF] 2.1): attributes one after the other, some of
/// which hold properties. Only says where things lie; every length is held against the size of the stream.
struct TNEFReader {
  struct Attachment {
    var name: [UInt8]?
    var content: Range<UInt64>?
    /// A message or an object of OLE, beside which `content` is no more than an icon.
    var object: Range<UInt64>?
  }
  struct Body {
    var name: StaticString
    var content: Range<UInt64>
    var isPackedRTF = false
  }

  private(set) var attachments: [Attachment] = []
  private(set) var bodies: [Body] = []
  private(set) var trouble: Trouble?
  private let content: RandomAccess
  private var current: Attachment?
  private static let mostAttachments = 10_000
  private static let mostProperties = 10_000
  private static let mostName = 4096

  /// Attributes ([MS-OXTNEF] 2.1.3.3).
  private enum Attribute {
    static let body: UInt64 = 0x0002_800C
    static let properties: UInt64 = 0x0006_9003
    static let attachmentStart: UInt64 = 0x0006_9002
    static let attachmentTitle: UInt64 = 0x0001_8010
    static let attachmentData: UInt64 = 0x0006_800F
    static let attachmentProperties: UInt64 = 0x0006_9005
  }

  init(_ content: RandomAccess) {
    self.content = content
    var at: UInt64 = 6
    while at < content.size {
      let head = Fields(content, at: at, count: 9)
      // Some writers leave a few bytes behind the last attribute.
      guard head.count == 9 else { break }
      let length = head.little(5, 4)
      guard (1...2).contains(head.little(0, 1)), length <= content.size - at - 9 else {
        trouble = Trouble(.failed, .corrupt, "an attribute of the message leads nowhere")
        break
      }
      guard attachments.count < Self.mostAttachments else {
        trouble = .limited(.entriesLimit)
        break
      }
      attribute(head.little(1, 4), at + 9..<at + 9 + length)
      at += 9 + length + 2
    }
    finish()
  }

  private mutating func finish() {
    if let current { attachments.append(current) }
    current = nil
  }

  private mutating func attribute(_ identifier: UInt64, _ range: Range<UInt64>) {
    switch identifier {
    case Attribute.attachmentStart:
      finish()
      current = Attachment()
    case Attribute.attachmentTitle:
      let name = content.bytes(at: range.lowerBound, count: Int(min(UInt64(range.count), UInt64(Self.mostName))))
      if current == nil { current = Attachment() }
      if current?.name == nil { current?.name = Array(name.prefix { $0 != 0 }) }
    case Attribute.attachmentData:
      if current?.content != nil { finish() }
      current = current ?? Attachment()
      current?.content = range
    case Attribute.attachmentProperties: properties(range) { $0.attachmentProperty($1, $2, $3) }
    case Attribute.body: bodies.append(Body(name: "body.txt", content: range))
    case Attribute.properties: properties(range) { $0.messageProperty($1, $2, $3) }
    default: break
    }
  }

  private mutating func attachmentProperty(_ identifier: UInt64, _ kind: UInt64, _ range: Range<UInt64>) {
    current = current ?? Attachment()
    if identifier == 0x3707 {
      let bytes = content.bytes(at: range.lowerBound, count: Int(min(range.upperBound - range.lowerBound, 8192)))
      let name = PSTText.utf8(bytes, UInt16(kind)).prefix { $0 != 0 }
      if !name.isEmpty { current?.name = Array(name) }
    } else if identifier == 0x3701 {
      // An object begins with the identifier of its interface.
      let isObject = kind == 0x000D
      let start = range.lowerBound + (isObject ? 16 : 0)
      guard start < range.upperBound else { return }
      if isObject {
        current?.object = start..<range.upperBound
      } else if current?.content == nil {
        current?.content = start..<range.upperBound
      }
    }
  }

  private mutating func messageProperty(_ identifier: UInt64, _ kind: UInt64, _ range: Range<UInt64>) {
    guard !range.isEmpty else { return }
    switch identifier {
    case 0x1000: bodies.append(Body(name: "body.txt", content: range))
    case 0x1013: bodies.append(Body(name: "body.html", content: range))
    case 0x1009: bodies.append(Body(name: "body.rtf", content: range, isPackedRTF: true))
    default: break
    }
  }

  /// The list of properties in an attribute ([MS-OXTNEF] 2.1.3.4): of each its type, its number, its name when it has
  /// one, and its values.
  private mutating func properties(
    _ range: Range<UInt64>, _ take: (inout TNEFReader, UInt64, UInt64, Range<UInt64>) -> Void
  ) {
    var at = range.lowerBound
    func number(_ width: Int) -> UInt64? {
      guard UInt64(width) <= range.upperBound - at else { return nil }
      defer { at += UInt64(width) }
      return Fields(content, at: at, count: width).little(0, width)
    }
    func skip(_ count: UInt64) -> Bool {
      guard count <= range.upperBound - at else { return false }
      at += count
      return true
    }
    guard let count = number(4) else { return }
    for _ in 0..<min(count, UInt64(Self.mostProperties)) {
      guard let kind = number(2), let identifier = number(2) else { return fail() }
      if identifier >= 0x8000 {
        guard skip(16), let form = number(4), let length = number(4), form == 0 || skip((length + 3) / 4 * 4) else {
          return fail()
        }
      }
      let isMultiple = kind & 0x1000 != 0
      let base = kind & 0x0FFF
      let isVariable = base == 0x1E || base == 0x1F || base == 0x0D || base == 0x102
      var values: UInt64 = 1
      if isMultiple || isVariable {
        guard let stated = number(4) else { return fail() }
        values = stated
      }
      for _ in 0..<min(values, UInt64(Self.mostProperties)) {
        let length: UInt64
        if isVariable {
          guard let stated = number(4) else { return fail() }
          length = stated
        } else {
          length = base == 0x48 ? 16 : [0x05, 0x06, 0x07, 0x14, 0x40].contains(base) ? 8 : 4
        }
        let start = at
        guard skip(length) else { return fail() }
        take(&self, identifier, kind, start..<start + length)
        _ = skip(min((4 - length % 4) % 4, range.upperBound - at))
      }
      if values > UInt64(Self.mostProperties) { return fail() }
    }
  }

  private mutating func fail() {
    trouble = trouble ?? Trouble(.failed, .corrupt, "properties of the message lead nowhere")
  }
}

extension Walker {
  /// `winmail.dat`: bodies and attachments, and in `headers` what else the stream holds.
  func tnef(_ content: RandomAccess, _ locator: Locator, _ level: Level, _ account: inout Account) {
    level.compressed = content.size
    let reader = TNEFReader(content)
    account.add(reader.trouble)
    var claims = ClaimedRanges()
    var used: Set<[UInt8]> = [Array("headers".utf8)]
    // Where counting goes on, so that as many alike as one likes cost no more than others.
    var numbers: [[UInt8]: Int] = [:]
    func take(_ name: [UInt8], _ range: Range<UInt64>, isPackedRTF: Bool = false) {
      var name = name
      let plain = name
      var number = numbers[plain] ?? 1
      defer { numbers[plain] = number }
      while !used.insert(name).inserted {
        number += 1
        name = plain + [0x2D] + Array(String(number).utf8)
      }
      claims.claim(range)
      let view = RangeView(content, from: range.lowerBound, size: range.upperBound - range.lowerBound)
      let header = EntryHeader(locator: locator.appending(name), declaredSize: isPackedRTF ? nil : view.size)
      let whole = isPackedRTF && view.size <= 16 << 20 ? view.bytes(at: 0, count: Int(view.size)) : []
      let source: Source
      if isPackedRTF, let text = CompressedRTF.unpack(whole) {
        source = MemorySource(text.bytes)
        source.isCutShort = text.isCut
        source.trouble = text.isCut ? .limited(.entrySizeLimit) : nil
      } else {
        source = SequentialSource(view)
        source.total = view.size
        if isPackedRTF {
          source.trouble = Trouble(.partial, .contentNotDecoded, "the body's compression was not undone")
        }
      }
      examine(charged(source, level), header, in: level)
    }
    for body in reader.bodies where level.stop == nil {
      take(Array(body.name.description.utf8), body.content, isPackedRTF: body.isPackedRTF)
    }
    for (index, attachment) in reader.attachments.enumerated() where level.stop == nil {
      let name = attachment.name.map { $0.map { $0 == 0x2F || $0 == 0 ? 0x5F : $0 } } ?? []
      for range in [attachment.content, attachment.object] {
        if let range { take(name.isEmpty ? Array("part\(index + 1)".utf8) : name, range) }
      }
    }
    if let reason = level.stop { return account.add(.limited(reason)) }
    let rest = RemainderBytes(content, claims, isPartial: false, charge: budget.account(of: level))
    plain(rest, EntryHeader(locator: locator.appending(Array("headers".utf8)), kind: .messageText), in: level)
  }
}

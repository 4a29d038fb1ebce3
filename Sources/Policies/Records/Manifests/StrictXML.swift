/// A small strict reader of XML 1.0 in memory, for DFXML from parties nobody has to trust.
///
/// Written here instead of taken from libxml2 (through FoundationXML): there is no document type, so no entity can be
/// declared, nothing can be expanded, nothing is fetched, and no C code meets hostile bytes in the process that judges.
/// Every tag must match, depth and every table are bounded, and memory does not grow with the document.
struct StrictXML {
  struct Problem: Error {
    var code: String
    var message: String
    var at: Int
    var hint: String?
  }

  enum Event {
    case start
    case end
    /// The range to hand to `XMLText`.
    case text(Range<Int>, isLiteral: Bool)
    case finished
  }

  struct Element {
    /// The name with its prefix.
    var qualified: Range<Int>
    var local: Range<Int>
    /// The same number for the same name space URI; 0 for none.
    var space: Int
  }

  static let depthLimit = 64
  static let attributeLimit = 64
  /// Declarations in scope, and different URIs in all: each element looks through them.
  static let spaceLimit = 64

  let bytes: [UInt8]
  let tokenLimit: Int
  /// Where reading goes on.
  private(set) var at = 0
  /// The element of the last `.start` or `.end`.
  private(set) var element = Element(qualified: 0..<0, local: 0..<0, space: 0)
  /// Attributes of the last `.start` that have no prefix.
  private(set) var attributes: [(name: [UInt8], value: [UInt8])] = []
  private var open: [Element] = []
  private var endsAtOnce = false
  private var hasRoot = false
  private var spaces = XMLSpaces()

  /// - Parameter tokenLimit: bytes a tag may have.
  init(_ bytes: [UInt8], tokenLimit: Int) {
    self.bytes = bytes
    self.tokenLimit = tokenLimit
    at = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
  }

  /// Elements that are open, the one of the last `.start` included.
  var depth: Int { open.count }

  mutating func next() throws(Problem) -> Event {
    if endsAtOnce {
      endsAtOnce = false
      return pop()
    }
    while at < bytes.count {
      guard bytes[at] == 0x3C else {
        let start = at
        while at < bytes.count, bytes[at] != 0x3C { at += 1 }
        if !open.isEmpty { return .text(start..<at, isLiteral: false) }
        if let odd = (start..<at).first(where: { !Self.isSpace(bytes[$0]) }) {
          throw problem("text stands outside the root element", at: odd)
        }
        continue
      }
      switch at + 1 < bytes.count ? bytes[at + 1] : 0 {
      case 0x3F: try instruction()
      case 0x21:
        if let literal = try declaration() { return .text(literal, isLiteral: true) }
      case 0x2F: return try endTag()
      default:
        try startTag()
        return .start
      }
    }
    guard open.isEmpty, hasRoot else {
      throw Problem(code: "truncated", message: "the document ends before its root element does", at: bytes.count)
    }
    return .finished
  }

  private mutating func pop() -> Event {
    if let last = open.popLast() { element = last }
    spaces.leave(depth: open.count)
    return .end
  }

  private mutating func startTag() throws(Problem) {
    let start = at
    guard !hasRoot || !open.isEmpty else { throw problem("a second root element", at: start) }
    guard open.count < Self.depthLimit else {
      throw Problem(code: "too-deep", message: "more than \(Self.depthLimit) elements inside each other", at: start)
    }
    at += 1
    let qualified = try name()
    var found: [(name: [UInt8], value: [UInt8])] = []
    while true {
      let before = at
      skipSpace()
      guard at < bytes.count, at - start <= tokenLimit else { throw tooLong(start) }
      if bytes[at] == 0x3E { break }
      if bytes[at] == 0x2F {
        guard at + 1 < bytes.count, bytes[at + 1] == 0x3E else { throw problem("`/` must end the tag", at: at) }
        endsAtOnce = true
        at += 1
        break
      }
      guard at > before else { throw problem("white space is missing between attributes", at: at) }
      let attribute = try attribute(from: start)
      guard found.count < Self.attributeLimit else {
        throw problem("more than \(Self.attributeLimit) attributes", at: at)
      }
      guard !found.contains(where: { $0.name == attribute.name }) else {
        throw problem("an attribute is given twice", at: at)
      }
      found.append(attribute)
    }
    at += 1
    for (name, value) in found {
      guard let prefix = XMLSpaces.declared(by: name) else { continue }
      guard spaces.declare(prefix, value, depth: open.count) else { throw problem("too many name spaces", at: start) }
    }
    let colon = bytes[qualified].firstIndex(of: 0x3A)
    let prefix = colon.map { Array(bytes[qualified.lowerBound..<$0]) } ?? []
    guard let space = spaces.number(of: prefix) else {
      throw problem("the prefix of the element is unknown", at: start)
    }
    let local = (colon.map { $0 + 1 } ?? qualified.lowerBound)..<qualified.upperBound
    guard !local.isEmpty else { throw problem("the element has no name", at: start) }
    element = Element(qualified: qualified, local: local, space: space)
    attributes = found.filter { !$0.name.contains(0x3A) }
    open.append(element)
    hasRoot = true
  }

  private mutating func attribute(from start: Int) throws(Problem) -> (name: [UInt8], value: [UInt8]) {
    let key = try name()
    skipSpace()
    guard at < bytes.count, bytes[at] == 0x3D else { throw problem("an attribute has no value", at: at) }
    at += 1
    skipSpace()
    guard at < bytes.count, bytes[at] == 0x22 || bytes[at] == 0x27 else {
      throw problem("the value of an attribute is not in quotes", at: at)
    }
    let quote = bytes[at]
    at += 1
    let from = at
    while at < bytes.count, bytes[at] != quote {
      guard bytes[at] != 0x3C else { throw problem("`<` in the value of an attribute", at: at) }
      guard at - start <= tokenLimit else { throw tooLong(start) }
      at += 1
    }
    guard at < bytes.count else { throw tooLong(start) }
    var value: [UInt8] = []
    try XMLText.append(bytes, from..<at, isLiteral: false, to: &value)
    at += 1
    return (Array(bytes[key]), value.map { Self.isSpace($0) ? 0x20 : $0 })
  }

  private mutating func endTag() throws(Problem) -> Event {
    let start = at
    at += 2
    let name = try name()
    skipSpace()
    guard at < bytes.count, bytes[at] == 0x3E else { throw problem("the closing tag does not end", at: start) }
    guard let last = open.last, bytes[last.qualified].elementsEqual(bytes[name]) else {
      throw problem("the closing tag does not match the element that is open", at: start)
    }
    at += 1
    return pop()
  }

  /// `<?…?>`: only the encoding of the first is looked at.
  private mutating func instruction() throws(Problem) {
    let start = at
    guard let end = find("?>", from: at + 2) else { throw problem("`<?` without `?>`", at: start) }
    let text = String(decoding: bytes[start..<min(end, start + 256)], as: UTF8.self)
    if text.hasPrefix("<?xml "), text.contains("encoding") {
      let value = text.split(whereSeparator: { "\"'".contains($0) })
      let at = value.firstIndex { $0.contains("encoding") } ?? value.startIndex
      let encoding = at + 1 < value.endIndex ? value[at + 1].lowercased() : ""
      guard ["utf-8", "us-ascii", "ascii"].contains(encoding) else {
        throw Problem(
          code: "encoding", message: "the document is not declared as UTF-8", at: start, hint: "save it as UTF-8")
      }
    }
    at = end
  }

  /// Steps over a comment, gives the inside of a CDATA section, refuses everything else.
  private mutating func declaration() throws(Problem) -> Range<Int>? {
    let start = at
    if has("<!--", at: start) {
      guard let end = find("--", from: start + 4), end < bytes.count, bytes[end] == 0x3E else {
        throw problem("a comment does not end, or holds `--`", at: start)
      }
      at = end + 1
      return nil
    }
    if has("<![CDATA[", at: start), !open.isEmpty {
      guard let end = find("]]>", from: start + 9) else { throw problem("`<![CDATA[` without `]]>`", at: start) }
      at = end
      return start + 9..<end - 3
    }
    throw Problem(
      code: "document-type", message: "document types and entities are not accepted", at: start,
      hint: "remove `<!DOCTYPE …>`")
  }

  private mutating func name() throws(Problem) -> Range<Int> {
    let start = at
    while at < bytes.count, at - start <= tokenLimit, XMLText.isNameByte(bytes[at], isFirst: at == start) { at += 1 }
    guard at > start else { throw problem("a name was expected", at: start) }
    return start..<at
  }

  private mutating func skipSpace() { while at < bytes.count, Self.isSpace(bytes[at]) { at += 1 } }

  /// The offset behind `text`.
  private func find(_ text: StaticString, from: Int) -> Int? {
    var i = from
    while i < bytes.count {
      if has(text, at: i) { return i + text.utf8CodeUnitCount }
      i += 1
    }
    return nil
  }

  private func has(_ text: StaticString, at: Int) -> Bool {
    guard at + text.utf8CodeUnitCount <= bytes.count else { return false }
    return text.withUTF8Buffer { $0.elementsEqual(bytes[at..<at + $0.count]) }
  }

  private func problem(_ message: String, at: Int) -> Problem { Problem(code: "xml", message: message, at: at) }

  private func tooLong(_ start: Int) -> Problem {
    problem("the tag does not end within \(tokenLimit >> 10) KiB", at: start)
  }

  static func isSpace(_ c: UInt8) -> Bool { c == 0x20 || c == 0x0A || c == 0x09 || c == 0x0D }
}

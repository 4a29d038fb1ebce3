/// Character data of XML 1.0: the five predefined entities and numbered characters, nothing else (sections 2.2, 4.1, 4.6).
enum XMLText {
  /// Appends what the text stands for.
  ///
  /// - Parameter isLiteral: the inside of a CDATA section, where `&` means itself.
  static func append(
    _ bytes: [UInt8], _ range: Range<Int>, isLiteral: Bool, to out: inout [UInt8]
  ) throws(StrictXML.Problem) {
    try scan(bytes, range, isLiteral: isLiteral) { out.append(contentsOf: $0) }
  }

  /// Refuses what `append` would refuse, and keeps nothing.
  static func check(_ bytes: [UInt8], _ range: Range<Int>, isLiteral: Bool) throws(StrictXML.Problem) {
    try scan(bytes, range, isLiteral: isLiteral) { _ in }
  }

  private static func scan(
    _ bytes: [UInt8], _ range: Range<Int>, isLiteral: Bool, _ take: (ArraySlice<UInt8>) -> Void
  ) throws(StrictXML.Problem) {
    var at = range.lowerBound
    var plain = at
    while at < range.upperBound {
      let c = bytes[at]
      guard c >= 0x20 || StrictXML.isSpace(c) else {
        throw StrictXML.Problem(code: "xml", message: "a control character stands in the text", at: at)
      }
      guard c == 0x26, !isLiteral else {
        at += 1
        continue
      }
      take(bytes[plain..<at])
      guard let end = bytes[at..<min(range.upperBound, at + 12)].firstIndex(of: 0x3B),
        let meaning = meaning(of: bytes[at + 1..<end])
      else {
        throw StrictXML.Problem(
          code: "entity", message: "only &amp; &lt; &gt; &quot; &apos; and numbered characters are accepted", at: at)
      }
      take(meaning[...])
      at = end + 1
      plain = at
    }
    take(bytes[plain..<range.upperBound])
  }

  /// UTF-8 of an entity or of a numbered character XML allows.
  private static func meaning(of reference: ArraySlice<UInt8>) -> [UInt8]? {
    let text = String(decoding: reference, as: UTF8.self)
    switch text {
    case "amp": return [0x26]
    case "lt": return [0x3C]
    case "gt": return [0x3E]
    case "quot": return [0x22]
    case "apos": return [0x27]
    default: break
    }
    guard text.hasPrefix("#") else { return nil }
    let isHex = text.hasPrefix("#x")
    let digits = text.dropFirst(isHex ? 2 : 1)
    guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) || isHex && (0x41...0x46).contains($0 & 0xDF) }),
      let value = UInt32(digits, radix: isHex ? 16 : 10), value >= 0x20 || [0x09, 0x0A, 0x0D].contains(value),
      value != 0xFFFE, value != 0xFFFF, let scalar = Unicode.Scalar(value)
    else { return nil }
    return Array(String(Character(scalar)).utf8)
  }

  /// A byte of a name; what is not ASCII counts as a letter.
  static func isNameByte(_ c: UInt8, isFirst: Bool) -> Bool {
    switch c {
    case 0x41...0x5A, 0x61...0x7A, 0x5F, 0x3A, 0x80...0xFF: true
    case 0x30...0x39, 0x2D, 0x2E: !isFirst
    default: false
    }
  }
}

/// Name spaces in scope (Namespaces in XML 1.0, sections 3, 5 and 6.2).
struct XMLSpaces {
  private var scope: [(depth: Int, prefix: [UInt8], space: Int)] = []
  private var numbers: [[UInt8]: Int] = [[]: 0]

  /// The prefix an attribute declares: empty for `xmlns`, nil when it declares none.
  static func declared(by attribute: [UInt8]) -> [UInt8]? {
    guard attribute.starts(with: "xmlns".utf8) else { return nil }
    if attribute.count == 5 { return [] }
    return attribute[5] == 0x3A ? Array(attribute[6...]) : nil
  }

  /// False when there are more than anyone needs.
  mutating func declare(_ prefix: [UInt8], _ uri: [UInt8], depth: Int) -> Bool {
    let number = numbers[uri] ?? numbers.count
    guard scope.count < StrictXML.spaceLimit, number < StrictXML.spaceLimit else { return false }
    numbers[uri] = number
    scope.append((depth, prefix, number))
    return true
  }

  /// Nil for a prefix nobody declared; `xml` needs no declaration.
  func number(of prefix: [UInt8]) -> Int? {
    if let known = scope.last(where: { $0.prefix == prefix }) { return known.space }
    if prefix.isEmpty { return 0 }
    return prefix.elementsEqual("xml".utf8) ? -1 : nil
  }

  /// Forgets what elements at `depth` and below declared.
  mutating func leave(depth: Int) { while let last = scope.last, last.depth >= depth { scope.removeLast() } }
}

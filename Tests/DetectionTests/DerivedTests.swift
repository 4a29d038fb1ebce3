import CustodyCore
import Testing

@testable import Detection

/// Encodings written by code, found and decoded again.
@Suite struct DerivedTests {
  static let payload: [UInt8] = bytes(300)

  static func bytes(_ count: Int, seed: UInt64 = 7) -> [UInt8] {
    var state = seed
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 56)
    }
  }
  static func base64(_ bytes: [UInt8]) -> String { Base64.encode(bytes) }
  static func url(_ bytes: [UInt8]) -> String {
    String(base64(bytes).map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 }.filter { $0 != "=" })
  }
  static func hex(_ bytes: [UInt8], before: String = "", upper: Bool = false) -> String {
    let digits = Array(upper ? "0123456789ABCDEF" : "0123456789abcdef")
    return bytes.map { before + String([digits[Int($0 >> 4)], digits[Int($0 & 15)]]) }.joined()
  }
  static func spelled(_ separator: String, _ prefix: String, perLine: Int) -> String {
    stride(from: 0, to: payload.count, by: perLine).map { start in
      payload[start..<min(payload.count, start + perLine)].map { hex([$0], before: prefix) }.joined(
        separator: separator)
    }.joined(separator: separator + "\n  ")
  }
  static func percent(_ bytes: [UInt8]) -> String {
    bytes.map { (0x30...0x39).contains($0) ? String(UnicodeScalar($0)) : hex([$0], before: "%", upper: true) }.joined()
  }
  static func folded(_ text: String, _ width: Int, _ ending: String, first: Int? = nil) -> String {
    var rest = text[...]
    var lines: [String] = []
    while !rest.isEmpty {
      let n = lines.isEmpty ? first ?? width : width
      lines.append(String(rest.prefix(n)))
      rest = rest.dropFirst(n)
    }
    return lines.joined(separator: ending)
  }
  static func escaped(_ text: String, _ map: [Character: String]) -> String {
    text.map { map[$0] ?? String($0) }.joined()
  }

  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var before: String
    var encoded: String
    var after: String
    var encoding: DerivedEncoding
    init(_ name: String, _ before: String, _ encoded: String, _ after: String, _ encoding: DerivedEncoding) {
      testDescription = name
      self.before = before
      self.encoded = encoded
      self.after = after
      self.encoding = encoding
    }
  }

  static let cases: [Case] = [
    Case("one line", "{\"photo\": \"", base64(payload), "\"}", .base64),
    Case("no padding", "", String(base64(Array(payload.dropLast())).filter { $0 != "=" }), "", .base64),
    Case("mail lines", "\r\n\r\n", folded(base64(payload), 76, "\r\n"), "\r\n\r\nThanks", .base64),
    Case("PEM lines", "-----BEGIN X-----\n", folded(base64(payload), 64, "\n"), "\n-----END X-----\n", .base64),
    Case("a word below", "x: ", folded(base64(payload), 76, "\n"), "\nThanks,\n", .base64),
    Case("LDIF", "jpegPhoto:: ", folded(base64(payload), 76, "\n ", first: 64), "\ncn: x\n", .base64),
    Case("data URI", "<img src='data:image/jpeg;base64,", base64(payload), "'>", .base64),
    Case(
      "data URI in lines", "url(data:image/png;base64,", folded(base64(payload), 76, "\n", first: 50), ")", .base64),
    Case("XMP lines", "<xmpGImg:image>", folded(base64(payload), 76, "&#xA;"), "</xmpGImg:image>", .base64),
    Case("JSON slashes", "{\"p\":\"", escaped(base64(payload), ["/": "\\/"]), "\"}", .base64),
    Case("JSON lines", "\"", folded(base64(payload), 76, "\\n"), "\"", .base64),
    Case("JSON escapes", "\"", escaped(base64(payload), ["+": "\\u002B", "=": "\\u003d"]), "\"", .base64),
    Case("form data", "p=", escaped(base64(payload), ["+": "%2B", "/": "%2f", "=": "%3D"]), "&q=1", .base64),
    Case("URL alphabet", "\"", url(payload), "\"", .base64url),
    Case("SQL X''", "VALUES (1,X'", hex(payload, upper: true), "');", .hex),
    Case("SQL 0x", "VALUES (1,0x", hex(payload, upper: true), ");", .hex),
    Case("Postgres", "1\t\\\\x", hex(payload), "\tb\n", .hex),
    Case("Postgres literal", "'\\x", hex(payload), "'", .hex),
    Case("hex lines", "<< ", folded(hex(payload), 80, "\n"), "\n>>", .hex),
    Case("C escapes", "b'\\x", String(hex(payload, before: "\\x").dropFirst(2)), "'", .hex),
    Case("RTF", "{\\pict\\jpegblip\\picw9 ", folded(hex(payload), 128, "\r\n"), "}", .hex),
    Case("RTF below", "{\\pict{\\*\\picprop}\\jpegblip\r\n", folded(hex(payload), 78, "\r\n"), "\r\n}", .hex),
    Case("HTML data URI", "<td><img alt=\"\" src=\"data:image/jpeg;base64,", base64(payload), "\"/>", .base64),
    Case("spaced", "bytes (", hex(payload, before: " ", upper: true).dropFirst().description, ")", .hexBytes),
    Case("spaced lines", "bytes (", spelled(" ", "", perLine: 16), ")", .hexBytes),
    Case("C array", "char a[] = {", spelled(", ", "0x", perLine: 12), "};\n", .hexBytes),
    Case("C# array", "new byte[] {", spelled(",", "0X", perLine: 1000), "}", .hexBytes),
    Case("commas", "[[", spelled(",", "", perLine: 1000), "]]", .hexBytes),
    Case("percent", "data:image/jpeg,", percent(payload), "\"", .percent),
  ]

  static func find(
    _ bytes: [UInt8], pieces: Int = .max, limits: DerivedLimits = DerivedLimits()
  ) -> [DerivedContent] {
    var found: [DerivedContent] = []
    var finder = DerivedFinder(limits: limits)
    bytes.withUnsafeBytes { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let part = rest.prefix(pieces)
        finder.consume(UnsafeRawBufferPointer(rebasing: part)) { found.append($0) }
        rest = rest.dropFirst(part.count)
      }
    }
    finder.finish { found.append($0) }
    return found
  }

  @Test(arguments: cases) func decodes(_ c: Case) throws {
    let wanted = c.testDescription == "no padding" ? Array(Self.payload.dropLast()) : Self.payload
    // Edges of blocks of any size, and what stands around.
    for lead in ["", "some words before\n", String(repeating: "short words ", count: 9)] {
      let before = lead + c.before
      let text = Array((before + c.encoded + c.after).utf8)
      let found = Self.find(text)
      try #require(found.count == 1)
      #expect(found[0].encoding == c.encoding)
      #expect(found[0].bytes == wanted)
      #expect(found[0].isWhole)
      #expect(found[0].place == Place(offset: UInt64(before.utf8.count), length: UInt64(c.encoded.utf8.count)))
      for pieces in [1, 2, 3, 7, 39, 40, 41, 64, 77, 200] { #expect(Self.find(text, pieces: pieces) == found) }
    }
  }

  /// As `xxd` and `hexdump` write them, at every length of the last line.
  @Test(arguments: ["xxd", "xxd -u -c 32", "hexdump -C", "hexdump -C -v"]) func dumps(_ layout: String) {
    for count in 250...300 {
      let bytes = Array(Self.payload.prefix(count))
      var lines = ""
      let width = layout == "xxd -u -c 32" ? 32 : 16
      for start in stride(from: 0, to: count, by: width) {
        let row = Array(bytes[start..<min(count, start + width)])
        let text = String(row.map { (0x20...0x7E).contains($0) ? Character(Unicode.Scalar($0)) : "." })
        let offset = Self.hex((0..<4).map { UInt8(truncatingIfNeeded: start >> (24 - 8 * $0)) })
        var digits = ""
        for (i, byte) in row.enumerated() {
          digits += Self.hex([byte], upper: width == 32)
          if layout.hasPrefix("hex") { digits += i == 7 ? "  " : " " } else if i % 2 == 1 { digits += " " }
        }
        digits += String(repeating: " ", count: max(0, (layout.hasPrefix("hex") ? 49 : width / 2 * 5) - digits.count))
        lines += layout.hasPrefix("hex") ? "\(offset)  \(digits) |\(text)|\n" : "\(offset): \(digits) \(text)\n"
      }
      for lead in ["", "see below\n", "what was in the file of lane 3 of that day:\n\n"] {
        let all = Array((lead + lines + "that was all\n").utf8)
        let found = Self.find(all)
        #expect(found.map(\.bytes) == [bytes], "\(layout) \(count)")
        #expect(found.map(\.encoding) == [.hexDump])
        #expect(found.first?.place.offset == UInt64(lead.utf8.count))
        let listed = Self.find(Array((lead + lines + "0000012c\n").utf8))
        #expect(listed.map(\.bytes) == [bytes])
        for pieces in [1, 5, 23, 24, 25, 61] { #expect(Self.find(all, pieces: pieces) == found) }
      }
    }
  }

  /// Content that begins with zeros gives nothing but `A` at first.
  @Test func zerosFirst() {
    let bytes = [UInt8](repeating: 0, count: 60) + Self.payload
    #expect(Self.find(Array(Self.base64(bytes).utf8)).map(\.bytes) == [bytes])
  }

  @Test func nested() throws {
    let outer = Self.base64(Array(Self.base64(Self.payload).utf8))
    let first = try #require(Self.find(Array(outer.utf8)).first)
    #expect(Self.find(first.bytes).map(\.bytes) == [Self.payload])
  }

  @Test(arguments: [
    "", "plain words of some length, as people write them, with commas and the like, over and over again",
    "da39a3ee5e6b4b0d3255bfef95601890afd80709  file",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  file",
    "if (aVeryLongNameOfSomething.anotherLongName(thirdNameThatIsLong) == 0x0000000000000000) { return; }",
    String(repeating: "-", count: 90),
    "/usr/share/doc/some_package-1.2/examples/with/a/long/path/and_a_name-of-its-own/Makefile",
    "LONG_NAME_OF_A_CONSTANT_THAT_NOBODY_WILL_EVER_WANT_TO_TYPE_BY_HAND_IN_A_HEADER",
    "C:\\Users\\lane3\\Pictures\\2018\\a.jpg",
  ])
  func leavesAlone(_ text: String) { #expect(Self.find(Array(text.utf8)).isEmpty) }

  @Test func digestsAndKeysAreNotWorthALine() {
    for seed in 1...2000 {
      let facts = Self.bytes(64, seed: UInt64(seed)).withUnsafeBytes { EntryExaminer.examineWhole($0) }
      #expect(!facts.isWorthListing)
    }
  }

  @Test func truncatedAnywhere() {
    let whole = Self.base64(Self.payload)
    for n in stride(from: 64, to: whole.utf8.count - 4, by: 1) {
      let found = Self.find(Array(whole.utf8.prefix(n)))
      #expect(found.map(\.bytes) == [Array(Self.payload.prefix(n * 3 / 4))])
    }
  }

  @Test func tooLarge() {
    var limits = DerivedLimits()
    limits.maxBytes = 100
    for c in Self.cases where c.testDescription != "no padding" {
      let found = Self.find(Array((c.before + c.encoded + c.after).utf8), pieces: 50, limits: limits)
      #expect(found.map(\.isWhole) == [false])
      #expect(found.map(\.bytes) == [Array(Self.payload.prefix(100))])
    }
  }

  @Test func zerosEndARun() {
    var finder = DerivedFinder()
    var found: [DerivedContent] = []
    let text = Array(Self.base64(Self.payload).utf8)
    text.withUnsafeBytes { finder.consume($0) { found.append($0) } }
    finder.consumeZeros(1 << 40) { found.append($0) }
    text.withUnsafeBytes { finder.consume($0) { found.append($0) } }
    finder.finish { found.append($0) }
    #expect(found.map(\.place.offset) == [0, UInt64(text.count) + 1 << 40])
    #expect(found.allSatisfy { $0.bytes == Self.payload })
  }

  /// Damage never crashes, never leads out of the entry, and never makes the answer depend on the pieces.
  @Test func mutations() {
    var texts = Self.cases.map { Array(("lead " + $0.before + $0.encoded + $0.after + "\nmore\n").utf8) }
    texts += EscapedTests.forms.map { form in
      Array(form.before.utf8) + form.write(EscapedTests.template + EscapedTests.payload) + Array(form.after.utf8)
    }
    let letters = Array("=\\%\n\r &;x0/A-'\"u7\t".utf8)
    var state: UInt64 = 1
    func next(_ n: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % n
    }
    for round in 0..<10_000 {
      var text = texts[round % texts.count]
      for _ in 0...next(4) {
        let at = next(text.count)
        switch next(4) {
        case 0: text[at] = UInt8(next(256))
        case 1: text[at] = letters[next(letters.count)]
        case 2: text.insert(letters[next(letters.count)], at: at)
        default: text.removeSubrange(at..<min(text.count, at + next(20)))
        }
        if text.isEmpty { text = [0x41] }
      }
      let found = Self.find(text)
      // Literals come at their own pace.
      let pieces = Self.find(text, pieces: 1 + next(100))
      for literals in [true, false] {
        #expect(
          found.filter { ($0.encoding == .escapes) == literals }
            == pieces.filter { ($0.encoding == .escapes) == literals })
      }
      var ends: [Bool: UInt64] = [:]
      for content in found {
        #expect(content.place.offset >= ends[content.encoding == .escapes] ?? 0)
        let end = content.place.offset + content.place.length
        ends[content.encoding == .escapes] = end
        #expect(end <= UInt64(text.count))
        #expect(content.bytes.count <= Int(content.place.length))
      }
    }
  }

  /// Text in units of two bytes: SQL Server writes its dumps so.
  @Test(arguments: [false, true], [false, true]) func unitsOfTwoBytes(isBigEndian: Bool, isMarked: Bool) {
    let text = "INSERT [dbo].[Faces] ([Id], [Photo]) VALUES (1, 0x\(Self.hex(Self.payload, upper: true)))\r\nGO\r\n"
    let units = (isMarked ? [0xFEFF] : []) + Array(text.utf16)
    let bytes = units.flatMap { unit in
      let pair = [UInt8(truncatingIfNeeded: unit >> 8), UInt8(truncatingIfNeeded: unit)]
      return isBigEndian ? pair : pair.reversed()
    }
    for chunks in [[bytes.count], [1], [7, 300, 3]] {
      var finder = EntryFinder()
      var found: [DerivedContent] = []
      var at = 0
      var i = 0
      while at < bytes.count {
        let part = Array(bytes[at..<min(bytes.count, at + chunks[i % chunks.count])])
        part.withUnsafeBytes { finder.consume($0) { found.append($0) } }
        at += part.count
        i += 1
      }
      finder.finish { found.append($0) }
      #expect(found.map(\.bytes) == [Self.payload], "chunks of \(chunks)")
      // The place is that of the digits, in bytes.
      let tail = ")\r\nGO\r\n".utf8.count
      let start = 2 * (text.utf8.count - tail - 2 * Self.payload.count + (isMarked ? 1 : 0))
      #expect(found.first?.place == Place(offset: UInt64(start), length: UInt64(4 * Self.payload.count)))
    }
  }

  /// A beginning in units hides nothing that follows in bytes.
  @Test func formsOneAfterTheOther() {
    let line: [UInt8] = Array("a line of text\\r\\n".utf8).flatMap { byte -> [UInt8] in [byte, 0] }
    let wide = (0..<40).flatMap { _ in line }
    let bytes = wide + Array(Self.base64(Self.payload).utf8)
    var finder = EntryFinder()
    var found: [DerivedContent] = []
    bytes.withUnsafeBytes { finder.consume($0) { found.append($0) } }
    finder.finish { found.append($0) }
    #expect(found.filter { $0.encoding == .base64 }.map(\.bytes) == [Self.payload])
  }
}

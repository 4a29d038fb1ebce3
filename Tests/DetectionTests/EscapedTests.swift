import CustodyCore
import TestSupport
import Testing

@testable import Detection

/// Bytes in string literals, written by code as the programs write them, found and decoded again.
@Suite struct EscapedTests {
  /// All byte values, zeros before figures among them.
  static let payload: [UInt8] =
    [0xFF, 0xD8, 0xFF, 0xE0, 0x00, 0x10] + Array("JFIF\0".utf8) + (0...255).map { UInt8($0) } + Array("a\0010\012".utf8)
  static let template = Array("FMR\0 20\0".utf8) + [0, 0, 0, 42, 0, 0, 2, 0, 2, 0, 0, 197, 0, 197, 1, 0, 90, 2, 100, 6]

  /// What others find in a stretch of a literal lies within it and is passed over by whoever lists.
  static func find(_ text: [UInt8], pieces: Int = .max, limits: DerivedLimits = DerivedLimits()) -> [DerivedContent] {
    DerivedTests.find(text, pieces: pieces, limits: limits).filter { $0.encoding == .escapes }
  }

  struct Form: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var before: String
    var after: String
    var write: @Sendable ([UInt8]) -> [UInt8]
    init(_ name: String, _ before: String, _ after: String, _ write: @escaping @Sendable ([UInt8]) -> [UInt8]) {
      (testDescription, self.before, self.after, self.write) = (name, before, after, write)
    }
  }
  static let forms = [
    Form("MySQL", "INSERT INTO `p` VALUES (1,_binary '", "','x');\n") { EscapedBytes.mysql($0) },
    Form("MySQL before 8.0", "INSERT INTO `p` VALUES (1,'", "'),(2,NULL);\n") { EscapedBytes.mysql($0) },
    Form("MySQL field", "some table of text\n17\t", "\t2018\n") { bytes in
      EscapedBytes.mysql(bytes).flatMap { $0 == 9 ? Array("\\t".utf8) : [$0] as [UInt8] }
    },
    Form("PostgreSQL literal", "INSERT INTO p VALUES (1, '", "');\n") { EscapedBytes.postgres($0) },
    Form("PostgreSQL E''", "INSERT INTO p VALUES (1, E'", "'::bytea);\n") { EscapedBytes.postgres($0, slash: "\\\\") },
    Form("PostgreSQL COPY", "COPY p (id, photo) FROM stdin;\n1\t", "\t2018-11-02\n") { EscapedBytes.copy($0) },
    Form("Python", "INFO got b'", "' from camera\n") { EscapedBytes.python($0) },
    Form("JSON", "{\"id\": 1, \"photo\": \"", "\", \"lane\": 2}\n") { EscapedBytes.json($0) },
    Form("JSON in UTF-8", "{\"id\":1,\"photo\":\"", "\",\"lane\":2}\n") { EscapedBytes.json($0, isASCII: false) },
  ]

  @Test(arguments: forms) func decodes(_ form: Form) throws {
    for wanted in [Self.payload, Self.template, Self.template + Self.payload] {
      for lead in ["", "-- a dump\n", String(repeating: "short words ", count: 9) + "\n"] {
        let before = Array((lead + form.before).utf8)
        let encoded = form.write(wanted)
        let text = before + encoded + Array(form.after.utf8)
        let found = Self.find(text)
        try #require(found.count == 1)
        #expect(found[0].bytes == wanted)
        #expect(found[0].isWhole)
        #expect(found[0].place == Place(offset: UInt64(before.count), length: UInt64(encoded.count)))
        for pieces in [1, 2, 3, 7, 8, 9, 64, 77, 200] { #expect(Self.find(text, pieces: pieces) == found) }
      }
    }
  }

  /// The string around is content of its own, in which the string inside is found.
  @Test func literalInALiteral() throws {
    let inner = Array("{\"lane\":2,\"photo\":\"".utf8) + EscapedBytes.json(Self.payload) + Array("\"}".utf8)
    let found = Self.find(Array("{\"body\":\"".utf8) + EscapedBytes.json(inner) + Array("\"}\n".utf8))
    try #require(found.map(\.bytes) == [inner])
    #expect(Self.find(found[0].bytes).map(\.bytes) == [Self.payload])
  }

  /// A table and the answer of a service, as values of a row.
  @Test func text() {
    let texts = [
      "plate,read at\nAB123CD,2018-11-02\nZZ987YX,2018-11-03\n", "{\"Faces\": [{\"FaceId\": \"O'Hara é\"}]}     ",
    ]
    for text in texts.map({ Array($0.utf8) }) {
      let row = Array("INSERT INTO logs VALUES (1,'it''s',NULL,'".utf8) + EscapedBytes.mysql(text) + Array("');\n".utf8)
      #expect(Self.find(row).map(\.bytes) == [text])
      #expect(Self.find(row, pieces: 7) == Self.find(row))
    }
  }

  /// Values of one row follow each other: what stands before the second is the first.
  @Test func oneBehindTheOther() {
    var text = Array("INSERT INTO t VALUES (1".utf8)
    for value in [Self.payload, Self.template, Self.payload] {
      text += Array(",'".utf8) + EscapedBytes.mysql(value) + [0x27]
    }
    text += Array(");\n".utf8)
    #expect(Self.find(text).map(\.bytes) == [Self.payload, Self.template, Self.payload])
  }

  /// What a driving licence's bar code says, in a log: text that begins with an odd byte.
  @Test func barCode() {
    let code = Array("@\n\u{1E}\rANSI 636000090002DL00410278DLDAQT64235789\nDCSSAMPLE\n".utf8)
    let text = Array("{\"scan\":\"".utf8) + EscapedBytes.json(code) + Array("\"}".utf8)
    #expect(Self.find(text).map(\.bytes) == [code])
  }

  @Test func inUTF16() {
    let text = Array("{\"photo\": \"".utf8) + EscapedBytes.json(Self.template) + Array("\"}".utf8)
    let wide: [UInt8] = [0xFF, 0xFE] + text.flatMap { [$0, 0] as [UInt8] }
    var found: [DerivedContent] = []
    var finder = EntryFinder()
    wide.withUnsafeBytes { finder.consume($0) { found.append($0) } }
    finder.finish { found.append($0) }
    #expect(found.map(\.bytes) == [Self.template])
  }

  static let texts: [(String, [UInt8])] = [
    ("accents", Array("{\"ville\":\"Orl\\u00e9ans, d\\u00e9partement du Loiret, r\\u00e9gion Centre\"}".utf8)),
    (
      "other letters",
      Array("\"\\u041f\\u0440\\u0438\\u0432\\u0435\\u0442, \\u043c\\u0438\\u0440\\u0000 and more\"".utf8)
    ),
    ("UTF-8 in octal", Array("\"d\\303\\251partement de la r\\303\\251gion Centre, et tout ce qui suit\"".utf8)),
    ("colours", Array("'\\x1b[31mred\\x1b[0m and \\x1b[32mgreen\\x1b[0m and so on'".utf8)),
    ("paths", Array("\"C:\\\\Zeta\\\\0000\\\\usr\\\\x86 the folder of the day\"".utf8)),
    ("a zero at the end", Array("const char s[] = \"usage: program [options] file ...\\n\\0\";".utf8)),
    (
      "bytes, all escaped",
      Array("b'\\x".utf8) + Array(DerivedTests.hex(payload, before: "\\x").utf8.dropFirst(2)) + [0x27]
    ),
  ]
  @Test(arguments: texts.indices) func textIsNone(_ i: Int) {
    let (name, text) = Self.texts[i]
    for pieces in [1, 64, Int.max] {
      #expect(Self.find(text, pieces: pieces).isEmpty, "\(name)")
    }
  }

  /// Bytes without any structure hold no literals, or hardly any.
  @Test func randomBytes() {
    var noise = DerivedTests.bytes(4 << 20)
    #expect(Self.find(noise).count <= 1)
    // As many escapes as a mutation can hope for.
    for i in stride(from: 0, to: noise.count - 8, by: 37) {
      noise.replaceSubrange(i..<(i + 3), with: [0x27, 0x5C, 0x30])
    }
    #expect(Self.find(noise).count < noise.count / 37 / 50)
  }

  @Test func limit() {
    var limits = DerivedLimits()
    limits.maxBytes = 100
    for form in Self.forms {
      let text = Array(form.before.utf8) + form.write(Self.payload) + Array(form.after.utf8)
      let found = Self.find(text, limits: limits)
      // Bytes of two are not counted as one.
      #expect(found.count == 1 && found.allSatisfy { (90...100).contains($0.bytes.count) && !$0.isWhole })
      #expect(found.allSatisfy { Self.payload.starts(with: $0.bytes) })
    }
  }
}

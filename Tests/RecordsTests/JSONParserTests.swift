import CustodyCore
import Testing

@testable import Records

@Suite struct JSONParserTests {
  static let accepted: [(String, JSONValue)] = [
    ("null", .null), (" true ", true), ("false", false), ("0", 0), ("-0", .double(-0.0)), ("-12", -12),
    ("9223372036854775807", .int(.max)), ("-9223372036854775808", .int(.min)),
    ("9223372036854775808", .uint(9_223_372_036_854_775_808)), ("18446744073709551615", .uint(.max)),
    ("18446744073709551616", .double(18_446_744_073_709_551_616)), ("1.5", .double(1.5)), ("1e3", .double(1000)),
    ("-1.25E-2", .double(-0.0125)), ("\"\"", ""), ("\"a\\u0062\\n\\/\\\"\\\\\\b\\f\\r\\t\"", "ab\n/\"\\\u{8}\u{c}\r\t"),
    ("\"\\ud83d\\uDEC2é\"", "🛂é"), ("\"\\u0000\"", "\u{0}"), ("[]", []), ("[1,[2],{}]", [1, [2], [:]]),
    ("{\"b\":1,\"a\":{\"b\":2}}", ["b": 1, "a": ["b": 2]]), ("\t\r\n[ 1 , 2 ]\n", [1, 2]), ("\"\u{7F}\"", "\u{7F}"),
  ]

  @Test(arguments: accepted) func accepts(_ text: String, _ value: JSONValue) throws {
    #expect(try JSONParser.parse(Array(text.utf8)) == value)
  }

  static let refused: [(String, String, Int)] = [
    ("", "json.cut", 0), ("  ", "json.cut", 2), ("nul", "json.syntax", 0), ("01", "json.syntax", 0),
    ("-", "json.cut", 1), ("-a", "json.syntax", 1), ("1.", "json.cut", 2), ("1e", "json.cut", 2),
    (".5", "json.syntax", 0),
    ("+1", "json.syntax", 0), ("1e400", "json.number", 0), ("[1,]", "json.syntax", 3), ("[1", "json.cut", 2),
    ("{\"a\":1,}", "json.syntax", 7), ("{\"a\" 1}", "json.syntax", 5), ("{a:1}", "json.syntax", 1),
    ("{\"a\":1,\"a\":2}", "json.duplicate", 7), ("{\"é\":1,\"e\u{301}\":2}", "json.duplicate", 8),
    ("{\"a\":1,\"\\u0061\":2}", "json.duplicate", 7), ("\"a", "json.cut", 2), ("\"\u{1}\"", "json.syntax", 1),
    ("\"\\x\"", "json.syntax", 1), ("\"\\u12g4\"", "json.syntax", 5), ("\"\\ud800\"", "json.surrogate", 1),
    ("\"\\ud800\\u0041\"", "json.surrogate", 1), ("\"\\udc00\"", "json.surrogate", 1), ("1 2", "json.trailing", 2),
    ("[]]", "json.trailing", 2), ("NaN", "json.syntax", 0), ("'a'", "json.syntax", 0), ("//x\n1", "json.syntax", 0),
    (String(repeating: "1", count: 129), "json.number", 0), ("\u{FEFF}1", "json.syntax", 0),
  ]

  @Test(arguments: refused) func refuses(_ text: String, _ code: String, _ offset: Int) throws {
    let complaint = try #require(throws: Complaint.self) { try JSONParser.parse(Array(text.utf8)) }
    #expect(complaint.code == code)
    #expect(complaint.location?.hasSuffix("byte \(offset)") == true, "\(complaint)")
  }

  @Test(
    arguments: [
      [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82], [0xF0, 0x80, 0x80, 0x80],
    ] as [[UInt8]])
  func refusesWhatIsNotUTF8(_ bad: [UInt8]) throws {
    for padding in 0..<10 {
      let bytes = [0x22] + [UInt8](repeating: 0x61, count: padding) + bad + [0x22]
      let complaint = try #require(throws: Complaint.self) { try JSONParser.parse(bytes) }
      #expect(complaint.code == "json.utf8")
      #expect(complaint.location == "line 1, column \(padding + 2), byte \(padding + 1)")
    }
  }

  @Test func namesLineAndColumn() throws {
    let complaint = try #require(throws: Complaint.self) {
      try JSONParser.parse(Array("{\n  \"a\": x\n}".utf8), source: "report.json")
    }
    #expect(complaint.location == "report.json, line 2, column 8, byte 9")
  }

  @Test func bordersOfDepth() throws {
    func nested(_ n: Int) -> [UInt8] {
      [UInt8](repeating: 0x5B, count: n) + [UInt8](repeating: 0x5D, count: n)
    }
    _ = try JSONParser.parse(nested(64))
    for n in [65, 100_000] {
      let complaint = try #require(throws: Complaint.self) { try JSONParser.parse(nested(n)) }
      #expect(complaint.code == "json.depth")
    }
  }

  @Test func everyCutIsRefused() throws {
    let whole = Array("{\"a\":[1.5e3,\"x\\u00e9\\ud83d\\udec2\"],\"b\":{\"c\":null,\"d\":true}}".utf8)
    for n in 0..<whole.count {
      #expect(throws: Complaint.self) { try JSONParser.parse(Array(whole.prefix(n))) }
    }
  }

  @Test func whatIsWrittenIsRead() throws {
    var random = SeededGenerator(7)
    func value(_ depth: Int) -> JSONValue {
      switch random.below(depth > 4 ? 6 : 8) {
      case 0: return .null
      case 1: return .bool(random.chance(50))
      case 2: return .int(Int64(bitPattern: random.next()))
      case 3: return .double(Double(random.below(1 << 40)) / 1024 + 0.5)
      case 4: return .uint(random.next() | 1 << 63)
      case 5: return .string(String(decoding: random.bytes(random.below(20)), as: UTF8.self))
      case 6: return .array((0..<random.below(5)).map { _ in value(depth + 1) })
      default:
        return .object(JSONObject((0..<random.below(5)).map { (key: "k\($0)\u{1}\"", value: value(depth + 1)) }))
      }
    }
    for _ in 0..<300 {
      let v = value(0)
      #expect(try JSONParser.parse(JSONWriter.compact(v)) == v)
      #expect(try JSONParser.parse(JSONWriter.pretty(v)) == v)
    }
  }

  @Test func mutationsNeverTrap() {
    var random = SeededGenerator(11)
    let whole = Array("{\"a\":[1.5e3,\"x\\u00e9\\ud83d\\udec2\"],\"b\":{\"c\":-0,\"d\":true}}".utf8)
    for _ in 0..<2000 {
      var bytes = whole
      for _ in 0...random.below(3) { bytes[random.below(bytes.count)] = UInt8(truncatingIfNeeded: random.next()) }
      // What is read must survive writing.
      if let v = try? JSONParser.parse(bytes) { #expect((try? JSONParser.parse(JSONWriter.compact(v))) == v) }
    }
  }
}

import CustodyCore
import Testing

@testable import Records

/// One examination with everything in it, and its line.
enum FullLine {
  static let examination = Examination(
    index: 17, nonce: Array(0..<16), locator: Locator(["usb.tar", "lane3/day.zip", "0001.jpg"].map { Array($0.utf8) }),
    size: 48_211, sha256: Digest([UInt8](repeating: 0xAB, count: 32)), kind: ContentKind(rawValue: "image/jpeg"),
    modified: Instant(seconds: 1_541_167_391), disposition: .partial, reason: .pixelsNotExamined,
    notes: ["name stands twice"], link: Array("../a".utf8), attributes: ["width": 1280, "gps": true],
    observations: [
      Observation(
        .faceImage, detector: "face.hog", version: 1, strength: .strong, count: 2,
        place: Place(offset: 0, length: 48_211), attributes: ["height": -960, "capturedAt": "2018-11-02T14:02:58"]),
      Observation(.plateRead, detector: "plate.csv", version: 3, strength: .weak),
    ])

  static let text =
    #"{"index":17,"nonce":"000102030405060708090a0b0c0d0e0f","path":"usb.tar!/lane3/day.zip!/0001.jpg","size":48211,"#
    + #""sha256":"abababababababababababababababababababababababababababababababab","kind":"image/jpeg","#
    + #""modified":"2018-11-02T14:03:11Z","disposition":"partial","reason":"pixels-not-examined","#
    + #""notes":["name stands twice"],"link":"../a","attributes":{"width":1280,"gps":true},"#
    + #""observations":[{"dataClass":"face.image","detector":"face.hog","version":1,"strength":"strong","count":2,"#
    + #""place":{"offset":0,"length":48211},"attributes":{"height":-960,"capturedAt":"2018-11-02T14:02:58"}},"#
    + #"{"dataClass":"plate.read","detector":"plate.csv","version":3,"strength":"weak","count":1}]}"#
}

@Suite struct InventoryLineTests {
  static func encode(_ e: Examination) -> [UInt8] {
    var out: [UInt8] = []
    InventoryLine.encode(e, into: &out)
    return out
  }

  @Test func hasOneSpelling() throws {
    #expect(String(decoding: Self.encode(FullLine.examination), as: UTF8.self) == FullLine.text)
    #expect(try InventoryLine.decode(Array(FullLine.text.utf8)) == FullLine.examination)
  }

  @Test func appends() {
    var out: [UInt8] = [1, 2]
    InventoryLine.encode(FullLine.examination, into: &out)
    #expect(out == [1, 2] + Array(FullLine.text.utf8))
  }

  @Test func everyExaminationComesBack() throws {
    var random = SeededGenerator(1)
    for _ in 0..<800 {
      let e = random.examination()
      let line = Self.encode(e)
      #expect(!line.contains(0x0A))
      let back = try InventoryLine.decode(line)
      if back != e { Issue.record("\(String(decoding: line, as: UTF8.self))") }
      #expect(
        try JSONParser.parse(line)["path"]?.string
          == e.locator.components.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "!/"))
    }
  }

  /// JSON readers of others see the values this one sees.
  @Test func isJSON() throws {
    let v = try JSONParser.parse(Array(FullLine.text.utf8))
    #expect(
      v.object?.members.map(\.key) == [
        "index", "nonce", "path", "size", "sha256", "kind", "modified", "disposition", "reason", "notes", "link",
        "attributes", "observations",
      ])
    #expect(JSONWriter.compact(v) == Array(FullLine.text.utf8))
  }

  @Test func rawBytesOnlyWhenNeeded() throws {
    func line(_ components: [[UInt8]]) -> String {
      String(
        decoding: Self.encode(Examination(index: 0, nonce: Array(0..<16), locator: Locator(components), size: 0)),
        as: UTF8.self)
    }
    #expect(!line([[0xC3, 0xA9], Array("a!".utf8), Array("/b".utf8), []]).contains("pathB64"))
    #expect(line([Array("a!/b".utf8)]).contains(#""path":"a!/b","pathB64":"YSEvYg==","#))
    #expect(line([[0x61], [0xFF]]).contains(#""path":"a!/\#u{FFFD}","pathB64":"YQ==!/w==","#))
  }

  @Test func wideNumbersAreStrings() {
    var e = FullLine.examination
    e.size = 9_007_199_254_740_991
    #expect(String(decoding: Self.encode(e), as: UTF8.self).contains(#""size":9007199254740991,"#))
    e.size += 1
    #expect(String(decoding: Self.encode(e), as: UTF8.self).contains(#""size":"9007199254740992","#))
  }

  /// What stands first is replaced by what stands second, and the line must be refused.
  static let hostile: [(String, String)] = [
    (#""index":17"#, #""index":017"#), (#""index":17"#, #""index":-1"#), (#""index":17"#, #""index":1.0"#),
    (#""index":17"#, #""index":"17""#), (#""index":17"#, #""index":9007199254740992"#),
    (#""index":17"#, #""index":"18446744073709551616""#), (#""index":17"#, #""index":99999999999999999999999999"#),
    (#""index":17,"#, ""), (#""index":17"#, #""index":null"#), (#""index":17"#, #""index" :17"#),
    (#""index":17"#, #""index":17,"index":17"#), ("000102", "00010g"), ("0a0b0c0d0e0f", "0A0B0C0D0E0F"),
    ("0e0f", "0e"), ("0e0f", "0e0f00"), (#","sha256""#, #","sha512""#), ("abab\"", "abab00\""),
    ("image/jpeg", "image"), ("image/jpeg", "image/jpeg;q=1"), ("image/jpeg", "/jpeg"), ("image/jpeg", "a/b/c"),
    ("image/jpeg", ""), ("image/jpeg", "image/\u{E9}"), ("2018-11-02T14:03:11Z", "2018-02-30T14:03:11Z"),
    ("2018-11-02T14:03:11Z", "2018-11-02T14:03:60Z"), ("2018-11-02T14:03:11Z", "2018-11-02T14:03:11+00:00"),
    ("2018-11-02T14:03:11Z", "0000-11-02T14:03:11Z"), ("2018-11-02T14:03:11Z", "2018-11-02t14:03:11z"),
    (#""partial""#, #""Partial""#), (#""partial""#, #""""#), (#""partial""#, #""unheard""#),
    (#""partial""#, #""examined""#),
    (#","reason":"pixels-not-examined""#, ""), ("pixels-not-examined", "pixels not examined"),
    ("pixels-not-examined", ""), ("pixels-not-examined", String(repeating: "a", count: 65)),
    (#"["name stands twice"]"#, "[]"), (#"["name stands twice"]"#, #"["a",]"#), ("stands", "\\u001bstands"),
    ("stands", "\\u0041"), ("stands", "\\/"), ("stands", "\\u00e9"), ("stands", "\\u000a"), ("stands", "\\u0000"),
    ("stands", "\u{9B}31m"), ("stands", "a\u{1}"), ("stands", "\u{7F}"), ("stands", "\\"),
    ("stands", String(repeating: "a", count: 4097)), (#"{"width":1280,"gps":true}"#, "{}"),
    (#""gps":true"#, #""width":true"#), (#""gps":true"#, #""gps":null"#), (#""gps":true"#, #""gps":1.5"#),
    (#""gps":true"#, #""gps":[]"#), (#""gps":true"#, #""gps":-0"#), (#""gps":true"#, #""":true"#),
    (#""gps":true"#, #""g ps":true"#), (#""gps":true"#, #""gps":9223372036854775808"#),
    (#""gps":true"#, #""gps":-9223372036854775809"#),
    (#""gps":true"#, #""gps":"\#(String(repeating: "x", count: 513))""#),
    (#""gps":true"#, #""gps":"a\nb""#), ("face.image", "face.picture"), ("face.hog", "face hog"), ("face.hog", ""),
    (#""version":1"#, #""version":0"#), (#""version":1"#, #""version":-1"#),
    (#""strength":"strong""#, #""strength":"sure""#),
    (#""count":2"#, #""count":0"#), (#""count":2"#, #""count":9007199254740992"#), (#""count":2,"#, ""),
    (#""offset":0,"length":48211"#, #""offset":0"#), (#""offset":0,"length":48211"#, #""length":48211,"offset":0"#),
    (#""offset":0,"length":48211"#, #""offset":"18446744073709551615","length":1"#), (#""offset":0"#, #""offset":0x0"#),
    (#""offset":0"#, #""offset":"0""#), (#"]}"#, #"]} "#), (#"]}"#, #"],"more":1}"#),
    (#""link":"../a""#, #""link":null"#),
    (#""link":"../a""#, #""link":"../a","linkB64":"Li4vYQ==""#), (#""link":"../a""#, #""link":"b","linkB64":"/w==""#),
    (#""size":48211,"#, #""pathB64":"dXNiLnRhcg==!bGFuZTMvZGF5LnppcA==!MDAwMS5qcGc=","size":48211,"#),
    (#""size":48211,"#, #""pathB64":"/w==","size":48211,"#), (#""size":48211,"#, #""pathB64":"","size":48211,"#),
    (#""path""#, #""Path""#), ("{\"index\"", " {\"index\""),
  ]

  @Test(arguments: hostile) func refuses(_ what: String, _ instead: String) throws {
    #expect(FullLine.text.contains(what))
    let line = Array(FullLine.text.replacing(what, with: instead, maxReplacements: 1).utf8)
    let complaint = try #require(throws: Complaint.self) { try InventoryLine.decode(line) }
    #expect(complaint.code == "inventory.line")
    // Nothing of the line itself gets into the message.
    #expect(!complaint.description.contains("lane3"))
  }

  @Test func refusesEveryCut() {
    let line = Array(FullLine.text.utf8)
    for n in 0..<line.count { #expect(throws: Complaint.self) { try InventoryLine.decode(line[..<n]) } }
  }

  /// The law of one spelling: whatever is taken is written again as the same bytes.
  @Test func mutationsAreRefusedOrTheSameLine() {
    var random = SeededGenerator(3)
    var taken = 0
    for round in 0..<3000 {
      var line = round % 3 == 0 ? Self.encode(random.examination()) : Array(FullLine.text.utf8)
      for _ in 0...random.below(2) {
        let at = random.below(line.count)
        switch random.below(5) {
        case 0: line[at] = UInt8(truncatingIfNeeded: random.next())
        case 1: line.remove(at: at)
        case 2: line.insert(random.pick(Array(#""\,:{}[]0123456789abcdef!/-"#.utf8)), at: at)
        case 3: line[at] = line[random.below(line.count)]
        default: line[at] ^= 1 << UInt8(random.below(8))
        }
      }
      guard let e = try? InventoryLine.decode(line) else { continue }
      taken += 1
      if Self.encode(e) != line { Issue.record("taken in another spelling: \(String(decoding: line, as: UTF8.self))") }
    }
    #expect(taken > 100)
  }

  @Test func refusesEmptyAndEndless() {
    #expect(throws: Complaint.self) { try InventoryLine.decode([UInt8]()) }
    let note = String(repeating: "a", count: 4000)
    let many = FullLine.text.replacing(
      "\"name stands twice\"", with: Array(repeating: "\"\(note)\"", count: 280).joined(separator: ","))
    #expect(many.utf8.count > InventoryLine.longest)
    #expect(throws: Complaint.self) { try InventoryLine.decode(Array(many.utf8)) }
    let tooMany = FullLine.text.replacing(
      "\"name stands twice\"", with: Array(repeating: "\"\"", count: 257).joined(separator: ","))
    #expect(throws: Complaint.self) { try InventoryLine.decode(Array(tooMany.utf8)) }
  }

  /// A careless detector or a hostile name must never make an inventory that cannot be judged.
  @Test func whatIsOutOfRangeIsRepaired() throws {
    let careless = Examination(
      index: 1, nonce: [1, 2], locator: Locator([[UInt8]]()), size: 1, kind: ContentKind(rawValue: "no kind"),
      modified: Instant(seconds: .max), disposition: .failed, reason: nil,
      notes: ["\u{1B}[31m\u{9B}", String(repeating: "é", count: 4000)] + Array(repeating: "n", count: 400),
      attributes: Attributes(distinct: [
        (key: "a b", value: "x\u{0}"), (key: "a_b", value: 1), (key: "", value: 2), (key: "", value: 3),
        (key: "v", value: .string(String(repeating: "\u{1}", count: 600))),
      ]),
      observations: [
        Observation(
          .dnaProfile, detector: "name with \"quotes\"", version: 0, strength: .proof, count: -4,
          place: Place(offset: 5, length: .max))
      ])
    let e = try InventoryLine.decode(Self.encode(careless))
    #expect(e.reason == .unspecified)
    #expect(e.kind == .unknown)
    #expect(e.modified == nil)
    #expect(e.nonce == [1, 2] + [UInt8](repeating: 0, count: 14))
    #expect(e.notes.count == InventoryLine.mostNotes)
    #expect(e.notes.last == "147 more notes")
    #expect(e.notes[0] == "\u{FFFD}[31m\u{FFFD}")
    #expect(e.notes[1].utf8.count == 4096)
    #expect(e.attributes["a_b"] == "x\u{FFFD}")
    #expect(e.attributes["_"] == 2)
    #expect(e.attributes["v"] == .string(String(repeating: "\u{FFFD}", count: 170)))
    #expect(
      e.observations == [
        Observation(
          .dnaProfile, detector: "name_with__quotes_", version: 1, strength: .proof, count: 1,
          place: Place(offset: 5, length: .max - 5))
      ])
  }

  @Test func whatIsTooLongIsLimitedAndSaysSo() throws {
    var random = SeededGenerator(5)
    var e = FullLine.examination
    e.disposition = .examined
    e.reason = nil
    e.observations = (0..<8_000).map { _ in random.observation() }
    let back = try InventoryLine.decode(Self.encode(e))
    #expect(back.disposition == .limited)
    #expect(back.reason == .lineLimit)
    #expect(back.locator == e.locator)
    let kept = back.observations.count
    #expect(kept > 500)
    #expect(back.observations == Array(e.observations.prefix(kept)))
    #expect(back.notes.first == "\(8_000 - kept) observations do not fit the line")

    e.observations = []
    e = Examination(
      index: 3, nonce: e.nonce, locator: Locator((0..<400).map { _ in [0xFF] + [UInt8](repeating: 0x61, count: 4095) }),
      size: 1,
      disposition: .failed, reason: .corrupt, notes: Array(repeating: String(repeating: "\"", count: 5000), count: 300),
      link: [UInt8](repeating: 1, count: 1 << 20),
      attributes: Attributes(
        distinct: (0..<100).map { (key: "k\($0)", value: .string(String(repeating: "\"", count: 600))) }),
      observations: e.observations)
    let cut = try InventoryLine.decode(Self.encode(e))
    #expect(cut.reason == .corrupt)
    #expect(cut.notes.first == "path cut: 1638400 bytes do not fit the line")
  }

  @Test func tooManyContainersAreCut() throws {
    let deep = Examination(
      index: 0, nonce: Array(0..<16), locator: Locator((0..<300).map { _ in Array("a.tar".utf8) }), size: 1)
    let e = try InventoryLine.decode(Self.encode(deep))
    #expect(e.locator.components.count == InventoryLine.mostComponents)
    #expect(e.disposition == .limited)
    #expect(e.notes == ["path cut: 1500 bytes do not fit the line"])
  }

  @Test func hexadecimalDigitsAreLowerCaseOnly() {
    for b in UInt8.min...UInt8.max {
      for place in 0..<8 {
        var digits = Array("01239abf".utf8)
        digits[place] = b
        let value = digits.withUnsafeBufferPointer { p in p.baseAddress.flatMap { HexDigits.read($0) } }
        let isDigit = "0123456789abcdef".utf8.contains(b)
        let expected = isDigit ? UInt64(String(decoding: digits, as: UTF8.self), radix: 16) : nil
        if value != expected { Issue.record("\(digits)") }
        var written = [UInt8](repeating: 0, count: 8)
        written.withUnsafeMutableBufferPointer { p in
          if let base = p.baseAddress, let value { HexDigits.write(value, to: base) }
        }
        if isDigit, written != digits { Issue.record("\(digits)") }
      }
    }
  }

  @Test func alphabetsHoldWhatTheySay() {
    let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    for b in UInt8.min...UInt8.max {
      #expect(TokenAlphabet.word.contains(b) == (letters + "._-").utf8.contains(b))
      #expect(TokenAlphabet.media.contains(b) == (letters + "!#$&-^_.+/").utf8.contains(b))
    }
  }

  @Test func lookingAtEightBytesAgreesWithLookingAtOne() {
    var random = SeededGenerator(9)
    let interesting: [UInt8] = [0x00, 0x1F, 0x20, 0x21, 0x22, 0x5C, 0x7E, 0x7F, 0x80, 0x9F, 0xA0, 0xFF]
    for _ in 0..<1000 {
      let bytes = (0..<random.below(40)).map { _ in random.chance(95) ? 0x61 : random.pick(interesting) }
      bytes.withUnsafeBufferPointer { b in
        guard let p = b.baseAddress else { return }
        let s = UTF8Bytes.survey(p, b.count)
        let agrees =
          s.hasHighBit == bytes.contains { $0 >= 0x80 } && s.hasBackslash == bytes.contains(0x5C)
          && s.hasControl == bytes.contains { $0 < 0x20 || $0 == 0x7F }
        if !agrees { Issue.record("\(bytes)") }
      }
    }
    for _ in 0..<1000 {
      let bytes = (0..<random.below(30)).map { _ in random.pick([0x21, 0x2F, 0x61, 0x62] as [UInt8]) }
      let expected = (0..<max(0, bytes.count - 1)).first { bytes[$0] == 0x21 && bytes[$0 + 1] == 0x2F }
      let found = bytes.withUnsafeBufferPointer { b in
        b.baseAddress.flatMap { LocatorText.separator(in: $0, from: 0, to: b.count) }
      }
      #expect(found == expected)
    }
    for _ in 0..<1000 {
      let bytes = random.path() + (random.chance(50) ? random.bytes(random.below(4)) : [])
      let valid = bytes.withUnsafeBufferPointer { b in b.baseAddress.map { UTF8Bytes.isValid($0, b.count) } ?? true }
      #expect(valid == (String(validating: bytes, as: UTF8.self) != nil))
    }
  }
}

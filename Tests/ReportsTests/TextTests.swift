import Testing

@testable import Reports

struct QuantityTests {
  @Test(
    arguments: [
      (0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (1536, "1.5 KiB"), (48_211, "47.1 KiB"),
      (1_048_575, "1.0 MiB"), (1_048_576, "1.0 MiB"), (9_876_543_210, "9.2 GiB"), (UInt64.max, "16.0 EiB"),
      (1 << 60, "1.0 EiB"), ((1 << 60) - 1, "1.0 EiB"),
    ] as [(UInt64, String)])
  func bytes(_ count: UInt64, _ expected: String) { #expect(Quantity.bytes(count) == expected) }

  @Test(arguments: [
    (0, "0"), (999, "999"), (1000, "1,000"), (184_000, "184,000"), (-1234, "-1,234"),
    (Int.min, "-9,223,372,036,854,775,808"),
  ])
  func count(_ value: Int, _ expected: String) { #expect(Quantity.count(value) == expected) }

  @Test(arguments: [(1, 3, "33.3 %"), (999_999, 1_000_000, "99.9 %"), (5, 5, "100.0 %"), (0, 0, "-"), (6, 5, "-")])
  func percent(_ part: Int, _ whole: Int, _ expected: String) {
    #expect(Quantity.percent(part, of: whole) == expected)
  }

  @Test func percentOfHugeNumbersDoesNotOverflow() {
    #expect(Quantity.percent(Int.max, of: Int.max) == "100.0 %")
    #expect(Quantity.percent(Int.max - 1, of: Int.max) == "99.9 %")
  }
}

struct TextWidthTests {
  @Test func wrappingKeepsEveryWordAndTheWidth() {
    let text = "one two  three \(String(repeating: "x", count: 40)) four"
    for width in 2...60 {
      let lines = TextWidth.wrap(text, width)
      #expect(lines.allSatisfy { TextWidth.columns($0) <= width })
      #expect(lines.joined().filter { $0 != " " } == text.filter { $0 != " " })
    }
    #expect(TextWidth.wrap("", 10) == [""])
  }

  @Test func columnsFollowUAX11() {
    #expect(TextWidth.columns("abc") == 3)
    #expect(TextWidth.columns("\u{6F22}") == 2)
    #expect(TextWidth.columns("e\u{301}") == 1)
  }
}

struct SARIFTextTests {
  @Test(arguments: [
    ("a/b.jpg", "a/b.jpg"), ("", "."), ("/etc", "%2Fetc"), ("//host/x", "%2F/host/x"), ("c:x", "c%3Ax"),
    ("a b?#%", "a%20b%3F%23%25"), ("\u{E4}", "%C3%A4"), ("x.tar!/y", "x.tar!/y"), ("\n", "%0A"),
  ])
  func uris(_ path: String, _ uri: String) { #expect(SARIFText.uri(path: path) == uri) }

  @Test func messagesAreEscaped() {
    #expect(SARIFText.escape("{0} [a](b) \\ \u{1B}\u{202E}") == "{{0}} \\[a\\](b) \\\\ \u{FFFD}\u{FFFD}")
  }

  @Test(arguments: [
    ("6ba7b814-9dad-51d1-80b4-00c04fd430c8", true), ("6ba7b814-9dad-61d1-80b4-00c04fd430c8", false),
    ("6ba7b814-9dad-51d1-c0b4-00c04fd430c8", false), ("6ba7b8149dad51d180b400c04fd430c8", false), ("", false),
    ("g6ba7b81-9dad-51d1-80b4-00c04fd430c8", false),
  ])
  func guids(_ text: String, _ valid: Bool) { #expect(SARIFText.isGUID(text) == valid) }
}

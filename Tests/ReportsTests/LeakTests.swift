import CustodyCore
import Reports
import TestSupport
import Testing

/// A canary stands in every field that holds a path and nowhere else.
struct LeakTests {
  static let canaries = [
    "canary-7f3a", "kan\u{E4}rie", "a b", "x/y", "100%", "\u{1B}[31m", "line\nbreak", "\"quoted\"",
  ]

  @Test(arguments: Catalog.formats.map(\.name), canaries)
  func noViewShowsAPathUnlessAsked(_ name: String, _ part: String) throws {
    let format = try #require(Catalog.format(named: name))
    // Marks of its own around the part, so that finding it cannot be chance; in all the ways a format may spell it.
    let canary = "QZX" + part + "XZQ"
    let hidden = String(decoding: format.render(.sample(canary: canary), context: .sample()), as: UTF8.self)
    #expect(!hidden.contains("QZX"))
    #expect(!hidden.contains("XZQ"))
    let shown = String(
      decoding: format.render(.sample(canary: canary), context: .sample(disclosePaths: true)), as: UTF8.self)
    #expect(shown.contains("QZX"), "disclosure must disclose, or this test could not fail")
  }

  @Test func textViewsHoldNoControlCharacters() throws {
    for name in ["table", "lines"] {
      let format = try #require(Catalog.format(named: name))
      var report = Report.sample(canary: "\u{1B}]0;x\u{7}\u{202E}")
      report.engagement.holder = "\u{1B}[2J\r\nPASSED"
      report.findings[0].title = "a\u{1B}[1mb\u{2028}c"
      report.findings[0].cause = "\u{9B}31m"
      report.limitations[0].text = "\u{0}\u{8}"
      let text = String(
        decoding: format.render(report, context: .sample(disclosePaths: true)), as: UTF8.self)
      for scalar in text.unicodeScalars where scalar != "\n" {
        #expect(scalar.properties.generalCategory != .control)
        #expect(scalar.properties.generalCategory != .format)
        #expect(scalar.properties.generalCategory != .lineSeparator)
      }
      #expect(!text.split(separator: "\n").contains { $0.hasPrefix("PASSED") })
    }
  }
}

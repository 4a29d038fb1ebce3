import CustodyCore
import Reports
import TestSupport
import Testing

struct GoldenTests {
  static let names = Catalog.formats.map(\.name)

  @Test(arguments: names) func viewsAreAsRecorded(_ name: String) throws {
    let format = try #require(Catalog.format(named: name))
    try Golden.expect(format.render(.sample(), context: .sample()), matches: "sample-" + format.fileName)
    try Golden.expect(format.render(.clean, context: .sample()), matches: "clean-" + format.fileName)
    try Golden.expect(
      format.render(.sample(), context: .sample(disclosePaths: true)), matches: "disclosed-" + format.fileName)
  }

  @Test(arguments: names) func equalInputGivesEqualBytes(_ name: String) throws {
    let format = try #require(Catalog.format(named: name))
    // Dictionaries are built anew each time: an order taken from one would differ between them.
    let first = format.render(.sample(), context: .sample())
    for _ in 0..<20 { #expect(format.render(.sample(), context: .sample()) == first) }
    #expect(first.last == 0x0A)
  }
}

import Foundation
import Reports
import TestSupport
import Testing

struct CatalogTests {
  @Test func everyFileInFormatsIsInTheCatalogue() throws {
    let folder = Corpus.package.appendingPathComponent("Sources/Reports/Formats")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".swift") }
    let types = Catalog.formats.map { String(describing: type(of: $0)) + ".swift" }
    #expect(files.sorted() == types.sorted())
  }

  @Test func namesAndFileNamesAreUniqueAndPlain() {
    let names = Catalog.formats.map(\.name)
    #expect(Set(names).count == names.count)
    #expect(Set(Catalog.formats.map(\.fileName)).count == names.count)
    for format in Catalog.formats {
      #expect(format.name.allSatisfy { ("a"..."z").contains($0) || $0 == "-" })
      #expect(!format.fileName.contains("/"))
      #expect(!format.summary.contains("\n"))
      #expect(format.mediaType.contains("/"))
      #expect(Catalog.format(named: format.name)?.fileName == format.fileName)
    }
    #expect(Catalog.format(named: "none") == nil)
    #expect(Catalog.standard.name == "table")
  }
}

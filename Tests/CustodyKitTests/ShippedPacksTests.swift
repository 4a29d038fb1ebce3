import CustodyKit
import Foundation
import Policies
import TestSupport
import Testing

@Suite struct ShippedPacksTests {
  /// The program carries exactly what `policies/` holds.
  @Test func embeddedTextIsFresh() throws {
    let folder = Corpus.package.appendingPathComponent("policies")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".yaml") }
      .sorted()
    #expect(PolicySources.shipped.map { $0.name + ".yaml" } == names)
    for source in PolicySources.shipped {
      let text = try String(contentsOf: folder.appendingPathComponent(source.name + ".yaml"), encoding: .utf8)
      #expect(String(decoding: source.bytes, as: UTF8.self) == text, "run scripts/embed-policies")
    }
    let tables = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/tables")
    let carried = PolicySources.shipped.reduce(into: [:]) { $0.merge($1.attachments.files) { first, _ in first } }
    #expect(PolicySources.shipped.first { $0.name == "core-authorization" }?.attachments.files.isEmpty ?? false)
    #expect(Set(carried.keys) == Set(tables.map { "tables/" + $0 }))
    for table in tables {
      let bytes = [UInt8](try Data(contentsOf: folder.appendingPathComponent("tables/" + table)))
      #expect(carried["tables/" + table] == .bytes(bytes), "run scripts/embed-policies")
    }
  }

  @Test func theyLoad() throws {
    let set = try PolicySources(packs: PolicySources.shipped.map(\.name)).load()
    #expect(try PolicyText.list([]).contains("AUTH-12"))
    #expect(!(try PolicyText.show("AUTH-01", in: [])).isEmpty)
    _ = set
  }
}

import Foundation
import TestSupport
import Testing

/// `custody policy schema`, and the script that writes the schemas from it.
@Suite struct SchemaCommandTests {
  let folder: TemporaryFolder
  let custody: CommandLineTool

  init() throws {
    folder = try TemporaryFolder()
    custody = CommandLineTool(product: "custody", in: folder.url)
  }

  @Test func everyListedSchemaIsTheOneThatIsPublished() throws {
    let list = try custody.run(["policy", "schema"])
    #expect(list.status == 0)
    let names = list.text.split(separator: "\n").compactMap { $0.split(separator: " ").first.map(String.init) }
    #expect(
      names.sorted() == ["data-table", "policy-cases", "policy-pack", "register", "side-records", "trust", "waivers"])
    for name in names {
      let printed = try custody.run(["policy", "schema", name])
      let file = Corpus.package.appendingPathComponent("docs/schemas/\(name).schema.json")
      #expect(printed.status == 0)
      #expect(printed.text == String(decoding: try Data(contentsOf: file), as: UTF8.self), "\(name)")
    }
  }

  @Test func anUnknownSchemaIsRefused() throws {
    let run = try custody.run(["policy", "schema", "registry"])
    #expect(run.status == 2)
    #expect(run.text.isEmpty)
    #expect(run.err.contains("schema.unknown") && run.err.contains("register"))
  }
}

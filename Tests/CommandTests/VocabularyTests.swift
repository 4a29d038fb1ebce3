import Foundation
import TestSupport
import Testing

/// `custody policy vocabulary`, and the page that is written from it.
@Suite struct VocabularyTests {
  @Test func thePageIsWhatTheProgramPrints() throws {
    let folder = try TemporaryFolder()
    let run = try CommandLineTool(product: "custody", in: folder.url).run(["policy", "vocabulary"])
    #expect(run.status == 0, "\(run.err)")
    let page = Corpus.package.appendingPathComponent("docs/policy-vocabulary.md")
    #expect(
      run.text == String(decoding: try Data(contentsOf: page), as: UTF8.self),
      "docs/policy-vocabulary.md is stale; run scripts/write-vocabulary")
  }

  @Test(
    "fields, phases, indications, functions, placeholders and causes are there",
    arguments: [
      "| `item.dataClass` | `string` | throughout | ", "| `item.captureTime` | `captureTime` | item by item | ",
      "| `item.nearTraining` † | `bool` | at the end | ",
      "| `snapshot.itemsByClass` | `map(string, int)` | at the end | ",
      "\n## `record`\n\none side record; in scope `record`.\n", "\n## `audit`\n\nthe audit itself; in every scope.\n",
      "| `timestamp.plus(string) -> timestamp` | ", "| `{specimens}` | ", "| `fact-missing` | inconclusive: ",
    ])
  func everythingIsListed(_ part: String) throws {
    let folder = try TemporaryFolder()
    let run = try CommandLineTool(product: "custody", in: folder.url).run(["policy", "vocabulary"])
    #expect(run.text.contains(part))
  }
}

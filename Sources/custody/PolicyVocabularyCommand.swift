import ArgumentParser
import CustodyKit

struct PolicyVocabularyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vocabulary",
    abstract: "Print every field, function and placeholder that rules can name, as Markdown.",
    discussion: "The same stands in docs/policy-vocabulary.md; docs/policy-language.md says how rules use it.")

  mutating func run() throws { try Terminal.result(Array(VocabularyText.markdown.utf8)) }
}

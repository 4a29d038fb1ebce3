internal import Policies

/// The vocabulary of policies as Markdown: docs/policy-vocabulary.md, and what `custody policy vocabulary` prints.
public enum VocabularyText {
  public static var markdown: String {
    var lines = head
    for object in PolicyVocabulary.objects { lines += section(object) }
    lines += [
      "", "## `params` and `tables`", "",
      "Whatever the pack declares: `params.NAME` has the type of the parameter (`duration` and `text` are `string`, `number` is"
        + " `int`, `flag` is `bool`, `list` is `list(string)`), `tables.NAME` is `map(string, map(string, string))`. Known"
        + " throughout, in every scope.",
    ]
    lines += ["", "## Functions", ""]
    lines.append("Beside the functions of the language (docs/cel.md):")
    lines += ["", "| function | meaning |", "|---|---|"]
    lines += PolicyVocabulary.functions.map { "| `\($0.signature)` | \(cell($0.meaning)) |" }
    lines += [
      "", "## Placeholders of `condition`", "", "| placeholder | what stands in its place | example |", "|---|---|---|",
    ]
    lines += PolicyVocabulary.placeholders.map { "| `{\($0.name)}` | \(cell($0.meaning)) | \($0.example) |" }
    lines += ["", "## Causes that no rule gives", "", "| cause | verdict and reason |", "|---|---|"]
    lines += PolicyVocabulary.engineCauses.map { "| `\($0.code)` | \(cell($0.meaning)) |" }
    return lines.joined(separator: "\n") + "\n"
  }

  private static let head = [
    "# What rules can name", "",
    "<!-- Made by scripts/write-vocabulary from the program. Do not edit. -->", "",
    "Every object, field, function and placeholder of the policy language; docs/policy-language.md says how to use them.",
    "",
    "A field is known",
    "",
    "- *throughout*: with the entry's line of the inventory, or before the first, in few different values;",
    "- *item by item*: with the entry's line, different for every item. A rule that reads such a field is decided line by line;",
    "- *at the end*: only when the whole snapshot has been seen.",
    "",
    "A rule of scope `item` cannot read a field known item by item and one known at the end. A field marked † is read from words,"
      + " layouts and names in paths: an indication, however well the items themselves are proven. \"Absent\" means that"
      + " `has()` is false and that a condition which reads the field is inconclusive with cause `fact-missing`.",
  ]

  private static func section(_ object: PolicyVocabulary.Object) -> [String] {
    let scopes = object.scopes.map { "`\($0.rawValue)`" }.joined(separator: ", ")
    let place = object.scopes.count == RuleScope.allCases.count ? "every scope" : "scope " + scopes
    return ["", "## `\(object.name)`", "", "\(cell(object.meaning)); in \(place).", ""]
      + ["| field | type | known | meaning |", "|---|---|---|---|"]
      + object.fields.map { word in
        "| `\(word.path)`\(word.isIndication ? " †" : "") | `\(word.type)` | \(known(word.phase)) | \(cell(word.meaning)) |"
      }
  }

  private static func known(_ phase: String) -> String {
    switch phase {
    case "early": "throughout"
    case "exact": "item by item"
    default: "at the end"
    }
  }

  /// A bar ends a cell.
  private static func cell(_ text: String) -> String {
    text.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
  }
}

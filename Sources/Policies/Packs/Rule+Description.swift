import CEL
import CustodyCore

extension Rule {
  /// The rule in words and expressions, for `custody policy show`.
  public var text: String {
    var lines = ["\(id)  \(severity.rawValue)  \(title)", "pack: \(pack)"]
    lines.append("held to:")
    lines += criteria.map { "  " + $0 }
    lines.append("about: " + about)
    if effective.from != nil || effective.until != nil {
      lines.append(
        "in effect: " + (effective.from.map { "from \($0)" } ?? "")
          + (effective.until.map { (effective.from == nil ? "" : " ") + "until \($0)" } ?? ""))
    }
    if let inconclusive { lines += ["inconclusive when:"] + Self.indented(inconclusive) }
    if let violation { lines += ["violation when:"] + Self.indented(violation) }
    switch cause {
    case .code(let code): lines.append("cause: " + code)
    case .expression: lines += ["cause:"] + Self.indented(causeText)
    }
    if effective.clock == .contract { lines.append("by the date of the row's contract") }
    lines += parameterMeanings.sorted { $0.key < $1.key }.map { "parameter " + $0.key + ": " + $0.value }
    if scope == .item { lines.append("one finding for each: " + grouping.rawValue) }
    if evidence == .record { lines.append("rests on records: weak observations do not soften it") }
    lines.append("effect: " + effect)
    lines.append("recommendation: " + recommendation)
    return lines.joined(separator: "\n")
  }

  /// What its expressions read, with meanings.
  public var fields: [(path: String, meaning: String)] {
    let known = Dictionary(
      PolicyVocabulary.fields.map { ($0.path, $0.meaning) }, uniquingKeysWith: { a, _ in a })
    return Set(references.map { $0.split(separator: ".").prefix(2).joined(separator: ".") }).sorted().map { path in
      (path, known[path] ?? parameterMeanings[path] ?? "")
    }
  }

  private var about: String {
    var parts: [String] = []
    switch scope {
    case .item: break
    case .collection: return "every folder that holds " + itemsInWords
    case .snapshot: return "the snapshots as a whole; " + itemsInWords
    case .record: return "every side record of kind " + records.map(\.rawValue).sorted().joined(separator: ", ")
    }
    if subjects.contains(.items) {
      parts.append(itemsInWords)
    }
    if subjects.contains(.entries) { parts.append("entries that could not be read or are certified as destroyed") }
    return parts.joined(separator: "; ")
  }

  private var itemsInWords: String {
    let all = Set(DataClass.allCases).subtracting([.videoUnexamined])
    return classes == all
      ? "items of every class" : "items of " + classes.sorted().map(\.rawValue).joined(separator: ", ")
  }

  private static func indented(_ text: String) -> [String] {
    text.split(separator: "\n").map { "  " + $0 }
  }
}

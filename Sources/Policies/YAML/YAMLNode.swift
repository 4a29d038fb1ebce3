/// One node of a YAML document, with the place it was read from.
///
/// Only the shapes packs, registers and records are made of: no tags, no anchors, text keys.
struct YAMLNode: Sendable {
  indirect enum Content: Sendable {
    /// `plain` is false for quoted and block text.
    case scalar(String, plain: Bool)
    case sequence([YAMLNode])
    case mapping([(key: String, mark: YAMLMark, value: YAMLNode)])
  }

  var content: Content
  var mark: YAMLMark

  /// What a message calls it.
  var kindName: String {
    switch content {
    case .scalar(let text, let plain):
      plain && YAMLNode.nullWords.contains(text) ? "nothing" : "text"
    case .sequence: "a list"
    case .mapping: "a mapping"
    }
  }

  /// YAML 1.2.2 section 10.3.2, core schema: the words for null.
  static let nullWords: Set<String> = ["", "~", "null", "Null", "NULL"]

  var isNull: Bool {
    if case .scalar(let text, plain: true) = content { return Self.nullWords.contains(text) }
    return false
  }
}

/// A place in a YAML file, both counted from 1; columns count Unicode scalars.
struct YAMLMark: Sendable, Hashable {
  var line: Int
  var column: Int
}

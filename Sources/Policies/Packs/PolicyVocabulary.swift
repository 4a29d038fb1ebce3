import CEL
import CustodyCore

/// The words rules can use, for `custody policy show` and the documentation.
public enum PolicyVocabulary {
  /// A variable of expressions.
  public struct Object: Sendable {
    public var name: String
    public var meaning: String
    /// Scopes in which it can be named.
    public var scopes: [RuleScope]
    public var fields: [Word]
  }

  /// One field of an object.
  public struct Word: Sendable {
    /// `item.dataClass`
    public var path: String
    public var type: String
    /// `early`, `exact` or `late`.
    public var phase: String
    public var meaning: String
    /// Read from words, layouts and names in paths: no proof of anything.
    public var isIndication: Bool
  }

  /// In the order in which scopes name them.
  public static var objects: [Object] {
    [
      object("item", "one data class in one entry, or an entry in which nothing could be observed", Vocabulary.item),
      object("observation", "what the detectors saw behind the item", Vocabulary.observation),
      object("auth", "the register's answer for the item, and the row that comes closest", Vocabulary.auth),
      object("collection", "the items of one folder that the rule is about", Vocabulary.collection),
      object("record", "one side record", Vocabulary.record),
      object("snapshot", "everything that was examined", Vocabulary.snapshot),
      object("records", "all side records together", Vocabulary.records),
      object("audit", "the audit itself", Vocabulary.audit),
    ]
  }

  /// Lines `item.dataClass  string  meaning`, in the order of declaration.
  public static var fields: [(path: String, type: String, phase: String, meaning: String)] {
    objects.flatMap { $0.fields.map { ($0.path, $0.type, $0.phase, $0.meaning) } }
  }

  /// Functions beyond the language.
  public static var functions: [(signature: String, meaning: String)] { RuleFunctions.meanings }

  /// Placeholders of a rule's `condition`, with what stands in their place.
  public static var placeholders: [(name: String, meaning: String, example: String)] {
    ConditionTemplate.Placeholder.allCases.map { ($0.rawValue, $0.meaning.text, $0.meaning.example) }
  }

  /// Causes that no rule gives but the judge itself.
  public static var engineCauses: [(code: String, meaning: String)] {
    EngineCause.allCases.map { ($0.rawValue, $0.meaning) }
  }

  private static func object<S>(_ name: String, _ meaning: String, _ fields: [Field<S>]) -> Object {
    Object(
      name: name, meaning: meaning, scopes: RuleScope.allCases.filter { RuleEnvironments.names($0).contains(name) },
      fields: fields.map { field in
        let path = name + "." + field.name
        return Word(
          path: path, type: field.type.description, phase: field.phase.word, meaning: field.meaning,
          isIndication: Vocabulary.indications.contains(path))
      })
  }
}

extension Phase {
  fileprivate var word: String {
    switch self {
    case .early: "early"
    case .exact: "exact"
    case .late: "late"
    }
  }
}

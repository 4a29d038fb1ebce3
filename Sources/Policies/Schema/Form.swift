/// What one kind of mapping in a YAML file looks like: said once, read by the loader and written as JSON Schema.
///
/// ```swift
/// file.mappings("entries", Form.waiver)     // the loader takes exactly these keys
/// SchemaText(schema).text                    // editors are told the same
/// ```
struct Form: Sendable {
  /// Key of the form among the `$defs` of a schema; one name, one form.
  var name: String
  /// What messages call such a mapping: `a row`.
  var subject: String
  /// In the order in which they are written and suggested.
  var fields: [FormField]
  /// What holds between keys.
  var demands: [FormDemand] = []

  var keys: [String] { fields.map(\.key) }

  subscript(key: String) -> FormField? { fields.first { $0.key == key } }

  /// The same with nothing required: what is not said comes from elsewhere.
  func partial(_ name: String) -> Form {
    Form(name: name, subject: subject, fields: fields.map { $0.with(isRequired: false, type: $0.type) })
  }

  /// Changes to such a mapping: nothing is required, and `null` takes a key out.
  func patch(_ name: String) -> Form {
    Form(name: name, subject: subject, fields: fields.map { $0.with(isRequired: false, type: .orNothing($0.type)) })
  }
}

/// A rule about which keys stand together.
enum FormDemand: Sendable {
  /// At least one of these.
  case anyOf([String])
  /// Exactly one of these.
  case oneOf([String])
  /// The first needs the second.
  case needs(String, String)
}

/// One key of a mapping.
struct FormField: Sendable {
  var key: String
  var type: FormType
  var isRequired: Bool
  /// One sentence, shown by editors.
  var meaning: String

  static func required(_ key: String, _ type: FormType, _ meaning: String) -> FormField {
    FormField(key: key, type: type, isRequired: true, meaning: meaning)
  }

  static func optional(_ key: String, _ type: FormType, _ meaning: String) -> FormField {
    FormField(key: key, type: type, isRequired: false, meaning: meaning)
  }

  func with(isRequired: Bool, type: FormType) -> FormField {
    FormField(key: key, type: type, isRequired: isRequired, meaning: meaning)
  }
}

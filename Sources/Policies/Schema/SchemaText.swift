/// Writes a form as JSON Schema (draft 2020-12).
///
/// Beyond `$defs`, which is only a place that references lead to, no keyword is used that draft 7 lacks: the language
/// servers of many editors know no later draft. A schema refuses nothing that the loader accepts. It accepts more: what takes
/// more than one place to judge, text that an editor reads as a number, whose form it cannot see, and YAML's other
/// spellings of numbers and truth values.
struct SchemaText {
  private let schema: FileSchema
  /// Forms that are referred to, in the order they are met.
  private var forms: [Form] = []

  init(_ schema: FileSchema) {
    self.schema = schema
    collect(.mapping(schema.form))
    forms.removeFirst()
  }

  var text: String {
    var pairs: [(key: String, value: SchemaValue)] = [
      ("$schema", .text("https://json-schema.org/draft/2020-12/schema")),
      ("$id", .text("urn:custody:schema:" + schema.name)), ("title", .text(schema.title)),
      ("description", .text(schema.description)),
    ]
    pairs += body(schema.form)
    if !forms.isEmpty {
      pairs.append(("$defs", .object(forms.map { ($0.name, .object([("title", .text($0.subject))] + body($0))) })))
    }
    return SchemaValue.object(pairs).json + "\n"
  }

  private mutating func collect(_ type: FormType) {
    switch type {
    case .mapping(let form):
      guard !forms.contains(where: { $0.name == form.name }) else { return }
      forms.append(form)
      for field in form.fields { collect(field.type) }
    case .list(let item, _), .names(let item, _), .orNothing(let item): collect(item)
    case .either(let all): all.forEach { collect($0) }
    case .text, .anyText, .matching, .expression, .integer, .flag, .choice, .instant, .duration, .digest: break
    }
  }

  private typealias Pairs = [(key: String, value: SchemaValue)]

  private func body(_ form: Form) -> Pairs {
    var all: Pairs = [
      ("type", .text("object")), ("additionalProperties", .flag(false)),
      (
        "properties",
        .object(form.fields.map { ($0.key, .object([("description", .text(description($0)))] + pairs(of: $0.type))) })
      ),
    ]
    let required = form.fields.filter(\.isRequired).map(\.key)
    if !required.isEmpty { all.append(("required", .texts(required))) }
    if !form.demands.isEmpty { all.append(("allOf", .list(form.demands.map { .object(Self.demand($0)) }))) }
    return all
  }

  private static func demand(_ demand: FormDemand) -> Pairs {
    func having(_ key: String) -> SchemaValue { .object([("required", .texts([key]))]) }
    switch demand {
    case .anyOf(let keys): return [("anyOf", .list(keys.map(having)))]
    case .oneOf(let keys): return [("oneOf", .list(keys.map(having)))]
    case .needs(let key, let other): return [("if", having(key)), ("then", having(other))]
    }
  }

  private func value(of type: FormType) -> SchemaValue { .object(pairs(of: type)) }

  private func pairs(of type: FormType) -> Pairs {
    // What a loader takes as text an editor may take for a number or a truth value.
    let scalar = SchemaValue.texts(["string", "number", "boolean"])
    switch type {
    case .text: return [("type", scalar), ("pattern", .text(FormPattern.notEmpty))]
    case .anyText: return [("type", scalar)]
    case .matching(let pattern, let example):
      return [("type", scalar), ("pattern", .text(pattern)), ("examples", .texts([example]))]
    case .expression:
      return [
        ("type", .texts(["string", "boolean"])), ("pattern", .text(FormPattern.notEmpty)),
        ("maxLength", .number(Int64(RuleLoader.expressionLimit))),
      ]
    case .integer(let range):
      return [("type", .text("integer")), ("minimum", .number(range.lowerBound))]
        + (range.upperBound == Int64.max ? [] : [("maximum", .number(range.upperBound))])
    case .flag: return [("type", .text("boolean"))]
    case .choice(let words): return [("enum", .texts(words))]
    case .instant:
      return [
        ("type", .text("string")), ("pattern", .text(FormPattern.instant)),
        ("examples", .texts(["2019-05-31", "2019-05-31T12:00:00Z"])),
      ]
    case .duration:
      return [
        ("type", .text("string")), ("pattern", .text(FormPattern.duration)),
        ("examples", .texts(["P30D", "P3M", "PT3M", "PT0S"])),
      ]
    case .digest: return [("type", .texts(["string", "number"])), ("pattern", .text(FormPattern.digest))]
    case .list(let item, let count):
      return [("type", .text("array")), ("items", value(of: item))]
        + (count.lowerBound == 0 ? [] : [("minItems", .number(Int64(count.lowerBound)))])
        + (count.upperBound == Int.max ? [] : [("maxItems", .number(Int64(count.upperBound)))])
    case .mapping(let form): return [("$ref", .text("#/$defs/" + form.name))]
    case .names(let item, let pattern):
      return [("type", .text("object"))]
        + (pattern.map { [("propertyNames", .object([("pattern", .text($0))]))] } ?? [])
        + [("additionalProperties", value(of: item))]
    case .either(let all): return [("anyOf", .list(all.map(value(of:))))]
    case .orNothing(let inner): return [("anyOf", .list([value(of: inner), .object([("type", .text("null"))])]))]
    }
  }

  private func description(_ field: FormField) -> String {
    guard case .expression = field.type else { return field.meaning }
    return field.meaning + " Common Expression Language; docs/policy-language.md says what it can read."
  }
}

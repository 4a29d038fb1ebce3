extension Syntax {
  /// The expression written out again: one line, macros as they are called, brackets only where they are needed.
  var text: String { written(above: 0) }

  /// Binding strength, the weakest first: `? :`, `||`, `&&`, relations, sums, products, signs, members.
  private var strength: Int {
    switch kind {
    case .conditional: 0
    case .or: 1
    case .and: 2
    case .binary(let sign, _, _): sign.precedence
    case .not, .negate: 6
    case .literal(.int(let number)) where number < 0: 6
    case .literal(.double(let number)) where number < 0: 6
    default: 7
    }
  }

  private func written(above least: Int) -> String {
    let plain = plain
    return strength < least ? "(" + plain + ")" : plain
  }

  private var plain: String {
    switch kind {
    case .literal(let value): Self.literal(value)
    case .name(let name, let absolute): (absolute ? "." : "") + name
    case .select(let base, let field, let optional): base.written(above: 7) + (optional ? ".?" : ".") + field
    case .has(let base, let field): "has(" + base.written(above: 7) + "." + field + ")"
    case .index(let base, let key, let optional):
      base.written(above: 7) + (optional ? "[?" : "[") + key.text + "]"
    case .call(let name, let absolute, let arguments): (absolute ? "." : "") + name + Self.list(arguments)
    case .memberCall(let target, let name, let arguments):
      target.written(above: 7) + "." + name + Self.list(arguments)
    case .not(let operand): "!" + operand.written(above: 6)
    case .negate(let operand): "-" + operand.written(above: 7)
    case .binary(let sign, let left, let right):
      left.written(above: sign.precedence) + " " + sign.rawValue + " " + right.written(above: sign.precedence + 1)
    case .and(let operands): operands.map { $0.written(above: 3) }.joined(separator: " && ")
    case .or(let operands): operands.map { $0.written(above: 2) }.joined(separator: " || ")
    case .conditional(let condition, let a, let b):
      condition.written(above: 1) + " ? " + a.written(above: 1) + " : " + b.written(above: 0)
    case .list(let elements):
      "[" + elements.map { ($0.optional ? "?" : "") + $0.value.text }.joined(separator: ", ") + "]"
    case .map(let entries):
      "{" + entries.map { ($0.optional ? "?" : "") + $0.key.text + ": " + $0.value.text }.joined(separator: ", ") + "}"
    case .message(let name, let absolute, let fields):
      (absolute ? "." : "") + name + "{"
        + fields.map { ($0.optional ? "?" : "") + $0.name + ": " + $0.value.text }.joined(separator: ", ") + "}"
    case .comprehension(let c):
      c.range.written(above: 7) + "." + c.form.word(names: c.names.count) + "("
        + (c.names + (c.filter.map { [$0.text] } ?? []) + [c.body.text]).joined(separator: ", ") + ")"
    case .bind(let name, let value, let body): "cel.bind(" + name + ", " + value.text + ", " + body.text + ")"
    case .optionalMap(let target, let name, let body, let flat):
      target.written(above: 7) + (flat ? ".optFlatMap(" : ".optMap(") + name + ", " + body.text + ")"
    }
  }

  private static func list(_ arguments: [Syntax]) -> String {
    "(" + arguments.map(\.text).joined(separator: ", ") + ")"
  }

  private static func literal(_ value: CELValue) -> String {
    switch value {
    case .null: "null"
    case .bool(let value): value ? "true" : "false"
    case .int(let value): String(value)
    case .uint(let value): String(value) + "u"
    case .double(let value): String(value)
    case .string(let text): quoted(text)
    case .bytes(let bytes): "b\"" + bytes.map { byte($0) }.joined() + "\""
    default: "?"
    }
  }

  static func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F: out += byte(UInt8(scalar.value))
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out + "\""
  }

  private static func byte(_ value: UInt8) -> String {
    let digits = Array("0123456789abcdef")
    return "\\x" + String(digits[Int(value >> 4)]) + String(digits[Int(value & 15)])
  }
}

extension Syntax.Comprehension.Form {
  fileprivate func word(names: Int) -> String {
    switch self {
    case .all: "all"
    case .exists: "exists"
    case .existsOne: names == 2 ? "existsOne" : "exists_one"
    case .map: names == 2 ? "transformList" : "map"
    case .filter: "filter"
    case .transformMap: "transformMap"
    case .transformMapEntry: "transformMapEntry"
    }
  }
}

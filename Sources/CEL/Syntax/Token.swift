/// One lexical element (langdef, "Syntax").
struct Token {
  enum Kind: Equatable {
    case identifier(String)
    /// A name in backquotes, allowed only after a dot and as the name of a field.
    case quotedName(String)
    /// Kept without its sign, so that the minimum of int can be written.
    case int(UInt64)
    case uint(UInt64)
    case double(Double)
    case string(String)
    case bytes([UInt8])
    case `true`, `false`, null, `in`
    case symbol(Symbol)
    case end
    /// Something already reported.
    case invalid
  }

  enum Symbol: String {
    case or = "||", and = "&&", equal = "==", notEqual = "!=", lessOrEqual = "<=", greaterOrEqual = ">="
    case less = "<", greater = ">", plus = "+", minus = "-", star = "*", slash = "/", percent = "%", not = "!"
    case question = "?", colon = ":", dot = ".", comma = ","
    case leftParenthesis = "(", rightParenthesis = ")", leftBracket = "[", rightBracket = "]"
    case leftBrace = "{", rightBrace = "}"
  }

  var kind: Kind
  var offset: Int
  var end: Int

  /// As it is named in "expected …, found …".
  var description: String {
    switch kind {
    case .identifier(let name): "'" + name + "'"
    case .quotedName(let name): "'`" + name + "`'"
    case .int, .uint, .double: "a number"
    case .string: "a string"
    case .bytes: "bytes"
    case .true: "'true'"
    case .false: "'false'"
    case .null: "'null'"
    case .in: "'in'"
    case .symbol(let symbol): "'" + symbol.rawValue + "'"
    case .end: "the end of the expression"
    case .invalid: "an invalid character"
    }
  }

  /// Not usable as the name of a variable or function, but as a field (langdef, "Syntax", RESERVED).
  static let reserved: Set<String> = [
    "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package",
    "namespace", "return", "var", "void", "while",
  ]
}

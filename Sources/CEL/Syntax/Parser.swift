/// Tokens to a tree: recursive descent, with precedence climbing for binary operators.
///
/// Both the recursion of the parser and the height of the tree are bounded, so hostile sources end in a problem.
struct Parser {
  /// Bytes of source at most.
  static let sourceLimit = 65_536
  /// Nesting of brackets, and height of the tree, at most.
  static let depthLimit = 250

  struct Failure: Error {}

  let source: [UInt8]
  let extensions: Set<CELExtension>
  let expandsMacros: Bool
  private var tokens: [Token] = []
  private var position = 0
  private var depth = 0
  private(set) var nodeCount = 0
  private(set) var problems: [CELProblem] = []

  init(_ text: String, extensions: Set<CELExtension>, macros: Bool) {
    source = Array(text.utf8.prefix(Self.sourceLimit + 1))
    self.extensions = extensions
    expandsMacros = macros
  }

  /// The tree, or nil with at least one problem.
  mutating func parse() -> Syntax? {
    guard source.count <= Self.sourceLimit else {
      problems.append(
        CELProblem(
          "the expression is longer than \(Self.sourceLimit) bytes", at: Self.sourceLimit, length: 1, in: source))
      return nil
    }
    let lexer = Lexer(source)
    tokens = lexer.tokens
    problems = lexer.problems
    do throws(Failure) {
      let tree = try expression()
      guard case .end = current.kind else {
        throw unexpected("an operator or the end of the expression")
      }
      return problems.isEmpty ? tree : nil
    } catch {
      problems.sort { $0.offset < $1.offset }
      return nil
    }
  }

  // MARK: tokens

  private var current: Token { tokens[min(position, tokens.count - 1)] }
  private var previous: Token { tokens[max(0, position - 1)] }

  private func peek(_ symbol: Token.Symbol) -> Bool { current.kind == .symbol(symbol) }

  private mutating func accept(_ symbol: Token.Symbol) -> Bool {
    guard peek(symbol) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ symbol: Token.Symbol) throws(Failure) {
    guard accept(symbol) else { throw unexpected("'" + symbol.rawValue + "'") }
  }

  mutating func fail(_ message: String, at token: Token, suggestion: String? = nil) -> Failure {
    problems.append(
      CELProblem(message, at: token.offset, length: token.end - token.offset, in: source, suggestion: suggestion))
    return Failure()
  }

  private mutating func unexpected(_ wanted: String) -> Failure {
    if case .invalid = current.kind { return Failure() }
    // The lexer stops early after many mistakes; its end is then no end of the source.
    if case .end = current.kind, !problems.isEmpty { return Failure() }
    return fail("expected \(wanted), found \(current.description)", at: current)
  }

  // MARK: nodes

  mutating func node(_ kind: Syntax.Kind, at token: Token) throws(Failure) -> Syntax {
    let draft = Syntax(kind, id: nodeCount, offset: token.offset, length: token.end - token.offset, height: 0)
    let height = 1 + (draft.children.lazy.map(\.height).max() ?? 0)
    guard height <= Self.depthLimit else { throw tooDeep(at: token) }
    nodeCount += 1
    return Syntax(kind, id: draft.id, offset: draft.offset, length: draft.length, height: height)
  }

  private mutating func tooDeep(at token: Token) -> Failure {
    fail("the expression is nested deeper than \(Self.depthLimit) levels", at: token)
  }

  // MARK: grammar

  mutating func expression() throws(Failure) -> Syntax {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.depthLimit else { throw tooDeep(at: current) }
    let condition = try disjunction()
    let question = current
    guard accept(.question) else { return condition }
    let whenTrue = try disjunction()
    try expect(.colon)
    let whenFalse = try expression()
    return try node(.conditional(condition, whenTrue, whenFalse), at: question)
  }

  private mutating func disjunction() throws(Failure) -> Syntax {
    let first = try conjunction()
    let sign = current
    guard peek(.or) else { return first }
    var all = [first]
    while accept(.or) { all.append(try conjunction()) }
    return try node(.or(all), at: sign)
  }

  private mutating func conjunction() throws(Failure) -> Syntax {
    let first = try binary(from: 3)
    let sign = current
    guard peek(.and) else { return first }
    var all = [first]
    while accept(.and) { all.append(try binary(from: 3)) }
    return try node(.and(all), at: sign)
  }

  private mutating func binary(from precedence: Int) throws(Failure) -> Syntax {
    var left = try unary()
    while let sign = BinaryOperator(current.kind), sign.precedence >= precedence {
      let token = current
      position += 1
      let right = try binary(from: sign.precedence + 1)
      left = try node(.binary(sign, left, right), at: token)
    }
    return left
  }

  private mutating func unary() throws(Failure) -> Syntax {
    var signs: [Token] = []
    if peek(.not) {
      while peek(.not) {
        signs.append(current)
        position += 1
      }
      var operand = try member()
      for sign in signs.reversed() { operand = try node(.not(operand), at: sign) }
      return operand
    }
    while peek(.minus) {
      signs.append(current)
      position += 1
    }
    // A minus right before a number belongs to it: the minimum of int has no other literal.
    var operand: Syntax
    switch (signs.isEmpty, current.kind) {
    case (false, .int), (false, .double):
      signs.removeLast()
      operand = try member(negative: true)
    default: operand = try member()
    }
    for sign in signs.reversed() { operand = try node(.negate(operand), at: sign) }
    return operand
  }

  private mutating func member(negative: Bool = false) throws(Failure) -> Syntax {
    var left = try primary(negative: negative)
    while true {
      let start = current
      if accept(.dot) {
        left = try selection(from: left, dot: start)
      } else if accept(.leftBracket) {
        let optional = try optionalMark()
        let key = try expression()
        try expect(.rightBracket)
        left = try node(.index(left, key, optional: optional), at: start)
      } else if peek(.leftBrace), let (name, absolute, token) = messageName(left) {
        position += 1
        left = try node(.message(name, absolute: absolute, try fields()), at: token)
      } else {
        return left
      }
    }
  }

  /// `?` before a field, key or element.
  private mutating func optionalMark() throws(Failure) -> Bool {
    let token = current
    guard accept(.question) else { return false }
    guard extensions.contains(.optionals) else { throw fail("optional syntax is not enabled here", at: token) }
    return true
  }

  private mutating func selection(from target: Syntax, dot: Token) throws(Failure) -> Syntax {
    let optional = try optionalMark()
    let token = current
    switch token.kind {
    case .identifier(let name):
      position += 1
      guard !optional, peek(.leftParenthesis) else {
        return try node(.select(target, name, optional: optional), at: token)
      }
      position += 1
      let arguments = try list(until: .rightParenthesis)
      if expandsMacros, let expanded = try memberMacro(target, name, arguments, at: token) { return expanded }
      return try node(.memberCall(target, name, arguments), at: token)
    case .quotedName(let name):
      position += 1
      return try node(.select(target, name, optional: optional), at: token)
    default:
      throw unexpected("the name of a field or function")
    }
  }

  private mutating func list(until close: Token.Symbol) throws(Failure) -> [Syntax] {
    var all: [Syntax] = []
    guard !accept(close) else { return all }
    repeat { all.append(try expression()) } while accept(.comma)
    guard accept(close) else { throw unexpected("',' or '" + close.rawValue + "'") }
    return all
  }

  private mutating func primary(negative: Bool) throws(Failure) -> Syntax {
    let token = current
    position += 1
    switch token.kind {
    case .identifier(let name): return try nameOrCall(name, absolute: false, at: token)
    case .symbol(.dot):
      guard case .identifier(let name) = current.kind else { throw unexpected("a name") }
      position += 1
      return try nameOrCall(name, absolute: true, at: previous)
    case .symbol(.leftParenthesis):
      let inner = try expression()
      try expect(.rightParenthesis)
      return inner
    case .symbol(.leftBracket): return try node(.list(try elements()), at: token)
    case .symbol(.leftBrace): return try node(.map(try entries()), at: token)
    case .int(let magnitude):
      let bits = Int64(bitPattern: negative ? 0 &- magnitude : magnitude)
      guard negative || bits >= 0 else { throw fail("the number is beyond the range of int", at: token) }
      return try node(.literal(.int(bits)), at: token)
    case .double(let value): return try node(.literal(.double(negative ? -value : value)), at: token)
    case .uint(let value): return try node(.literal(.uint(value)), at: token)
    case .string(let text): return try node(.literal(.string(text)), at: token)
    case .bytes(let bytes): return try node(.literal(.bytes(bytes)), at: token)
    case .true: return try node(.literal(.bool(true)), at: token)
    case .false: return try node(.literal(.bool(false)), at: token)
    case .null: return try node(.literal(.null), at: token)
    default:
      position -= 1
      throw unexpected("an expression")
    }
  }

  private mutating func nameOrCall(_ name: String, absolute: Bool, at token: Token) throws(Failure) -> Syntax {
    if Token.reserved.contains(name) {
      throw fail("'\(name)' is a reserved word and cannot be a name", at: token)
    }
    guard accept(.leftParenthesis) else { return try node(.name(name, absolute: absolute), at: token) }
    let arguments = try list(until: .rightParenthesis)
    if expandsMacros, !absolute, let expanded = try globalMacro(name, arguments, at: token) { return expanded }
    return try node(.call(name, absolute: absolute, arguments), at: token)
  }

  /// After `[`.
  private mutating func elements() throws(Failure) -> [Syntax.Element] {
    var all: [Syntax.Element] = []
    while !accept(.rightBracket) {
      let optional = try optionalMark()
      all.append(Syntax.Element(value: try expression(), optional: optional))
      guard accept(.comma) || peek(.rightBracket) else { throw unexpected("',' or ']'") }
    }
    return all
  }

  /// After `{` of a map.
  private mutating func entries() throws(Failure) -> [Syntax.Entry] {
    var all: [Syntax.Entry] = []
    while !accept(.rightBrace) {
      let optional = try optionalMark()
      let key = try expression()
      try expect(.colon)
      all.append(Syntax.Entry(key: key, value: try expression(), optional: optional))
      guard accept(.comma) || peek(.rightBrace) else { throw unexpected("',' or '}'") }
    }
    return all
  }

  /// After `{` of a message.
  private mutating func fields() throws(Failure) -> [Syntax.Field] {
    var all: [Syntax.Field] = []
    while !accept(.rightBrace) {
      let optional = try optionalMark()
      let token = current
      let name: String
      switch token.kind {
      case .identifier(let plain): name = plain
      case .quotedName(let quoted): name = quoted
      default: throw unexpected("the name of a field")
      }
      position += 1
      try expect(.colon)
      all.append(Syntax.Field(name: name, offset: token.offset, value: try expression(), optional: optional))
      guard accept(.comma) || peek(.rightBrace) else { throw unexpected("',' or '}'") }
    }
    return all
  }

  /// `a.b.C` before `{`: only names and plain selections can name a message.
  private func messageName(_ tree: Syntax) -> (String, Bool, Token)? {
    guard let (path, absolute) = tree.qualifiedName else { return nil }
    let token = Token(kind: .identifier(path), offset: tree.offset, end: tree.offset + tree.length)
    return (path, absolute, token)
  }
}

extension Syntax {
  /// `a.b.c` written as names only; nil for any other expression.
  var qualifiedName: (path: String, absolute: Bool)? {
    switch kind {
    case .name(let name, let absolute): (name, absolute)
    case .select(let base, let field, optional: false):
      base.qualifiedName.map { ($0.path + "." + field, $0.absolute) }
    default: nil
    }
  }
}

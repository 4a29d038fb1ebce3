/// RE2 syntax to a tree. What RE2 has and this has not (scripts, `\C`) is an error, never a different meaning.
struct PatternParser {
  indirect enum Tree: Sendable {
    case empty
    case set(CharacterSet)
    case sequence([Tree])
    case choice([Tree])
    /// `maximum` nil: without end.
    case repeated(Tree, minimum: Int, maximum: Int?)
    case textStart, textEnd, lineStart, lineEnd, wordBoundary, noWordBoundary
  }

  private struct Flags {
    var ignoresCase = false
    var multiline = false
    var dotMatchesNewline = false
  }

  /// As in RE2.
  static let repetitionLimit = 1000
  private static let depthLimit = 100
  /// Ranges of code points in all classes together: a class of all letters has some 650.
  private static let rangeLimit = 50_000

  private let scalars: [UInt32]
  private var position = 0
  private var depth = 0
  private var flags = Flags()
  private var rangeCount = 0

  init(_ pattern: String) { scalars = pattern.unicodeScalars.map(\.value) }

  typealias Failure = RegularExpression.Failure

  mutating func parse() throws(Failure) -> Tree {
    let tree = try choice()
    guard position == scalars.count else { throw Failure("the regular expression has a ')' too many") }
    return tree
  }

  // MARK: characters

  private func peek(_ c: Unicode.Scalar, ahead: Int = 0) -> Bool {
    position + ahead < scalars.count && scalars[position + ahead] == c.value
  }

  private mutating func accept(_ c: Unicode.Scalar) -> Bool {
    guard peek(c) else { return false }
    position += 1
    return true
  }

  private mutating func next(_ what: String) throws(Failure) -> UInt32 {
    guard position < scalars.count else { throw Failure("the regular expression ends inside \(what)") }
    defer { position += 1 }
    return scalars[position]
  }

  private mutating func name(until close: Unicode.Scalar, _ what: String) throws(Failure) -> String {
    var text = String.UnicodeScalarView()
    while true {
      let c = try next(what)
      if c == close.value { return String(text) }
      guard let scalar = Unicode.Scalar(c), text.count < 64 else { throw Failure("\(what) has too long a name") }
      text.append(scalar)
    }
  }

  private func literal(_ c: UInt32) -> Tree {
    let set = CharacterSet([c...c])
    return .set(flags.ignoresCase ? set.foldingCase : set)
  }

  // MARK: grammar

  private mutating func choice() throws(Failure) -> Tree {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.depthLimit else { throw Failure("the regular expression is nested too deeply") }
    var branches = [try sequence()]
    while accept("|") { branches.append(try sequence()) }
    return branches.count == 1 ? branches[0] : .choice(branches)
  }

  private mutating func sequence() throws(Failure) -> Tree {
    var parts: [Tree] = []
    while position < scalars.count, !peek("|"), !peek(")") {
      if peek("\\"), peek("Q", ahead: 1) {
        quotation(into: &parts)
        continue
      }
      guard let atom = try atom() else { continue }
      parts.append(try repetition(of: atom))
    }
    return parts.count == 1 ? parts[0] : parts.isEmpty ? .empty : .sequence(parts)
  }

  /// `\Q…\E`
  private mutating func quotation(into parts: inout [Tree]) {
    position += 2
    while position < scalars.count {
      if peek("\\"), peek("E", ahead: 1) {
        position += 2
        return
      }
      parts.append(literal(scalars[position]))
      position += 1
    }
  }

  private mutating func repetition(of atom: Tree) throws(Failure) -> Tree {
    var tree = atom
    var repeats = 0
    while position < scalars.count {
      let bounds: (Int, Int?)
      if accept("*") {
        bounds = (0, nil)
      } else if accept("+") {
        bounds = (1, nil)
      } else if accept("?") {
        bounds = (0, 1)
      } else if peek("{"), let counted = try counts() {
        bounds = counted
      } else {
        break
      }
      // Whether a match is lazy cannot be seen in whether there is one.
      _ = accept("?")
      repeats += 1
      guard repeats == 1 else { throw Failure("the regular expression repeats a repetition; put it in parentheses") }
      tree = .repeated(tree, minimum: bounds.0, maximum: bounds.1)
    }
    return tree
  }

  /// `{n}`, `{n,}`, `{n,m}`; anything else in braces is plain text.
  private mutating func counts() throws(Failure) -> (Int, Int?)? {
    let start = position
    position += 1
    guard let minimum = number() else {
      position = start
      return nil
    }
    var maximum: Int? = minimum
    if accept(",") { maximum = peek("}") ? nil : number() ?? -1 }
    guard maximum != -1, accept("}") else {
      position = start
      return nil
    }
    guard max(minimum, maximum ?? 0) <= Self.repetitionLimit, maximum.map({ $0 >= minimum }) ?? true else {
      throw Failure("the regular expression has an impossible number of repetitions")
    }
    return (minimum, maximum)
  }

  private mutating func number() -> Int? {
    var value: Int?
    while position < scalars.count, (0x30...0x39).contains(scalars[position]) {
      value = min((value ?? 0) * 10 + Int(scalars[position] - 0x30), 100_000)
      position += 1
    }
    return value
  }

  /// Nil for a group that only sets flags.
  private mutating func atom() throws(Failure) -> Tree? {
    let c = try next("a character")
    switch Unicode.Scalar(c) {
    case "(": return try group()
    case "[": return .set(try brackets())
    case ".": return .set(flags.dotMatchesNewline ? .any : CharacterSet.newline.inverted)
    case "^": return flags.multiline ? .lineStart : .textStart
    case "$": return flags.multiline ? .lineEnd : .textEnd
    case "\\": return try escape()
    case "*", "+", "?": throw Failure("the regular expression repeats nothing")
    default: return literal(c)
    }
  }

  private mutating func group() throws(Failure) -> Tree? {
    let outer = flags
    if accept("?") {
      if accept("P") {
        guard accept("<") else { throw Failure("the regular expression has an unknown kind of group") }
        try groupName()
      } else if accept("<") {
        try groupName()
      } else if try setFlags() {
        return nil
      }
    }
    let tree = try choice()
    guard accept(")") else { throw Failure("the regular expression has a '(' without its ')'") }
    flags = outer
    return tree
  }

  private mutating func groupName() throws(Failure) {
    let name = try self.name(until: ">", "a group")
    guard !name.isEmpty, name.utf8.allSatisfy(\.isNamePart) else {
      throw Failure("the regular expression has a group whose name is no name")
    }
  }

  /// After `(?`: true for `(?flags)`, which holds to the end of the group around it; false after `(?flags:`.
  private mutating func setFlags() throws(Failure) -> Bool {
    var value = true
    while true {
      switch Unicode.Scalar(try next("a group")) {
      case "i": flags.ignoresCase = value
      case "m": flags.multiline = value
      case "s": flags.dotMatchesNewline = value
      case "U": break
      case "-" where value: value = false
      case ":": return false
      case ")": return true
      default: throw Failure("the regular expression has an unknown kind of group")
      }
    }
  }

  private mutating func escape() throws(Failure) -> Tree {
    let c = try next("an escape")
    switch Unicode.Scalar(c) {
    case "A": return .textStart
    case "z": return .textEnd
    case "b": return .wordBoundary
    case "B": return .noWordBoundary
    default: break
    }
    if let set = try escapedClass(c) { return .set(flags.ignoresCase ? set.foldingCase : set) }
    return literal(try escapedCharacter(c))
  }

  private mutating func escapedClass(_ c: UInt32) throws(Failure) -> CharacterSet? {
    switch Unicode.Scalar(c) {
    case "d": return .digits
    case "D": return CharacterSet.digits.inverted
    case "s": return .spaces
    case "S": return CharacterSet.spaces.inverted
    case "w": return .word
    case "W": return CharacterSet.word.inverted
    case "p", "P":
      var negated = c == Unicode.Scalar("P").value
      var name: String
      if accept("{") {
        name = try self.name(until: "}", "a class")
      } else {
        name = Unicode.Scalar(try next("a class")).map { String($0) } ?? ""
      }
      if name.hasPrefix("^") {
        negated.toggle()
        name.removeFirst()
      }
      guard let set = CharacterSet.category(name) else {
        throw Failure("the regular expression names an unknown class of characters")
      }
      try count(set)
      return negated ? set.inverted : set
    default: return nil
    }
  }

  private mutating func count(_ set: CharacterSet) throws(Failure) {
    rangeCount += set.ranges.count
    guard rangeCount <= Self.rangeLimit else { throw Failure("the regular expression is too large") }
  }

  private mutating func escapedCharacter(_ c: UInt32) throws(Failure) -> UInt32 {
    switch Unicode.Scalar(c) ?? "." {
    case "a": return 0x07
    case "f": return 0x0C
    case "t": return 0x09
    case "n": return 0x0A
    case "r": return 0x0D
    case "v": return 0x0B
    case "0"..."7":
      // A single digit from 1 on would be a back reference, which RE2 has not.
      var digits = [c]
      while digits.count < 3, position < scalars.count, (0x30...0x37).contains(scalars[position]) {
        digits.append(scalars[position])
        position += 1
      }
      guard c == 0x30 || digits.count == 3 else {
        throw Failure("the regular expression has a back reference, which is not supported")
      }
      return digits.reduce(0) { $0 * 8 + ($1 - 0x30) }
    case "x": return try hexadecimal()
    default:
      // Punctuation stands for itself; letters and digits are kept for meanings to come.
      guard c < 0x80, !UInt8(truncatingIfNeeded: c).isNamePart || c == 0x5F else {
        throw Failure("the regular expression has an unknown escape")
      }
      return c
    }
  }

  private mutating func hexadecimal() throws(Failure) -> UInt32 {
    var digits: [UInt32] = []
    if accept("{") {
      digits = try name(until: "}", "an escape").unicodeScalars.map(\.value)
    } else {
      digits = [try next("an escape"), try next("an escape")]
    }
    var value: UInt32 = 0
    for digit in digits {
      guard digit < 0x80, UInt8(truncatingIfNeeded: digit).isHexDigit, value <= CharacterSet.lastScalar else {
        throw Failure("the regular expression has an escape that is no code point")
      }
      value = value << 4 | UInt8(truncatingIfNeeded: digit).hexValue
    }
    guard !digits.isEmpty, value <= CharacterSet.lastScalar else {
      throw Failure("the regular expression has an escape that is no code point")
    }
    return value
  }

  /// After `[`.
  private mutating func brackets() throws(Failure) -> CharacterSet {
    let negated = accept("^")
    var ranges: [ClosedRange<UInt32>] = []
    var first = true
    while first || !peek("]") {
      first = false
      if peek("["), peek(":", ahead: 1) {
        position += 2
        let inverted = accept("^")
        let name = try self.name(until: ":", "a class")
        guard accept("]"), let set = CharacterSet.posix(name) else {
          throw Failure("the regular expression names an unknown class of characters")
        }
        ranges += (inverted ? set.inverted : set).ranges
        continue
      }
      let low: UInt32
      let c = try next("a class")
      if c == Unicode.Scalar("\\").value {
        let escaped = try next("an escape")
        if let set = try escapedClass(escaped) {
          ranges += set.ranges
          continue
        }
        low = try escapedCharacter(escaped)
      } else {
        low = c
      }
      var high = low
      if peek("-"), position + 1 < scalars.count, !peek("]", ahead: 1) {
        position += 1
        let end = try next("a class")
        high = end == Unicode.Scalar("\\").value ? try escapedCharacter(try next("an escape")) : end
      }
      guard low <= high else { throw Failure("the regular expression has a range that runs backwards") }
      ranges.append(low...high)
    }
    position += 1
    var set = CharacterSet(ranges)
    if flags.ignoresCase { set = set.foldingCase }
    return negated ? set.inverted : set
  }
}

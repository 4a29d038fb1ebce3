/// Why an evaluation has no value. Errors are absorbed by `&&` and `||` as the language demands; all others end it.
public struct CELError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    case noSuchField = "no such field"
    case noSuchKey = "no such key"
    case divisionByZero = "division by zero"
    case overflow = "overflow"
    case noOverload = "no such overload"
    case invalidArgument = "invalid argument"
    /// An index, code point or conversion outside its range.
    case outOfRange = "out of range"
    /// A variable or function that does not exist; only programs that were not checked can meet it.
    case undeclared = "undeclared reference"
    /// The evaluation was stopped; never absorbed.
    case costLimit = "cost limit exceeded"
  }

  public var kind: Kind
  /// Lower case, no full stop. May quote names of the expression, never values of the data.
  public var message: String
  /// Where in the source, in UTF-8 bytes; nil when the host raised it and no position is known yet.
  public var offset: Int?

  public init(kind: Kind, message: String, offset: Int? = nil) {
    self.kind = kind
    self.message = message
    self.offset = offset
  }

  init(_ kind: Kind, _ message: String) {
    self.init(kind: kind, message: message)
  }

  public var description: String {
    message.hasPrefix(kind.rawValue) ? message : kind.rawValue + ": " + message
  }

  /// The same error, at `offset` unless it already knows better.
  func at(_ offset: Int) -> CELError {
    guard self.offset == nil else { return self }
    var copy = self
    copy.offset = offset
    return copy
  }
}

/// Respects in which a row can fail to cover an item.
struct RowDimensions: OptionSet, Sendable, Hashable {
  let rawValue: UInt8
  static let category = RowDimensions(rawValue: 1)
  static let system = RowDimensions(rawValue: 2)
  static let path = RowDimensions(rawValue: 4)
  /// Signatures are required, and the row has none that was verified.
  static let signature = RowDimensions(rawValue: 8)

  /// The words of reports and policies, in the order in which they are tried.
  var words: [String] {
    var words: [String] = []
    if contains(.category) { words.append("category") }
    if contains(.system) { words.append("system") }
    if contains(.path) { words.append("path") }
    if contains(.signature) { words.append("signature") }
    return words
  }
}

/// What the register says about one item: the row that comes closest, and how close.
struct AuthorizationMatch: Sendable, Hashable {
  var state: RegisterState
  /// Index among the rows that count at the as-of time; -1 when there is none.
  var row: Int32
  /// Respects in which that row does not cover the item.
  var failed: RowDimensions
  /// Respects that cannot be decided: a row names systems and the audit was not told which system this is.
  var unknown: RowDimensions

  /// A row in force covers the item in every respect.
  var isMatched: Bool { state == .active && failed.isEmpty && unknown.isEmpty }

  /// Whether a row covers depends on what the audit was not told: the holder, or the system.
  var isUndecided: Bool {
    state == .holderUnknown || (state == .active && failed.isEmpty && !unknown.isEmpty)
  }

  static func none(_ state: RegisterState) -> AuthorizationMatch {
    AuthorizationMatch(state: state, row: -1, failed: [], unknown: [])
  }
}

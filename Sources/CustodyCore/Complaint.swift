/// An error as users meet it: what happened, where, why, and what to do about it.
public struct Complaint: Error, Sendable, Hashable, CustomStringConvertible {
  /// Stable, e.g. `policy.unknown-key`: tests and documents cite it.
  public var code: String
  /// What went wrong, lower case, no full stop.
  public var message: String
  /// A file with line and column, a locator, a flag.
  public var location: String?
  /// Lines shown under the message (the offending line with a caret, a list of reasons).
  public var excerpt: String?
  /// What to do: a suggestion or the next step.
  public var hint: String?

  public init(
    code: String, _ message: String, at location: String? = nil, excerpt: String? = nil, hint: String? = nil
  ) {
    self.code = code
    self.message = message
    self.location = location
    self.excerpt = excerpt
    self.hint = hint
  }

  /// `location: message [code]`, then excerpt and hint on their own lines.
  public var description: String {
    var text = (location.map { $0 + ": " } ?? "") + message + " [" + code + "]"
    if let excerpt { text += "\n" + excerpt }
    if let hint { text += "\nhint: " + hint }
    return text
  }
}

/// Several complaints found in one go, so that a user mends all of them at once.
public struct Complaints: Error, Sendable, CustomStringConvertible {
  public var all: [Complaint]
  public init(_ all: [Complaint]) { self.all = all }
  public var description: String { all.map(\.description).joined(separator: "\n") }
}

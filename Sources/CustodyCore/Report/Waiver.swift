/// That somebody answers for a finding until a day: shown with it, never instead of it.
public struct FindingWaiver: Sendable, Hashable {
  /// Ids of the waivers that match, sorted.
  public var ids: [String]
  public var owners: [String]
  /// Entries of the finding whose content a waiver in force names.
  public var entries: Int
  /// The earliest end of any of them.
  public var until: Instant

  public init(ids: [String], owners: [String], entries: Int, until: Instant) {
    self.ids = ids
    self.owners = owners
    self.entries = entries
    self.until = until
  }
}

/// What became of one waiver in this audit.
public struct WaiverUse: Sendable, Hashable {
  public enum State: String, CaseIterable, Sendable {
    case applied
    /// Its day has passed: it waives nothing.
    case expired
    /// No finding of its rule holds any of its contents.
    case unmatched
  }
  public var id: String
  public var rule: String
  public var owner: String
  public var reason: String
  public var expires: Instant
  public var state: State
  /// Entries it matches, whether in force or not.
  public var entries: Int

  public init(
    id: String, rule: String, owner: String, reason: String, expires: Instant, state: State, entries: Int
  ) {
    self.id = id
    self.rule = rule
    self.owner = owner
    self.reason = reason
    self.expires = expires
    self.state = state
    self.entries = entries
  }
}

extension Finding {
  /// Every entry of the finding is waived.
  public var isWaived: Bool { waiver.map { $0.entries >= counts.entries && counts.entries > 0 } ?? false }
}

/// How many people a class of data can be about: bounds, because images are not people.
public struct SubjectBounds: Sendable, Hashable {
  public var atLeast: Int
  /// Of what was examined: what could not be examined can add to it.
  public var atMost: Int
  /// How the bounds were found.
  public var reasoning: String

  public init(atLeast: Int, atMost: Int, reasoning: String) {
    self.atLeast = atLeast
    self.atMost = atMost
    self.reasoning = reasoning
  }
}

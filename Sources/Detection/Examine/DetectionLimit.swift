public import CustodyCore

/// What a detector could not look at, said beside its answer: an answer of nothing is worth something only together
/// with how much was looked at.
public struct DetectionLimit: Sendable, Hashable, Comparable {
  /// Why the entry is `limited`; nil for a remark that leaves its disposition alone.
  public var reason: Reason?
  /// One line for the entry's notes. Words of the program only, never of the entry.
  public var note: String

  public init(_ reason: Reason?, _ note: String) {
    (self.reason, self.note) = (reason, note)
  }

  /// Reasons before remarks, then in order of their words: the order in which they were met depends on how the bytes
  /// were cut.
  public static func < (a: DetectionLimit, b: DetectionLimit) -> Bool {
    switch (a.reason, b.reason) {
    case (let p?, let q?): (p, a.note) < (q, b.note)
    case (nil, nil): a.note < b.note
    case (let p, _): p != nil
    }
  }

  static let window = DetectionLimit(
    .recordWindowLimit, "a record is larger than the window of 16 MiB and was judged by its beginning")
  static let whole = DetectionLimit(
    .recordWindowLimit, "larger than 16 MiB: detectors that need the whole entry were not asked")
  static let windowBudget = DetectionLimit(
    .recordWindowLimit,
    "the budget of enlarged windows is used up: further records were judged by their first 4 KiB")

  /// The entry goes on beyond what a detector of the whole entry can be shown.
  static func beginning(of what: String) -> DetectionLimit {
    DetectionLimit(.recordWindowLimit, "\(what) larger than 16 MiB: only the beginning was read")
  }
}

extension Detection {
  /// This answer, with what was not looked at; itself when there is nothing of the kind.
  func limited(by limits: [DetectionLimit]) -> Detection { limits.isEmpty ? self : .limited(self, limits) }
}

extension Detection {
  /// This answer, with which pictures the rows name; itself when they name none.
  func naming(_ tally: NamesTally) -> Detection {
    tally.names(withKeys: true).map { .naming(self, $0) } ?? self
  }
}

extension EntryFacts {
  /// Says what could not be looked at. What is opaque stays so.
  mutating func limit(by limits: Set<DetectionLimit>) {
    let sorted = limits.sorted()
    if let reason = sorted.first?.reason, disposition == .examined || disposition == .partial {
      disposition = .limited
      self.reason = reason
    }
    notes += sorted.map(\.note)
  }
}

extension Observation {
  /// A record that says it is longer than the entry holds what the entry holds: a count from its header shrinks with it.
  mutating func keep(within size: UInt64) {
    guard let place, place.offset <= size, place.length > size - place.offset else { return }
    let held = size - place.offset
    let part = Double(count) * Double(held) / Double(place.length)
    // Only what is less than a number of this type fits it for certain.
    if part < Double(count) { count = max(1, Int(part)) }
    self.place = Place(offset: place.offset, length: held)
  }
}

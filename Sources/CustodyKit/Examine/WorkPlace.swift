internal import CPlaces
internal import CustodyCore
internal import Detection
internal import Snapshots

/// Notes which entry the calling thread examines, for whoever may find the process dead (decision 0023).
///
/// Costs a few stores; nothing at all in a process that nobody looks after.
enum WorkPlace {
  struct Entry: Sendable {
    var number: UInt64 = 0
    var ordinal: UInt64 = 0
  }

  /// - Parameter content: the entry's digest where it is known already.
  static func note(_ entry: Entry, _ content: Digest? = nil) {
    let content = content.map(Quarantine.Content.init) ?? Quarantine.Content(high: 0, low: 0)
    cplaces_set(UInt32(CPLACES_EXAMINING), entry.number, content.high, content.low, entry.ordinal)
  }

  static func leave() { cplaces_set(UInt32(CPLACES_NOWHERE), 0, 0, 0, 0) }

  /// Waits for other threads: what ends the process meanwhile is theirs.
  static func wait(_ body: () -> Void) {
    cplaces_wait(1)
    body()
    cplaces_wait(0)
  }
}

extension EntryHeader {
  var workPlace: WorkPlace.Entry { WorkPlace.Entry(number: number, ordinal: ordinal) }
}

extension Quarantine.Content {
  init(_ digest: Digest) { self.init(high: digest.words.0, low: digest.words.1) }
}

extension Quarantine {
  /// True when this content must not be examined, wherever it stands.
  func holds(_ digest: Digest) -> Bool { !contents.isEmpty && contents.contains(Content(digest)) }
}

/// What reading the snapshot again goes by.
struct ReadConditions: Sendable {
  var quarantine = Quarantine()
  /// One thing after the other: when the process is ended from outside, what it was at is certain.
  var isStepwise = false
  /// Asked beside those of the catalogue.
  var detectors: [any Detector] = []
}

internal import CustodyCore

/// Decides which observations stand, and bounds how many are kept.
///
/// Precedence, in this order:
/// 1. Detectors of the whole entry or its start (`.head`, `.kind`, `.opening`, `.whole`) are asked before anything is
///    searched.
/// 2. Earlier starts are asked before later ones; what is found claims its bytes, and hits inside are not asked about.
///    A finding that is only weak claims nothing, so that a vague pattern never hides a record; it only keeps its own
///    detector from saying the same again inside it.
/// 3. At one start the strongest answer wins, then the longest, then the first in the catalogue; the others add only
///    observations of data classes the winners did not name.
/// 4. A finding that, thanks to look-behind, turns out to begin before earlier ones and to contain them replaces them,
///    unless one of them is stronger.
///
/// At most `limit` observations are listed one by one; the rest are merged per data class, detector and strength into
/// one observation with their number and first place.
struct ObservationCollector {
  static let limit = 64

  /// One detector's answer at one start.
  struct Answer {
    /// Position in the catalogue.
    var detector: Int
    var start: Int
    var length: Int
    var observations: [Observation]
    var kind: ContentKind?
    var strength: Strength { observations.map(\.strength).max() ?? .weak }
    /// Where the bytes that it claims end.
    var claimEnd: Int {
      let (end, overflow) = start.addingReportingOverflow(max(0, length))
      return strength == .weak || overflow ? start : end
    }
  }

  private struct Listed {
    var observation: Observation
    var range: Range<UInt64>
  }
  private struct Key: Hashable {
    var dataClass: DataClass
    var detector: String
    var strength: Strength
  }

  private var listed: [Listed] = []
  private var merged: [Key: Observation] = [:]
  /// Per detector: where its last weak finding ends.
  private var weakEnds: [Int: Int] = [:]
  private(set) var mergedCount = 0

  /// Takes all answers given at one start; returns the bytes claimed by those that stand.
  mutating func accept(_ answers: [Answer]) -> Int {
    let ordered = answers.sorted {
      ($1.strength, $1.length, $0.detector) < ($0.strength, $0.length, $1.detector)
    }
    var seen: Set<DataClass> = []
    var claimed = 0
    for answer in ordered {
      let fresh = answer.observations.filter { !seen.contains($0.dataClass) }
      guard !fresh.isEmpty else { continue }
      if answer.strength == .weak {
        if let end = weakEnds[answer.detector], answer.start < end { continue }
        weakEnds[answer.detector] = answer.start.addingReportingOverflow(max(0, answer.length)).partialValue
      }
      claimed = max(claimed, answer.claimEnd)
      let whole = UInt64(answer.start)..<UInt64(max(answer.start, answer.claimEnd))
      let begin = fresh.compactMap { $0.place?.offset }.min() ?? whole.lowerBound
      let range = min(begin, whole.lowerBound)..<max(whole.upperBound, begin)
      if answer.strength != .weak { displace(by: range, strength: answer.strength) }
      for var observation in fresh {
        seen.insert(observation.dataClass)
        if observation.place == nil {
          observation.place = Place(offset: UInt64(answer.start), length: UInt64(max(0, answer.length)))
        }
        add(Listed(observation: observation, range: range))
      }
    }
    return claimed
  }

  /// Takes what a rule of text says of the whole entry: it claims no bytes and displaces nothing.
  mutating func add(_ observation: Observation) {
    let start = observation.place?.offset ?? 0
    add(Listed(observation: observation, range: start..<start))
  }

  private mutating func displace(by range: Range<UInt64>, strength: Strength) {
    let inside = { (l: Listed) in
      l.range != range && l.range.lowerBound > range.lowerBound && l.range.upperBound <= range.upperBound
    }
    guard listed.contains(where: inside), !listed.contains(where: { inside($0) && $0.observation.strength > strength })
    else { return }
    listed.removeAll(where: inside)
  }

  private mutating func add(_ new: Listed) {
    guard listed.count >= Self.limit else {
      listed.append(new)
      return
    }
    mergedCount += 1
    let o = new.observation
    let key = Key(dataClass: o.dataClass, detector: o.detector, strength: o.strength)
    if var known = merged[key] {
      known.count = known.count.addingReportingOverflow(o.count).overflow ? .max : known.count + o.count
      known.attributes = [:]
      merged[key] = known
    } else {
      merged[key] = o
    }
  }

  /// In order of place, then data class, then detector, then strength.
  func observations() -> [Observation] {
    (listed.map(\.observation) + merged.values).sorted { a, b in
      let (p, q) = (a.place ?? Place(offset: 0, length: 0), b.place ?? Place(offset: 0, length: 0))
      if p.offset != q.offset { return p.offset < q.offset }
      if a.dataClass != b.dataClass { return a.dataClass < b.dataClass }
      if a.detector != b.detector { return a.detector < b.detector }
      if a.strength != b.strength { return a.strength > b.strength }
      return (p.length, a.count) < (q.length, b.count)
    }
  }

  /// Said when observations were merged.
  var note: String? {
    mergedCount == 0
      ? nil
      : "more than \(Self.limit) observations: \(mergedCount) further ones are merged per class, detector and strength"
  }
}

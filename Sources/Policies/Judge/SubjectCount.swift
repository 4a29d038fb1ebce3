import CustodyCore

/// How many people a class can be about, from what was counted in single contents.
///
/// A picture of three faces shows three people at least (posters and mirrors aside, which is said); every face of every
/// content could be somebody else's, so their sum is what it can be at most. Copies of one content add nothing.
struct SubjectCount: Sendable {
  /// The largest number in one content that was seen strongly.
  private var mostInOne = 0
  private var hasStrong = false
  /// By the first bytes of the content's digest.
  private var byContent: [UInt64: UInt32] = [:]
  /// Of contents that were not read in full.
  private var loose = 0
  /// Of contents that were, every copy counted.
  private var repeated = 0
  /// More contents than are told apart: then every copy counts, so that no order of arrival shows.
  private var hasTooMany = false
  private let contentLimit: Int

  /// - Parameter contentLimit: contents told apart at most.
  init(contentLimit: Int = 500_000) { self.contentLimit = contentLimit }

  mutating func add(_ reading: ClassReading, of e: Examination) {
    let number = max(1, reading.seen > 0 ? reading.seen : reading.count.items)
    if reading.strength >= .strong {
      hasStrong = true
      // A record of many fingers, or a database, is not a picture: how its items share people is not known.
      if reading.seen > 0, reading.dataClass.modality == "face" { mostInOne = max(mostInOne, reading.seen) }
    }
    note(e.sha256?.words.0, UInt32(clamping: number))
  }

  private mutating func note(_ content: UInt64?, _ number: UInt32) {
    guard let content else {
      loose = loose.addingSaturated(Int(number))
      return
    }
    repeated = repeated.addingSaturated(Int(number))
    tell(content, number)
  }

  private mutating func tell(_ content: UInt64, _ number: UInt32) {
    guard !hasTooMany else { return }
    byContent[content] = max(byContent[content] ?? 0, number)
    if byContent.count > contentLimit {
      hasTooMany = true
      byContent = [:]
    }
  }

  mutating func merge(_ other: SubjectCount) {
    mostInOne = max(mostInOne, other.mostInOne)
    hasStrong = hasStrong || other.hasStrong
    if other.hasTooMany {
      hasTooMany = true
      byContent = [:]
    }
    for (content, number) in other.byContent { tell(content, number) }
    loose = loose.addingSaturated(other.loose)
    repeated = repeated.addingSaturated(other.repeated)
  }

  /// Nil where the class is not about people: plates are vehicles, an unexamined video is anything.
  func bounds(_ dataClass: DataClass) -> SubjectBounds? {
    guard dataClass.modality != "plate", dataClass != .videoUnexamined else { return nil }
    let told = hasTooMany ? repeated : byContent.values.reduce(0) { $0.addingSaturated(Int($1)) }
    let sum = told.addingSaturated(loose)
    let least = max(mostInOne, hasStrong ? 1 : 0)
    var reasons: [String] = []
    if mostInOne > 1 {
      reasons.append("one picture shows \(mostInOne) faces, posters and mirrors aside")
    } else if hasStrong {
      reasons.append("something was seen that is about somebody")
    } else {
      reasons.append("all evidence is weak and may be about nobody")
    }
    let noun = dataClass.modality == "face" ? "face" : "item"
    reasons.append(
      "every \(noun) of every distinct content could be another person's"
        + (loose > 0 || hasTooMany ? ", contents that could not be told apart counted each time" : ""))
    return SubjectBounds(
      atLeast: least, atMost: max(least, sum),
      reasoning: "at least: " + reasons[0] + "; at most: " + reasons[1])
  }
}

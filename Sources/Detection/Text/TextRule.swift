import CustodyCore

/// A detector of what the records of a text entry add up to.
///
/// All such rules share one reading of the entry (`TextPass`), from its first byte to its last however large it is. A
/// rule is a pure function of the tally, and never sees a value.
protocol TextRule: Detector {
  func judge(_ tally: TextTally) -> [Observation]
}

extension TextRule {
  /// Rules of text are asked once, by `judge`.
  func detect(_ bytes: RawSpan, at start: Int, context: DetectionContext) -> Detection { .nothing }

  /// One observation, or two where a period is known: the one item with the latest time stands alone, so that both ends of the
  /// period are on record.
  func observations(
    _ dataClass: DataClass, _ strength: Strength, count: Int, extent: TextTally.Extent, period: TextTally.Period,
    attributes: Attributes
  ) -> [Observation] {
    var first = Observation(
      dataClass, detector: descriptor.name, version: descriptor.version, strength: strength, count: count,
      place: Self.place(extent), attributes: attributes)
    guard let earliest = period.earliest, let latest = period.latest else { return [first] }
    first.attributes["capturedAt"] = .string(earliest.text)
    first.attributes["clock"] = "database"
    guard earliest < latest, count > 1 else { return [first] }
    first.count -= 1
    var last = first
    last.count = 1
    last.place = Self.place(period.latestExtent)
    last.attributes["capturedAt"] = .string(latest.text)
    return [first, last]
  }

  private static func place(_ extent: TextTally.Extent) -> Place {
    let start = UInt64(clamping: min(extent.start, extent.end))
    return Place(offset: start, length: UInt64(clamping: extent.end) - start)
  }
}

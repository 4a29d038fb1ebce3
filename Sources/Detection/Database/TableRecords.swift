internal import CustodyCore

/// Plate reads and identity records in the rows of one table of a database, by the rules of text.
struct TableRecords {
  private var records: TextRecords
  private let roles: [ColumnRole]
  private var field = FieldBuffer()
  private var end = 0

  /// Nil when no column is one of a plate, of a person's number or of files: then rows say nothing.
  ///
  /// - Parameter format: what stands in the observations: `access`, `dbf`.
  init?(columns: [String], format: String) {
    roles = columns.map { ColumnNames.role($0.utf8) }
    guard roles.contains(where: \.isWorthRows) else { return nil }
    records = TextRecords(format: format)
  }

  /// Positions of the columns whose values are of interest.
  var wanted: [Int] { roles.indices.filter { roles[$0] != .none } }

  mutating func open(at start: Int) { records.open(.none, at: start) }

  /// - Parameter value: nil for null; empty when there is one that is no text.
  mutating func value(_ column: Int, _ value: [UInt8]?) {
    guard let value, roles.indices.contains(column) else { return }
    guard !value.isEmpty else {
      let none: [UInt8] = []
      records.value(roles[column], none.span)
      return
    }
    field.clear()
    for c in value { field.append(c) }
    field.deliver(as: roles[column], to: &records)
  }

  mutating func close(at end: Int) {
    records.close(at: end)
    self.end = max(self.end, end)
  }

  /// Which pictures the rows name.
  var names: NamesTally { records.tally.names }

  /// What the rules say of all rows, in the name of the detector that read them.
  mutating func observations(by detector: DetectorDescriptor, base: UInt64) -> [Observation] {
    records.finish(at: end)
    return (PlateReads().judge(records.tally) + IdentityRecords().judge(records.tally)).map { observation in
      var observation = observation
      observation.detector = detector.name
      observation.version = detector.version
      if let place = observation.place { observation.place = Place(offset: base + place.offset, length: place.length) }
      return observation
    }
  }
}

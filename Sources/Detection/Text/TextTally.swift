/// What the records of one text entry add up to: numbers and names of columns, never a value.
struct TextTally: Sendable {
  /// The notation the records were written in: `csv`, `json`, `xml`, `sql`, `edifact`, `log`.
  var format = "text"
  /// Plate reads with confidence and a time or camera of their own or above them.
  var complete = Reads()
  /// All other values under a plate's name.
  var open = Reads()
  var platePeriod = Period()
  var identity = Persons()
  var identityPeriod = Period()
  /// Tables of a dump in SQL.
  var tables: [SQLTables.Table] = []
  /// Which pictures the records name.
  var names = NamesTally()

  struct Reads: Sendable {
    /// Values that are not blank.
    var filled = 0
    /// Values that can be a plate.
    var valid = 0
    /// Values in the shape of some country's plates.
    var shaped = 0
    /// Values with a position or a picture beside them.
    var located = 0
    /// Roles met beside the values.
    var roles: UInt64 = 0
    var extent = Extent()

    mutating func merge(_ other: Reads) {
      filled += other.filled
      valid += other.valid
      shaped += other.shaped
      located += other.located
      roles |= other.roles
      extent.merge(other.extent)
    }
  }

  struct Persons: Sendable {
    /// Records with a valid number and four columns about a person, a name or a birth among them.
    var full = 0
    /// Records with a valid number and less.
    var partial = 0
    /// Records whose number carries a check digit that holds.
    var checked = 0
    /// Values under a number's name that are not of its shape.
    var refused = 0
    var roles: UInt64 = 0
    /// Kinds of number that were valid.
    var numbers: UInt64 = 0
    var extent = Extent()
  }

  /// The bytes from the first record to the last.
  struct Extent: Sendable {
    var start = Int.max
    var end = 0
    mutating func add(_ from: Int, _ to: Int) {
      start = min(start, from)
      end = max(end, to)
    }
    mutating func merge(_ other: Extent) {
      start = min(start, other.start)
      end = max(end, other.end)
    }
  }

  /// The earliest and the latest time beside the records.
  struct Period: Sendable {
    var earliest: TextTime?
    var latest: TextTime?
    /// Bytes of the record with the latest time.
    var latestExtent = Extent()

    mutating func add(_ time: TextTime, _ from: Int, _ to: Int) {
      if let known = earliest, known <= time {} else { earliest = time }
      if let known = latest, known >= time {
      } else {
        latest = time
        latestExtent = Extent(start: from, end: to)
      }
    }
  }
}

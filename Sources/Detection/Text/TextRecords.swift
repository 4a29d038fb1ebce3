import CustodyCore

/// Takes the records that the readers of each notation find, as a tree of named values, and adds them up.
///
/// A record is what stands in one object, element or row. A plate read takes company from the objects around it
/// (camera and time of a frame stand above its results), never from its neighbours. Memory is one short stack: levels
/// below the 64th count as that level.
struct TextRecords {
  /// Levels that are kept apart.
  static let deepest = 64

  private(set) var tally = TextTally()
  /// As many as were ever open at once: most texts have none.
  private var frames: [Frame] = []
  private var depth = 0
  private var surplus = 0

  fileprivate struct Frame {
    var key = ColumnRole.none
    var isArray = false
    var isAside = false
    var start = 0
    /// Roles with a value in this object.
    var roles: UInt64 = 0
    /// Roles with a value in objects that belong to this one.
    var below: UInt64 = 0
    /// Numbers of the right shape, here or in objects that belong to this one.
    var numbers: UInt64 = 0
    var refused = 0
    /// Plates of this object itself.
    var plate = TextTally.Reads()
    /// Plates below that still lack company.
    var reads = TextTally.Reads()
    var hasPlatesBelow = false
    var hasPersonsBelow = false
    var earliest: TextTime?
    var latest: TextTime?
  }

  init(format: String) { tally.format = format }

  /// Role of the innermost level's own key.
  var key: ColumnRole { depth > 0 && surplus == 0 ? frames[depth - 1].key : .none }

  @inline(__always)
  mutating func open(_ role: ColumnRole, isArray: Bool = false, at start: Int) {
    guard depth < Self.deepest else {
      surplus += 1
      return
    }
    var frame = Frame()
    frame.key = role
    frame.isArray = isArray
    frame.start = start
    frame.isAside = role == .aside
    if depth > 0 {
      if frames[depth - 1].isAside { frame.isAside = true }
    }
    if depth < frames.count { frames[depth] = frame } else { frames.append(frame) }
    depth += 1
  }

  /// Says that the innermost level holds a nested object of this role.
  mutating func mark(_ role: ColumnRole) {
    if depth > 0, role != .none { frames[depth - 1].roles |= role.bit & ~ColumnRole.subjects }
  }

  /// A value that is not blank, in the innermost level.
  ///
  /// - Parameter value: at most `FieldBuffer.limit` bytes of it; empty when the value was longer, or of no interest.
  @inline(__always)
  mutating func value(_ named: ColumnRole, _ value: Span<UInt8>) {
    guard depth > 0, named != .none else { return }
    if named.mayNamePictures {
      value.withUnsafeBufferPointer { tally.names.take($0, mayBeKey: named == .picture || named == .key) }
      if named.isOnlyName { return }
    }
    frames[depth - 1].take(named, value)
  }

  mutating func close(at end: Int) {
    if surplus > 0 {
      surplus -= 1
      return
    }
    guard depth > 0 else { return }
    depth -= 1
    closeFrame(end)
  }

  /// Closes what the end of the entry left open.
  mutating func finish(at end: Int) {
    surplus = 0
    while depth > 0 { close(at: end) }
  }

  /// A value that stands in no record: of a list of names.
  mutating func name(_ value: UnsafeBufferPointer<UInt8>) { tally.names.take(value, mayBeKey: false) }

  /// What a dump says of its tables.
  mutating func add(_ tables: SQLTables) { tally.tables = tables.tables }

  /// Persons of a message that counts them itself.
  mutating func add(persons: Int, isConfirmed: Bool, extent: TextTally.Extent) {
    tally.identity.full += persons
    if isConfirmed { tally.identity.checked += persons }
    tally.identity.numbers |= ColumnRole.document.bit
    tally.identity.roles |= ColumnRole.bits([.document, .surname])
    tally.identity.extent.merge(extent)
  }

  private mutating func closeFrame(_ end: Int) {
    let hasParent = depth > 0
    if frames[depth].isAside { return }
    let roles = frames[depth].roles | frames[depth].below
    if frames[depth].plate.filled > 0 || frames[depth].reads.filled > 0 { settlePlates(roles, end) }
    if frames[depth].numbers != 0 || frames[depth].refused > 0 { settlePerson(roles, end) }
    if let earliest = frames[depth].earliest, let latest = frames[depth].latest {
      if frames[depth].hasPlatesBelow {
        tally.platePeriod.add(earliest, frames[depth].start, end)
        tally.platePeriod.add(latest, frames[depth].start, end)
      }
      if frames[depth].hasPersonsBelow {
        tally.identityPeriod.add(earliest, frames[depth].start, end)
        tally.identityPeriod.add(latest, frames[depth].start, end)
      }
    }
    guard hasParent else { return }
    let parent = depth - 1
    if frames[depth].hasPlatesBelow { frames[parent].hasPlatesBelow = true }
    if frames[depth].hasPersonsBelow { frames[parent].hasPersonsBelow = true }
    if !frames[depth].isArray, !frames[parent].isArray {
      frames[parent].below |= roles
    }
  }

  private mutating func settlePlates(_ roles: UInt64, _ end: Int) {
    var reads = frames[depth].reads
    if reads.valid == 0, frames[depth].plate.filled > 0 {
      // One object is one read, however many spellings of its plate it lists.
      var own = frames[depth].plate
      own.valid = min(own.valid, 1)
      own.shaped = min(own.shaped, 1)
      own.filled = 1
      own.roles = roles
      own.extent.add(frames[depth].start, end)
      reads.merge(own)
    } else {
      reads.roles |= frames[depth].roles
    }
    if reads.valid > 0 { frames[depth].hasPlatesBelow = true }
    if reads.roles & (ColumnRole.place.bit | ColumnRole.picture.bit) != 0 { reads.located = reads.valid }
    let isTimed = reads.roles & (ColumnRole.time.bit | ColumnRole.camera.bit) != 0
    if isTimed, reads.roles & ColumnRole.confidence.bit != 0 {
      tally.complete.merge(reads)
    } else if depth > 0 {
      frames[depth - 1].reads.merge(reads)
    } else {
      tally.open.merge(reads)
    }
  }

  private mutating func settlePerson(_ roles: UInt64, _ end: Int) {
    let numbers = frames[depth].numbers
    guard numbers != 0 else {
      tally.identity.refused += 1
      return
    }
    let about = roles & (ColumnRole.person | numbers)
    let isNamed = roles & (ColumnRole.names | ColumnRole.birth.bit) != 0
    let isFull = about.nonzeroBitCount >= 4 && isNamed
    if !isFull, depth > 0, !frames[depth].isArray, !frames[depth - 1].isArray {
      frames[depth - 1].numbers |= numbers
      return
    }
    // `document number` of an invoice: nothing without a person.
    let own = numbers & ~ColumnRole.document.bit
    guard isFull || own != 0 || isNamed else { return }
    frames[depth].hasPersonsBelow = true
    if isFull { tally.identity.full += 1 } else { tally.identity.partial += 1 }
    if numbers & ColumnRole.curp.bit != 0 { tally.identity.checked += 1 }
    tally.identity.numbers |= numbers
    tally.identity.roles |= roles
    tally.identity.extent.add(frames[depth].start, end)
  }
}

extension TextRecords.Frame {
  /// Sorts one value in.
  @inline(__always)
  fileprivate mutating func take(_ named: ColumnRole, _ value: Span<UInt8>) {
    var role = named
    if role == .inner {
      guard key.bit & ColumnRole.subjects != 0 else { return }
      role = key
    }
    switch role {
    case .plate, .vaguePlate:
      guard !isAside else { return }
      let reading = PlatePattern.read(value)
      plate.filled += 1
      if reading != .no { plate.valid += 1 }
      if reading == .shaped { plate.shaped += 1 }
    case .time:
      guard let time = TextTime(value) else { return }
      earliest = min(earliest ?? time, time)
      latest = max(latest ?? time, time)
    case .confidence:
      guard value.count > 0, value[0] &- 0x30 < 10 || value[0] == 0x2E else { return }
    case .surname, .givenName, .fullName:
      guard value.count > 0, value[0] &- 0x30 >= 10 else { return }
    case .birth:
      guard value.count >= 6, value.indices.contains(where: { value[$0] &- 0x30 < 10 }) else { return }
    default:
      if role.bit & ColumnRole.numbers != 0 {
        guard IdentityNumber.isValid(value, as: role) else {
          refused += 1
          return
        }
        numbers |= role.bit
      }
    }
    roles |= role.bit
  }
}

/// The beginning of a value, with a fixed size.
struct FieldBuffer {
  static let limit = 64
  /// Of a value that may name a picture with its folders.
  static let longestPath = 256
  private var bytes = [UInt8](repeating: 0, count: longestPath)
  private(set) var count = 0
  /// The value went on beyond `longestPath`.
  private(set) var isCut = false

  @inline(__always)
  mutating func append(_ c: UInt8) {
    guard count < Self.longestPath else {
      isCut = true
      return
    }
    bytes[count] = c
    count += 1
  }
  /// Appends what stands from `from` to `to`.
  @inline(__always)
  mutating func append(_ source: UnsafeBufferPointer<UInt8>, _ from: Int, _ to: Int) {
    let length = min(to - from, Self.longestPath - count)
    if length < to - from { isCut = true }
    for i in 0..<max(0, length) { bytes[count + i] = source[from + i] }
    count += max(0, length)
  }
  mutating func clear() {
    count = 0
    isCut = false
  }

  /// Whether it reads as the name of a picture.
  var isPictureName: Bool {
    !isCut
      && bytes.withUnsafeBufferPointer { PictureName(UnsafeBufferPointer(rebasing: $0[..<count]))?.isPicture ?? false }
  }

  /// `\.`, which ends the rows of PostgreSQL's COPY.
  var isEndOfCopy: Bool { count == 2 && bytes[0] == 0x5C && bytes[1] == 0x2E }

  /// Hands the value to `records` unless it is blank, without the spaces around it.
  @inline(__always)
  func deliver(as role: ColumnRole, to records: inout TextRecords) {
    var from = 0
    var to = role.mayNamePictures ? count : min(count, Self.limit)
    let isLonger = isCut || to < count
    while from < to, bytes[from] <= 0x20 { from += 1 }
    while to > from, bytes[to - 1] <= 0x20 { to -= 1 }
    if from == to || isNull(from, to) { return }
    let span = bytes.span
    records.value(role, isLonger ? span.extracting(0..<0) : span.extracting(from..<to))
  }

  /// `null`, `NULL`, `\N`, `None`, `string` (as in descriptions of interfaces).
  private func isNull(_ from: Int, _ to: Int) -> Bool {
    switch to - from {
    case 1: bytes[from] == 0x2D
    case 2: bytes[from] == 0x5C && bytes[from + 1] == 0x4E
    case 3: matches(from, "n/a") || matches(from, "nan")
    case 4: matches(from, "null") || matches(from, "none")
    case 6: matches(from, "string")
    default: false
    }
  }
  private func matches(_ from: Int, _ word: StaticString) -> Bool {
    for i in 0..<word.utf8CodeUnitCount where bytes[from + i] | 0x20 != word.utf8Start[i] { return false }
    return true
  }
}

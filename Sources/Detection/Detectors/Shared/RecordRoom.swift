/// The bytes a record may use, and what their end means.
///
/// Length fields are held against the room: a record that fills a file or a block of known size must say so, a record
/// carved from something larger can only be measured by its own walk.
struct RecordRoom: Sendable, Equatable {
  /// Bytes from the record's first byte to the last that may be read.
  let available: Int
  /// True when these bytes are one whole: a file, a TLV value, a block of declared size.
  let isWhole: Bool
  /// True when the window ends here although the entry goes on.
  let isCut: Bool

  /// A file or block of known size.
  static func whole(_ available: Int) -> RecordRoom { RecordRoom(available: available, isWhole: true, isCut: false) }
  /// Something larger, of which the last byte is here.
  static func carved(_ available: Int) -> RecordRoom { RecordRoom(available: available, isWhole: false, isCut: false) }
  /// Something of which more exists than can be seen.
  static func cut(_ available: Int) -> RecordRoom { RecordRoom(available: available, isWhole: false, isCut: true) }

  private init(available: Int, isWhole: Bool, isCut: Bool) {
    self.available = max(0, available)
    self.isWhole = isWhole
    self.isCut = isCut
  }

  /// What a detector's window leaves for a record at `start`.
  init(_ bytes: RawSpan, at start: Int, context: DetectionContext) {
    self.init(
      available: bytes.byteCount - start,
      isWhole: context.windowReachesEnd && context.isWholeEntry(at: start),
      isCut: !context.windowReachesEnd)
  }
}

/// How far length fields of real encoders stray: a few bytes, in passports as in the samples of the standards.
enum Tolerance {
  /// Bytes by which a length and a walk may differ.
  static let slack = 16
  /// Declared sizes above this are never waited for.
  static let largestRecord = 64 << 20
  /// No record of images is believed to be larger.
  static let largestDeclared = 256 << 20

  static func meets(_ a: Int, _ b: Int) -> Bool { a - b <= slack && b - a <= slack }
}

/// Where the walk over a record's parts came to rest.
enum WalkEnd: Sendable, Equatable {
  /// On the declared length, or on the end of the room.
  case lands
  /// Beyond a window that cannot grow: right as far as it can be seen.
  case cut
  /// Beyond the last byte there is, and the declared length lies there too: the end is missing.
  case truncated
  /// Anywhere else.
  case fails

  /// Judges a walk that visited every part.
  ///
  /// The declared length or the room's end must be met, not both: passports are known whose length field is 8 short.
  init(walked end: Int, declared: Int, room: RecordRoom) {
    let fits = declared <= room.available + (room.isCut ? 0 : Tolerance.slack)
    if Tolerance.meets(end, declared), fits {
      self = .lands
    } else if room.isWhole, Tolerance.meets(end, room.available) {
      self = .lands
    } else if Tolerance.meets(end, declared) {
      self = room.isCut ? .cut : .truncated
    } else {
      self = .fails
    }
  }

  /// Judges a walk that had to stop because the part at `offset` reaches beyond the room.
  init(stoppedAt offset: Int, part: Int, declared: Int, room: RecordRoom) {
    let inside = offset + part <= declared + Tolerance.slack
    if !inside || declared <= room.available || declared > Tolerance.largestDeclared {
      self = .fails
    } else {
      self = room.isCut ? .cut : .truncated
    }
  }
}

extension DetectionContext {
  /// True when it is worth asking for `total` bytes from a start that has `available` of them.
  func canGrow(to total: Int, from available: Int) -> Bool {
    total > available && total <= Tolerance.largestRecord && !windowReachesEnd && !windowIsFinal
  }
}

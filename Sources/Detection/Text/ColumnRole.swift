/// What a column, key or element means for plate reads and identity records, judged by its name alone.
///
/// A name is never evidence: it only says which check its values must pass.
enum ColumnRole: UInt8, CaseIterable, Sendable {
  case none
  /// Below this key are guesses, not further records (`candidates` of plate recognizers).
  case aside

  /// Says nothing itself: stands for the key around it (`"passport": {"number": …}`).
  case inner

  // MARK: Plates
  /// A name that means a licence plate and little else.
  case plate
  /// A name that can also mean a dish, a printing plate or a label: needs more company.
  case vaguePlate
  case confidence, time, camera, lane, place, picture, vehicle, region
  /// A key that only the output of a plate recognizer has.
  case recognizer
  /// A microplate or a label: the company in which `plate` is none of a vehicle.
  case laboratory

  // MARK: Identity
  case passport, visa, alien, vagueAlien, socialSecurity, taxpayer, curp, receipt, arrival, sevis
  /// `document number` of whatever document.
  case document
  case documentKind, issuer, nationality, birth, surname, givenName, fullName, birthplace, sex, expiry, reservation
  case caseNumber

  // MARK: Names of pictures, which say nothing about plates and persons
  /// Names a file, and so perhaps a picture: its values tell.
  case file
  /// A key that can be the stem of a picture's name.
  case key
  /// Of a table's first rows: the name says nothing, the values may.
  case probe

  /// One bit per role, for sets of roles in one word.
  var bit: UInt64 { 1 << UInt64(rawValue) }

  /// Roles whose values are worth keeping until the end of the value; all others only count as filled.
  var isChecked: Bool {
    switch self {
    case .plate, .vaguePlate, .time, .passport, .visa, .alien, .vagueAlien, .socialSecurity, .taxpayer, .curp,
      .receipt, .arrival, .sevis, .document, .birth, .reservation, .recognizer, .confidence, .surname, .givenName,
      .fullName, .inner, .picture, .file, .key:
      true
    default: false
    }
  }

  /// Values are looked at for names of pictures.
  var mayNamePictures: Bool { self == .picture || isOnlyName }
  /// Rows of a table with such a column are read.
  var isWorthRows: Bool { bit & Self.subjects != 0 || self == .picture || self == .file }
  /// Says nothing about the record: a reader treats the column like one whose name means nothing.
  var isOnlyName: Bool { self == .file || self == .key || self == .probe }

  /// Roles that can begin a record of their own.
  static let plates: UInt64 = bits([.plate, .vaguePlate])
  static let numbers: UInt64 = bits([
    .passport, .visa, .alien, .vagueAlien, .socialSecurity, .taxpayer, .curp, .receipt, .arrival, .sevis, .document,
  ])
  static let subjects: UInt64 = plates | numbers
  static let names: UInt64 = bits([.surname, .givenName, .fullName])
  /// What else describes the holder of a document.
  static let person: UInt64 =
    names | bits([.birth, .nationality, .issuer, .birthplace, .sex, .expiry, .documentKind, .reservation, .caseNumber])

  static func bits(_ roles: [ColumnRole]) -> UInt64 { roles.reduce(0) { $0 | $1.bit } }
}

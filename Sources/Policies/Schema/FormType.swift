import CustodyCore

/// What the value of a key may be.
indirect enum FormType: Sendable {
  /// Any scalar that is not empty, taken as it is written.
  case text
  /// Any scalar, empty or not.
  case anyText
  /// Text that a regular expression (ECMA-262, no more of it than every dialect has) describes.
  case matching(String, example: String)
  /// A CEL expression.
  case expression
  case integer(ClosedRange<Int64>)
  case flag
  /// One of these words.
  case choice([String])
  /// RFC 3339 section 5.6: a `date-time`, or a `full-date`.
  case instant
  /// ISO 8601-1:2019 clause 5.5.2, as `CalendarDuration` reads it.
  case duration
  /// SHA-256, or an HMAC with it, as 64 hexadecimal digits.
  case digest
  case list(FormType, count: ClosedRange<Int> = 0...Int.max)
  case mapping(Form)
  /// Names the writer chooses, each with a value; the names match a regular expression when one is given.
  case names(FormType, pattern: String? = nil)
  case either([FormType])
  /// The value, or `null`.
  case orNothing(FormType)

  /// The words of an enumeration, in its order.
  static func words<T: RawRepresentable & CaseIterable>(_ type: T.Type) -> FormType where T.RawValue == String {
    .choice(T.allCases.map(\.rawValue))
  }

  static func mappings(_ form: Form, count: ClosedRange<Int> = 0...Int.max) -> FormType {
    .list(.mapping(form), count: count)
  }

  static let texts = FormType.list(.text)

  /// Data classes as packs write them: a class, or `face.*` for every class of a modality.
  static let dataClasses: FormType = {
    var seen: Set<Substring> = []
    let modalities = DataClass.allCases.filter { $0 != .videoUnexamined }.map(\.modality)
      .filter { seen.insert($0).inserted }
    return .list(.choice(DataClass.allCases.map(\.rawValue) + modalities.map { $0 + ".*" }), count: 1...Int.max)
  }()
}

/// Regular expressions of texts that have a form.
enum FormPattern {
  /// At least one character beyond control characters and the space.
  static let notEmpty = "[^\\u0000-\\u0020]"
  static let date = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
  static let time = "([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\\.[0-9]{1,9})?"
  static let zone = "([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
  static let instant = "^" + date + "([Tt]" + time + zone + ")?$"
  static let duration: String = {
    func part(_ unit: String) -> String { "([0-9]{1,7}" + unit + ")?" }
    return "^P(?=[0-9T])" + ["Y", "M", "W", "D"].map(part).joined() + "(T(?=[0-9])"
      + ["H", "M", "S"].map(part).joined() + ")?$"
  }()
  static let digest = "^[0-9A-Fa-f]{64}$"
  static let packName = "^[a-z0-9-]{1,64}$"
  static let ruleId = "^[A-Z0-9-]{1,32}$"
  static let cause = "^[a-z][a-z0-9-]{0,47}$"
  static let parameterName = "^[a-z][a-z0-9_]{0,47}$"
  /// ISO 3166-1 alpha-2, or ISO 3166-2.
  static let jurisdiction = "^[A-Z]{2}(-[A-Z0-9]{1,3})?$"
  /// What a case expects of a rule: verdict and cause.
  static let answer = "^ *(violation|inconclusive) +[^ ]+ *$"
}

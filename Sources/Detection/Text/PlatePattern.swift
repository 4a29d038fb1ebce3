/// Shapes of licence plates: which places hold letters and which digits.
///
/// Shapes as listed by OpenALPR's `runtime_data/postprocess` patterns for the states and countries named. They match
/// part numbers and flights as well, so a shape counts only under a column that says what it is.
enum PlatePattern {
  /// What a value under a plate column is.
  enum Reading {
    /// No plate: too long, too short, or other characters.
    case no
    /// Letters and digits of a plate's length.
    case plausible
    /// In one of the shapes.
    case shaped
  }

  /// - Parameter value: as written; spaces, dashes, dots and middle dots do not count.
  static func read(_ value: Span<UInt8>) -> Reading {
    var count = 0
    var letters = 0
    var digits = 0
    for i in value.indices {
      var c = value[i]
      if c == 0x20 || c == 0x2D || c == 0x2E { continue }
      if c &- 0x61 < 26 { c &-= 0x20 }
      let isLetter = c &- 0x41 < 26
      guard isLetter || c &- 0x30 < 10, count < 10 else { return .no }
      if isLetter { letters |= 1 << count } else { digits += 1 }
      count += 1
    }
    guard count >= 4, count <= 9, digits > 0 else { return .no }
    return known[count << 10 | letters] ? .shaped : .plausible
  }

  /// `@` a letter, `#` a digit.
  private static let shapes = """
    #@##### ##@@### ##@@@## #@@@### @@@@## @###@@ @@##### @@@#### @##@@@ @@#@### @@@### ###@@@ ####@@ @@@###@ ####@@@ \
    @@@@### @@###@@ @@##@@@ @@#### @@##@@ ##@@@# #@@@## @@@##@ ##@@## @#####  @###### @@@#@## @@@##@@ @@###### @@####@@ \
    @###@@@ @@@###@@ @@####@ @@@@#### @@@@@## @@@@@# @@@##### @@@## @@@# @@@@#
    """

  private static let known: [Bool] = {
    var out = [Bool](repeating: false, count: 1 << 14)
    for shape in shapes.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
      var letters = 0
      for (i, c) in shape.utf8.enumerated() where c == 0x40 { letters |= 1 << i }
      out[shape.utf8.count << 10 | letters] = true
    }
    return out
  }()
}

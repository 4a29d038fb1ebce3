/// Why a line is no inventory line, and where.
struct LineFault: Error {
  var problem: LineProblem
  var offset: Int
}

enum LineProblem {
  case notUTF8, control, cut, member, trailing, number, range, hexadecimal, escape, word, media, time, locator
  case reason, empty, base64, duplicate, order, tooMany, tooLong

  var message: String {
    switch self {
    case .notUTF8: "not UTF-8"
    case .control: "a control character"
    case .cut: "the line ends too early"
    case .member: "another member or sign was expected here"
    case .trailing: "something follows the end of the line's object"
    case .number: "not a whole number in its shortest spelling"
    case .range: "a number out of range"
    case .hexadecimal: "lower-case hexadecimal digits were expected"
    case .escape: "a character escaped that need not be, or not escaped in its one spelling"
    case .word: "not one of the known words"
    case .media: "not a media type"
    case .time: "not a time in UTC with whole seconds"
    case .locator: "path and its raw bytes do not agree"
    case .reason: "a reason stands exactly where the disposition is not examined"
    case .empty: "an empty list or object must be absent"
    case .base64: "not Base64 in its one spelling, or not needed"
    case .duplicate: "an attribute stands twice"
    case .order: "hashes that do not ascend"
    case .tooMany: "more items than allowed"
    case .tooLong: "longer than allowed"
    }
  }
}

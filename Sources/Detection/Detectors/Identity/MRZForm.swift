/// How the characters of a zone are written into text, with steps in both directions from any character.
enum MRZForm: String {
  case plain
  case utf16LE
  case utf16BE
  /// `&lt;` in XML and HTML.
  case entity
  /// `\u003c` in JSON.
  case escape
  /// `%3C` in URLs and form data.
  case percent

  /// The form in which two fillers stand at `at`.
  init?(_ bytes: RawSpan, at: Int) {
    switch bytes.u16(at) {
    case 0x3C3C: self = .plain
    case 0x3C00: self = .utf16LE
    case 0x003C: self = .utf16BE
    case 0x266C: self = .entity
    case 0x5C75: self = .escape
    case 0x2533: self = .percent
    default: return nil
    }
    guard next(bytes, at)?.character == MRZ.filler, let width = next(bytes, at)?.width,
      next(bytes, at + width)?.character == MRZ.filler
    else { return nil }
  }

  var encoding: String? {
    switch self {
    case .plain: nil
    case .utf16LE, .utf16BE: "utf-16"
    case .entity: "xml"
    case .escape: "json"
    case .percent: "percent"
    }
  }

  /// The character at `at` (0 for anything but ASCII) and how many bytes it takes; nil outside the window.
  @inline(__always)
  func next(_ bytes: RawSpan, _ at: Int) -> (character: UInt8, width: Int)? {
    guard let c = bytes.u8(at) else { return nil }
    switch self {
    case .plain: return (c, 1)
    case .utf16LE:
      guard let high = bytes.u8(at + 1) else { return nil }
      return (high == 0 ? c : 0, 2)
    case .utf16BE:
      guard let low = bytes.u8(at + 1) else { return nil }
      return (c == 0 ? low : 0, 2)
    case .entity:
      if c == 0x26 { return bytes.hasText("&lt;", at: at) ? (MRZ.filler, 4) : (0, 1) }
      return (c == MRZ.filler ? 0 : c, 1)
    case .escape:
      if c == 0x5C, bytes.u8(at + 1) == 0x75 { return (escaped(bytes, at) ? MRZ.filler : 0, 6) }
      return (c, 1)
    case .percent:
      if c == 0x25 { return (isPercentFiller(bytes, at) ? MRZ.filler : 0, 3) }
      return (c, 1)
    }
  }

  /// The character before `at`.
  @inline(__always)
  func previous(_ bytes: RawSpan, _ at: Int) -> (character: UInt8, width: Int)? {
    switch self {
    case .plain:
      guard let c = bytes.u8(at - 1) else { return nil }
      return (c, 1)
    case .utf16LE, .utf16BE:
      return next(bytes, at - 2)
    case .entity:
      guard let c = bytes.u8(at - 1) else { return nil }
      if c == 0x3B, bytes.hasText("&lt;", at: at - 4) { return (MRZ.filler, 4) }
      return (c == MRZ.filler ? 0 : c, 1)
    case .escape:
      if bytes.hasText("\\u", at: at - 6) { return next(bytes, at - 6) }
      guard let c = bytes.u8(at - 1) else { return nil }
      return (c, 1)
    case .percent:
      if bytes.u8(at - 3) == 0x25 { return next(bytes, at - 3) }
      guard let c = bytes.u8(at - 1) else { return nil }
      return (c, 1)
    }
  }

  private func escaped(_ bytes: RawSpan, _ at: Int) -> Bool {
    bytes.hasText("\\u003c", at: at) || bytes.hasText("\\u003C", at: at)
  }

  private func isPercentFiller(_ bytes: RawSpan, _ at: Int) -> Bool {
    bytes.hasText("%3C", at: at) || bytes.hasText("%3c", at: at)
  }
}

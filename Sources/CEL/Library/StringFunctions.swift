/// The strings extension. Positions and lengths count code points.
enum StringFunctions {
  static let all: [LibraryFunction] = [
    .binary("charAt", member: true, in: .strings, [(.string, .int, .string)], charAt),
    .binary("indexOf", member: true, in: .strings, [(.string, .string, .int)]) {
      (a: CELValue, b: CELValue, frame: inout Frame) throws(CELError) -> CELValue in
      try indexOf([a, b, .int(0)], &frame)
    },
    .many("indexOf", member: true, in: .strings, [.string, .string, .int], .int, indexOf),
    .binary("lastIndexOf", member: true, in: .strings, [(.string, .string, .int)]) {
      (a: CELValue, b: CELValue, frame: inout Frame) throws(CELError) -> CELValue in
      try lastIndexOf([a, b], &frame)
    },
    .many("lastIndexOf", member: true, in: .strings, [.string, .string, .int], .int, lastIndexOf),
    .unary("lowerAscii", member: true, in: .strings, [(.string, .string)]) {
      (a: CELValue, frame: inout Frame) throws(CELError) -> CELValue in
      try mapAscii(a, "lowerAscii", &frame) { $0 >= 0x41 && $0 <= 0x5A ? $0 + 0x20 : $0 }
    },
    .unary("upperAscii", member: true, in: .strings, [(.string, .string)]) {
      (a: CELValue, frame: inout Frame) throws(CELError) -> CELValue in
      try mapAscii(a, "upperAscii", &frame) { $0 >= 0x61 && $0 <= 0x7A ? $0 - 0x20 : $0 }
    },
    .many("replace", member: true, in: .strings, [.string, .string, .string], .string, replace),
    .many("replace", member: true, in: .strings, [.string, .string, .string, .int], .string, replace),
    .binary("split", member: true, in: .strings, [(.string, .string, .list(.string))]) {
      (a: CELValue, b: CELValue, frame: inout Frame) throws(CELError) -> CELValue in
      try split([a, b], &frame)
    },
    .many("split", member: true, in: .strings, [.string, .string, .int], .list(.string), split),
    .binary("substring", member: true, in: .strings, [(.string, .int, .string)]) {
      (a: CELValue, b: CELValue, frame: inout Frame) throws(CELError) -> CELValue in
      try substring([a, b], &frame)
    },
    .many("substring", member: true, in: .strings, [.string, .int, .int], .string, substring),
    .unary("trim", member: true, in: .strings, [(.string, .string)], trim),
    .unary("join", member: true, in: .strings, [(.list(.string), .string)]) {
      (a: CELValue, frame: inout Frame) throws(CELError) -> CELValue in try join(a, .string(""), &frame)
    },
    .binary("join", member: true, in: .strings, [(.list(.string), .string, .string)], join),
    .unary("reverse", member: true, in: .strings, [(.string, .string)], reverse),
    .unary("strings.quote", in: .strings, [(.string, .string)], quote),
  ]

  /// The code points of a string; costs their number.
  private static func scalars(_ s: String, _ frame: inout Frame) throws(CELError) -> [Unicode.Scalar] {
    try frame.charge(bytes: s.utf8.count * 4)
    return Array(s.unicodeScalars)
  }

  private static func text(_ scalars: some Sequence<Unicode.Scalar>) -> CELValue {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return .string(String(view))
  }

  private static func noOverload(_ name: String, _ values: [CELValue]) -> CELError {
    CELError(
      .noOverload, "no such overload: '\(name)' applied to (\(values.map(\.type.description).joined(separator: ", ")))")
  }

  private static var outOfRange: CELError { CELError(.outOfRange, "index out of range") }

  static func charAt(_ a: CELValue, _ b: CELValue, _ frame: inout Frame) throws(CELError) -> CELValue {
    guard case .string(let s) = a, case .int(let i) = b else { throw noOverload("charAt", [a, b]) }
    let all = try scalars(s, &frame)
    guard i >= 0, i <= all.count else { throw outOfRange }
    return i == all.count ? .string("") : text([all[Int(i)]])
  }

  static func indexOf(_ values: [CELValue], _ frame: inout Frame) throws(CELError) -> CELValue {
    guard values.count == 3, case .string(let s) = values[0], case .string(let part) = values[1],
      case .int(let start) = values[2]
    else { throw noOverload("indexOf", values) }
    let hay = try scalars(s, &frame)
    let needle = try scalars(part, &frame)
    guard start >= 0, start <= hay.count else { throw outOfRange }
    try search(hay.count, needle.count, &frame)
    guard hay.count - needle.count >= Int(start) else { return .int(-1) }
    for i in Int(start)...(hay.count - needle.count) where hay[i..<(i + needle.count)] == needle[...] {
      return .int(Int64(i))
    }
    return .int(-1)
  }

  static func lastIndexOf(_ values: [CELValue], _ frame: inout Frame) throws(CELError) -> CELValue {
    guard values.count >= 2, case .string(let s) = values[0], case .string(let part) = values[1] else {
      throw noOverload("lastIndexOf", values)
    }
    let hay = try scalars(s, &frame)
    let needle = try scalars(part, &frame)
    var last = hay.count - needle.count
    if values.count == 3 {
      guard case .int(let limit) = values[2] else { throw noOverload("lastIndexOf", values) }
      guard limit >= 0, limit <= hay.count else { throw outOfRange }
      last = min(last, Int(limit))
    }
    try search(hay.count, needle.count, &frame)
    guard last >= 0 else { return .int(-1) }
    for i in (0...last).reversed() where hay[i..<(i + needle.count)] == needle[...] { return .int(Int64(i)) }
    return .int(-1)
  }

  /// A plain search takes the product of both lengths at worst.
  private static func search(_ hay: Int, _ needle: Int, _ frame: inout Frame) throws(CELError) {
    let (product, overflow) = hay.multipliedReportingOverflow(by: needle >> 4)
    try frame.charge(bytes: overflow ? .max : product)
  }

  private static func mapAscii(
    _ a: CELValue, _ name: String, _ frame: inout Frame, _ change: (UInt8) -> UInt8
  ) throws(CELError) -> CELValue {
    guard case .string(let s) = a else { throw noOverload(name, [a]) }
    try frame.charge(bytes: s.utf8.count)
    return .string(String(decoding: s.utf8.map(change), as: UTF8.self))
  }

  static func replace(_ values: [CELValue], _ frame: inout Frame) throws(CELError) -> CELValue {
    guard values.count >= 3, case .string(let s) = values[0], case .string(let old) = values[1],
      case .string(let new) = values[2]
    else { throw noOverload("replace", values) }
    var limit = Int64(-1)
    if values.count == 4 {
      guard case .int(let given) = values[3] else { throw noOverload("replace", values) }
      limit = given
    }
    guard limit != 0 else { return values[0] }
    // One piece more than replacements; a limit beyond every text is none.
    let count = limit < 0 || limit > 1 << 40 ? -1 : Int(limit) + 1
    let parts = try pieces(s, separator: old, limit: count, &frame, around: true)
    var size = 0
    for part in parts { size += part.utf8.count + new.utf8.count }
    try frame.charge(bytes: size)
    return .string(parts.joined(separator: new))
  }

  static func split(_ values: [CELValue], _ frame: inout Frame) throws(CELError) -> CELValue {
    guard values.count >= 2, case .string(let s) = values[0], case .string(let separator) = values[1] else {
      throw noOverload("split", values)
    }
    var limit = Int64(-1)
    if values.count == 3 {
      guard case .int(let given) = values[2] else { throw noOverload("split", values) }
      limit = given
    }
    guard limit != 0 else { return .list([]) }
    let parts = try pieces(s, separator: separator, limit: limit < 0 ? -1 : Int(clamping: limit), &frame, around: false)
    return .list(parts.map { .string(String($0)) })
  }

  /// `s` cut at `separator` into at most `limit` pieces (all when negative). An empty separator cuts between code points,
  /// and when `around` also before the first and after the last, as `replace` wants it.
  private static func pieces(
    _ s: String, separator: String, limit: Int, _ frame: inout Frame, around: Bool
  ) throws(CELError) -> [Substring] {
    try frame.charge(bytes: s.utf8.count)
    try search(s.utf8.count, separator.utf8.count, &frame)
    var parts: [Substring] = []
    var start = s.startIndex
    if separator.isEmpty {
      if around {
        if limit == 1 { return [s[...]] }
        parts.append(s[start..<start])
      }
      for i in s.unicodeScalars.indices.dropFirst() {
        if limit >= 0, parts.count + 1 >= limit { break }
        try frame.charge(1)
        parts.append(s[start..<i])
        start = i
      }
      if around, !s.isEmpty, limit < 0 || parts.count + 1 < limit {
        parts.append(s[start...])
        start = s.endIndex
      }
      if !s.isEmpty { parts.append(s[start...]) } else if around { return [s[...], s[...]] }
      return parts
    }
    let bytes = Array(s.utf8)
    let needle = Array(separator.utf8)
    var from = 0
    while limit < 0 || parts.count + 1 < limit {
      let found = bytes[from...].withUnsafeBufferPointer { p in
        needle.withUnsafeBufferPointer { Text.firstIndex(of: $0, in: p) }
      }
      guard let found else { break }
      try frame.charge(1)
      let end = s.utf8.index(start, offsetBy: found)
      parts.append(s[start..<end])
      start = s.utf8.index(end, offsetBy: needle.count)
      from += found + needle.count
    }
    parts.append(s[start...])
    return parts
  }

  static func substring(_ values: [CELValue], _ frame: inout Frame) throws(CELError) -> CELValue {
    guard values.count >= 2, case .string(let s) = values[0], case .int(let start) = values[1] else {
      throw noOverload("substring", values)
    }
    let all = try scalars(s, &frame)
    var end = Int64(all.count)
    if values.count == 3 {
      guard case .int(let given) = values[2] else { throw noOverload("substring", values) }
      end = given
    }
    guard start >= 0, start <= all.count, end >= 0, end <= all.count else { throw outOfRange }
    guard start <= end else { throw CELError(.outOfRange, "invalid substring range: the start lies behind the end") }
    return text(all[Int(start)..<Int(end)])
  }

  static func trim(_ a: CELValue, _ frame: inout Frame) throws(CELError) -> CELValue {
    guard case .string(let s) = a else { throw noOverload("trim", [a]) }
    let all = try scalars(s, &frame)
    guard let first = all.firstIndex(where: { !$0.properties.isWhitespace }),
      let last = all.lastIndex(where: { !$0.properties.isWhitespace })
    else { return .string("") }
    return text(all[first...last])
  }

  static func join(_ a: CELValue, _ b: CELValue, _ frame: inout Frame) throws(CELError) -> CELValue {
    guard case .list(let list) = a, case .string(let separator) = b else { throw noOverload("join", [a, b]) }
    var out = ""
    for (i, element) in list.enumerated() {
      guard case .string(let s) = element else { throw noOverload("join", [a, b]) }
      try frame.charge(1)
      try frame.charge(bytes: s.utf8.count + separator.utf8.count)
      if i > 0 { out += separator }
      out += s
    }
    return .string(out)
  }

  static func reverse(_ a: CELValue, _ frame: inout Frame) throws(CELError) -> CELValue {
    guard case .string(let s) = a else { throw noOverload("reverse", [a]) }
    return text(try scalars(s, &frame).reversed())
  }

  static func quote(_ a: CELValue, _ frame: inout Frame) throws(CELError) -> CELValue {
    guard case .string(let s) = a else { throw noOverload("strings.quote", [a]) }
    try frame.charge(bytes: s.utf8.count * 2)
    var out = "\""
    for scalar in s.unicodeScalars {
      switch scalar {
      case "\u{07}": out += "\\a"
      case "\u{08}": out += "\\b"
      case "\u{0C}": out += "\\f"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      case "\u{0B}": out += "\\v"
      case "\\": out += "\\\\"
      case "\"": out += "\\\""
      default: out.unicodeScalars.append(scalar)
      }
    }
    return .string(out + "\"")
  }
}

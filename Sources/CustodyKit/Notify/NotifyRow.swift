internal import CustodyCore
internal import Policies
internal import Records

/// How one entry is told; see `docs/notify.md` for what each member means.
struct NotifyRow {
  var examination: Examination
  var classes: [ObservedClass]

  /// The locator and the containers around it for reading, and its raw components when reading them is not enough.
  private var path: String { examination.locator.description }
  private var container: String? {
    let components = examination.locator.components
    return components.count > 1 ? Locator(Array(components.dropLast())).description : nil
  }
  private var rawPath: String {
    examination.locator.components.map(Base64.encode).joined(separator: "!")
  }
  /// True when the shown path gives the bytes back.
  private var isExact: Bool {
    examination.locator.components.allSatisfy { component in
      Array(String(decoding: component, as: UTF8.self).utf8) == component && !Self.holdsSeparator(component)
    }
  }
  private static func holdsSeparator(_ component: [UInt8]) -> Bool {
    zip(component, component.dropFirst()).contains { $0 == 0x21 && $1 == 0x2F }
  }

  // MARK: - JSON

  /// Appends one line of JSON with its newline.
  func writeJSON(into out: inout [UInt8]) {
    out += "{\"leaf\":".utf8
    Self.number(examination.index, into: &out)
    Self.member("path", path, into: &out)
    if !isExact { Self.member("pathB64", rawPath, into: &out) }
    if let container { Self.member("container", container, into: &out) }
    out += ",\"size\":".utf8
    Self.number(examination.size, into: &out)
    if let sha256 = examination.sha256 { Self.member("sha256", sha256.description, into: &out) }
    Self.member("kind", examination.kind.rawValue, into: &out)
    Self.member("disposition", examination.disposition.rawValue, into: &out)
    if let reason = examination.reason { Self.member("reason", reason.rawValue, into: &out) }
    out += ",\"classes\":[".utf8
    for (i, observed) in classes.enumerated() {
      out += (i == 0 ? "{" : ",{").utf8
      out += "\"dataClass\":\"\(observed.dataClass.rawValue)\",\"strength\":\"\(observed.strength.rawValue)\"".utf8
      out += ",\"items\":\(observed.items),\"seenInPictures\":\(observed.seenInPictures)".utf8
      if let capturedAt = observed.capturedAt { Self.member("capturedAt", capturedAt, into: &out) }
      out += ",\"clock\":\"\(observed.clock)\"}".utf8
    }
    out += "]}\n".utf8
  }

  private static func member(_ name: String, _ value: String, into out: inout [UInt8]) {
    out += ",\"\(name)\":".utf8
    JSONWriter.writeString(value, into: &out)
  }

  /// A number up to 2^53 - 1, a string of digits beyond (RFC 7493 section 2.2).
  private static func number(_ value: UInt64, into out: inout [UInt8]) {
    out += (value <= JSONNumber.largestExact ? "\(value)" : "\"\(value)\"").utf8
  }

  // MARK: - CSV

  static let columns = [
    "leaf", "path", "pathB64", "container", "size", "sha256", "kind", "disposition", "reason", "dataClasses",
    "strengths", "items", "seenInPictures", "capturedAt", "clocks",
  ]

  /// Appends one record of RFC 4180. What is known for each data class stands in one field, joined by `;` in the order of
  /// `dataClasses`.
  ///
  /// Who chose a path's name also chose what a spreadsheet makes of it: paths are shown with control characters
  /// escaped and never begin like a formula. `pathB64` holds the bytes wherever that changed anything.
  func writeCSV(into out: inout [UInt8]) {
    let shown = CSV.harmless(path)
    let fields = [
      "\(examination.index)", shown, isExact && shown == path ? "" : rawPath, container.map(CSV.harmless) ?? "",
      "\(examination.size)", examination.sha256?.description ?? "", CSV.harmless(examination.kind.rawValue),
      examination.disposition.rawValue, CSV.harmless(examination.reason?.rawValue ?? ""),
      joined(\.dataClass.rawValue), joined(\.strength.rawValue), joined { "\($0.items)" },
      joined { "\($0.seenInPictures)" }, joined { $0.capturedAt ?? "" }, joined(\.clock),
    ]
    CSV.record(fields, into: &out)
  }

  private func joined(_ value: (ObservedClass) -> String) -> String { classes.map(value).joined(separator: ";") }
}

/// Records of RFC 4180.
enum CSV {
  static func record(_ fields: [String], into out: inout [UInt8]) {
    for (i, field) in fields.enumerated() {
      if i > 0 { out.append(0x2C) }
      Self.field(field, into: &out)
    }
    out += [0x0D, 0x0A]
  }

  private static func field(_ text: String, into out: inout [UInt8]) {
    guard text.utf8.contains(where: { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D }) else {
      out += text.utf8
      return
    }
    out.append(0x22)
    for c in text.utf8 {
      if c == 0x22 { out.append(c) }
      out.append(c)
    }
    out.append(0x22)
  }

  /// Text that neither a terminal nor a spreadsheet acts on: controls escaped, an apostrophe before what would begin a
  /// formula.
  static func harmless(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { (0x20..<0x7F).contains($0) && $0 != 0x5C }
    let escaped = isPlain ? text : Printable.escape(text, limit: .max)
    guard let first = escaped.utf8.first, "=+-@".utf8.contains(first) else { return escaped }
    return "'" + escaped
  }
}

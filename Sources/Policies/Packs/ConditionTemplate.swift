import CustodyCore

/// The sentence that says what was found: text with counts and classes filled in, never anything read from the data.
struct ConditionTemplate: Sendable {
  enum Part: Sendable {
    case text(String)
    case value(Placeholder)
  }
  enum Placeholder: String, CaseIterable, Sendable {
    /// `12 items`
    case items
    /// `9 entries`
    case entries
    /// `8 distinct contents`
    case distinct
    /// `48211 bytes`
    case bytes
    /// `face.image, plate.image`
    case classes
    /// `3 items of public test material`
    case specimens
    /// State of the authorization: `expired`
    case state
    /// Id and version of the row that came closest, or `no row`
    case record
    /// The reason code
    case cause
  }

  struct Values {
    var items: Int
    var entries: Int
    var distinct: Int
    var bytes: UInt64
    var classes: [DataClass]
    var specimens: Int
    var authorization: AuthorizationState
    var cause: String
  }

  let parts: [Part]

  /// - Parameter unknown: called with each placeholder that does not exist.
  init(_ text: String, unknown: (String) -> Void) {
    var parts: [Part] = []
    var rest = text[...]
    while let open = rest.firstIndex(of: "{") {
      parts.append(.text(String(rest[..<open])))
      let after = rest.index(after: open)
      guard let close = rest[after...].firstIndex(of: "}") else {
        unknown(String(rest[after...]))
        rest = rest[rest.endIndex...]
        break
      }
      let name = String(rest[after..<close])
      if let placeholder = Placeholder(rawValue: name) { parts.append(.value(placeholder)) } else { unknown(name) }
      rest = rest[rest.index(after: close)...]
    }
    parts.append(.text(String(rest)))
    self.parts = parts
  }

  func render(_ v: Values) -> String {
    var out = ""
    for part in parts {
      switch part {
      case .text(let text): out += text
      case .value(.items): out += Self.counted(v.items, "item", "items")
      case .value(.entries): out += Self.counted(v.entries, "entry", "entries")
      case .value(.distinct): out += Self.counted(v.distinct, "distinct content", "distinct contents")
      case .value(.bytes): out += String(v.bytes) + (v.bytes == 1 ? " byte" : " bytes")
      case .value(.classes):
        out += v.classes.isEmpty ? "no observed class" : v.classes.map(\.rawValue).joined(separator: ", ")
      case .value(.specimens): out += Self.counted(v.specimens, "item", "items") + " of public test material"
      case .value(.state): out += v.authorization.state
      case .value(.record): out += v.authorization.record.map { Printable.escape($0, limit: 120) } ?? "no row"
      case .value(.cause): out += v.cause
      }
    }
    return out
  }

  static func counted(_ n: Int, _ one: String, _ many: String) -> String { "\(n) \(n == 1 ? one : many)" }
}
